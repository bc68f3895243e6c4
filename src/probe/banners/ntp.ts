/** NTP (RFC 5905 §7.3): what a server answers to one packet of a client. */
import type { Banner } from '../model.ts'
import { makeBanner } from './banner-of.ts'

const PACKET_BYTES = 48
const SERVER_MODE = 4
const REFERENCE_AT = 12
const TRANSMIT_AT = 40
/** From 1900, where NTP's era 0 begins, to 1970; in seconds. */
const EPOCH_SECONDS = 2_208_988_800

/** The server's stratum, what it follows, and its time. */
export function parseNtp(bytes: Buffer): Banner | null {
  const [first = 0, stratum = 0] = bytes
  const version = (first >> 3) & 7
  if (bytes.length < PACKET_BYTES || (first & 7) !== SERVER_MODE || version < 1 || version > 4 || stratum > 16)
    return null
  const reference = bytes.subarray(REFERENCE_AT, REFERENCE_AT + 4)
  // Of a server of stratum 1 and a kiss of death (0) it is a word; of others the address of what they follow.
  const source = stratum <= 1 ? reference.toString('latin1').replace(/\0+$/, '') : reference.join('.')
  const seconds = bytes.readUInt32BE(TRANSMIT_AT)
  const time = seconds < EPOCH_SECONDS ? null : new Date((seconds - EPOCH_SECONDS) * 1000).toISOString()
  return makeBanner('ntp', {
    text: `NTP ${version}, stratum ${stratum}`,
    details: { protocol: String(version), stratum: String(stratum), reference: source, time },
  })
}
