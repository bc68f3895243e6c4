/**
 * The log of batches that are on disk here before the engine's own file has them: one short write to one place, where the file's
 * pages are many and scattered.
 *
 *     0     magic(8) store(16) base revision(8) CRC-32 of these(4)
 *     4096  records: length(4) CRC-32 of what follows(4) revision(8) payload(length), each at a multiple of eight
 *
 * The record that continues the base stands first, and each has the revision after the one before: what is left of an earlier
 * round has an older revision, and ends the chain, as does a record that was cut off. Nothing here locks: who appends or
 * restarts holds the engine's write lock, and who reads looks at the base before and after.
 */
import { closeSync, fdatasyncSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { PortolanError, readU64, syncFolder, writeU64 } from '../core/index.ts'

const MAGIC = Buffer.from('PORTLOG1', 'latin1')
const STORE_AT = 8
export const STORE_ID_BYTES = 16
const BASE_AT = 24
const HEADER_CRC_AT = 32
const HEADER_BYTES = 36
/** A page of its own, so that a header that is written anew does not touch records. */
const RECORDS_AT = 4096
/** All of it is written when the file is made: the disk then has no sizes and places to note with each record. */
const LOG_BYTES = 512 * 1024
const RECORD_HEAD_BYTES = 16
const CHECKED_AT = 8
const ALIGNMENT = 8
const PRIVATE_MODE = 0o600

export interface LogRecord {
  readonly revision: number
  readonly payload: Buffer
}

export class CommitLog {
  readonly file: string
  readonly #descriptor: number
  readonly #store: Buffer
  /** Where the next record is to be read, or written, and the revision that it must have. */
  #position = RECORDS_AT
  #next = 0

  private constructor(file: string, descriptor: number, store: Buffer) {
    this.file = file
    this.#descriptor = descriptor
    this.#store = store
  }

  /**
   * Opens the log of a store; makes it where it is not there or was not finished, which the caller's write lock keeps others from.
   * @param store the store's identity, of STORE_ID_BYTES
   * @throws ERR_PORTOLAN_STORE_UNREADABLE for a file that is no log, or another store's
   */
  static open(file: string, store: Buffer): CommitLog {
    const descriptor = openSync(file, 'a+', PRIVATE_MODE)
    closeSync(descriptor)
    const log = new CommitLog(file, openSync(file, 'r+'), store)
    try {
      if (!log.#isMade()) log.#make()
      log.#next = log.base() + 1
      return log
    } catch (error) {
      log.close()
      throw error
    }
  }

  /**
   * The revision of the engine's file that the first record continues.
   * @throws ERR_PORTOLAN_STORE_UNREADABLE
   */
  base(): number {
    const header = Buffer.allocUnsafe(HEADER_BYTES)
    const isWhole = readSync(this.#descriptor, header, 0, HEADER_BYTES, 0) === HEADER_BYTES
    if (!isWhole || !header.equals(makeHeader(this.#store, readU64(header, BASE_AT)))) throw this.#foreign(header)
    return readU64(header, BASE_AT)
  }

  /** Begins to read from the first record. */
  rewind(base: number): void {
    this.#position = RECORDS_AT
    this.#next = base + 1
  }

  /** The next record of the chain, as far as it has been written. */
  read(): LogRecord | null {
    const head = Buffer.allocUnsafe(RECORD_HEAD_BYTES)
    if (readSync(this.#descriptor, head, 0, RECORD_HEAD_BYTES, this.#position) !== RECORD_HEAD_BYTES) return null
    const length = head.readUInt32BE(0)
    if (readU64(head, CHECKED_AT) !== this.#next || this.#position + recordBytes(length) > LOG_BYTES) return null
    const payload = Buffer.allocUnsafe(length)
    if (readSync(this.#descriptor, payload, 0, length, this.#position + RECORD_HEAD_BYTES) !== length) return null
    if (checksumOf(head, payload) !== head.readUInt32BE(4)) return null
    return { revision: this.#passed(length), payload }
  }

  /** Whether a record has room after the last one that was read or written. */
  hasRoom(payloadBytes: number): boolean {
    return this.#position + recordBytes(payloadBytes) <= LOG_BYTES
  }

  /** Begins anew: every record so far is in the engine's file, on disk. */
  restart(base: number): void {
    writeSync(this.#descriptor, makeHeader(this.#store, base), 0, HEADER_BYTES, 0)
    this.rewind(base)
  }

  /** Writes the next record after the last one that was read or written; on disk when it returns. */
  append(payload: Buffer): LogRecord {
    const record = Buffer.allocUnsafe(RECORD_HEAD_BYTES + payload.length)
    record.writeUInt32BE(payload.length, 0)
    writeU64(record, CHECKED_AT, this.#next)
    record.set(payload, RECORD_HEAD_BYTES)
    record.writeUInt32BE(checksumOf(record.subarray(0, RECORD_HEAD_BYTES), payload), 4)
    try {
      writeSync(this.#descriptor, record, 0, record.length, this.#position)
      fdatasyncSync(this.#descriptor)
    } catch (error) {
      // The caller will tell that nothing was done: nobody may find it done later.
      writeSync(this.#descriptor, Buffer.alloc(RECORD_HEAD_BYTES), 0, RECORD_HEAD_BYTES, this.#position)
      throw error
    }
    return { revision: this.#passed(payload.length), payload }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #passed(payloadBytes: number): number {
    this.#position += recordBytes(payloadBytes)
    this.#next += 1
    return this.#next - 1
  }

  /** False for a file that is new, or whose making was cut off: it then begins with zeros. */
  #isMade(): boolean {
    const header = Buffer.alloc(HEADER_BYTES)
    const size = readSync(this.#descriptor, header, 0, HEADER_BYTES, 0)
    return size > 0 && header.some((byte) => byte !== 0)
  }

  #make(): void {
    writeSync(this.#descriptor, Buffer.alloc(LOG_BYTES), 0, LOG_BYTES, 0)
    fsyncSync(this.#descriptor)
    syncFolder(dirname(this.file))
    this.restart(0)
    fdatasyncSync(this.#descriptor)
  }

  #foreign(header: Buffer): PortolanError {
    const isOther = header.subarray(0, STORE_AT).equals(MAGIC)
    const problem = isOther ? 'is of another store than the one beside it' : 'is no log of a store'
    return new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${this.file} ${problem}.`, {
      hint: 'Put back the two files that belong together; a backup needs none: move this one away.',
    })
  }
}

function makeHeader(store: Buffer, base: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.set(MAGIC)
  header.set(store, STORE_AT)
  writeU64(header, BASE_AT, base)
  header.writeUInt32BE(crc32(header.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT)
  return header
}

function checksumOf(head: Buffer, payload: Buffer): number {
  return crc32(payload, crc32(head.subarray(CHECKED_AT, RECORD_HEAD_BYTES)))
}

function recordBytes(payloadBytes: number): number {
  return Math.ceil((RECORD_HEAD_BYTES + payloadBytes) / ALIGNMENT) * ALIGNMENT
}
