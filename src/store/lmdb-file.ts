/**
 * Looks at a file before LMDB maps it: bytes that LMDB would take for its own, and read beyond, end the whole process.
 *
 * Two meta pages stand at the start (lmdb.h and mdb.c, MDB_meta), written in turn; words are as this machine writes them:
 *
 *     24  magic(4)     48  page size(4)     144  last page(8)     152  transaction(8)
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'
import { PortolanError } from '../core/index.ts'

const LMDB_MAGIC = 0xbeefc0de
const MAGIC_AT = 24
const PAGE_SIZE_AT = 48
const LAST_PAGE_AT = 144
const TRANSACTION_AT = 152
const META_BYTES = 160
const PAGE_BYTES_MIN = 256
const PAGE_BYTES_MAX = 65_536
const IS_LITTLE = endianness() === 'LE'

/**
 * Refuses what is no store. A file that is empty, or not there, is a new store's place.
 * @throws ERR_PORTOLAN_STORE_UNREADABLE
 */
export function refuseForeignFile(file: string): void {
  if (!existsSync(file)) return
  if (lookAt(file) === null)
    throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${file} is not a store of Portolan.`, {
      hint: 'Name a folder of its own for the data, or move that file away.',
    })
}

/**
 * Refuses a backup that lacks its end. A store in use may be shorter than its page numbers say, where its last pages are free; a
 * backup has every page.
 * @throws ERR_PORTOLAN_STORE_UNREADABLE
 */
export function refuseCutBackup(file: string): void {
  refuseForeignFile(file)
  const found = lookAt(file)
  if (found !== null && found !== 'empty' && found.sizeBytes >= found.neededBytes) return
  throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${file} is not whole: its end is missing.`, {
    hint: 'Copy it anew from where it was made, or use an older backup.',
  })
}

interface Look {
  readonly sizeBytes: number
  /** Up to the end of the last page that was ever in use. */
  readonly neededBytes: number
}

/** Null for a file that LMDB cannot read. */
function lookAt(file: string): Look | 'empty' | null {
  const descriptor = openSync(file, 'r')
  try {
    const sizeBytes = fstatSync(descriptor).size
    if (sizeBytes === 0) return 'empty'
    const first = readMeta(descriptor, 0)
    if (first === null || first.pageBytes < PAGE_BYTES_MIN || first.pageBytes > PAGE_BYTES_MAX) return null
    const second = readMeta(descriptor, first.pageBytes)
    if (second === null || sizeBytes < 2 * first.pageBytes) return null
    const newest = second.transaction > first.transaction ? second : first
    return { sizeBytes, neededBytes: Number(newest.lastPage + 1n) * first.pageBytes }
  } finally {
    closeSync(descriptor)
  }
}

interface Meta {
  readonly pageBytes: number
  readonly lastPage: bigint
  readonly transaction: bigint
}

function readMeta(descriptor: number, at: number): Meta | null {
  const bytes = Buffer.alloc(META_BYTES)
  if (readSync(descriptor, bytes, 0, META_BYTES, at) !== META_BYTES) return null
  const u32 = (offset: number): number => (IS_LITTLE ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset))
  const u64 = (offset: number): bigint => (IS_LITTLE ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset))
  if (u32(MAGIC_AT) !== LMDB_MAGIC) return null
  return { pageBytes: u32(PAGE_SIZE_AT), lastPage: u64(LAST_PAGE_AT), transaction: u64(TRANSACTION_AT) }
}
