/**
 * The compiled lore: all entries in one file, with an index by port in front, so that one port costs a few small reads.
 *
 *     0  "PORTLORE"
 *     8  u32 format version
 *     12 u32 length of the file in bytes
 *     16 u32 number of spans, u32 number of entries
 *     24 a span each: u16 first port, u16 last port, u16 transports, u16 entry
 *     …  u32 the end of each entry, counted from the first one's beginning
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
const VERSION = 2
const SPANS_AT = 24
const SPAN_WORDS = 4

/** One entry, and those of its uses that cover the port asked for. */
export interface LoreUse {
  readonly lore: Lore
  readonly uses: readonly Lore['uses'][number][]
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
  let end = 0
  const ends = bodies.map((body) => (end += body.length))
  const index = Buffer.concat([Buffer.from(Uint16Array.from(spans).buffer), Buffer.from(Uint32Array.from(ends).buffer)])
  const header = Buffer.alloc(SPANS_AT)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(VERSION, 8)
  header.writeUInt32LE(SPANS_AT + index.length + end, 12)
  header.writeUInt32LE(spans.length / SPAN_WORDS, 16)
  header.writeUInt32LE(entries.length, 20)
  return Buffer.concat([header, index, ...bodies])
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
  readonly #bodiesAt: number

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
    this.#bodiesAt = SPANS_AT + index.length
    if (this.#bodiesAt + (this.#ends.at(-1) ?? 0) !== size) throw damaged(file, 'its index does not fit its entries')
  }

  get size(): number {
    return this.#ends.length
  }

  /** The entries with a use that covers a port, the most particular use (the fewest ports) first. */
  forPort(port: number): readonly LoreUse[] {
    const spans = this.#spans
    const widths = new Map<number, number>()
    for (let at = 0; at < spans.length; at += 4) {
      const first = spans[at] ?? 0
      const last = spans[at + 1] ?? 0
      const entry = spans[at + 3] ?? 0
      if (first <= port && port <= last) widths.set(entry, Math.min(last - first, widths.get(entry) ?? Infinity))
    }
    const numbers = [...widths].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([entry]) => entry)
    return this.#read(numbers).map((lore) => ({ lore, uses: lore.uses.filter((use) => use.ports.some((text) => covers(text, port))) }))
  }

  /** Whether any use, current or extinct, covers a port on one of the transports. */
  covers(port: number, transports: readonly Transport[] = TRANSPORTS): boolean {
    const wanted = transports.reduce((mask, each) => mask | (1 << TRANSPORTS.indexOf(each)), 0)
    const spans = this.#spans
    for (let at = 0; at < spans.length; at += 4) {
      const isInside = (spans[at] ?? 0) <= port && port <= (spans[at + 1] ?? 0)
      if (isInside && ((spans[at + 2] ?? 0) & wanted) !== 0) return true
    }
    return false
  }

  /** Every entry, in the order of their ids. */
  entries(): readonly Lore[] {
    return this.#read(Array.from(this.#ends.keys()))
  }

  #read(entries: readonly number[]): Lore[] {
    if (entries.length === 0) return []
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
