/** Ports as they are asked for, `22,80,8000-8100,ssh,T:25,U:53,top:100`, and as sets. */
import { PortolanError, printable } from '../core/index.ts'

import type { ProbeTransport } from './model.ts'
import { NUMBER_STEPS, mergeSpans } from './spans.ts'
import type { Span } from './spans.ts'
import type { PortSet } from './targets-model.ts'
import { rankedPorts } from './top-ports.ts'

const PORT_MAX = 65_535
/** A message is a line. */
const SHOWN_CHARS_MAX = 100
const FORMS = 'write numbers from 0 to 65535, ranges and names with commas between: 22,80,8000-8100,ssh; - is all'

/** The ports that a service name has with a transport; an empty list for a name that is not known. */
export type PortsOfName = (name: string, transport: ProbeTransport) => readonly number[]

export interface PortOptions {
  /** What a port without `T:` or `U:` before it is probed with. */
  readonly transports: readonly ProbeTransport[]
  readonly portsOfName: PortsOfName
}

/**
 * Reads a list of ports, with nmap's forms.
 *
 * `T:` and `U:` hold for all that follows, to the next one. Port 0 is in only where it is named: `-` and `-1024` begin at 1.
 * @throws ERR_PORTOLAN_PORT_INVALID names the part that is wrong
 */
export function parsePorts(
  text: string,
  { transports, portsOfName }: PortOptions,
): Readonly<Record<ProbeTransport, PortSet>> {
  const spans: Record<ProbeTransport, Span<number>[]> = { tcp: [], udp: [] }
  let asked = transports
  for (const part of text.split(',')) {
    const [, prefix, item = ''] = /^\s*(?:([TU]):)?\s*(.*?)\s*$/i.exec(part) ?? []
    if (prefix !== undefined) asked = [prefix.toUpperCase() === 'T' ? 'tcp' : 'udp']
    const found = asked.map((transport) => ({ transport, spans: readItem(item, transport, portsOfName) }))
    // A name need not have a port with every transport.
    if (found.every((each) => each.spans.length === 0)) throw invalid(item, text, `is no port of ${asked.join(' or ')}`)
    for (const each of found) spans[each.transport].push(...each.spans)
  }
  return { tcp: setOfSpans(spans.tcp), udp: setOfSpans(spans.udp) }
}

function invalid(item: string, text: string, problem: string, hint: string = FORMS): PortolanError {
  const empty = text.trim() === '' ? 'no port is given' : `${shorten(text)} has an empty part`
  return new PortolanError('ERR_PORTOLAN_PORT_INVALID', item === '' ? empty : `${shorten(item)} ${problem}`, { hint })
}

function shorten(text: string): string {
  return printable(text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text)
}

function readItem(item: string, transport: ProbeTransport, portsOfName: PortsOfName): readonly Span<number>[] {
  const top = /^top:(\d{1,6})$/i.exec(item)
  if (top !== null) return topSpans(item, transport, Number(top[1]))
  const [, from = '', dash, to = ''] = /^(\d{0,6})(?:(-)(\d{0,6}))?$/.exec(item) ?? [null, '', undefined, '']
  if (from === '' && dash === undefined) return item === '' ? [] : spansOf(portsOfName(item, transport))
  const first = from === '' ? 1 : Number(from)
  const last = dash === undefined ? first : to === '' ? PORT_MAX : Number(to)
  if (first > PORT_MAX || last > PORT_MAX) throw invalid(item, item, 'is above 65535, the last port')
  if (last < first) throw invalid(item, item, 'ends before it begins', 'write the lower port first')
  return [{ first, last }]
}

function topSpans(item: string, transport: ProbeTransport, count: number): readonly Span<number>[] {
  const ranked = rankedPorts(transport)
  if (count === 0 || count > ranked.length)
    throw invalid(
      item,
      item,
      `cannot be had: ${ranked.length} ports of ${transport} are ranked`,
      `write a number from 1 to ${ranked.length}, or - for all ports`,
    )
  return spansOf(ranked.slice(0, count))
}

function spansOf(ports: readonly number[]): readonly Span<number>[] {
  return ports.map((port) => ({ first: port, last: port }))
}

/** A set of some ports, in whatever order they come. */
export function makePortSet(ports: Iterable<number>): PortSet {
  return setOfSpans(spansOf([...ports]))
}

/** Ports that were read as the text `1-1024,8080`, which `toText` gives: null for another form. */
export function readPortText(text: string): PortSet | null {
  if (text === '') return makePortSet([])
  const spans = text.split(',').map((part) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? []
    return { first: Number(first), last: Number(last) }
  })
  return spans.every(({ first, last }) => first <= last && last <= PORT_MAX) ? setOfSpans(spans) : null
}

function setOfSpans(spans: readonly Span<number>[]): PortSet {
  const merged = mergeSpans(spans, NUMBER_STEPS)
  const ports = new Uint16Array(merged.reduce((sum, { first, last }) => sum + last - first + 1, 0))
  const isIn = new Uint8Array(PORT_MAX + 1)
  let size = 0
  for (const { first, last } of merged) {
    isIn.fill(1, first, last + 1)
    for (let port = first; port <= last; port += 1) {
      ports[size] = port
      size += 1
    }
  }
  return {
    size: ports.length,
    at: (index) => {
      const port = ports[index]
      if (port === undefined) throw new RangeError(`there is no port ${index}: there are ${ports.length}`)
      return port
    },
    has: (port) => isIn[port] === 1,
    toText: () => textOf(merged),
  }
}

function textOf(merged: readonly Span<number>[]): string {
  return merged.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

/** Ports that come in ascending order, of which only the runs are kept. */
export class PortRuns {
  readonly #spans: Span<number>[] = []
  #first = 0
  #last = -1
  #size = 0

  get size(): number {
    return this.#size
  }

  add(port: number): void {
    if (this.#size === 0) this.#first = port
    else if (port !== this.#last + 1) {
      this.#spans.push({ first: this.#first, last: this.#last })
      this.#first = port
    }
    this.#last = port
    this.#size += 1
  }

  /** In the form `1-1024,8080`. */
  toText(): string {
    return this.#size === 0 ? '' : textOf([...this.#spans, { first: this.#first, last: this.#last }])
  }
}
