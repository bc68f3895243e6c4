/** Reads a table of /proc/net with as few calls as it can be read with. */
import { closeSync, openSync, read, readSync } from 'node:fs'

const CHUNK_BYTES = 65_536

/**
 * A read that brings less than this has brought the last line.
 *
 * The kernel's seq_file ends a read early only when its buffer, of a page (4096 bytes at least), has no room for the next
 * line (256 bytes at most). To be told the end by an empty read instead would have it walk its whole table once more, which
 * takes 2.4 ms for TCP: half of the time.
 */
const LAST_READ_BYTES = 4096 - 256

/**
 * The whole text of a table. The first read runs beside the caller; a large table is then read to its end at once.
 *
 * The file is opened at once, for a caller that computes does not let an opening's end be heard, and the read would wait.
 */
export function readTable(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const descriptor = openSync(path, 'r')
    const first = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    read(descriptor, first, 0, CHUNK_BYTES, null, (error, length) => {
      try {
        if (error !== null) throw error
        resolve(
          length < LAST_READ_BYTES
            ? first.toString('latin1', 0, length)
            : readRest(descriptor, first.subarray(0, length)),
        )
      } catch (failure) {
        reject(failure)
      } finally {
        closeSync(descriptor)
      }
    })
  })
}

function readRest(descriptor: number, first: Buffer): string {
  const parts = [first]
  let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  let offset = 0
  for (;;) {
    if (CHUNK_BYTES - offset < LAST_READ_BYTES) {
      parts.push(chunk.subarray(0, offset))
      chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      offset = 0
    }
    const length = readSync(descriptor, chunk, offset, CHUNK_BYTES - offset, null)
    offset += length
    if (length < LAST_READ_BYTES) break
  }
  parts.push(chunk.subarray(0, offset))
  return Buffer.concat(parts).toString('latin1')
}
