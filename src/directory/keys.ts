/**
 * Where things stand in a domain's store.
 *
 *     00                                     about: revision, checksum, highest object, free numbers, generation
 *     01 revision(8)                         journal of the writes
 *     02                                     who is loading a copy (load.ts); absent while nobody is
 *     g 'D' object(4)                        directory (record.ts)
 *     g 'C' parent(4) rank(8)                child(4): the children in order
 *     g 'I' parent(4) pair                   children whose first property NAME contains VALUE (index.ts)
 *     g 'J' parent(4) pair 00 00 rank(8)     the same, one a key, where they are many: child(4)
 *     g 'F' object(4)                        the last instance(4) of a number that is free again
 *     g 'S' parent(4)                        revision(8) of the last change to a child of the directory
 *
 * g is the generation: a copy transferred from a master is loaded under another one, and `about` then switches to it.
 */
import { readU64, writeU64 } from '../core/index.ts'
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Span } from '../core/index.ts'
import type { KeyRange } from '../store/index.ts'

export const ABOUT_KEY: Buffer = Buffer.from([0])
const JOURNAL = 1
export const LOADING_KEY: Buffer = Buffer.from([2])
/** Generations are numbers of one byte from here on. */
export const FIRST_GENERATION = 16
const GENERATIONS = 256 - FIRST_GENERATION

const DIRECTORY = 0x44
const CHILD = 0x43
const INDEX = 0x49
const OVERFLOW = 0x4a
const FREE = 0x46
const STAMP = 0x53

/** A longer pair is kept by its digest: keys of a store are short (LIMITS.storeKeyBytes). */
const PAIR_BYTES_MAX = 512
/** Where the pair begins in an index key. */
const PAIR_AT = 6
/** Generation, letter, and object number. */
const OBJECT_KEY_BYTES = 6
/** Longer keys that are made to read are not kept; names of users and machines are far shorter. */
const READ_KEY_BYTES_MAX = 256

/** A position among siblings: only its order means anything; up to 2^53, so eight bytes hold it. */
export type Rank = number

export function nextGeneration(generation: number): number {
  return FIRST_GENERATION + ((generation - FIRST_GENERATION + 1) % GENERATIONS)
}

export function generationRange(generation: number): KeyRange {
  return { from: Buffer.from([generation]), to: after(Buffer.from([generation])) }
}

function objectKey(generation: number, letter: number, object: number): Buffer {
  const key = Buffer.allocUnsafe(OBJECT_KEY_BYTES)
  key[0] = generation
  key[1] = letter
  key.writeUInt32BE(object, 2)
  return key
}

export function directoryKey(generation: number, object: number): Buffer {
  return objectKey(generation, DIRECTORY, object)
}

export function freeKey(generation: number, object: number): Buffer {
  return objectKey(generation, FREE, object)
}

export function stampKey(generation: number, parent: number): Buffer {
  return objectKey(generation, STAMP, parent)
}

export function childKey(generation: number, parent: number, rank: Rank): Buffer {
  return withRank(objectKey(generation, CHILD, parent), rank)
}

/** All children of a directory, or those from one rank on. */
export function childRange(generation: number, parent: number, from: Rank = 0): KeyRange {
  return { from: childKey(generation, parent, from), to: after(objectKey(generation, CHILD, parent)) }
}

/** The children that stand before a rank. */
export function childrenBefore(generation: number, parent: number, rank: Rank): KeyRange {
  return { from: objectKey(generation, CHILD, parent), to: childKey(generation, parent, rank) }
}

export function freeRange(generation: number): KeyRange {
  return { from: Buffer.from([generation, FREE]), to: Buffer.from([generation, FREE + 1]) }
}

export function directoryRange(generation: number): KeyRange {
  return { from: Buffer.from([generation, DIRECTORY]), to: Buffer.from([generation, DIRECTORY + 1]) }
}

export function indexRange(generation: number): KeyRange {
  return { from: Buffer.from([generation, INDEX]), to: Buffer.from([generation, OVERFLOW + 1]) }
}

/** The object number in the key of a directory, of a free number, or of a stamp. */
export function objectOf(key: Buffer): number {
  return key.readUInt32BE(2)
}

/** The rank at the end of the key of a child, or of an overflowing pair. */
export function rankAtEnd(key: Buffer): Rank {
  return readU64(key, key.length - 8)
}

