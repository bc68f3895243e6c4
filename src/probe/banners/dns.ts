/** DNS: the server's own version, `version.bind` of class CHAOS, type TXT (RFC 4892), by TCP (RFC 1035 §4.2.2) or UDP. */
import { randomInt } from 'node:crypto'
import type { Banner } from '../model.ts'
import { dnsVersion } from '../payloads/naming.ts'
import { makeBanner, parseOrNull, splitProduct } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const TXT = 16
const CHAOS = 3
const HEADER_BYTES = 12
const RESPONSE_CODES = ['no error', 'format error', 'server failure', 'no such name', 'not implemented', 'refused']

export interface DnsQuery {
  readonly id: number
  readonly bytes: Buffer
}

/** A query with a number that nobody can know beforehand. */
export function encodeVersionQuery(): DnsQuery {
  const id = randomInt(65_536)
  return { id, bytes: dnsVersion(id) }
}

export async function askDns(conversation: Conversation): Promise<Banner | null> {
  const { id, bytes } = encodeVersionQuery()
  const prefix = Buffer.alloc(2)
  prefix.writeUInt16BE(bytes.length)
  conversation.send(Buffer.concat([prefix, bytes]))
  const said = await conversation.receive((each) => each.length >= 2 && each.length >= 2 + each.readUInt16BE(0))
  return said.length < 2 ? null : parseDns(said.subarray(2, 2 + said.readUInt16BE(0)), id)
}

/** A response to that query: the text, or the code with which it was refused. */
export function parseDns(bytes: Buffer, id: number): Banner | null {
  return parseOrNull(() => {
    const flags = bytes.readUInt16BE(2)
    if (bytes.readUInt16BE(0) !== id || flags < 0x8000 || (flags & 0x7800) !== 0 || bytes.length < HEADER_BYTES)
      return null
    const code = RESPONSE_CODES[flags & 15] ?? `code ${flags & 15}`
    const text = bytes.readUInt16BE(6) === 0 ? null : readText(bytes, bytes.readUInt16BE(4))
    const { product, version } = text === null ? { product: null, version: null } : parseVersion(text)
    return makeBanner('domain', {
      product,
      version,
      text: text ?? code,
      details: { 'version.bind': text, response: code },
    })
  })
}

/** BIND says its version alone (`9.18.28-1~deb12u2-Debian`), others their name before it (`unbound 1.17.1`, `dnsmasq-2.90`). */
function parseVersion(text: string): { readonly product: string | null; readonly version: string | null } {
  if (/^9\.\d+\.\d+/.test(text)) return { product: 'BIND', version: /^[\d.]+/.exec(text)?.[0] ?? null }
  const spaced = /^([A-Za-z][\w -]*?)(?: v|[ -])(\d[\w.-]*)/.exec(text)
  return spaced === null ? splitProduct(text) : { product: spaced[1] ?? null, version: spaced[2] ?? null }
}

/** The first string of the first answer, where that is a TXT of class CHAOS. */
function readText(bytes: Buffer, questions: number): string | null {
  if (questions > 1) return null
  const record = skipName(bytes, questions === 1 ? skipName(bytes, HEADER_BYTES) + 4 : HEADER_BYTES)
  if (bytes.readUInt16BE(record) !== TXT || bytes.readUInt16BE(record + 2) !== CHAOS) return null
  const from = record + 11
  return bytes.toString('utf8', from, from + bytes.readUInt8(from - 1))
}

/** The offset after a name (RFC 1035 §4.1.4). A pointer ends it, and is not followed. @throws RangeError past the end */
function skipName(bytes: Buffer, offset: number): number {
  let at = offset
  for (;;) {
    const length = bytes.readUInt8(at)
    if (length >= 0xc0) return at + 2
    at += 1 + length
    if (length === 0) return at
  }
}
