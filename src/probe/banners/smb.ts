/** SMB 2 and 3 ([MS-SMB2] §2.2.3, §2.2.4): NEGOTIATE, which comes before any login; the dialect that the server chooses. */
import type { Banner } from '../model.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const PREFIX_BYTES = 4
const HEADER_BYTES = 64
const MAGIC = 0x424d_53fe
/** 2.0.2, 2.1, 3.0 and 3.0.2: 3.1.1 wants contexts, and tells no more. */
const DIALECTS = [0x0202, 0x0210, 0x0300, 0x0302]
const SIGNING_REQUIRED = 2
/** From 1601, where Windows's clock begins, to 1970; in units of 100 ns. */
const EPOCH_TICKS = 116_444_736_000_000_000n

export async function askSmb(conversation: Conversation): Promise<Banner | null> {
  conversation.send(encodeNegotiate())
  return parseSmb(
    await conversation.receive((bytes) => bytes.length >= 4 && bytes.length >= PREFIX_BYTES + bytes.readUIntBE(1, 3)),
  )
}

function encodeNegotiate(): Buffer {
  const bodyBytes = 36 + 2 * DIALECTS.length
  const packet = Buffer.alloc(PREFIX_BYTES + HEADER_BYTES + bodyBytes)
  packet.writeUIntBE(HEADER_BYTES + bodyBytes, 1, 3)
  packet.writeUInt32LE(MAGIC, PREFIX_BYTES)
  packet.writeUInt16LE(HEADER_BYTES, PREFIX_BYTES + 4)
  packet.writeUInt16LE(1, PREFIX_BYTES + 14)
  const body = PREFIX_BYTES + HEADER_BYTES
  packet.writeUInt16LE(36, body)
  packet.writeUInt16LE(DIALECTS.length, body + 2)
  packet.writeUInt16LE(1, body + 4)
  // Who names a dialect above 2.0.2 has an identity; this one is nobody's.
  packet.fill(0x50, body + 12, body + 28)
  for (const [index, dialect] of DIALECTS.entries()) packet.writeUInt16LE(dialect, body + 36 + 2 * index)
  return packet
}

/** The answer: dialect, whether packets must be signed, and when the server was started, where it says so. */
export function parseSmb(bytes: Buffer): Banner | null {
  return parseOrNull(() => {
    if (bytes[0] !== 0 || bytes.length < PREFIX_BYTES + HEADER_BYTES + 64) return null
    if (bytes.readUInt32LE(PREFIX_BYTES) !== MAGIC || bytes.readUInt16LE(PREFIX_BYTES + 12) !== 0) return null
    const body = PREFIX_BYTES + HEADER_BYTES
    if (bytes.readUInt32LE(PREFIX_BYTES + 8) !== 0 || bytes.readUInt16LE(body) !== 65) return null
    const signing = bytes.readUInt16LE(body + 2)
    const dialect = bytes.readUInt16LE(body + 4)
    const [major, minor, patch] = [dialect >> 8, (dialect >> 4) & 15, dialect & 15]
    const version = `${major}.${minor}${patch === 0 ? '' : `.${patch}`}`
    return makeBanner('microsoft-ds', {
      text: `SMB ${version}`,
      details: {
        dialect: version,
        signing: (signing & SIGNING_REQUIRED) === 0 ? 'offered' : 'required',
        started: timeOf(bytes.readBigUInt64LE(body + 48)),
      },
    })
  })
}

function timeOf(ticks: bigint): string | null {
  const ms = Number((ticks - EPOCH_TICKS) / 10_000n)
  return ticks === 0n || ms > 8.64e15 ? null : new Date(ms).toISOString()
}
