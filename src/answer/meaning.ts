/** What a port that was probed is for, and what is unexpected about what was found there. */
import { compareService } from '../probe/index.ts'
import type { Banner, PortState, ProbeTransport } from '../probe/index.ts'
import { isGhost, namesOf, relateUse } from '../registry/index.ts'
import type { LoreBook, PortEntry, Registry, RelatedUse } from '../registry/index.ts'
import type { Declaration } from './declared.ts'
import type { Machine, MachineBook } from './machines.ts'
import type { Citation } from './port-report.ts'

/** More ports than these in a use make it too wide to say what one of them is for. */
const WIDE = 64
/** A use of more ports than these says nothing of any of them: iChat's calls took any port from 16384 up. */
const VAST = 1024
/** What the lore says of services that anyone on the way can read. */
const READABLE = /clear ?text|plain ?text|unencrypted|\bnot encrypted|encrypts nothing|no encryption|in the clear/i

export const REMARK_KINDS = ['other-service', 'ghost', 'undeclared', 'declared-not-open', 'readable'] as const
export type RemarkKind = (typeof REMARK_KINDS)[number]

/** Something unexpected, in one sentence. */
export interface Remark {
  readonly kind: RemarkKind
  readonly text: string
  /** Where it rests on the lore. */
  readonly citation: Citation | null
}

/** What a port is for, whoever has it. */
export interface PortPurpose {
  readonly entry: PortEntry
  readonly uses: readonly RelatedUse[]
  /** Every service known to have used it is gone, and no one else holds it. */
  readonly isGhost: boolean
}

export interface PortMeaning extends PortPurpose {
  /** What the directory declares of the port for this machine. */
  readonly declared: readonly Declaration[]
  readonly remarks: readonly Remark[]
}

/** A port as it was found; `banner` null where nothing was asked or said. */
export interface FoundPort {
  readonly port: number
  readonly transport: ProbeTransport
  readonly state: PortState
  readonly banner: Banner | null
}

export class MeaningBook {
  readonly machines: MachineBook
  readonly registry: Registry
  readonly lore: LoreBook
  readonly #purposes: Map<number, PortPurpose> = new Map()

  constructor(registry: Registry, lore: LoreBook, machines: MachineBook) {
    this.registry = registry
    this.lore = lore
    this.machines = machines
  }

  purposeOf(port: number, transport: ProbeTransport): PortPurpose {
    const key = port * 2 + (transport === 'tcp' ? 0 : 1)
    let purpose = this.#purposes.get(key)
    if (purpose === undefined) {
      const entry = this.registry.lookup(port, transport)
      const all = this.lore.forPort(port).map((use) => relateUse(this.registry, port, use))
      const assigned = this.registry.lookupAll(port).some((each) => each.status === 'assigned')
      purpose = { entry, uses: this.#usesOf(port, transport, entry), isGhost: isGhost(all, assigned) }
      this.#purposes.set(key, purpose)
    }
    return purpose
  }

  /** A use of many ports says what one of them is for only where nothing else does: NetInfo's servers took any of 600 to 1023. */
  #usesOf(port: number, transport: ProbeTransport, entry: PortEntry): RelatedUse[] {
    const transports = [transport]
    const narrow = this.lore.forPort(port, { transports, portsMax: WIDE })
    const isKnown = narrow.length > 0 || entry.status === 'assigned'
    return (isKnown ? narrow : this.lore.forPort(port, { transports, portsMax: VAST }))
      .map((use) => relateUse(this.registry, port, use))
      .toSorted((a, b) => weightOf(a) - weightOf(b))
  }

  meaningOf(found: FoundPort, address: string, names: readonly string[]): PortMeaning {
    const purpose = this.purposeOf(found.port, found.transport)
    const machine = this.machines.machineAt(address, names)
    const declared = this.#declaredFor(found, machine)
    return { ...purpose, declared, remarks: remarksOn(found, purpose, declared, machine) }
  }

  #declaredFor({ port, transport }: FoundPort, machine: Machine | null): Declaration[] {
    const speaks = ({ protocols }: Declaration): boolean => protocols.length === 0 || protocols.includes(transport)
    const own = (machine?.own ?? []).flatMap(({ ports, ...each }) => (ports.includes(port) ? [each] : []))
    // What this machine's own domain says is of this machine alone.
    const level = machine?.level ?? 1
    return [...own, ...this.machines.declared.forPort(port).filter((each) => each.level >= level)].filter(speaks)
  }
}

