/** Spans of addresses as hosts by number. */
import { LIMITS, PortolanError } from '../core/index.ts'
import { formatIpv4, formatZoned } from './addresses.ts'
import type { AddressSpans, Ipv6Span } from './addresses.ts'
import type { ProbeHost } from './model.ts'
import { BIGINT_STEPS, NUMBER_STEPS, mergeSpans, subtractSpans } from './spans.ts'
import type { HostSet } from './targets-model.ts'

/** Spans without others, merged and in order: IPv4, then IPv6 by zone. A span without a zone takes away in every zone. */
export function subtractHosts(spans: AddressSpans, away: AddressSpans): AddressSpans {
  if (spans.ipv4.length + spans.ipv6.length > LIMITS.targetSpans) throw tooMany(`${LIMITS.targetSpans} ranges`)
  const zones = [...new Set(spans.ipv6.map(({ zone }) => zone))].toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))
  return {
    ipv4: subtractSpans(mergeSpans(spans.ipv4, NUMBER_STEPS), mergeSpans(away.ipv4, NUMBER_STEPS), NUMBER_STEPS),
    ipv6: zones.flatMap((zone): Ipv6Span[] => {
      const own = mergeSpans(
        spans.ipv6.filter((span) => span.zone === zone),
        BIGINT_STEPS,
      )
      const others = mergeSpans(
        away.ipv6.filter((span) => span.zone === null || span.zone === zone),
        BIGINT_STEPS,
      )
      return subtractSpans(own, others, BIGINT_STEPS).map(({ first, last }) => ({ first, last, zone }))
    }),
  }
}

function tooMany(most: string): PortolanError {
  return new PortolanError('ERR_PORTOLAN_TARGETS_TOO_MANY', `the targets are more than ${most}`, {
    hint: 'name fewer at once: a smaller network, or a part of the list',
  })
}

/**
 * The hosts of merged spans, in their order.
 *
 * `at` takes time with the logarithm of the number of spans, and throws a RangeError for a number that is none.
 * @throws ERR_PORTOLAN_TARGETS_TOO_MANY beyond `LIMITS.probeHosts`
 */
export function makeHostSet({ ipv4, ipv6 }: AddressSpans, names: ReadonlyMap<string, string>): HostSet {
  const firsts = Uint32Array.from(ipv4, ({ first }) => first)
  // The number of the first host of each span, IPv4 and then IPv6; after the last stands the size.
  const starts = new Float64Array(ipv4.length + ipv6.length + 1)
  const lengths = [
    ...ipv4.map(({ first, last }) => last - first + 1),
    ...ipv6.map(({ first, last }) => Number(last - first + 1n)),
  ]
  for (const [at, length] of lengths.entries()) starts[at + 1] = (starts[at] ?? 0) + length
  const size = starts.at(-1) ?? 0
  if (size > LIMITS.probeHosts) throw tooMany(`${LIMITS.probeHosts} addresses`)
  const hostOf = (address: string, family: 4 | 6): ProbeHost => ({
    address,
    family,
    name: names.size === 0 ? null : (names.get(address) ?? null),
  })
  return {
    size,
    at: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= size)
        throw new RangeError(`there is no host ${index}: there are ${size}`)
      const span = spanAt(starts, index)
      const offset = index - (starts[span] ?? 0)
      const low = firsts[span]
      if (low !== undefined) return hostOf(formatIpv4(low + offset), 4)
      const { first = 0n, zone = null } = ipv6[span - firsts.length] ?? {}
      return hostOf(formatZoned(first + BigInt(offset), zone), 6)
    },
  }
}

/** The last span that begins at or before a number. */
function spanAt(starts: Float64Array, index: number): number {
  let [low, high] = [0, starts.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((starts[middle] ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return low
}
