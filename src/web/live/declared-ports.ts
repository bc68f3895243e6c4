/**
 * Which ports the open domains declare. `/services` of a root holds the whole registry, thousands of entries that declare nothing:
 * what was once read of an entry is kept until the entry changes.
 */
import { readServiceEntry, valuesOf } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { PORT_MAX } from '../../registry/index.ts'
import type { Transport } from '../../registry/index.ts'
import type { ServedDomains } from './served-domains.ts'

interface DeclaredEntry {
  readonly instance: number
  readonly ports: readonly number[]
  /** Empty: it speaks of every transport. */
  readonly protocols: readonly string[]
}

interface KnownDomain {
  readonly revision: number
  readonly entries: ReadonlyMap<number, DeclaredEntry>
}

export class DeclaredPorts {
  readonly #domains: ServedDomains
  readonly #known: WeakMap<Domain, KnownDomain> = new WeakMap()
  #lists: Map<Transport, readonly number[]> = new Map()
  #listsOf = ''

  #anyOf: readonly ReadonlyMap<number, DeclaredEntry>[] = []
  #any: ReadonlySet<number> = new Set()

  constructor(domains: ServedDomains) {
    this.#domains = domains
  }

  /** What the domains are at: where it is equal, so is all that they declare. */
  get state(): string {
    return this.#domains
      .all()
      .map(({ tag, domain }) => `${tag} ${domain.revision()}`)
      .join(',')
  }

  /** The ports that some entry declares for a transport, ascending, each once. */
  of(transport: Transport): readonly number[] {
    const { state } = this
    if (state !== this.#listsOf) this.#lists = new Map()
    this.#listsOf = state
    const list = this.#lists.get(transport) ?? this.#read(transport)
    this.#lists.set(transport, list)
    return list
  }

  #read(transport: Transport): readonly number[] {
    const ports = new Set<number>()
    for (const { domain } of this.#domains.all())
      for (const entry of this.#entriesOf(domain).values())
        if (entry.protocols.length === 0 || entry.protocols.includes(transport))
          for (const port of entry.ports) ports.add(port)
    return [...ports].toSorted((a, b) => a - b)
  }

  /** The ports that some entry declares for any transport; the same set until a domain changes. */
  any(): ReadonlySet<number> {
    const parts = this.#domains.all().map(({ domain }) => this.#entriesOf(domain))
    if (parts.length !== this.#anyOf.length || parts.some((each, index) => each !== this.#anyOf[index])) {
      this.#anyOf = parts
      this.#any = new Set(parts.flatMap((entries) => [...entries.values()].flatMap(({ ports }) => ports)))
    }
    return this.#any
  }

  /** Calls back when one of the domains that are open now changes, until the returned function is called. */
  watch(listener: () => void): () => void {
    const forget = this.#domains.all().map(({ domain }) => domain.onChange(listener))
    return () => {
      for (const each of forget) each()
    }
  }

  #entriesOf(domain: Domain): ReadonlyMap<number, DeclaredEntry> {
    const revision = domain.revision()
    const known = this.#known.get(domain)
    if (known?.revision === revision) return known.entries
    // A domain that went back is another one, whose instances say nothing of what was read before.
    const before = known === undefined || known.revision > revision ? undefined : known.entries
    const entries = readEntries(domain, before)
    this.#known.set(domain, { revision, entries })
    return entries
  }
}

function readEntries(
  domain: Domain,
  before: ReadonlyMap<number, DeclaredEntry> | undefined,
): ReadonlyMap<number, DeclaredEntry> {
  const entries = new Map<number, DeclaredEntry>()
  const services = domain.findPath([['name', 'services']])
  if (services === undefined) return entries
  for (const object of domain.childrenOf(services)) {
    const kept = before?.get(object)
    if (kept !== undefined && kept.instance === domain.id(object)?.instance) entries.set(object, kept)
    else {
      const entry = readEntry(domain, object)
      if (entry !== undefined) entries.set(object, entry)
    }
  }
  return entries
}

function readEntry(domain: Domain, object: number): DeclaredEntry | undefined {
  const found = domain.read(object)
  if (found === undefined) return undefined
  const { id, properties } = found
  const service = readServiceEntry(properties)
  if (service === null) return { instance: id.instance, ports: [], protocols: [] }
  const ports = valuesOf(properties, 'port').flatMap((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : PORT_MAX + 1
    return port <= PORT_MAX ? [port] : []
  })
  return { instance: id.instance, ports, protocols: service.protocols }
}
