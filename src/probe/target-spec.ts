/**
 * One word that names targets: an address, a network, a range, octets as nmap writes them, or a name.
 *
 *     192.0.2.7         2001:db8::7       fe80::7%eth0
 *     192.0.2.0/24      2001:db8::/120    fe80::%eth0/120
 *     192.0.2.1-192.0.2.99                2001:db8::1-2001:db8::ff
 *     192.0.2.1-99      10.0.0-3.1,7-9    10.0.*.1    10.0.0.-20
 *     host.example
 */
import { domainToASCII } from 'node:url'
import { LIMITS, PortolanError, printable } from '../core/index.ts'
import type { ErrorCode } from '../core/index.ts'
import {
  IPV4_BITS,
  IPV6_BITS,
  ipv4Network,
  ipv6Network,
  parseIpv4,
  parseZoned,
  spanOfAddress,
  splitMapped,
} from './addresses.ts'
import type { AddressSpans } from './addresses.ts'
import { NUMBER_STEPS, listNumbers, mergeSpans } from './spans.ts'
import type { Span } from './spans.ts'

/** A word and where it stood: `hosts.txt:3`; null for the command line. */
export interface TargetWord {
  readonly word: string
  readonly place: string | null
}

export type TargetSpec =
  | { readonly kind: 'addresses'; readonly spans: AddressSpans }
  | { readonly kind: 'name'; readonly name: string }

const OCTET_MAX = 255
/** RFC 1035 §2.3.4. */
const NAME_CHARS_MAX = 253
/** A message is a line: what is longer than any target is some other file's. */
const SHOWN_CHARS_MAX = 100
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i
const FORMS = 'write an address, a network (192.0.2.0/24), a range (192.0.2.1-99) or a name'

/** An error that names the word, and the place where it stood. */
export function targetError(
  code: ErrorCode,
  { word, place }: TargetWord,
  problem: string,
  hint?: string,
): PortolanError {
  const where = place === null ? '' : `${printable(place)}: `
  const shown = word.length > SHOWN_CHARS_MAX ? `${word.slice(0, SHOWN_CHARS_MAX)}…` : word
  return new PortolanError(code, `${where}${printable(shown)} ${problem}`, hint === undefined ? {} : { hint })
}

/**
 * Reads one word.
 * @throws ERR_PORTOLAN_TARGET_INVALID for another form; ERR_PORTOLAN_TARGETS_TOO_MANY for octets that lie too scattered
 */
export function parseTarget(target: TargetWord): TargetSpec {
  const { word } = target
  const plain = word.replace(/^\[(.*)\]$/, '$1')
  const spans = plain.includes(':') ? readIpv6(target, plain) : readIpv4(target, word)
  if (spans !== null) return { kind: 'addresses', spans }
  const name = nameOf(word)
  if (name === null) throw invalid(target, 'is no target', hintFor(word))
  return { kind: 'name', name }
}

function invalid(target: TargetWord, problem: string, hint: string = FORMS): PortolanError {
  return targetError('ERR_PORTOLAN_TARGET_INVALID', target, problem, hint)
}

function hintFor(word: string): string {
  if (word.includes('://')) return 'a target is a host, not an address of the web: leave out the scheme and the path'
  if (word.startsWith('-')) return 'an option stands in its own word; a list of targets takes none'
  if (/^\[.*\]:\d+$|^[^:]+:\d+$/.test(word)) return 'the port is given with -p'
  if (word.includes('/')) return 'only an address can have a prefix length'
  return FORMS
}

/** Null for what may be a name. */
function readIpv4(target: TargetWord, word: string): AddressSpans | null {
  if (!/^[\d.*,/-]+$/.test(word)) return null
  const slash = word.indexOf('/')
  if (slash !== -1) {
    const value = parseIpv4(word.slice(0, slash))
    if (value === null) throw invalid(target, 'has a prefix length, but no address before it')
    return { ipv4: [ipv4Network(value, readPrefix(target, word.slice(slash + 1), IPV4_BITS))], ipv6: [] }
  }
  const [from = '', to, ...more] = word.split('-')
  if (to !== undefined && more.length === 0) {
    const [first, last] = [parseIpv4(from), parseIpv4(to)]
    if (first !== null && last !== null) {
      if (last < first) throw invalid(target, 'ends before it begins', 'write the lower address first')
      return { ipv4: [{ first, last }], ipv6: [] }
    }
  }
  const octets = word.split('.')
  if (octets.length !== 4) throw invalid(target, 'is no IPv4 address: that has four numbers', targetsApart(word))
  return { ipv4: spansOfOctets(target, octets), ipv6: [] }
}

