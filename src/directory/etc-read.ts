/** Reads one of the system's files whole, without being led to read for ever. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { LIMITS, systemCode } from '../core/index.ts'

const CHUNK_BYTES = 65_536

/** A file that is there and is not read: no regular file, or too large. */
export class BoundedReadError extends Error {
  override readonly name: string = 'BoundedReadError'
}

/**
 * The bytes of a regular file; undefined where there is none.
 * @throws BoundedReadError; else the system's own error (`EACCES`)
 */
export async function readBounded(path: string): Promise<Uint8Array | undefined> {
  let file: FileHandle
  try {
    // A pipe would let the opening wait for a writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw error
  }
  try {
    if (!(await file.stat()).isFile()) throw new BoundedReadError('is not a regular file')
    return await readToEnd(file)
  } finally {
    await file.close()
  }
}

/** By chunks: the files of `/proc` say that their size is 0. */
async function readToEnd(file: FileHandle): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES)
    if (bytesRead === 0) return Buffer.concat(chunks)
    length += bytesRead
    if (length > LIMITS.flatFileChars) throw new BoundedReadError(`has more than ${LIMITS.flatFileChars} bytes`)
    chunks.push(buffer.subarray(0, bytesRead))
  }
}
