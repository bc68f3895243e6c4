/** MQTT 3.1.1 (OASIS, §3.1, §3.2): CONNECT with no name, no password and no session to keep, then DISCONNECT. */
import type { Banner } from '../model.ts'
import { makeBanner } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

/** Protocol MQTT, level 4, clean session, a keep-alive of 10 s, and an empty client identifier. */
const CONNECT = Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 10, 0, 0])
const DISCONNECT = Buffer.from([0xe0, 0])
const CONNACK = 0x20
const RETURN_CODES = [
  'accepted',
  'protocol level refused',
  'identifier refused',
  'unavailable',
  'bad user name or password',
  'not authorised',
]

export async function askMqtt(conversation: Conversation): Promise<Banner | null> {
  conversation.send(CONNECT)
  const banner = parseMqtt(await conversation.receive((bytes) => bytes.length >= 4))
  if (banner !== null) conversation.send(DISCONNECT)
  return banner
}

/** CONNACK: of what the broker thinks of a client without a name. */
export function parseMqtt(bytes: Buffer): Banner | null {
  const [kind, lengthBytes, flags = 0xff, code = 0xff] = bytes
  const meaning = RETURN_CODES[code]
  if (kind !== CONNACK || lengthBytes !== 2 || flags > 1 || meaning === undefined) return null
  return makeBanner('mqtt', { text: `connection ${meaning}`, details: { connack: String(code) } })
}
