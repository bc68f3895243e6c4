/**
 * The compiled lore: all entries in one file, with an index by port in front, so that one port costs one small parse.
 *
 *     0  "PORTLORE"
 *     8  u32 length of the index in bytes
 *     12 u32 CRC-32 of all that follows
 *     16 the index, JSON: { version, spans: [first, last, transports, entry, …], ends: [end of each entry, …] }
 *     …  the entries, JSON, one after the other
 *
 * All numbers are little-endian; `transports` has a bit for each, in the order of TRANSPORTS.
 */
import { crc32 } from 'node:zlib'
import { PortolanError } from '../core/index.ts'
import type { Lore } from './lore-schema.ts'
import { TRANSPORTS } from './model.ts'
import type { Transport } from './model.ts'

const MAGIC = 'PORTLORE'
const VERSION = 1
const INDEX_AT = 16

interface LoreIndex {
  readonly version: number
  readonly spans: readonly number[]
  readonly ends: readonly number[]
}

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
  const index: LoreIndex = { version: VERSION, spans, ends }
  const indexBytes = Buffer.from(JSON.stringify(index))
  const header = Buffer.alloc(INDEX_AT)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(indexBytes.length, 8)
  const rest = Buffer.concat([indexBytes, ...bodies])
  header.writeUInt32LE(crc32(rest), 12)
  return Buffer.concat([header, rest])
}

/** `600-1023` or `973` of a lore file, as numbers. */
export function parseSpan(text: string): { first: number; last: number } {
  const [first = 0, last = first] = text.split('-').map(Number)
  return { first, last }
}

/** The lore, open. */
export class LoreBook {
  readonly #bytes: Buffer
  readonly #index: LoreIndex
  readonly #bodiesAt: number

  /**
   * Opens the bytes of a compiled file.
   * @throws ERR_PORTOLAN_LORE_DAMAGED
   */
  constructor(bytes: Buffer, from: string) {
    const damaged = (what: string, cause?: unknown): PortolanError =>
      new PortolanError('ERR_PORTOLAN_LORE_DAMAGED', `${from}: ${what}`, {
        hint: 'Install Portolan again, or in a checkout run npm start.',
        cause,
      })
    if (bytes.length < INDEX_AT || bytes.toString('latin1', 0, 8) !== MAGIC) throw damaged('not a compiled lore file')
    if (crc32(bytes.subarray(INDEX_AT)) !== bytes.readUInt32LE(12)) throw damaged('the checksum does not fit: truncated or changed')
    this.#bytes = bytes
    this.#bodiesAt = INDEX_AT + bytes.readUInt32LE(8)
    let index: unknown
    try {
      index = JSON.parse(bytes.toString('utf8', INDEX_AT, this.#bodiesAt))
    } catch (error) {
      throw damaged('its index cannot be read', error)
    }
    if (!isIndex(index)) throw damaged('its index has another form')
    this.#index = index
  }

  get size(): number {
    return this.#index.ends.length
  }

  /** The entries with a use that covers a port, the most particular use (the fewest ports) first. */
  forPort(port: number): readonly LoreUse[] {
    const { spans } = this.#index
    const widths = new Map<number, number>()
    for (let at = 0; at < spans.length; at += 4) {
      const first = spans[at] ?? 0
      const last = spans[at + 1] ?? 0
      const entry = spans[at + 3] ?? 0
      if (first <= port && port <= last) widths.set(entry, Math.min(last - first, widths.get(entry) ?? Infinity))
    }
    return [...widths]
      .sort((a, b) => a[1] - b[1] || a[0] - b[0])
      .map(([entry]) => {
        const lore = this.#entry(entry)
        return { lore, uses: lore.uses.filter((use) => use.ports.some((text) => covers(text, port))) }
      })
  }

  /** Whether any use, current or extinct, covers a port on one of the transports. */
  covers(port: number, transports: readonly Transport[] = TRANSPORTS): boolean {
    const wanted = transports.reduce((mask, each) => mask | (1 << TRANSPORTS.indexOf(each)), 0)
    const { spans } = this.#index
    for (let at = 0; at < spans.length; at += 4) {
      const isInside = (spans[at] ?? 0) <= port && port <= (spans[at + 1] ?? 0)
      if (isInside && ((spans[at + 2] ?? 0) & wanted) !== 0) return true
    }
    return false
  }

  /** Every entry, in the order of their ids. */
  *entries(): Generator<Lore, void, undefined> {
    for (let entry = 0; entry < this.size; entry += 1) yield this.#entry(entry)
  }

  #entry(entry: number): Lore {
    const from = this.#bodiesAt + (entry === 0 ? 0 : (this.#index.ends[entry - 1] ?? 0))
    const to = this.#bodiesAt + (this.#index.ends[entry] ?? 0)
    // The checksum says that these are the bytes that `buildLore` wrote, from entries that the schema passed.
    return JSON.parse(this.#bytes.toString('utf8', from, to)) as Lore
  }
}

function covers(text: string, port: number): boolean {
  const { first, last } = parseSpan(text)
  return first <= port && port <= last
}

function isIndex(value: unknown): value is LoreIndex {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== VERSION) return false
  return 'spans' in value && isNumbers(value.spans) && 'ends' in value && isNumbers(value.ends)
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number')
}
