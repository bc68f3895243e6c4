/**
 * The compiled lore: all entries in one file, with an index by port in front, so that one port costs a few small reads.
 *
 *     0  "PORTLORE"
 *     8  u32 format version
 *     12 u32 length of the file in bytes
 *     16 u32 numbers of: entries, segments, spans, members; u32 length of the briefs in bytes
 *     36 u32 the end of each entry, counted from the first one's beginning
 *     …  u32 the checksum of each entry, and at last that of the briefs
 *     …  u32 the end of each segment's members
 *     …  u16 the first port of each segment; it goes on to the next one's first
 *     …  a span each: u16 first port, u16 last port, u16 transports, u16 entry
 *     …  u16 the members: for each segment, the numbers of the spans that cover it
 *     …  the briefs: JSON, what lists show of each entry
 *     …  the entries, JSON, one after the other
 *
 * All numbers are little-endian; `transports` has a bit for each, in the order of TRANSPORTS.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { PortolanError, messageOf } from '../core/index.ts'
import type { Lore } from './lore-schema.ts'
import { TRANSPORTS, parseSpan } from './model.ts'
import type { Transport } from './model.ts'

export const LORE_MAGIC = 'PORTLORE'
export const LORE_VERSION = 6
export const LORE_HEADER_BYTES = 36
const SPAN_WORDS = 4
const FNV_PRIME = 0x01000193
/** After so many questions it is quicker to have read all entries than to read a few more each time. */
const MANY = 16

/** One entry, and those of its uses that cover the port asked for. */
export interface LoreUse {
  readonly lore: Lore
  readonly uses: readonly Lore['uses'][number][]
}

