/**
 * PostgreSQL (its manual, "Frontend/Backend Protocol", message formats): SSLRequest, then a start in a version that does not exist,
 * which the server refuses before it looks at any user: nobody is logged in, and no login is tried.
 */
import type { Banner } from '../model.ts'
import type { AskPlace } from './ask.ts'
import { makeBanner } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const SSL_REQUEST = 80_877_103
const ABSENT_VERSION = 255 * 65_536 + 255
const YES = 0x53
const NO = 0x4e
const ERROR = 0x45
const ERROR_BYTES_MAX = 30_000
const FIELDS: Readonly<Record<string, string>> = { C: 'code', V: 'severity', R: 'routine', F: 'file', L: 'line' }

export async function askPostgres(conversation: Conversation, { name }: AskPlace): Promise<Banner | null> {
  conversation.send(packetOf(SSL_REQUEST))
  const [answer] = await conversation.receive((bytes) => bytes.length > 0)
  if (answer !== YES && answer !== NO) return parsePostgresError(conversation.heard)
  const facts = answer === YES ? await conversation.startTls({ name, alpn: [] }) : null
  const tls = facts === null || 'failure' in facts ? null : facts
  // Who answers a byte may be anything; who then says an error in PostgreSQL's form, or shows a certificate, is PostgreSQL.
  conversation.send(packetOf(ABSENT_VERSION))
  const error = parsePostgresError(await conversation.receive(isErrorWhole))
  if (error !== null)
    return makeBanner('postgresql', { ...error, tls, details: { ...error.details, tls: word(answer) } })
  return tls === null ? null : makeBanner('postgresql', { tls, details: { tls: word(answer) } })
}

function word(answer: number): string {
  return answer === YES ? 'offered' : 'not offered'
}

/** Length, then a number in place of the version; a start also has parameters, of which there are none. */
function packetOf(code: number): Buffer {
  const isStart = code === ABSENT_VERSION
  const packet = Buffer.alloc(isStart ? 9 : 8)
  packet.writeUInt32BE(packet.length, 0)
  packet.writeUInt32BE(code, 4)
  return packet
}

function isErrorWhole(bytes: Buffer): boolean {
  return bytes[0] !== ERROR || (bytes.length >= 5 && bytes.length >= 1 + bytes.readUInt32BE(1))
}

/** ErrorResponse: fields of a letter and a text that ends with a zero. Before 7.4 it was a text alone. */
export function parsePostgresError(bytes: Buffer): Banner | null {
  if (bytes[0] !== ERROR || bytes.length < 6) return null
  const lengthBytes = bytes.readUInt32BE(1)
  if (lengthBytes < 5 || lengthBytes > ERROR_BYTES_MAX || bytes.length < 1 + lengthBytes) return null
  const fields = new Map<string, string>()
  for (const field of bytes.toString('utf8', 5, 1 + lengthBytes).split('\0', 32))
    fields.set(field.slice(0, 1), field.slice(1))
  const severity = fields.get('S')
  if (severity === undefined || !/^[0-9A-Z]{5}$/.test(fields.get('C') ?? '')) return null
  const details = Object.fromEntries(Object.entries(FIELDS).map(([letter, name]) => [name, fields.get(letter)]))
  // The translated severity is there from the first; the untranslated one since 9.6.
  return makeBanner('postgresql', {
    product: 'PostgreSQL',
    text: `${severity}: ${fields.get('M') ?? ''}`,
    details: { ...details, severity: details['severity'] ?? severity },
  })
}
