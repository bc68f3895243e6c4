/**
 * The compiled registry file: what a process reads to answer for any port, with nothing to parse.
 *
 *     0   "PORTOLAN"
 *     8   u32 format version
 *     12  u32 CRC-32 of all bytes but these four
 *     16  u32 length of the file in bytes
 *     20  (u32 offset, u32 length in bytes) of each section, in the order of SECTIONS
 *
 * All numbers are little-endian; sections begin at multiples of 4.
 * A port is found in two steps: `tables` names, for each transport and each 256 ports, a page; the page names, for
 * each port, a cell (its offset in `cells`). A cell is one word, status | source << 2 | count << 4, and its records.
 * A record is RECORD_WORDS words: the numbers of its texts, its first and last port, and flags (see `RecordFlags`).
 * Texts of Latin-1 lie in one heap, the few others in a second one of two bytes a character.
 */
import { PortolanError } from '../core/index.ts'
import type { RowText, Source } from './model.ts'

export const MAGIC = 'PORTOLAN'
export const FORMAT_VERSION = 1

export const SECTIONS = [
  'meta',
  'narrowOffsets',
  'narrowHeap',
  'wideOffsets',
  'wideHeap',
  'records',
  'cells',
  'tables',
  'pages',
  'names',
] as const
type Section = (typeof SECTIONS)[number]
export const CHECKSUM_AT = 12
export const SECTIONS_AT = 20
export const HEADER_BYTES: number = SECTIONS_AT + 8 * SECTIONS.length

/** The texts of a record, in their order in the file. */
export const RECORD_TEXTS = [
  'name',
  'description',
  'assignee',
  'contact',
  'registrationDate',
  'modificationDate',
  'reference',
  'serviceCode',
  'unauthorizedUse',
  'notes',
] as const satisfies readonly (keyof RowText)[]
export const RECORD_WORDS: number = RECORD_TEXTS.length + 3
export const PAGE_PORTS = 256

/** Bits of a record's last word. */
export const RecordFlags = {
  transports: 0b1111,
  hasPort: 1 << 4,
  textSourceShift: 5,
  detailSourceShift: 7,
  sourceMask: 0b11,
} as const

/** What the file says of itself. */
export interface IndexMeta {
  /** When it was compiled, in ISO 8601. */
  readonly madeAt: string
  readonly sources: readonly Source[]
  readonly counts: Readonly<Record<string, number>>
}

/** The sections of an open file, as arrays over its bytes. */
export interface IndexSections {
  readonly meta: IndexMeta
  readonly narrowOffsets: Uint32Array
  readonly narrowHeap: Buffer
  readonly wideOffsets: Uint32Array
  readonly wideHeap: Buffer
  readonly records: Uint16Array
  readonly cells: Uint16Array
  readonly tables: Uint16Array
  readonly pages: Uint16Array
  readonly names: Uint16Array
}

function damaged(from: string, what: string): PortolanError {
  return new PortolanError('ERR_PORTOLAN_REGISTRY_DATA_DAMAGED', `${from}: ${what}`, {
    hint: "Run 'portolan registry update --from FILE-or-URL' to write your own anew; what came with Portolan comes back by installing it again.",
  })
}

/**
 * Opens the bytes of a compiled file; nothing is copied, and no text is decoded yet.
 *
 * The checksum is left to `verifyChecksum`: loading node:zlib for it would cost each start of the program 6 ms, and a file
 * that is only ever replaced whole cannot be half old and half new.
 * @param from the file's name, for messages.
 * @throws ERR_PORTOLAN_REGISTRY_DATA_DAMAGED when bytes are missing, or the format is another.
 */
export function openSections(given: Buffer, from: string): IndexSections {
  // Words are read at their own places, so the bytes must lie at a multiple of 4.
  const bytes = given.byteOffset % 4 === 0 ? given : Buffer.from(new Uint8Array(given).buffer)
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) {
    throw damaged(from, 'not a compiled registry file')
  }
  const version = bytes.readUInt32LE(8)
  if (version !== FORMAT_VERSION)
    throw damaged(from, `format version ${version}, and this Portolan reads ${FORMAT_VERSION}`)
  const length = bytes.readUInt32LE(16)
  if (length !== bytes.length) throw damaged(from, `${bytes.length} bytes instead of ${length}: truncated or changed`)
  const section = (name: Section): Buffer => {
    const at = SECTIONS_AT + 8 * SECTIONS.indexOf(name)
    const offset = bytes.readUInt32LE(at)
    const size = bytes.readUInt32LE(at + 4)
    if (offset % 4 !== 0 || offset < HEADER_BYTES || offset + size > bytes.length)
      throw damaged(from, `section ${name} lies outside the file`)
    return bytes.subarray(offset, offset + size)
  }
  const words = (name: Section): Uint16Array => {
    const part = section(name)
    return new Uint16Array(part.buffer, part.byteOffset, part.length >>> 1)
  }
  const longs = (name: Section): Uint32Array => {
    const part = section(name)
    return new Uint32Array(part.buffer, part.byteOffset, part.length >>> 2)
  }
  return {
    meta: parseMeta(section('meta').toString('utf8'), from),
    narrowOffsets: longs('narrowOffsets'),
    narrowHeap: section('narrowHeap'),
    wideOffsets: longs('wideOffsets'),
    wideHeap: section('wideHeap'),
    records: words('records'),
    cells: words('cells'),
    tables: words('tables'),
    pages: words('pages'),
    names: words('names'),
  }
}

/**
 * Compares every byte with the checksum in the header.
 * @throws ERR_PORTOLAN_REGISTRY_DATA_DAMAGED
 */
export async function verifyChecksum(bytes: Buffer, from: string): Promise<void> {
  const { crc32 } = await import('node:zlib')
  if (bytes.length < HEADER_BYTES) throw damaged(from, 'not a compiled registry file')
  if (crc32(bytes.subarray(CHECKSUM_AT + 4), crc32(bytes.subarray(0, CHECKSUM_AT))) !== bytes.readUInt32LE(CHECKSUM_AT))
    throw damaged(from, 'the checksum does not fit: a byte was changed')
}

function parseMeta(text: string, from: string): IndexMeta {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(from, `its description of itself is not JSON (${String(error)})`)
  }
  if (!isMeta(value)) throw damaged(from, 'its description of itself has another form')
  return value
}

/** By hand, not by valibot: loading that costs each start of the program 4 ms. */
function isMeta(value: unknown): value is IndexMeta {
  if (!isObject(value) || !Array.isArray(value['sources']) || !isObject(value['counts'])) return false
  const texts = ['id', 'title', 'asOf', 'asOfBasis', 'url']
  return (
    typeof value['madeAt'] === 'string' &&
    value['sources'].every((source) => isObject(source) && texts.every((text) => typeof source[text] === 'string')) &&
    Object.values(value['counts']).every((count) => typeof count === 'number')
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
