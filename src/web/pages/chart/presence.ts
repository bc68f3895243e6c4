/** What of the chart changes while a server runs: the ports that listen here, and those that the directory declares. */
import { TRANSPORTS } from '../../../registry/index.ts'
import type { Transport } from '../../../registry/index.ts'
import type { DeclaredPorts } from '../../live/declared-ports.ts'
import type { SocketSnapshot } from '../../live/socket-watch.ts'
import type { WebServices } from '../../services.ts'
import { DECLARED_BIT, LISTENING_BIT } from './cell-code.ts'
import type { PortsPresent, PresenceByTransport } from './island-form.ts'

/** For who may not see what is present. */
export const NOTHING_PRESENT: PortsPresent = { listening: [], declared: [] }

export class Presence {
  readonly #sockets: WebServices['sockets']
  readonly #declared: DeclaredPorts
  #last: PresenceByTransport = {}
  #lastState: string | null = null

  constructor({ sockets, declared }: Pick<WebServices, 'sockets' | 'declared'>) {
    this.#sockets = sockets
    this.#declared = declared
  }

  /** @throws what the reader of sockets throws */
  async now(transport: Transport): Promise<PortsPresent> {
    return this.#of(transport, await this.#sockets.current())
  }

  /** As of the last reading of the sockets; nothing listens before the first. */
  last(): PresenceByTransport {
    const snapshot = this.#sockets.last
    const state = `${snapshot?.version ?? ''} ${this.#declared.state}`
    if (state !== this.#lastState) this.#last = this.#read(snapshot)
    this.#lastState = state
    return this.#last
  }

  #read(snapshot: SocketSnapshot | null): PresenceByTransport {
    return Object.fromEntries(
      TRANSPORTS.map((transport) => [transport, this.#of(transport, snapshot)] as const).filter(
        ([, { listening, declared }]) => listening.length > 0 || declared.length > 0,
      ),
    )
  }

  /** How many ports the directory declares, on any transport. */
  declaredCount(): number {
    return this.#declared.any().size
  }

  /** Calls back after each reading of the sockets, and when a domain has changed, until the returned function is called. */
  watch(listener: () => void): () => void {
    const forget = [this.#sockets.watch(listener), this.#declared.watch(listener)]
    return () => {
      for (const each of forget) each()
    }
  }

  #of(transport: Transport, snapshot: SocketSnapshot | null): PortsPresent {
    const here = (snapshot?.sockets.listeners ?? []).filter((each) => each.transport === transport)
    const ports = new Set(here.map(({ port }) => port))
    return { listening: [...ports].toSorted((a, b) => a - b), declared: this.#declared.of(transport) }
  }
}

/** A copy of a transport's bytes with what is present in them. */
export function markCells(cells: Uint8Array, { listening, declared }: PortsPresent): Uint8Array<ArrayBuffer> {
  const marked = Uint8Array.from(cells)
  for (const port of listening) marked[port] = (marked[port] ?? 0) | LISTENING_BIT
  for (const port of declared) marked[port] = (marked[port] ?? 0) | DECLARED_BIT
  return marked
}
