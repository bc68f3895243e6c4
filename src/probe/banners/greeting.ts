/**
 * What services say before they are asked: one parser for each protocol, tried in order. They are sure of what they recognise;
 * where several protocols greet alike (`220 ` is SMTP's, FTP's and DICT's), the port decides.
 */
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { linesOf, makeBanner, splitProduct } from './banner-of.ts'
import { parseAmqpHeader } from './amqp.ts'
import { parseHttp } from './http.ts'
import { parseFtp, parseSmtp } from './mail-and-files.ts'
import { parseMysql } from './mysql.ts'
import { parseRedisDenial } from './redis.ts'
import { parseTelnet } from './telnet.ts'

type Parser = (bytes: Buffer, port: number) => Banner | null

const LINES_MAX = 64

/** Ports whose services say a line, or four bytes, in no form that tells what they are (RFC 867, 865, 864). */
const SIMPLE_SERVICES: ReadonlyMap<number, string> = new Map([
  [13, 'daytime'],
  [17, 'qotd'],
  [19, 'chargen'],
])

const PARSERS: readonly Parser[] = [
  parseSsh,
  parseSmtp,
  parseFtp,
  parsePop3,
  parseImap,
  parseNntp,
  parseRfb,
  parseRsync,
  parseDict,
  parseSieve,
  parseSvn,
  parseMpd,
  parseIrc,
  parseRedisDenial,
  parseAmqpHeader,
  parseHttp,
  parseTelnet,
  parseMysql,
]

/** The banner of what a service said of its own accord, or instead of an answer; null where no parser knows it. */
export function parseGreeting(bytes: Buffer, port: number): Banner | null {
  if (bytes.length === 0) return null
  for (const parse of PARSERS) {
    const banner = parse(bytes, port)
    if (banner !== null) return banner
  }
  const simple = SIMPLE_SERVICES.get(port)
  return simple === undefined ? null : makeBanner(simple, { text: firstLine(bytes) })
}

/** A banner of nothing but a line, for what no parser knows; null where it is no text. */
export function describeUnknown(bytes: Buffer): Banner | null {
  const text = linesOf(bytes, LINES_MAX).find((line) => line.trim() !== '')
  if (text === undefined || !isMostlyText(text)) return null
  const banner = makeBanner(null, { text })
  return banner.text === null ? null : banner
}

/** Whether a greeting can be taken as it stands: known, and its last line has an end and is not the reply's first of several. */
export function isGreetingWhole(bytes: Buffer, port: number): boolean {
  if (bytes.at(-1) !== 0x0a) return false
  const last = bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1).toString('latin1')
  return (
    !/^\d{3}-/.test(last) && !bytes.toString('latin1', 0, 5).startsWith('HTTP/') && parseGreeting(bytes, port) !== null
  )
}

/** RFC 4253 §4.2: `SSH-2.0-software comments`, after other lines where the server likes. */
function parseSsh(bytes: Buffer): Banner | null {
  const line = linesOf(bytes, LINES_MAX).find((each) => each.startsWith('SSH-'))
  const found = /^SSH-(\d+\.\d+)-(\S*)(?: (.*))?$/.exec(line ?? '')
  if (line === undefined || found === null) return null
  const { product, version } = splitProduct(found[2] ?? '')
  return makeBanner('ssh', { product, version, text: line, details: { protocol: found[1], comments: found[3] } })
}

/** RFC 1939 §4: a positive reply; what follows is free text, in which servers name themselves. */
function parsePop3(bytes: Buffer): Banner | null {
  const line = firstLine(bytes)
  if (!/^\+OK( |$)/.test(line)) return null
  const text = line.slice('+OK'.length).replace(/<[^>]*>/, '')
  return makeBanner('pop3', { product: mailProduct(text), text: line })
}

/** RFC 3501 §7.1: OK, PREAUTH or BYE, untagged; CAPABILITY may stand in it as a response code. */
function parseImap(bytes: Buffer): Banner | null {
  const line = firstLine(bytes)
  const found = /^\* (?:OK|PREAUTH|BYE)(?: \[CAPABILITY ([^\]]*)\])?(.*)$/i.exec(line)
  if (found === null) return null
  return makeBanner('imap', { product: mailProduct(found[2] ?? ''), text: line, details: { capability: found[1] } })
}

function mailProduct(text: string): string | undefined {
  return /\b(Dovecot|Courier|Cyrus|UW|Exchange|Zimbra|hMailServer|Qpopper|Gimap)\b/i.exec(text)?.[1]
}

