/** What a domain knows of itself: one value, written with every batch, compared before each. */
import { DecodeError, XdrReader, XdrWriter } from '../core/index.ts'
import type { Reader } from '../store/index.ts'
import { ABOUT_KEY, FIRST_GENERATION } from './keys.ts'

const TWO_32 = 0x1_0000_0000
/** Raised when keys or records change their form. */
const FORMAT = 1

export interface About {
  /** How many writes were ever done here. */
  readonly revision: number
  /** Σ (object + 1) × instance over all directories, modulo 2^32 (protocol.md §2.2). */
  readonly checksum: number
  /** The largest object number ever given out. */
  readonly highest: number
  /** How many numbers at or below it are free. */
  readonly free: number
  /** How many directories there are. */
  readonly count: number
  readonly generation: number
}

export const NEW_ABOUT: About = {
  revision: 0,
  checksum: 0,
  highest: 0,
  free: 0,
  count: 0,
  generation: FIRST_GENERATION,
}

export function encodeAbout(about: About): Buffer {
  const writer = new XdrWriter(32)
  writer
    .u32(FORMAT)
    .u32(Math.floor(about.revision / TWO_32))
    .u32(about.revision % TWO_32)
  writer.u32(about.checksum).u32(about.highest).u32(about.free).u32(about.count).u32(about.generation)
  return writer.toBytes()
}

/** @throws DecodeError for a domain of another format */
export function decodeAbout(bytes: Buffer): About {
  const reader = new XdrReader(bytes)
  const format = reader.u32('about')
  if (format !== FORMAT) throw new DecodeError('about', 0, `format ${format} is not ${FORMAT}`)
  const about = {
    revision: reader.u32('revision') * TWO_32 + reader.u32('revision'),
    checksum: reader.u32('checksum'),
    highest: reader.u32('highest'),
    free: reader.u32('free'),
    count: reader.u32('count'),
    generation: reader.u32('generation'),
  }
  reader.finish('about')
  return about
}

/** The checksum after a directory's instance went from one value to another; 0 stands for no directory. */
export function checksumAfter(checksum: number, object: number, before: number, after: number): number {
  return (checksum + Math.imul(object + 1, after) - Math.imul(object + 1, before)) >>> 0
}

/** What a reader's moment knows of the domain. */
export function aboutIn(reader: Reader): About {
  const bytes = reader.get(ABOUT_KEY)
  return bytes === undefined ? NEW_ABOUT : decodeAbout(bytes)
}
