/** AMQP 0-9-1 (its specification, §2.2.4, §4.2): the client's header, then Connection.Start, in which the server describes itself. */
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1])
const METHOD_FRAME = 1
const FRAME_HEADER_BYTES = 7
const FRAME_END = 0xce
const CONNECTION_START = 0x000a_000a
const LONG_STRING = 0x53
const TABLE = 0x46

export async function askAmqp(conversation: Conversation): Promise<Banner | null> {
  conversation.send(HEADER)
  return parseAmqp(await conversation.receive(isAmqpWhole))
}

/** Connection.Start, or the header that a server of another version answers with. */
export function parseAmqp(bytes: Buffer): Banner | null {
  return parseAmqpHeader(bytes) ?? parseOrNull(() => parseStart(bytes))
}

/** `AMQP` and a version: what a server says that was asked in a version which it does not speak. */
export function parseAmqpHeader(bytes: Buffer): Banner | null {
  if (bytes.length < HEADER.length || bytes.toString('latin1', 0, 4) !== 'AMQP') return null
  const version = bytes.subarray(5, 8).join('.')
  return makeBanner('amqp', { text: `AMQP ${version}`, details: { protocol: version } })
}

function isAmqpWhole(bytes: Buffer): boolean {
  if (bytes[0] !== METHOD_FRAME) return bytes.length >= HEADER.length
  return bytes.length >= FRAME_HEADER_BYTES && bytes.length >= FRAME_HEADER_BYTES + bytes.readUInt32BE(3) + 1
}

function parseStart(bytes: Buffer): Banner | null {
  const end = FRAME_HEADER_BYTES + bytes.readUInt32BE(3)
  if (bytes[0] !== METHOD_FRAME || bytes[end] !== FRAME_END) return null
  if (bytes.readUInt32BE(FRAME_HEADER_BYTES) !== CONNECTION_START) return null
  const protocol = `${bytes.readUInt8(11)}.${bytes.readUInt8(12)}`
  const tableEnd = 17 + bytes.readUInt32BE(13)
  const properties = readStrings(bytes.subarray(0, Math.min(tableEnd, end)), 17)
  const mechanismsBytes = bytes.readUInt32BE(tableEnd)
  const mechanisms = bytes.toString('utf8', tableEnd + 4, Math.min(tableEnd + 4 + mechanismsBytes, end))
  const [product, version] = [properties.get('product'), properties.get('version')]
  return makeBanner('amqp', {
    product,
    version,
    text: [product ?? 'AMQP', version ?? protocol].join(' '),
    details: { protocol, platform: properties.get('platform'), cluster: properties.get('cluster_name'), mechanisms },
  })
}

/** The long strings of a field table up to the first field of a kind that cannot be passed over. */
function readStrings(bytes: Buffer, from: number): ReadonlyMap<string, string> {
  const strings = new Map<string, string>()
  let at = from
  while (at < bytes.length && strings.size < LIMITS.bannerNames) {
    const nameEnd = at + 1 + bytes.readUInt8(at)
    const kind = bytes.readUInt8(nameEnd)
    if (kind !== LONG_STRING && kind !== TABLE) {
      // A boolean (`t`) has one byte; others do not stand in what servers say of themselves.
      if (kind !== 0x74) break
      at = nameEnd + 2
      continue
    }
    const valueEnd = nameEnd + 5 + bytes.readUInt32BE(nameEnd + 1)
    if (kind === LONG_STRING)
      strings.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', nameEnd + 5, valueEnd))
    at = valueEnd
  }
  return strings
}
