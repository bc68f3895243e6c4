/** One call over a connection of its own, whose reply is counted and not kept: so a reply of any length costs the asker nothing. */
import { connect } from 'node:net'
import { XdrWriter } from '../src/core/index.ts'

const PROGRAM = 200_100_000
const VERSION = 2
const MARK_BYTES = 4
const LAST_FRAGMENT = 0x8000_0000

export interface Answered {
  readonly tookMs: number
  readonly bytes: number
}

/** Counts the bytes of a record until its last fragment (RFC 5531 §11). */
class RecordEnd {
  #mark = 0
  #markBytes = 0
  #missing = 0

  /** Whether the record has ended with these bytes. */
  push(chunk: Buffer): boolean {
    let at = 0
    while (at < chunk.length) {
      if (this.#markBytes < MARK_BYTES) {
        this.#mark = ((this.#mark << 8) | (chunk[at] ?? 0)) >>> 0
        at += 1
        this.#markBytes += 1
        if (this.#markBytes < MARK_BYTES) continue
        this.#missing = this.#mark % LAST_FRAGMENT
      }
      const taken = Math.min(this.#missing, chunk.length - at)
      at += taken
      this.#missing -= taken
      if (this.#missing > 0) return false
      if (this.#mark >= LAST_FRAGMENT) return true
      this.#markBytes = 0
    }
    return false
  }
}

/**
 * Calls a procedure of NetInfo, with arguments already in XDR.
 * @throws Error when the server closes before the end of its reply
 */
export function callOnce(port: number, procedure: number, args: Uint8Array): Promise<Answered> {
  const call = new XdrWriter()
  call.u32(0).u32(1).u32(0).u32(2).u32(PROGRAM).u32(VERSION).u32(procedure)
  // No credential, and no verifier.
  for (let word = 0; word < 4; word += 1) call.u32(0)
  call.raw(args)
  call.patchU32(0, LAST_FRAGMENT + call.length - MARK_BYTES)
  return new Promise((resolve, reject) => {
    const end = new RecordEnd()
    let bytes = 0
    let startedMs = 0
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      startedMs = performance.now()
      socket.write(call.view)
    })
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (!end.push(chunk)) return
      socket.destroy()
      resolve({ tookMs: performance.now() - startedMs, bytes })
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed the connection')))
  })
}
