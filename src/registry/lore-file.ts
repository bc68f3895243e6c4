/**
 * The compiled lore: all entries in one file, with an index by port in front, so that one port costs a few small reads.
 *
 *     0  "PORTLORE"
 *     8  u32 format version
 *     12 u32 length of the file in bytes
 *     16 u32 number of spans, u32 number of entries, u32 length of the briefs in bytes
 *     28 a span each: u16 first port, u16 last port, u16 transports, u16 entry
 *     …  u32 the end of each entry, counted from the first one's beginning
 *     …  the briefs: JSON, what lists show of each entry
 *     …  the entries, JSON, one after the other
 *
 * All numbers are little-endian; `transports` has a bit for each, in the order of TRANSPORTS.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { PortolanError, messageOf } from '../core/index.ts'
import type { Lore } from './lore-schema.ts'
import { PORT_MAX, TRANSPORTS } from './model.ts'
import type { Transport } from './model.ts'

const MAGIC = 'PORTLORE'
const VERSION = 3
const SPANS_AT = 28
const SPAN_WORDS = 4
/** After so many questions it is quicker to have read all entries than to read a few more each time. */
const MANY = 16

/** One entry, and those of its uses that cover the port asked for. */
export interface LoreUse {
  readonly lore: Lore
  readonly uses: readonly Lore['uses'][number][]
}

/** What a list shows of an entry. */
export interface LoreBrief {
  readonly name: string
  readonly category: Lore['category']
  readonly state: Lore['state']
  readonly registryNames: readonly string[]
}

export interface SpanFilter {
  readonly transports?: readonly Transport[]
  /** Only spans of at most so many ports: NetInfo's 600–1023 explains no listener. */
  readonly portsMax?: number
}

/** Makes the bytes of the compiled file from entries that `parseLore` passed. */
export function buildLore(entries: readonly Lore[]): Buffer {
  const bodies = entries.map((lore) => Buffer.from(JSON.stringify(lore)))
  const spans = entries.flatMap((lore, entry) =>
    lore.uses.flatMap((use) =>
      use.ports.flatMap((text) => {
        const { first, last } = parseSpan(text)
        return [first, last, maskOf(use.transports), entry]
      }),
    ),
  )
  const briefs = Buffer.from(JSON.stringify(entries.map(briefOf)))
  let end = 0
  const ends = bodies.map((body) => (end += body.length))
  const index = Buffer.concat([Buffer.from(Uint16Array.from(spans).buffer), Buffer.from(Uint32Array.from(ends).buffer)])
  const header = Buffer.alloc(SPANS_AT)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(VERSION, 8)
  header.writeUInt32LE(SPANS_AT + index.length + briefs.length + end, 12)
  header.writeUInt32LE(spans.length / SPAN_WORDS, 16)
  header.writeUInt32LE(entries.length, 20)
  header.writeUInt32LE(briefs.length, 24)
  return Buffer.concat([header, index, briefs, ...bodies])
}

function briefOf({ name, category, state, registryNames = [] }: Lore): LoreBrief {
  return { name, category, state, registryNames }
}

/** `600-1023` or `973` of a lore file, as numbers. */
export function parseSpan(text: string): { first: number; last: number } {
  const [first = 0, last = first] = text.split('-').map(Number)
  return { first, last }
}

/** The lore, open: its index in memory, its entries read from the file when they are asked for. */
export class LoreBook {
  readonly #file: string
  readonly #spans: Uint16Array
  readonly #ends: Uint32Array
  readonly #briefsAt: number
  readonly #bodiesAt: number
  #briefs: readonly LoreBrief[] | null = null
  #byPort: readonly (readonly number[] | undefined)[] | null = null
  #all: readonly Lore[] | null = null
  #asked = 0