/**
 * Name and value as the end of a key. Neither holds a NUL, so one NUL between them, and two after them, are no part of any
 * other pair; the digest of a long pair begins with two, and has no third, which would follow an empty name and value.
 */
export function pairBytes(name: Buffer, value: Buffer): Buffer {
  const pair = Buffer.allocUnsafe(name.length + 1 + value.length)
  pair.set(name)
  pair[name.length] = 0
  pair.set(value, name.length + 1)
  if (pair.length <= PAIR_BYTES_MAX) return pair
  const digest = createHash('sha256').update(pair).digest()
  if (digest[0] === 0) digest[0] = 1
  return Buffer.concat([Buffer.from([0, 0]), digest])
}

export function indexKey(generation: number, parent: number, pair: Buffer): Buffer {
  const key = Buffer.allocUnsafe(PAIR_AT + pair.length)
  key[0] = generation
  key[1] = INDEX
  key.writeUInt32BE(parent, 2)
  key.set(pair, PAIR_AT)
  return key
}

/** Keys that are made to read once, one of each length: most of what a buffer of twenty bytes costs is to make it. */
const readKeys: Buffer[] = []

function readKeyOf(lengthBytes: number): Buffer {
  if (lengthBytes > READ_KEY_BYTES_MAX) return Buffer.allocUnsafe(lengthBytes)
  return (readKeys[lengthBytes] ??= Buffer.allocUnsafeSlow(lengthBytes))
}

/** The key of a directory that is read at once: the next such key overwrites it. */
export function directoryReadKey(generation: number, object: number): Buffer {
  const key = readKeyOf(OBJECT_KEY_BYTES)
  key[0] = generation
  key[1] = DIRECTORY
  key.writeUInt32BE(object, 2)
  return key
}

/**
 * The index key of a name and a value as they came from a client: each ends at its first NUL, as in the original. It is to be
 * read at once: the next such key overwrites it. Made byte by byte, for it is made on every lookup: four calls into the engine
 * for twenty bytes cost three times as much.
 */
export function indexReadKey(generation: number, parent: number, name: Span, value: Span): Buffer {
  const key = readKeyOf(PAIR_AT + (name.to - name.from) + 1 + (value.to - value.from))
  key[0] = generation
  key[1] = INDEX
  key.writeUInt32BE(parent, 2)
  const nul = copyUntilNul(name, key, PAIR_AT)
  key[nul] = 0
  const end = copyUntilNul(value, key, nul + 1)
  if (end - PAIR_AT <= PAIR_BYTES_MAX) return end === key.length ? key : key.subarray(0, end)
  return indexKey(generation, parent, pairBytes(key.subarray(PAIR_AT, nul), key.subarray(nul + 1, end)))
}

/** Where the copy ends. */
function copyUntilNul({ bytes, from, to }: Span, key: Buffer, start: number): number {
  let end = start
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === 0) break
    key[end] = byte
    end += 1
  }
  return end
}

/** The key under which the overflowing entries of an index key stand, without their ranks. */
function overflowBase(index: Buffer): Buffer {
  const base = Buffer.concat([index, Buffer.from([0, 0])])
  base[1] = OVERFLOW
  return base
}

export function overflowKey(index: Buffer, rank: Rank): Buffer {
  return withRank(overflowBase(index), rank)
}

export function overflowRange(index: Buffer): KeyRange {
  const from = overflowBase(index)
  return { from, to: after(from) }
}

export function journalKey(revision: number): Buffer {
  return withRank(Buffer.from([JOURNAL]), revision)
}

export function journalRange(fromRevision: number, toRevision: number): KeyRange {
  return { from: journalKey(fromRevision), to: journalKey(toRevision) }
}

/** The first key that does not begin with these bytes. */
function after(prefix: Buffer): Buffer {
  for (let last = prefix.length - 1; last >= 0; last -= 1) {
    const byte = prefix[last] ?? 0
    if (byte < 0xff) {
      const end = Buffer.from(prefix.subarray(0, last + 1))
      end[last] = byte + 1
      return end
    }
  }
  return Buffer.from([0xff, 0xff])
}

function withRank(prefix: Buffer, rank: Rank): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + 8)
  key.set(prefix)
  writeU64(key, prefix.length, rank)
  return key
}