/** The names by which an entry may be asked for, in lower case. */
export function namesOf({ id, name, aliases = [] }: Lore): readonly string[] {
  return [id, name, ...aliases].map((each) => each.toLowerCase())
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

/** The lore, open: its index in memory, its entries read from the file when they are asked for. */
export class LoreBook {
  readonly #file: string
  readonly #index: Index
  readonly #briefsAt: number
  readonly #bodiesAt: number
  #briefs: readonly LoreBrief[] | null = null
  #all: readonly Lore[] | null = null
  #asked = 0

  /**
   * Opens a compiled file.
   * @throws ERR_PORTOLAN_LORE_DAMAGED
   */
  constructor(file: string) {
    this.#file = file
    const { header, bytes, size } = readFileParts(file, readIndex)
    this.#index = indexOf(header, bytes)
    this.#briefsAt = LORE_HEADER_BYTES + bytes.length
    this.#bodiesAt = this.#briefsAt + header.briefsBytes
    if (this.#bodiesAt + (this.#index.entryEnds.at(-1) ?? 0) !== size)
      throw damaged(file, 'its index does not fit its entries')
  }

  get size(): number {
    return this.#index.entryEnds.length
  }

  /**
   * The entries with a use that covers a port, the most particular use (the fewest ports) first.
   * @param filter only uses of these transports, and of at most so many ports
   */
  forPort(port: number, filter: SpanFilter = {}): readonly LoreUse[] {
    const { transports = TRANSPORTS, portsMax = Infinity } = filter
    return this.#read(this.#entriesAt(port, filter)).map((lore) => ({
      lore,
      uses: lore.uses.filter(
        (use) =>
          use.transports.some((transport) => transports.includes(transport)) &&
          use.ports.some((text) => covers(text, port, portsMax)),
      ),
    }))
  }

  /** The same entries in brief: for lists of many ports, for nothing more is read. */
  briefsForPort(port: number, filter: SpanFilter = {}): readonly LoreBrief[] {
    const entries = this.#entriesAt(port, filter)
    if (entries.length === 0) return []
    this.#briefs ??= readFileParts(this.#file, (descriptor) => {
      const bytes = readExactly(descriptor, this.#briefsAt, this.#bodiesAt - this.#briefsAt)
      if (checksumOf(bytes) !== this.#index.checksums.at(-1)) throw new Error('the briefs were changed')
      // The bytes are those that `buildLore` wrote.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return JSON.parse(bytes.toString('utf8')) as LoreBrief[]
    })
    const briefs = this.#briefs
    return entries.flatMap((entry) => briefs[entry] ?? [])
  }

  #entriesAt(port: number, { transports = TRANSPORTS, portsMax = Infinity }: SpanFilter): readonly number[] {
    const { spans, members, segmentEnds } = this.#index
    const segment = this.#segmentOf(port)
    const last = Math.min(members.length, segment === -1 ? 0 : (segmentEnds[segment] ?? 0))
    const wanted = maskOf(transports)
    let widths: Map<number, number> | null = null
    for (let member = segment < 1 ? 0 : (segmentEnds[segment - 1] ?? 0); member < last; member += 1) {
      const at = (members[member] ?? 0) * SPAN_WORDS
      const width = (spans[at + 1] ?? 0) - (spans[at] ?? 0)
      if (((spans[at + 2] ?? 0) & wanted) === 0 || width >= portsMax) continue
      const entry = spans[at + 3] ?? 0
      widths ??= new Map<number, number>()
      widths.set(entry, Math.min(width, widths.get(entry) ?? Infinity))
    }
    if (widths === null) return NONE
    return [...widths].toSorted((x, y) => x[1] - y[1] || x[0] - y[0]).map(([entry]) => entry)
  }

  /** The last segment that begins at a port or before it; -1 where none does. */
  #segmentOf(port: number): number {
    const { segmentFirsts } = this.#index
    let low = 0
    let high = segmentFirsts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((segmentFirsts[middle] ?? 0) <= port) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Whether any use, current or extinct, covers a port. */
  covers(port: number, filter: SpanFilter = {}): boolean {
    return this.#entriesAt(port, filter).length > 0
  }

  /** Every entry, in the order of their ids. */
  entries(): readonly Lore[] {
    return this.#read(Array.from(this.#index.entryEnds.keys()))
  }

  #read(entries: readonly number[]): readonly Lore[] {
    // Who asks for many ports will have read most entries in the end: then all are read at once.
    this.#asked += 1
    if (this.#all === null && this.#asked > MANY) this.#all = this.#readFile(Array.from(this.#index.entryEnds.keys()))
    const all = this.#all
    if (all === null) return this.#readFile(entries)
    return entries.flatMap((entry) => all[entry] ?? [])
  }

  #readFile(entries: readonly number[]): Lore[] {
    return readFileParts(this.#file, (descriptor) =>
      entries.map((entry) => {
        const from = entry === 0 ? 0 : (this.#index.entryEnds[entry - 1] ?? 0)
        const body = readExactly(descriptor, this.#bodiesAt + from, (this.#index.entryEnds[entry] ?? 0) - from)
        if (checksumOf(body) !== this.#index.checksums[entry]) throw new Error(`entry ${entry} was changed`)
        // The bytes are those that `buildLore` wrote, of an entry that the schema passed.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        return JSON.parse(body.toString('utf8')) as Lore
      }),
    )
  }
}

const NONE: readonly number[] = []

/** A bit for each transport. */
export function maskOf(transports: readonly Transport[]): number {
  let mask = 0
  for (const transport of transports) mask |= 1 << TRANSPORTS.indexOf(transport)
  return mask
}

interface Header {
  readonly entries: number
  readonly segments: number
  readonly spans: number
  readonly members: number
  readonly briefsBytes: number
}

interface Index {
  readonly entryEnds: Uint32Array
  readonly checksums: Uint32Array
  readonly segmentEnds: Uint32Array
  readonly segmentFirsts: Uint16Array
  readonly spans: Uint16Array
  readonly members: Uint16Array
}

function readIndex(descriptor: number): { header: Header; bytes: Buffer; size: number } {
  const head = readExactly(descriptor, 0, LORE_HEADER_BYTES)
  const { size } = fstatSync(descriptor)
  const isOurs = head.toString('latin1', 0, 8) === LORE_MAGIC && head.readUInt32LE(8) === LORE_VERSION
  if (!isOurs || head.readUInt32LE(12) !== size) throw new Error('truncated, or of another format')
  const [entries = 0, segments = 0, spans = 0, members = 0, briefsBytes = 0] = [16, 20, 24, 28, 32].map((at) =>
    head.readUInt32LE(at),
  )
  const length = 4 * (2 * entries + 1 + segments) + 2 * (segments + SPAN_WORDS * spans + members)
  if (length > size) throw new Error('truncated, or of another format')
  return {
    header: { entries, segments, spans, members, briefsBytes },
    bytes: readExactly(descriptor, LORE_HEADER_BYTES, length),
    size,
  }
}

function indexOf({ entries, segments, spans, members }: Header, bytes: Buffer): Index {
  let at = bytes.byteOffset
  const take = (length: number): number => {
    const from = at
    at += length
    return from
  }
  return {
    entryEnds: new Uint32Array(bytes.buffer, take(4 * entries), entries),
    checksums: new Uint32Array(bytes.buffer, take(4 * (entries + 1)), entries + 1),
    segmentEnds: new Uint32Array(bytes.buffer, take(4 * segments), segments),
    segmentFirsts: new Uint16Array(bytes.buffer, take(2 * segments), segments),
    spans: new Uint16Array(bytes.buffer, take(2 * SPAN_WORDS * spans), SPAN_WORDS * spans),
    members: new Uint16Array(bytes.buffer, take(2 * members), members),
  }
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
  // Before memory is taken for it.
  if (position + length > fstatSync(descriptor).size) throw new Error('truncated')
  // Not from Buffer's pool: the index is read as words, which must begin at an even address.
  const bytes = Buffer.allocUnsafeSlow(length)
  const got = readSync(descriptor, bytes, 0, length, position)
  if (got !== length) throw new Error(`${got} bytes at ${position} instead of ${length}: truncated`)
  return bytes
}

function covers(text: string, port: number, portsMax: number): boolean {
  const { first, last } = parseSpan(text)
  return first <= port && port <= last && last - first < portsMax
}

/**
 * FNV-1a of 32 bits, over words of four bytes and then the bytes that are left: enough to tell that something was changed, and
 * quick to compute for the few entries that one port needs. (CRC-32 is in node:zlib, which costs each start 6 ms.)
 */
export function checksumOf(bytes: Buffer): number {
  let sum = 0x811c9dc5
  const end = bytes.length & ~3
  for (let at = 0; at < end; at += 4) {
    const word =
      (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    sum = Math.imul(sum ^ word, FNV_PRIME)
  }
  for (let at = end; at < bytes.length; at += 1) sum = Math.imul(sum ^ (bytes[at] ?? 0), FNV_PRIME)
  return sum >>> 0
}
