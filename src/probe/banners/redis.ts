/** Redis and its kin (Valkey, KeyDB): PING, and where that is allowed INFO of the section `server` (RESP, redis.io). */
import type { Banner } from '../model.ts'
import type { Conversation } from './conversation.ts'
import { linesOf, makeBanner } from './banner-of.ts'

const LINES_MAX = 200

export async function askRedis(conversation: Conversation): Promise<Banner | null> {
  conversation.send('*1\r\n$4\r\nPING\r\n')
  const reply = await conversation.receive(endsWithLine)
  const banner = parseRedis(reply)
  if (banner === null || !reply.toString('latin1', 0, 5).startsWith('+PONG')) return banner
  conversation.send('*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n')
  const information = await conversation.receive((bytes) => bytes[0] !== 0x24 || isBulkWhole(bytes))
  return parseRedisInfo(information) ?? banner
}

/** The reply to PING: PONG, or why not. */
export function parseRedis(bytes: Buffer): Banner | null {
  const [line = ''] = linesOf(bytes, 1)
  if (line === '+PONG') return makeBanner('redis', { text: line })
  const isAuth = /^-(?:NOAUTH|WRONGPASS|NOPERM)\b/.test(line)
  const isOther = /^-(?:LOADING|MASTERDOWN|BUSY|MISCONF)\b/.test(line)
  if (isAuth || isOther)
    return makeBanner('redis', { text: line, details: { authentication: isAuth ? 'required' : null } })
  return parseRedisDenial(bytes)
}

/** What Redis says unasked in its protected mode, and of a command that is none. */
export function parseRedisDenial(bytes: Buffer): Banner | null {
  const [line = ''] = linesOf(bytes, 1)
  if (/^-DENIED .*\b(?:Redis|Valkey|KeyDB)\b/.test(line))
    return makeBanner('redis', { text: line, details: { mode: 'protected' } })
  return /^-ERR (?:unknown command|wrong number of arguments for)/.test(line)
    ? makeBanner('redis', { text: line })
    : null
}

/** A bulk string of `name:value` lines; null where it names no version of a server. */
export function parseRedisInfo(bytes: Buffer): Banner | null {
  if (bytes[0] !== 0x24) return null
  const fields = new Map<string, string>()
  for (const line of linesOf(bytes, LINES_MAX)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !fields.has(line.slice(0, colon))) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  const valkey = fields.get('valkey_version')
  const version = valkey ?? fields.get('redis_version')
  if (version === undefined) return null
  const product = valkey === undefined ? 'Redis' : 'Valkey'
  return makeBanner('redis', {
    product,
    version,
    text: `${product} ${version}`,
    details: { mode: fields.get('redis_mode') ?? fields.get('server_mode'), os: fields.get('os') },
  })
}

function isBulkWhole(bytes: Buffer): boolean {
  const head = /^\$(\d{1,9})\r\n/.exec(bytes.toString('latin1', 0, 16))
  return head === null ? bytes.length > 16 : bytes.length >= head[0].length + Number(head[1]) + 2
}

function endsWithLine(bytes: Buffer): boolean {
  return bytes.at(-1) === 0x0a
}
