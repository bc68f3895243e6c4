/** What asks a service who it is: one such function for each protocol that waits to be asked. */
import type { Banner } from '../model.ts'
import type { Conversation } from './conversation.ts'

export interface AskPlace {
  readonly address: string
  readonly port: number
  /** As the user gave it, where it was a name. */
  readonly name: string | null
  readonly isTls: boolean
}

/** Asks over a connection that is open; null where the answer, or silence, is not this protocol's. It need not close it. */
export type Ask = (conversation: Conversation, place: AskPlace) => Promise<Banner | null>