function targetsApart(word: string): string {
  return word.includes(',') ? 'put a space between targets; a comma stands within one number' : FORMS
}

function readPrefix(target: TargetWord, text: string, bits: number): number {
  const prefix = /^\d{1,3}$/.test(text) ? Number(text) : Infinity
  if (prefix > bits) throw invalid(target, 'has a wrong prefix length', `write a number from 0 to ${bits} after the /`)
  return prefix
}

/** The addresses whose four numbers each lie in a set of their own. */
function spansOfOctets(target: TargetWord, octets: readonly string[]): readonly Span<number>[] {
  const runs = octets.map((octet) => runsOf(target, octet))
  const isWhole = (at: number): boolean => runs[at]?.[0]?.first === 0 && runs[at]?.[0]?.last === OCTET_MAX
  // What is whole at the end does not divide: 10.0.*.* is one span.
  let least = runs.length - 1
  while (least > 0 && isWhole(least)) least -= 1
  const values = runs.slice(0, least).map((each) => each.flatMap(listNumbers))
  const count = values.reduce((product, each) => product * each.length, runs[least]?.length ?? 0)
  if (count > LIMITS.targetSpans)
    throw targetError(
      'ERR_PORTOLAN_TARGETS_TOO_MANY',
      target,
      `is ${count} ranges; ${LIMITS.targetSpans} are the most`,
      'name fewer at once: the first numbers divide, the last ones do not',
    )
  const scale = 256 ** (runs.length - 1 - least)
  const prefixes = values.reduce<readonly number[]>(
    (before, each) => before.flatMap((prefix) => each.map((value) => prefix * 256 + value)),
    [0],
  )
  return prefixes.flatMap((prefix) =>
    (runs[least] ?? []).map(({ first, last }) => ({
      first: (prefix * 256 + first) * scale,
      last: (prefix * 256 + last + 1) * scale - 1,
    })),
  )
}

/** `7`, `1-9`, `-9`, `200-`, `-` or `*`, and several of them with commas. */
function runsOf(target: TargetWord, octet: string): readonly Span<number>[] {
  const runs = octet.split(',').map((text) => {
    const [, from = '', dash = '', to = ''] = /^(?:\*|(\d{0,3})(?:(-)(\d{0,3}))?)$/.exec(text) ?? []
    const isAll = text === '*' || text === '-'
    if (!isAll && from === '' && to === '')
      throw invalid(
        target,
        `has ${text === '' ? 'an empty number' : text} where a number should be`,
        targetsApart(octet),
      )
    const first = from === '' ? 0 : Number(from)
    const last = to === '' && (isAll || dash !== '') ? OCTET_MAX : Number(to === '' ? from : to)
    if (first > OCTET_MAX || last > OCTET_MAX) throw invalid(target, `has ${text}: a number of an address ends at 255`)
    if (last < first) throw invalid(target, `has ${text}, which ends before it begins`, 'write the lower number first')
    return { first, last }
  })
  return mergeSpans(runs, NUMBER_STEPS)
}

function readIpv6(target: TargetWord, word: string): AddressSpans | null {
  const one = spanOfAddress(word)
  if (one !== null) return one
  const slash = word.lastIndexOf('/')
  const network = slash === -1 ? null : parseZoned(word.slice(0, slash))
  if (network !== null) {
    const prefix = readPrefix(target, word.slice(slash + 1), IPV6_BITS)
    return splitMapped({ ...ipv6Network(network.value, prefix), zone: network.zone })
  }
  // The name of an interface may have dashes of its own.
  for (let dash = word.indexOf('-'); dash !== -1; dash = word.indexOf('-', dash + 1)) {
    const [first, last] = [parseZoned(word.slice(0, dash)), parseZoned(word.slice(dash + 1))]
    if (first === null || last === null) continue
    const zone = first.zone ?? last.zone
    if ((first.zone ?? zone) !== (last.zone ?? zone)) throw invalid(target, 'begins in one zone and ends in another')
    if (last.value < first.value) throw invalid(target, 'ends before it begins', 'write the lower address first')
    return splitMapped({ first: first.value, last: last.value, zone })
  }
  return null
}

/** A name of DNS or of a hosts file; in another script than Latin as IDNA writes it (RFC 5891). */
function nameOf(word: string): string | null {
  const ascii = /^[\u0021-\u007e]*$/.test(word) ? word : domainToASCII(word)
  const labels = ascii.replace(/\.$/, '').split('.')
  const isName = ascii.length <= NAME_CHARS_MAX && labels.every((label) => LABEL.test(label))
  // The last label of a name is not a number (RFC 3696 §2): what ends so is an address that is wrong.
  return isName && !/^\d+$/.test(labels.at(-1) ?? '') ? ascii : null
}
