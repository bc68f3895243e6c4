/** From the words of a user to the hosts that are probed. */
import { lookup } from 'node:dns/promises'
import { LIMITS, messageOf, systemCode } from '../core/index.ts'
import type { PortolanError } from '../core/index.ts'
import { formatIpv4, formatZoned, spanOfAddress } from './addresses.ts'
import type { AddressSpans, Ipv6Span } from './addresses.ts'
import { makeHostSet, subtractHosts } from './host-set.ts'
import { ownGround } from './own-ground.ts'
import { parseTarget, targetError } from './target-spec.ts'
import type { TargetWord } from './target-spec.ts'
import type { Span } from './spans.ts'
import type { HostSet } from './targets-model.ts'

/** The addresses of a name, best first; an empty list or an error for a name that has none. */
export type Resolver = (name: string, family: 4 | 6 | null) => Promise<readonly string[]>

export interface TargetOptions {
  readonly exclude?: readonly TargetWord[]
  /** Only addresses of this family; null, and where it is not given, both. */
  readonly family?: 4 | 6 | null
  /** Probe all addresses of a name, and not only the first. */
  readonly allAddresses?: boolean
  /** By default the system's own way: hosts file, then DNS. */
  readonly resolve?: Resolver
  readonly signal?: AbortSignal
}

export interface Targets {
  readonly hosts: HostSet
  /** Those of the hosts that lie outside loopback, private networks and this machine's own. */
  readonly outside: HostSet
  /** One ERR_PORTOLAN_NAME_UNRESOLVED for each name without an address: the others can be probed all the same. */
  readonly unresolved: readonly PortolanError[]
}

/** A name with what was found for it. */
interface ResolvedName {
  readonly name: string
  readonly spans: AddressSpans
  readonly failure: PortolanError | null
}

/** What some words name: the addresses of all, and the names one by one. */
interface Resolved {
  readonly spans: AddressSpans
  readonly names: readonly ResolvedName[]
}

/**
 * Reads words, resolves names, and takes away what is excluded.
 *
 * A name that is to be excluded must resolve: what cannot be found cannot be spared.
 * @throws ERR_PORTOLAN_TARGET_INVALID, ERR_PORTOLAN_TARGETS_TOO_MANY, ERR_PORTOLAN_NAME_UNRESOLVED
 */
export async function resolveTargets(words: readonly TargetWord[], options: TargetOptions = {}): Promise<Targets> {
  const { exclude = [], family = null, allAddresses = false, resolve = resolveBySystem, signal } = options
  const found = await resolveWords(words, { family, isAll: allAddresses, resolve, signal })
  const spared = await resolveWords(exclude, { family: null, isAll: true, resolve, signal })
  for (const { failure } of spared.names) if (failure !== null) throw failure
  const hosts = subtractHosts(found.spans, spared.spans)
  const outside = subtractHosts(hosts, ownGround())
  const names = namesByAddress(found.names)
  return {
    hosts: makeHostSet(hosts, names),
    outside: makeHostSet(outside, names),
    unresolved: found.names.map(({ failure }) => failure).filter((failure) => failure !== null),
  }
}

interface Resolution {
  readonly family: 4 | 6 | null
  readonly isAll: boolean
  readonly resolve: Resolver
  readonly signal: AbortSignal | undefined
}

/** All words are read before the first name is asked for; then some at once. */
async function resolveWords(words: readonly TargetWord[], resolution: Resolution): Promise<Resolved> {
  const ipv4: Span<number>[] = []
  const ipv6: Ipv6Span[] = []
  const add = (spans: AddressSpans): void => {
    for (const span of spans.ipv4) ipv4.push(span)
    for (const span of spans.ipv6) ipv6.push(span)
  }
  const pending: { readonly target: TargetWord; readonly name: string }[] = []
  for (const target of words) {
    const spec = parseTarget(target)
    if (spec.kind === 'name') pending.push({ target, name: spec.name })
    else {
      requireFamily(target, spec.spans, resolution.family)
      add(spec.spans)
    }
  }
  const names: ResolvedName[] = []
  const queue = pending.entries()
  const ask = async (): Promise<void> => {
    for (const [at, { target, name }] of queue) {
      resolution.signal?.throwIfAborted()
      names[at] = await resolveName(target, name, resolution)
    }
  }
  await Promise.all(Array.from({ length: LIMITS.namesAtOnce }, ask))
  for (const { spans } of names) add(spans)
  return { spans: { ipv4, ipv6 }, names }
}

function requireFamily(target: TargetWord, { ipv4, ipv6 }: AddressSpans, family: 4 | 6 | null): void {
  const isOther = (family === 4 && ipv6.length > 0) || (family === 6 && ipv4.length > 0)
  if (!isOther) return
  const [is, asked] = family === 4 ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6']
  throw targetError(
    'ERR_PORTOLAN_TARGET_INVALID',
    target,
    `is ${is}, and only ${asked} was asked for`,
    `leave out the -${family ?? ''}, or this target`,
  )
}

async function resolveName(target: TargetWord, name: string, resolution: Resolution): Promise<ResolvedName> {
  const { family, isAll, resolve } = resolution
  const fail = (why: string): ResolvedName => ({
    spans: { ipv4: [], ipv6: [] },
    name: target.word,
    failure: targetError(
      'ERR_PORTOLAN_NAME_UNRESOLVED',
      target,
      `has no address${family === null ? '' : ` of IPv${family}`}: ${why}`,
      'look whether the name is spelled right, and whether DNS answers',
    ),
  })
  let addresses: readonly string[]
  try {
    addresses = await resolve(name, family)
  } catch (error) {
    return fail(systemCode(error) ?? messageOf(error))
  }
  const known = addresses.map(spanOfAddress).filter((spans) => spans !== null)
  if (known.length === 0) return fail('the answer is empty')
  const kept = isAll ? known : known.slice(0, 1)
  const spans = { ipv4: kept.flatMap(({ ipv4 }) => ipv4), ipv6: kept.flatMap(({ ipv6 }) => ipv6) }
  return { spans, name: target.word, failure: null }
}

/** getaddrinfo(3): hosts file, mDNS, DNS, in the order that RFC 6724 gives. */
async function resolveBySystem(name: string, family: 4 | 6 | null): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, family: family ?? 0, verbatim: true })
  return found.map(({ address }) => address)
}

/** The first name that the user gave for an address stands for it. */
function namesByAddress(all: readonly ResolvedName[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const add = (address: string, name: string): void => {
    if (!names.has(address)) names.set(address, name)
  }
  for (const { spans, name } of all) {
    for (const { first } of spans.ipv4) add(formatIpv4(first), name)
    for (const { first, zone } of spans.ipv6) add(formatZoned(first, zone), name)
  }
  return names
}