function weightOf({ lore }: RelatedUse): number {
  return (lore.category === 'malware' ? 2 : 0) + (lore.state === 'extinct' ? 1 : 0)
}

function remarksOn(
  found: FoundPort,
  purpose: PortPurpose,
  declared: readonly Declaration[],
  machine: Machine | null,
): Remark[] {
  if (found.state !== 'open') return missing(found, machine)
  return [
    ...otherService(found, purpose, declared),
    ...ghost(purpose),
    ...undeclared(declared, machine),
    ...readable(found, purpose),
  ]
}

function missing({ port, transport, state }: FoundPort, machine: Machine | null): Remark[] {
  if (state === 'unmeasured' || state === 'open|filtered') return []
  return (machine?.own ?? [])
    .filter(({ ports, protocols }) => ports.includes(port) && (protocols.length === 0 || protocols.includes(transport)))
    .map(({ names, path }) => ({
      kind: 'declared-not-open',
      text: `${path} declares ${names[0] ?? 'a service'} there, and the port is ${state}.`,
      citation: null,
    }))
}

/**
 * Who holds the port comes first; what others use it for all the same is no surprise either. An entry of the lore may name the
 * protocols of several ports (GitLab's are http, https and ssh): those of a registered use are the registry's own.
 */
function otherService({ banner }: FoundPort, { entry, uses }: PortPurpose, declared: readonly Declaration[]): Remark[] {
  if (banner === null || banner.service === null) return []
  const holders = [...declared.flatMap(({ names }) => names), ...entry.names]
  const others = uses.filter(({ relation }) => relation !== 'registered')
  const users = others.flatMap(({ lore }) => [...namesOf(lore), ...(lore.registryNames ?? [])])
  const expected = holders.length > 0 ? holders : users
  if (expected.length === 0 || compareService(banner, expected) !== 'other') return []
  if (users.length > 0 && compareService(banner, users) === 'same') return []
  const best = holders[0] ?? others[0]?.lore.name ?? '?'
  const found = banner.tls === null ? banner.service : `${banner.service} in TLS`
  return [{ kind: 'other-service', text: `It speaks ${found}, and the port is for ${best}.`, citation: null }]
}

function ghost({ isGhost: isOne, uses }: PortPurpose): Remark[] {
  const names = uses.filter(({ lore }) => lore.category !== 'malware').map(({ lore }) => lore.name)
  if (!isOne || names.length === 0) return []
  const text = `A ghost port: what used it is gone (${names.slice(0, 3).join(', ')}), and yet something answers.`
  return [{ kind: 'ghost', text, citation: null }]
}

function undeclared(declared: readonly Declaration[], machine: Machine | null): Remark[] {
  if (machine === null || !machine.hasDeclarations || declared.length > 0) return []
  return [
    {
      kind: 'undeclared',
      text: `It is open, and not among what the directory declares for ${machine.path ?? 'this machine'}.`,
      citation: null,
    },
  ]
}

/** Only where the lore says so of the service that the port is for, or of the one that answered. */
function readable({ banner }: FoundPort, { uses }: PortPurpose): Remark[] {
  if (banner !== null && banner.tls !== null) return []
  const service = banner?.service ?? null
  for (const { lore, relation } of uses) {
    if (lore.category === 'malware' || lore.state === 'extinct') continue
    const own = [...namesOf(lore), ...(lore.registryNames ?? [])].map((name) => name.toLowerCase())
    const isIt = service === null ? relation === 'registered' : own.includes(service.toLowerCase())
    const statement = isIt ? (lore.security ?? []).find(({ text }) => READABLE.test(text)) : undefined
    if (statement === undefined) continue
    const [cite] = statement.cites.toSorted((a, b) => Number(b.seen) - Number(a.seen))
    const source = cite === undefined ? undefined : lore.sources[cite.source]
    const citation =
      source === undefined
        ? null
        : {
            title: source.title,
            publisher: source.publisher,
            url: source.url,
            date: source.date ?? null,
            seen: cite?.seen ?? false,
          }
    return [{ kind: 'readable', text: `${lore.name}: ${statement.text}`, citation }]
  }
  return []
}
