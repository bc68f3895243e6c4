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
import { TRANSPORTS } from './model.ts'
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
        return [first, last, use.transports.reduce((mask, each) => mask | (1 << TRANSPORTS.indexOf(each)), 0), entry]
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
  #pages: SpanPages | null = null
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
      if (!isOurs || head.readUInt32LE(12) !== bytes || length > bytes) throw new Error('truncated, or of another format')
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
    return this.#read(this.#entriesAt(port, filter)).map((lore) => ({ lore, uses: lore.uses.filter((use) => use.ports.some((text) => covers(text, port))) }))
  }

  /** The same entries in brief: for lists of many ports, for nothing more is read. */
  briefsForPort(port: number, filter: SpanFilter = {}): readonly LoreBrief[] {
    const entries = this.#entriesAt(port, filter)
    if (entries.length === 0) return []
    this.#briefs ??= readFileParts(this.#file, (descriptor) => {
      const bytes = readExactly(descriptor, this.#briefsAt, this.#bodiesAt - this.#briefsAt)
      // Only `buildLore` writes these bytes.
      return JSON.parse(bytes.toString('utf8')) as LoreBrief[]
    })
    const briefs = this.#briefs
    return entries.flatMap((entry) => briefs[entry] ?? [])
  }

  #entriesAt(port: number, filter: SpanFilter): readonly number[] {
    let widths: Map<number, number> | null = null
    this.#eachSpan(port, filter, (entry, width) => {
      widths ??= new Map<number, number>()
      widths.set(entry, Math.min(width, widths.get(entry) ?? Infinity))
    })
    return widths === null ? NONE : byWidth(widths)
  }

  /** Whether any use, current or extinct, covers a port. */
  covers(port: number, filter: SpanFilter = {}): boolean {
    let isCovered = false
    this.#eachSpan(port, filter, () => (isCovered = true))
    return isCovered
  }

  /** Every entry, in the order of their ids. */
  entries(): readonly Lore[] {
    return this.#read(Array.from(this.#ends.keys()))
  }

  /** Visits the spans that cover a port: of those no wider than a page, only such as begin on its page or the one before. */
  #eachSpan(port: number, { transports = TRANSPORTS, portsMax = Infinity }: SpanFilter, visit: (entry: number, width: number) => void): void {
    this.#pages ??= pagesOf(this.#spans)
    const spans = this.#spans
    const wanted = transports.reduce((mask, each) => mask | (1 << TRANSPORTS.indexOf(each)), 0)
    const page = port >>> 8
    for (const list of [this.#pages.wide, this.#pages.byPage[page - 1], this.#pages.byPage[page]]) {
      for (const at of list ?? []) {
        const first = spans[at] ?? 0
        const last = spans[at + 1] ?? 0
        if (port < first || port > last || ((spans[at + 2] ?? 0) & wanted) === 0 || last - first >= portsMax) continue
        visit(spans[at + 3] ?? 0, last - first)
      }
    }
  }

  #read(entries: readonly number[]): readonly Lore[] {
    // Who asks for many ports will have read most entries in the end: then all are read at once.
    this.#asked += 1
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
        return JSON.parse(body.toString('utf8')) as Lore
      }),
    )
  }
}

const NONE: readonly number[] = []

/** The narrowest first. */
function byWidth(widths: ReadonlyMap<number, number>): readonly number[] {
  return [...widths].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([entry]) => entry)
}

/** Offsets of spans: those wider than a page, and the others by the page on which they begin. */
interface SpanPages {
  readonly wide: readonly number[]
  readonly byPage: readonly (readonly number[] | undefined)[]
}

function pagesOf(spans: Uint16Array): SpanPages {
  const wide: number[] = []
  const byPage: number[][] = []
  for (let at = 0; at < spans.length; at += SPAN_WORDS) {
    const first = spans[at] ?? 0
    const isWide = (spans[at + 1] ?? 0) - first > 255
    const list = isWide ? wide : (byPage[first >>> 8] ??= [])
    list.push(at)
  }
  return { wide, byPage }
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
