/** HTTP/1.1 (RFC 9112): one GET of `/`; redirects are told and not followed. RTSP's responses have the same form (RFC 7826). */
import { isIPv6 } from 'node:net'
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import type { AskPlace } from './ask.ts'
import { makeBanner, splitProduct } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const STATUS_LINE = /^(HTTP|RTSP)\/(\d\.\d) (\d{3})(?: ([^\r\n]*))?(?:\r?\n|$)/
const HEADERS_MAX = 100
const TITLE = /<title\b[^>]{0,200}>([^<]*)/i
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Asks for `/` as a browser of no particular kind would. */
export async function askHttp(conversation: Conversation, place: AskPlace): Promise<Banner | null> {
  conversation.send(
    `GET / HTTP/1.1\r\nHost: ${hostOf(place)}\r\nUser-Agent: portolan\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  )
  return parseHttp(await conversation.receive(isHttpWhole))
}

/** The Host field (RFC 9110 §7.2): the name where there is one; the port where it is not the scheme's own. */
function hostOf({ name, address, port, isTls }: AskPlace): string {
  const plain = name ?? address
  const host = isIPv6(plain) ? `[${plain.replace(/%.*/, '')}]` : plain
  // A name of a user's is a name, and nothing that could end the line.
  return `${host.replace(/[^\w.:[\]-]/g, '')}${port === (isTls ? 443 : 80) ? '' : `:${port}`}`
}

/** The banner of a response, whole or not: status, server, title, where it leads, and the realm that it asks for. */
export function parseHttp(bytes: Buffer): Banner | null {
  const status = STATUS_LINE.exec(bytes.toString('latin1', 0, 512))
  if (status === null) return null
  const headEnd = endOfHead(bytes)
  const fields = parseFields(bytes.toString('utf8', status[0].length, headEnd))
  const server = fields.get('server')
  const { product, version } = server === undefined ? { product: null, version: null } : splitProduct(server)
  return makeBanner(status[1] === 'RTSP' ? 'rtsp' : 'http', {
    product,
    version,
    text: status[0],
    details: {
      status: status[3],
      server,
      title: titleOf(bodyOf(bytes.subarray(headEnd), fields)),
      location: fields.get('location'),
      realm: realmOf(fields.get('www-authenticate') ?? ''),
      'powered-by': fields.get('x-powered-by'),
    },
  })
}

/** The realm of a challenge (RFC 9110 §11.5), a quoted string or, against the rules, a bare word. */
function realmOf(challenge: string): string | undefined {
  const found = /\brealm=(?:"([^"]*)"?|([^\s,]+))/i.exec(challenge)
  return found?.[1] ?? found?.[2]
}

/** Whether more would add nothing: the title is there, the body is whole, or it is none that has a title. */
export function isHttpWhole(bytes: Buffer): boolean {
  if (bytes.length >= 5 && !/^(HTTP|RTSP)/.test(bytes.toString('latin1', 0, 5))) return bytes.at(-1) === 0x0a
  const headEnd = endOfHead(bytes)
  if (headEnd === bytes.length && bytes.indexOf('\r\n\r\n') === -1 && bytes.indexOf('\n\n') === -1) return false
  const fields = parseFields(bytes.toString('utf8', 0, headEnd))
  const type = fields.get('content-type')
  if (type !== undefined && !/html/i.test(type)) return true
  const lengthBytes = fields.get('content-length')
  if (lengthBytes !== undefined && bytes.length - headEnd >= Number(lengthBytes)) return true
  const body = bytes.toString('latin1', headEnd)
  return /<\/title|<body\b/i.test(body) || (fields.has('transfer-encoding') && /(?:^|\n)0\r\n/.test(body))
}

/** The offset after the empty line that ends the head; the end where there is none yet. */
function endOfHead(bytes: Buffer): number {
  const at = bytes.indexOf('\r\n\r\n')
  const bare = bytes.indexOf('\n\n')
  if (at !== -1 && (bare === -1 || at < bare)) return at + 4
  return bare === -1 ? bytes.length : bare + 2
}

function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/, HEADERS_MAX)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}

function bodyOf(bytes: Buffer, fields: ReadonlyMap<string, string>): string {
  const isChunked = /\bchunked\b/i.test(fields.get('transfer-encoding') ?? '')
  return (isChunked ? joinChunks(bytes) : bytes).toString('utf8')
}

/** The bodies of chunks (RFC 9112 §7.1), as far as they are there and in form. */
export function joinChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    const found = /^([0-9a-f]{1,8})[^\r\n]{0,256}\r?\n/i.exec(bytes.toString('latin1', at, at + 270))
    const lengthBytes = found === null ? 0 : Number.parseInt(found[1] ?? '', 16)
    if (found === null || lengthBytes === 0) break
    const from = at + found[0].length
    chunks.push(bytes.subarray(from, from + lengthBytes))
    at = from + lengthBytes + '\r\n'.length
  }
  return Buffer.concat(chunks)
}

function titleOf(body: string): string | undefined {
  const raw = TITLE.exec(body)?.[1]?.slice(0, LIMITS.bannerDetailChars)
  return raw?.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole
  })
}
