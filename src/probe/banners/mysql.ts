/** MySQL's and MariaDB's first packet: the handshake, version 10, or an error (MySQL internals, "Protocol::HandshakeV10", "ERR_Packet"). */
import { isPrintable } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'

const HANDSHAKE = 10
const ERROR = 0xff
const HEADER_BYTES = 4
const VERSION_BYTES_MAX = 128
/** MariaDB sets this before its version, for old replicas of MySQL that expected a 5. */
const REPLICATION_PREFIX = '5.5.5-'
const CLIENT_SSL = 0x0800

export function parseMysql(bytes: Buffer): Banner | null {
  return parseOrNull(() => {
    const lengthBytes = bytes.readUIntLE(0, 3)
    // The first packet has number 0, and one that is cut short is no greeting.
    if (bytes[3] !== 0 || lengthBytes < 3 || bytes.length < HEADER_BYTES + lengthBytes) return null
    const packet = bytes.subarray(HEADER_BYTES, HEADER_BYTES + lengthBytes)
    if (packet[0] === ERROR) return describeError(packet)
    return packet[0] === HANDSHAKE ? describeHandshake(packet) : null
  })
}

/** A host that may not connect, or one that failed too often. */
function describeError(packet: Buffer): Banner | null {
  const code = packet.readUInt16LE(1)
  const text = packet.toString('utf8', 3)
  if (code < 1000 || code > 9999 || !isPrintable(text)) return null
  const product = /\bMariaDB\b/.exec(text)?.[0] ?? /\bMySQL\b/.exec(text)?.[0]
  return makeBanner('mysql', { product, text, details: { code: String(code) } })
}

function describeHandshake(packet: Buffer): Banner | null {
  const end = packet.indexOf(0, 1)
  if (end < 2 || end > VERSION_BYTES_MAX) return null
  const text = packet.toString('latin1', 1, end)
  if (!/^\d+\.\d+/.test(text)) return null
  const isMaria = text.includes('MariaDB')
  const version = text.startsWith(REPLICATION_PREFIX) ? text.slice(REPLICATION_PREFIX.length) : text
  // After the version: 4 bytes of connection id, 8 of salt, a zero, the lower half of the capabilities.
  const capabilities = packet.readUInt16LE(end + 1 + 4 + 8 + 1)
  const plugin = /\0([a-z][a-z0-9_]{3,63})\0?$/.exec(packet.toString('latin1'))?.[1]
  return makeBanner('mysql', {
    product: isMaria ? 'MariaDB' : 'MySQL',
    version: /^\d[\d.]*/.exec(version)?.[0],
    text,
    details: { tls: (capabilities & CLIENT_SSL) === 0 ? 'not offered' : 'offered', plugin },
  })
}
