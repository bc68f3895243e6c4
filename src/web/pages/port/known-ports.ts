/** The ports of which something is known, in order: the registry has assigned or reserved them, or the lore names a use of few ports. */
import { PORT_MAX, TRANSPORTS } from '../../../registry/index.ts'
import type { LoreBook, Registry, Status, Transport } from '../../../registry/index.ts'

/** More ports than these in a use make it too wide to name one of them by. */
const WIDE = 64

export interface KnownPort {
  readonly port: number
  /** Its statuses, each once with the transports that have it; the rarest first: assigned, reserved, unassigned. */
  readonly answers: readonly { readonly status: Status; readonly transports: readonly Transport[] }[]
  /** The registry's names, then those that only the lore has; each once. */
  readonly names: readonly string[]
}

/** How many ports of a run have what. */
export interface PortCounts {
  readonly assigned: number
  readonly reserved: number
  /** Unassigned, and yet used. */
  readonly known: number
}

const RARITY = ['assigned', 'reserved', 'unassigned'] as const satisfies readonly Status[]

export class KnownPorts {
  readonly #registry: Registry
  readonly #lore: LoreBook
  /** Ascending; made when it is first asked for: a hundredth of a second. */
  #ports: readonly number[] | null = null

  constructor(registry: Registry, lore: LoreBook) {
    this.#registry = registry
    this.#lore = lore
  }

  /** What is known of one port, in brief. */
  brief(port: number): KnownPort {
    const entries = this.#registry.lookupAll(port)
    const official = entries.flatMap(({ name }) => (name === '' ? [] : [name]))
    const registered = new Set(entries.flatMap(({ names }) => names).map((name) => name.toLowerCase()))
    const others = this.#briefsOf(port).filter(
      ({ registryNames }) => !registryNames.some((name) => registered.has(name.toLowerCase())),
    )
    return {
      port,
      answers: RARITY.flatMap((status) => {
        const transports = entries.filter((entry) => entry.status === status).map(({ transport }) => transport)
        return transports.length === 0 ? [] : [{ status, transports }]
      }),
      names: [...new Set([...official, ...others.map(({ name }) => name)])],
    }
  }

  /** The nearest known ports on both sides, each side in ascending order and without the port itself. */
  around(port: number, count: number): { readonly before: readonly KnownPort[]; readonly after: readonly KnownPort[] } {
    const ports = this.#list()
    const low = this.knownBefore(port)
    const next = ports[low] === port ? low + 1 : low
    const brief = (each: number): KnownPort => this.brief(each)
    return {
      before: ports.slice(Math.max(0, low - count), low).map(brief),
      after: ports.slice(next, next + count).map(brief),
    }
  }

  has(port: number): boolean {
    return this.#list()[this.knownBefore(port)] === port
  }

  /** How many known ports come before one: the same number for all ports of a gap between two. */
  knownBefore(port: number): number {
    const ports = this.#list()
    let low = 0
    let high = ports.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ports[middle] ?? 0) < port) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Counts the ports from `first` to `last`, both inclusive. */
  count(first: number, last: number): PortCounts {
    const counts = { assigned: 0, reserved: 0, known: 0 }
    for (let port = first; port <= last; port += 1) {
      const statuses = new Set(TRANSPORTS.map((transport) => this.#registry.status(port, transport)))
      if (statuses.has('assigned')) counts.assigned += 1
      else if (statuses.has('reserved')) counts.reserved += 1
      else if (this.#isInLore(port)) counts.known += 1
    }
    return counts
  }

  #list(): readonly number[] {
    this.#ports ??= Array.from({ length: PORT_MAX + 1 }, (_, port) => port).filter(
      (port) =>
        TRANSPORTS.some((transport) => this.#registry.status(port, transport) !== 'unassigned') || this.#isInLore(port),
    )
    return this.#ports
  }

  #isInLore(port: number): boolean {
    return this.#lore.covers(port, { portsMax: WIDE })
  }

  /** Malware only where nothing else is known. */
  #briefsOf(port: number): ReturnType<LoreBook['briefsForPort']> {
    const all = this.#lore.briefsForPort(port, { portsMax: WIDE })
    const services = all.filter(({ category }) => category !== 'malware')
    return services.length === 0 ? all : services
  }
}