/** RFC 3977 §5.1: 200 or 201; the text is free, and its usual words tell it from other protocols' replies. */
function parseNntp(bytes: Buffer, port: number): Banner | null {
  const line = firstLine(bytes)
  const isLikely = port === 119 || port === 433 || port === 563 || /NNTP|INN\b|InterNetNews|posting/i.test(line)
  if (!/^20[01] /.test(line) || !isLikely) return null
  const found =
    /\b(INN|InterNetNews|Leafnode|Cyrus|Diablo|DNEWS|Typhoon)\b(?: NNRP server)?(?: (?:INN )?v?(\d[\w.]*))?/i.exec(line)
  return makeBanner('nntp', { product: found?.[1], version: found?.[2], text: line })
}

/** RFC 6143 §7.1.1: `RFB 003.008` and a line's end. */
function parseRfb(bytes: Buffer): Banner | null {
  const found = /^RFB (\d{3})\.(\d{3})\n/.exec(bytes.toString('latin1', 0, 12))
  if (found === null) return null
  const protocol = `${Number(found[1])}.${Number(found[2])}`
  return makeBanner('rfb', { text: found[0], details: { protocol } })
}

/** rsync's own description of its daemon protocol (csprotocol.txt): `@RSYNCD: 31.0`, later with digests' names. */
function parseRsync(bytes: Buffer): Banner | null {
  const line = firstLine(bytes)
  const found = /^@RSYNCD: (\d[\d.]*)/.exec(line)
  return found === null ? null : makeBanner('rsync', { product: 'rsync', text: line, details: { protocol: found[1] } })
}

/** RFC 2229 §3.1: `220 text <capabilities> <message-id>`. */
function parseDict(bytes: Buffer, port: number): Banner | null {
  const line = firstLine(bytes)
  const found = /^220 (.*?)(?: <([\w.-]*)>)? <[^<>]+>$/.exec(line)
  if (found === null || (port !== 2628 && !/\bdict/i.test(line))) return null
  const product = /\b(dictd?) (\d[\w./-]*)/.exec(found[1] ?? '')
  const details = { capabilities: found[2]?.replaceAll('.', ' ') }
  return makeBanner('dict', { product: product?.[1], version: product?.[2]?.split('/')[0], text: line, details })
}

/** RFC 5804 §1.7: capabilities, one a line, in quotes. */
function parseSieve(bytes: Buffer): Banner | null {
  const found = /^"IMPLEMENTATION" "([^"]*)"/im.exec(linesOf(bytes, LINES_MAX).join('\n'))
  if (found === null) return null
  const parts = /^(.*?)(?: v?(\d\S*))?$/.exec(found[1] ?? '')
  return makeBanner('sieve', { product: parts?.[1], version: parts?.[2], text: found[1] ?? '' })
}

/** Subversion's ra_svn protocol: `( success ( minver maxver mechs ( capabilities ) ) )`. */
function parseSvn(bytes: Buffer): Banner | null {
  const line = firstLine(bytes)
  const found = /^\( success \( (\d+) (\d+) \( [^()]*\) \( ([^()]*)\)/.exec(line)
  return found === null ? null : makeBanner('svn', { text: line, details: { capabilities: found[3] } })
}

/** The Music Player Daemon's protocol: `OK MPD version`. IANA has no name for it. */
function parseMpd(bytes: Buffer): Banner | null {
  const line = firstLine(bytes)
  const found = /^OK MPD (\S+)/.exec(line)
  return found === null ? null : makeBanner('mpd', { product: 'MPD', text: line, details: { protocol: found[1] } })
}

/** RFC 2812 §2.3: a message with a server's prefix; what servers send first is a NOTICE or an ERROR. */
function parseIrc(bytes: Buffer): Banner | null {
  const line = firstLine(bytes)
  const found = /^(?::(\S+) )?(?:NOTICE (?:AUTH|Auth|\*) :|ERROR :|020 \* :)/.exec(line)
  return found === null ? null : makeBanner('irc', { text: line, details: { server: found[1] } })
}

function firstLine(bytes: Buffer): string {
  return linesOf(bytes, 1)[0] ?? ''
}

/** A binary protocol's bytes say nothing to a reader. */
function isMostlyText(line: string): boolean {
  const start = line.slice(0, LIMITS.bannerTextChars)
  const strange = start.length - start.replaceAll(/[\p{Cc}\uFFFD]/gu, '').length
  return strange * 4 <= start.length
}
