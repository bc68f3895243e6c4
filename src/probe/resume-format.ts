/**
 * The bytes of a resume file: one header, then blocks of answers, each with a checksum. All numbers are big-endian.
 *
 *     header   16  "portolan resume\n"
 *               4  version, 1
 *               8  seed, IEEE 754
 *              32  SHA-256 of what is probed (see resume-file.ts)
 *               4  CRC-32 of the 60 bytes before
 *
 *     block     4  count of answers, 1 to 4096
 *               4  CRC-32 of the count and the answers
 *          13 × n  answers
 *
 *     answer    4  number of the host
 *               2  port
 *               1  number of the state, + 16 for UDP
 *               1  number of the reason
 *               1  attempts; 255 for more
 *               4  round trip in milliseconds, IEEE 754 of single precision; NaN for none
 */
import { crc32 } from 'node:zlib'
import { PORT_STATES, PROBE_TRANSPORTS, REASONS } from './model.ts'
import type { PortAnswer } from './model.ts'

const MAGIC = Buffer.from('portolan resume\n', 'latin1')
const VERSION = 1
const ATTEMPTS_MAX = 255

export const HEADER_BYTES = 64
export const BLOCK_HEAD_BYTES = 8
export const ANSWER_BYTES = 13
export const BLOCK_ANSWERS_MAX = 4096
export const FINGERPRINT_BYTES = 32

/** An answer without the address of its host, which the set of hosts has at this number. */
export interface StoredAnswer extends Omit<PortAnswer, 'host'> {
  readonly hostIndex: number
}

export interface Header {
  readonly seed: number
  readonly fingerprint: Buffer
}

export function encodeHeader({ seed, fingerprint }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeUInt32BE(VERSION, 16)
  bytes.writeDoubleBE(seed, 20)
  fingerprint.copy(bytes, 28, 0, FINGERPRINT_BYTES)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 60)), 60)
  return bytes
}

/** `foreign`: bytes of something else; `torn`: a header that was not written to its end, so that no answer follows. */
export function decodeHeader(bytes: Buffer): Header | 'foreign' | 'torn' {
  const known = Math.min(bytes.length, MAGIC.length)
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known))) return 'foreign'
  if (bytes.length < HEADER_BYTES) return 'torn'
  if (bytes.readUInt32BE(16) !== VERSION || bytes.readUInt32BE(60) !== crc32(bytes.subarray(0, 60))) return 'foreign'
  return { seed: bytes.readDoubleBE(20), fingerprint: Buffer.from(bytes.subarray(28, 28 + FINGERPRINT_BYTES)) }
}

/** One block of 1 to `BLOCK_ANSWERS_MAX` answers. */
export function encodeBlock(answers: readonly StoredAnswer[]): Buffer {
  const bytes = Buffer.alloc(BLOCK_HEAD_BYTES + answers.length * ANSWER_BYTES)
  bytes.writeUInt32BE(answers.length, 0)
  for (const [index, answer] of answers.entries()) {
    const at = BLOCK_HEAD_BYTES + index * ANSWER_BYTES
    bytes.writeUInt32BE(answer.hostIndex, at)
    bytes.writeUInt16BE(answer.port, at + 4)
    bytes.writeUInt8(PORT_STATES.indexOf(answer.state) + 16 * PROBE_TRANSPORTS.indexOf(answer.transport), at + 6)
    bytes.writeUInt8(REASONS.indexOf(answer.reason), at + 7)
    bytes.writeUInt8(Math.min(answer.attempts, ATTEMPTS_MAX), at + 8)
    bytes.writeFloatBE(answer.rttMs ?? Number.NaN, at + 9)
  }
  bytes.writeUInt32BE(checksumOf(bytes), 4)
  return bytes
}

function checksumOf(block: Buffer): number {
  return crc32(block.subarray(BLOCK_HEAD_BYTES), crc32(block.subarray(0, 4)))
}

/** How many bytes the block takes that begins here; null where no block can begin so. */
export function blockLength(head: Buffer): number | null {
  if (head.length < BLOCK_HEAD_BYTES) return null
  const count = head.readUInt32BE(0)
  return count === 0 || count > BLOCK_ANSWERS_MAX ? null : BLOCK_HEAD_BYTES + count * ANSWER_BYTES
}

/** The answers of a whole block; null where its checksum, or a number in it, is wrong. */
export function decodeBlock(block: Buffer): readonly StoredAnswer[] | null {
  if (block.length !== blockLength(block) || block.readUInt32BE(4) !== checksumOf(block)) return null
  const answers: StoredAnswer[] = []
  for (let at = BLOCK_HEAD_BYTES; at < block.length; at += ANSWER_BYTES) {
    const kind = block.readUInt8(at + 6)
    const state = PORT_STATES[kind & 15]
    const transport = PROBE_TRANSPORTS[kind >>> 4]
    const reason = REASONS[block.readUInt8(at + 7)]
    if (state === undefined || transport === undefined || reason === undefined) return null
    const rtt = block.readFloatBE(at + 9)
    answers.push({
      hostIndex: block.readUInt32BE(at),
      port: block.readUInt16BE(at + 4),
      transport,
      state,
      reason,
      rttMs: Number.isNaN(rtt) ? null : rtt,
      attempts: block.readUInt8(at + 8),
    })
  }
  return answers
}
