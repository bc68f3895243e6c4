/** Cassandra's native protocol (native_protocol_v4.spec, §4.1.2, §4.2.4): OPTIONS, answered without a login by SUPPORTED. */
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const OPTIONS = Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0])
const RESPONSE = 0x80
const ERROR_OPCODE = 0
const SUPPORTED_OPCODE = 6
const HEADER_BYTES = 9
const MAPS_MAX = 256

export async function askCassandra(conversation: Conversation): Promise<Banner | null> {
  conversation.send(OPTIONS)
  return parseCassandra(
    await conversation.receive(
      (bytes) => bytes.length >= HEADER_BYTES && bytes.length >= HEADER_BYTES + bytes.readUInt32BE(5),
    ),
  )
}

/** SUPPORTED, a map of names to lists of texts; or an ERROR, which names the versions that the server speaks. */
export function parseCassandra(bytes: Buffer): Banner | null {
  return parseOrNull(() => {
    const [version = 0] = bytes
    const opcode = bytes.readUInt8(4)
    const end = HEADER_BYTES + bytes.readUInt32BE(5)
    if (version < RESPONSE + 1 || version > RESPONSE + 6 || end > bytes.length) return null
    const body = bytes.subarray(HEADER_BYTES, end)
    const protocol = String(version - RESPONSE)
    if (opcode === ERROR_OPCODE) {
      const text = body.toString('utf8', 6, 6 + body.readUInt16BE(4))
      return makeBanner('cassandra', { product: 'Cassandra', text, details: { protocol } })
    }
    if (opcode !== SUPPORTED_OPCODE) return null
    const supported = readMultimap(body)
    const cql = supported.get('CQL_VERSION')?.join(', ')
    const protocols = supported.get('PROTOCOL_VERSIONS')?.join(', ')
    return makeBanner('cassandra', {
      product: 'Cassandra',
      text: cql === undefined ? 'Cassandra' : `CQL ${cql}`,
      details: { protocol, cql, protocols, compression: supported.get('COMPRESSION')?.join(', ') },
    })
  })
}

function readMultimap(body: Buffer): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>()
  let at = 2
  const readText = (): string => {
    const from = at + 2
    at = from + body.readUInt16BE(at)
    return body.toString('utf8', from, at)
  }
  const count = Math.min(body.readUInt16BE(0), MAPS_MAX)
  for (let index = 0; index < count; index += 1) {
    const name = readText()
    const values: string[] = []
    const valueCount = body.readUInt16BE(at)
    at += 2
    for (let each = 0; each < valueCount; each += 1) {
      const value = readText()
      if (values.length < LIMITS.bannerNames) values.push(value)
    }
    map.set(name, values)
  }
  return map
}
