/** The services that greet with `220 `: SMTP (RFC 5321 §4.2) and FTP (RFC 959 §5.4). */
import { isIPv6 } from 'node:net'
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { linesOf, makeBanner } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const SMTP_PORTS: ReadonlySet<number> = new Set([25, 465, 587, 2525])
const FTP_PORTS: ReadonlySet<number> = new Set([21, 990, 2121])
const LINES_MAX = 64

const SMTP_PRODUCTS =
  /\b(Postfix|Exim|Sendmail|OpenSMTPD|Microsoft ESMTP MAIL Service|Haraka|qmail|MailEnable|Exchange|Lotus Domino|IdeaSmtpServer|Python SMTP)\b(?:[ /(,:]*(?:Version:?|version)?[ ]*v?(\d[\w.-]*))?/i
const FTP_PRODUCTS =
  /\b(vsFTPd|ProFTPD|Pure-FTPd|FileZilla Server|Microsoft FTP Service|pyftpdlib|glFTPd|bftpd|wu-ftpd|Serv-U FTP[- ]Server|lukemftpd|tnftpd)\b(?:[ /(,:]*(?:version )?v?(\d[\w.-]*))?/i

/** A greeting of SMTP, 220 or 554 (RFC 5321 §3.1); the port tells it from FTP's where the text does not. */
export function parseSmtp(bytes: Buffer, port: number): Banner | null {
  const reply = replyOf(bytes)
  if (reply === null) return null
  const isKnown = /\bE?S(?:MTP|mtp)\b/i.test(reply.text) || SMTP_PRODUCTS.test(reply.text)
  const isRefusal = reply.code === 554 || reply.code === 421
  if (reply.code !== 220 && !isRefusal) return null
  if (isRefusal ? !SMTP_PORTS.has(port) : !(isKnown || SMTP_PORTS.has(port)) || FTP_PRODUCTS.test(reply.text))
    return null
  const found = SMTP_PRODUCTS.exec(reply.text)
  const host = /^[\w.-]+\.[\w-]+(?= |$)/.exec(reply.text)?.[0]
  return makeBanner('smtp', {
    product: found?.[1],
    version: found?.[2],
    text: `${reply.code} ${reply.text}`,
    details: { host },
  })
}

/** A greeting of FTP: 220, 120 or 421 (RFC 959 §5.4). */
export function parseFtp(bytes: Buffer, port: number): Banner | null {
  const reply = replyOf(bytes)
  if (reply === null) return null
  const isKnown = /\bFTP/i.test(reply.text) || FTP_PRODUCTS.test(reply.text)
  const isSure = reply.code === 220 && isKnown
  const isUsual = FTP_PORTS.has(port) && [120, 220, 421, 530].includes(reply.code)
  if (!isSure && !isUsual) return null
  const found = FTP_PRODUCTS.exec(reply.text)
  return makeBanner('ftp', { product: found?.[1], version: found?.[2], text: `${reply.code} ${reply.text}` })
}

/** A reply of three digits, its lines joined by a space. */
function replyOf(bytes: Buffer): { readonly code: number; readonly text: string } | null {
  const texts: string[] = []
  let code: string | undefined
  for (const line of linesOf(bytes, LINES_MAX)) {
    const found = /^(\d{3})(?:([ -])(.*))?$/.exec(line)
    if (found === null || (code !== undefined && found[1] !== code)) break
    code = found[1]
    texts.push(found[3]?.slice(0, LIMITS.bannerTextChars).trim() ?? '')
    if (found[2] !== '-') break
  }
  return code === undefined ? null : { code: Number(code), text: texts.join(' ').trim() }
}

/** Says EHLO to a server that has greeted, and QUIT: its extensions (RFC 5321 §4.1.1.1) into `details.extensions`. */
export async function askEhlo(conversation: Conversation, greeting: Banner): Promise<Banner> {
  // A greeting that refuses (554) waits for QUIT alone (RFC 5321 §3.1).
  if (greeting.text?.startsWith('220') !== true) return greeting
  conversation.send(`EHLO ${addressLiteral(conversation.localAddress ?? '127.0.0.1')}\r\n`)
  const bytes = await conversation.receive((said) => /^\d{3}(?: .*)?\r?\n/m.test(said.toString('latin1')))
  const extensions = parseExtensions(bytes)
  conversation.send('QUIT\r\n')
  if (extensions.length === 0) return greeting
  return makeBanner('smtp', { ...greeting, details: { ...greeting.details, extensions: extensions.join(', ') } })
}

/** The keywords of a reply to EHLO, without the first line, which is the host's name. */
export function parseExtensions(bytes: Buffer): string[] {
  const lines = linesOf(bytes, LINES_MAX).flatMap((line) => /^250[ -](.*)$/.exec(line)?.[1] ?? [])
  return lines.slice(1, LIMITS.bannerNames + 1)
}

/** RFC 5321 §4.1.3; a zone has no meaning for the peer. */
function addressLiteral(address: string): string {
  return isIPv6(address) ? `[IPv6:${address.replace(/%.*/, '')}]` : `[${address}]`
}
