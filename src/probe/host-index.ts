/** The way back from addresses to their numbers in a set of hosts, without keeping any but the ends of its runs. */
import { formatIpv4, formatZoned, parseIpv4, parseZoned } from './addresses.ts'
import type { HostSet } from './targets-model.ts'

interface Place {
  /** `4`, `6`, or `6%zone`: addresses of one line can be counted from one to the next. */
  readonly line: string
  readonly value: number | bigint
}

interface Run extends Place {
  readonly firstIndex: number
  readonly lastIndex: number
}

export interface HostIndex {
  /** The number of an address in the set; null where it is not in it. */
  readonly indexOf: (address: string) => number | null
  /** All runs, in a form that is the same for equal sets: `10.0.0.0-10.0.0.255,2001:db8::1`. */
  readonly toText: () => string
}

/**
 * Finds the runs of a set whose addresses ascend, as those of `resolveTargets` do.
 *
 * Where the last address of a stretch is as far from the first as their numbers are, there is no gap between them: so a run's end
 * is found in steps that double, and a network of millions by asking for some fifty addresses.
 */
export function indexHosts(hosts: HostSet): HostIndex {
  const runs: Run[] = []
  for (let at = 0; at < hosts.size;) {
    const place = placeAt(hosts, at)
    const lastIndex = endOfRun(hosts, at, place)
    runs.push({ ...place, firstIndex: at, lastIndex })
    at = lastIndex + 1
  }
  return {
    indexOf: (address) => {
      const place = placeOf(address)
      return place === null ? null : indexIn(runs, place)
    },
    toText: () => runs.map(textOf).join(','),
  }
}

function endOfRun(hosts: HostSet, first: number, from: Place): number {
  const isRun = (index: number): boolean => {
    const { line, value } = placeAt(hosts, index)
    return line === from.line && distance(from.value, value) === index - first
  }
  let step = 1
  let good = first
  while (good + step < hosts.size && isRun(good + step)) {
    good += step
    step *= 2
  }
  let bad = Math.min(good + step, hosts.size)
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isRun(middle)) good = middle
    else bad = middle
  }
  return good
}

/** How far it is from one address up to another of its line; one that is further than hosts are counted is just far. */
function distance(from: number | bigint, to: number | bigint): number {
  return typeof from === 'number' && typeof to === 'number' ? to - from : Number(BigInt(to) - BigInt(from))
}

function placeAt(hosts: HostSet, index: number): Place {
  const { address } = hosts.at(index)
  const place = placeOf(address)
  if (place === null) throw new TypeError(`host ${index} has the address ${address}, which is none`)
  return place
}

function placeOf(address: string): Place | null {
  const ipv4 = parseIpv4(address)
  if (ipv4 !== null) return { line: '4', value: ipv4 }
  const ipv6 = parseZoned(address)
  return ipv6 === null ? null : { line: ipv6.zone === null ? '6' : `6%${ipv6.zone}`, value: ipv6.value }
}

/** Runs are in order: IPv4, IPv6 without a zone, and the zones by name. */
function isAfter(run: Place, place: Place): boolean {
  return run.line === place.line ? run.value > place.value : run.line > place.line
}

function indexIn(runs: readonly Run[], place: Place): number | null {
  let [low, high] = [0, runs.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const run = runs[middle]
    if (run !== undefined && isAfter(run, place)) high = middle
    else low = middle + 1
  }
  const run = runs[low - 1]
  if (run?.line !== place.line) return null
  const index = run.firstIndex + distance(run.value, place.value)
  return index <= run.lastIndex ? index : null
}

function textOf({ line, value, firstIndex, lastIndex }: Run): string {
  const more = lastIndex - firstIndex
  const zone = line.startsWith('6%') ? line.slice(2) : null
  const format = (each: number | bigint): string =>
    typeof each === 'number' ? formatIpv4(each) : formatZoned(each, zone)
  const last = typeof value === 'number' ? value + more : value + BigInt(more)
  return more === 0 ? format(value) : `${format(value)}-${format(last)}`
}
