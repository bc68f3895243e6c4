/** Who has signed in, and what they may do. A visitor who has not is `null` everywhere: they may read what everybody may. */
import type { Caller } from '../directory/index.ts'

/**
 * - `read`: what only those see who have signed in, where the server is open to a network (the listeners of this machine, the journal).
 * - `write`: write to the directory, as far as its own access lists let them.
 * - `probe`: have this server probe what the policy of probes allows.
 * - `operate`: see what visitors said of pages, metrics, and everybody's tokens.
 */
export const SCOPES = ['read', 'write', 'probe', 'operate'] as const
export type Scope = (typeof SCOPES)[number]

export interface Visitor {
  readonly name: string
  /** How the directory knows them: for its access lists, and for the journal. */
  readonly caller: Caller
  readonly scopes: ReadonlySet<Scope>
  /** What every form of theirs sends along in `_csrf`; empty for a token of a program, which no browser sends by itself. */
  readonly csrf: string
}