  /**
   * Opens a compiled file.
   * @throws ERR_PORTOLAN_LORE_DAMAGED
   */
  constructor(file: string) {
    this.#file = file
    const { header, index, size } = readFileParts(file, (descriptor) => {
      const head = readExactly(descriptor, 0, SPANS_AT)
      const spans = head.readUInt32LE(16) * SPAN_WORDS * 2
      const length = spans + head.readUInt32LE(20) * 4
      const { size: bytes } = fstatSync(descriptor)
      const isOurs = head.toString('latin1', 0, 8) === MAGIC && head.readUInt32LE(8) === VERSION
      if (!isOurs || head.readUInt32LE(12) !== bytes || length > bytes)
        throw new Error('truncated, or of another format')
      return { header: head, index: readExactly(descriptor, SPANS_AT, length), size: bytes }
    })
    const spanBytes = header.readUInt32LE(16) * SPAN_WORDS * 2
    this.#spans = new Uint16Array(index.buffer, index.byteOffset, spanBytes / 2)
    this.#ends = new Uint32Array(index.buffer, index.byteOffset + spanBytes, header.readUInt32LE(20))
    this.#briefsAt = SPANS_AT + index.length
    this.#bodiesAt = this.#briefsAt + header.readUInt32LE(24)
    if (this.#bodiesAt + (this.#ends.at(-1) ?? 0) !== size) throw damaged(file, 'its index does not fit its entries')
  }

  get size(): number {
    return this.#ends.length
  }

  /**
   * The entries with a use that covers a port, the most particular use (the fewest ports) first.
   * @param filter only uses of these transports, and of at most so many ports
   */
  forPort(port: number, filter: SpanFilter = {}): readonly LoreUse[] {
    return this.#read(this.#entriesAt(port, filter)).map((lore) => ({
      lore,
      uses: lore.uses.filter((use) => use.ports.some((text) => covers(text, port))),
    }))
  }

  /** The same entries in brief: for lists of many ports, for nothing more is read. */
  briefsForPort(port: number, filter: SpanFilter = {}): readonly LoreBrief[] {
    const entries = this.#entriesAt(port, filter)
    if (entries.length === 0) return []
    this.#briefs ??= readFileParts(this.#file, (descriptor) => {
      const bytes = readExactly(descriptor, this.#briefsAt, this.#bodiesAt - this.#briefsAt)
      // Only `buildLore` writes these bytes.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return JSON.parse(bytes.toString('utf8')) as LoreBrief[]
    })
    const briefs = this.#briefs
    return entries.flatMap((entry) => briefs[entry] ?? [])
  }

  #entriesAt(port: number, { transports = TRANSPORTS, portsMax = Infinity }: SpanFilter): readonly number[] {
    const found = this.#spansAt(port)
    if (found.length === 0) return found
    const spans = this.#spans
    const wanted = maskOf(transports)
    const widths = new Map<number, number>()
    for (const at of found) {
      const width = (spans[at + 1] ?? 0) - (spans[at] ?? 0)
      const entry = spans[at + 3] ?? 0
      if (((spans[at + 2] ?? 0) & wanted) !== 0 && width < portsMax)
        widths.set(entry, Math.min(width, widths.get(entry) ?? Infinity))
    }
    return [...widths].toSorted((x, y) => x[1] - y[1] || x[0] - y[0]).map(([entry]) => entry)
  }

  /** Whether any use, current or extinct, covers a port. */
  covers(port: number, filter: SpanFilter = {}): boolean {
    return this.#entriesAt(port, filter).length > 0
  }

  /** Every entry, in the order of their ids. */
  entries(): readonly Lore[] {
    return this.#read(Array.from(this.#ends.keys()))
  }

  /** Offsets of the spans that cover a port. */
  #spansAt(port: number): readonly number[] {
    this.#asked += 1
    if (this.#asked <= MANY) return coveringSpans(this.#spans, port)
    this.#byPort ??= spansByPort(this.#spans)
    return this.#byPort[port] ?? NONE
  }

  #read(entries: readonly number[]): readonly Lore[] {
    // Who asks for many ports will have read most entries in the end: then all are read at once.
    if (this.#all === null && this.#asked > MANY) this.#all = this.#readFile(Array.from(this.#ends.keys()))
    const all = this.#all
    if (all === null) return this.#readFile(entries)
    return entries.flatMap((entry) => all[entry] ?? [])
  }

  #readFile(entries: readonly number[]): Lore[] {
    return readFileParts(this.#file, (descriptor) =>
      entries.map((entry) => {
        const from = entry === 0 ? 0 : (this.#ends[entry - 1] ?? 0)
        const body = readExactly(descriptor, this.#bodiesAt + from, (this.#ends[entry] ?? 0) - from)
        // Only `buildLore` writes these bytes, from entries that the schema passed.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        return JSON.parse(body.toString('utf8')) as Lore
      }),
    )
  }
}

const NONE: readonly number[] = []

function maskOf(transports: readonly Transport[]): number {
  let mask = 0
  for (const transport of transports) mask |= 1 << TRANSPORTS.indexOf(transport)
  return mask
}

function coveringSpans(spans: Uint16Array, port: number): readonly number[] {
  const found: number[] = []
  for (let at = 0; at < spans.length; at += SPAN_WORDS)
    if ((spans[at] ?? 0) <= port && port <= (spans[at + 1] ?? 0)) found.push(at)
  return found
}

/** For each port the offsets of the spans that cover it, in one sweep; ports that the same spans cover share a list. */
function spansByPort(spans: Uint16Array): readonly (readonly number[] | undefined)[] {
  const offsets = Array.from({ length: spans.length / SPAN_WORDS }, (_, index) => index * SPAN_WORDS)
  const starts = offsets.toSorted((x, y) => (spans[x] ?? 0) - (spans[y] ?? 0))
  const edges = [...new Set(offsets.flatMap((at) => [spans[at] ?? 0, (spans[at + 1] ?? 0) + 1]))].toSorted(
    (x, y) => x - y,
  )
  const byPort: (readonly number[] | undefined)[] = Array.from({ length: PORT_MAX + 1 })
  let active: number[] = []
  let next = 0
  for (const [index, first] of edges.entries()) {
    active = active.filter((at) => (spans[at + 1] ?? 0) >= first)
    while (next < starts.length && spans[starts[next] ?? 0] === first) {
      active.push(starts[next] ?? 0)
      next += 1
    }
    if (active.length === 0) continue
    const here = [...active]
    for (let port = first; port < (edges[index + 1] ?? first); port += 1) byPort[port] = here
  }
  return byPort
}

function damaged(file: string, what: string, cause?: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_LORE_DAMAGED', `${file}: ${what}`, {
    hint: 'Install Portolan again, or in a checkout run npm start.',
    cause,
  })
}

function readFileParts<Result>(file: string, read: (descriptor: number) => Result): Result {
  try {
    const descriptor = openSync(file, 'r')
    try {
      return read(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw damaged(file, messageOf(error), error)
  }
}

function readExactly(descriptor: number, position: number, length: number): Buffer {
  // Not from Buffer's pool: the index is read as words, which must begin at an even address.
  const bytes = Buffer.allocUnsafeSlow(length)
  const got = readSync(descriptor, bytes, 0, length, position)
  if (got !== length) throw new Error(`${got} bytes at ${position} instead of ${length}: truncated`)
  return bytes
}

function covers(text: string, port: number): boolean {
  const { first, last } = parseSpan(text)
  return first <= port && port <= last
}
