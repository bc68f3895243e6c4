/** Telnet (RFC 854): commands begin with IAC; what is left without them is what a person would read. */
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { makeBanner } from './banner-of.ts'

const IAC = 255
const SB = 250
const SE = 240
const WILL = 251
const DONT = 254

/** A greeting with negotiation, or any text on telnet's own port. */
export function parseTelnet(bytes: Buffer, port: number): Banner | null {
  const isNegotiating = bytes[0] === IAC && (bytes[1] ?? 0) >= SB && (bytes[1] ?? 0) <= DONT
  if (!isNegotiating && port !== 23) return null
  const lines = stripNegotiation(bytes.subarray(0, LIMITS.bannerBytes))
    .toString('utf8')
    .split(/[\r\n]+/)
  return makeBanner('telnet', { text: lines.map((line) => line.trim()).find((line) => line !== '') })
}

/** The bytes without telnet's commands; 255 stands there as data where it was sent twice. */
export function stripNegotiation(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    const next = bytes[at + 1]
    if (byte !== IAC) {
      if (byte !== 0) length = kept.writeUInt8(byte, length)
    } else if (next === IAC) {
      length = kept.writeUInt8(IAC, length)
      at += 1
    } else if (next === SB) at = endOfSubnegotiation(bytes, at)
    else at += next !== undefined && next >= WILL ? 2 : 1
  }
  return kept.subarray(0, length)
}

/** Where the SE of IAC SE stands; the last byte where it is missing. */
function endOfSubnegotiation(bytes: Buffer, from: number): number {
  for (let at = from + 2; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== IAC) continue
    if (bytes[at + 1] === SE) return at + 1
    at += 1
  }
  return bytes.length - 1
}
