/**
 * Feeds broken answers to every parser of a banner: `node test/fuzz/banners-fuzz.ts [--runs N] [--seed S]`.
 *
 * Each input is an answer of test/support/banner-samples.ts with bytes changed, cut out, repeated or put in, or bytes of no meaning.
 * The oracle: a parser returns null or a banner, and nothing throws; a banner's texts are well-formed, printable and bounded; all
 * parsers together are done with an input within a second. N inputs go through every parser.
 */
import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { LIMITS, isPrintable } from '../../src/core/index.ts'
import { parseAmqp } from '../../src/probe/banners/amqp.ts'
import { parseCassandra } from '../../src/probe/banners/cassandra.ts'
import { parseDns } from '../../src/probe/banners/dns.ts'
import { describeUnknown, isGreetingWhole, parseGreeting } from '../../src/probe/banners/greeting.ts'
import { isHttpWhole, parseHttp } from '../../src/probe/banners/http.ts'
import { compareService } from '../../src/probe/banners/kin.ts'
import { parseLdap } from '../../src/probe/banners/ldap.ts'
import { parseExtensions } from '../../src/probe/banners/mail-and-files.ts'
import { describeMongodb, parseMessage } from '../../src/probe/banners/mongodb.ts'
import { parseMqtt } from '../../src/probe/banners/mqtt.ts'
import { parseBinder, parseDomain } from '../../src/probe/banners/netinfo.ts'
import { parseNtp } from '../../src/probe/banners/ntp.ts'
import { parseMemcached, parseZookeeper } from '../../src/probe/banners/one-line.ts'
import { joinRecord, parseRpcReply } from '../../src/probe/banners/onc-rpc.ts'
import { parsePortmap } from '../../src/probe/banners/portmap.ts'
import { parsePostgresError } from '../../src/probe/banners/postgres.ts'
import { parseRdp } from '../../src/probe/banners/rdp.ts'
import { parseRedis, parseRedisInfo } from '../../src/probe/banners/redis.ts'
import { parseSmb } from '../../src/probe/banners/smb.ts'
import { parseSnmp } from '../../src/probe/banners/snmp.ts'
import { parseNames } from '../../src/probe/banners/tls.ts'
import { parseX11 } from '../../src/probe/banners/x11.ts'
import type { Banner } from '../../src/probe/index.ts'
import { BINARY, DNS_ID, GREETINGS, RESPONSES, RPC_ID } from '../support/banner-samples.ts'

const INPUT_MS_MAX = 1000
const RUNS_DEFAULT = 1_000_000

export interface FuzzResult {
  readonly runs: number
  /** How many banners came out: a fuzz of which all is refused at once looks at nothing. */
  readonly banners: number
  readonly seconds: number
  readonly slowestMs: number
}

type Parser = (bytes: Buffer) => Banner | null

const reply = (bytes: Buffer): ReturnType<typeof parseRpcReply> => parseRpcReply(bytes, RPC_ID)
const PORTS = [13, 21, 22, 23, 25, 119, 2628, 40_000]
const PARSERS: readonly Parser[] = [
  ...PORTS.map(
    (port): Parser =>
      (bytes) =>
        parseGreeting(bytes, port),
  ),
  describeUnknown,
  parseAmqp,
  parseCassandra,
  (bytes) => parseDns(bytes, DNS_ID),
  parseHttp,
  parseLdap,
  (bytes) => {
    const message = parseMessage(bytes)
    return message === null ? null : describeMongodb(message, message)
  },
  parseMqtt,
  parseNtp,
  parseMemcached,
  parseZookeeper,
  parsePostgresError,
  parseRdp,
  parseRedis,
  parseRedisInfo,
  parseSmb,
  parseSnmp,
  parseX11,
  (bytes) => parsePortmap(reply(bytes)),
  (bytes) => parseBinder(reply(bytes)),
  (bytes) => parseDomain(reply(bytes), reply(bytes)),
]
const OTHERS: readonly ((bytes: Buffer) => unknown)[] = [
  (bytes) => isGreetingWhole(bytes, 21),
  isHttpWhole,
  joinRecord,
  parseExtensions,
  (bytes) => parseNames(bytes.toString('latin1')),
]

export const SAMPLES: readonly Buffer[] = [
  ...Object.values(GREETINGS).map(({ text }) => Buffer.from(text, 'latin1')),
  ...Object.values(RESPONSES).map((text) => Buffer.from(text)),
  ...Object.values(BINARY),
]

/** An answer with some of it changed, or bytes of no meaning. */
export const broken: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.constantFrom(...SAMPLES), fc.array(editOf(), { maxLength: 5 }))
      .map(([sample, edits]) => edits.reduce(change, sample)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
)

interface Edit {
  readonly at: number
  readonly kind: 'byte' | 'word' | 'cut' | 'copy' | 'text'
  readonly value: number
}

function editOf(): fc.Arbitrary<Edit> {
  const value = fc.oneof(fc.nat(255), fc.constantFrom(0x7fff_ffff, 0xffff_ffff, 0x8000_0000, 65_535, 65_536))
  const kind = fc.constantFrom<Edit['kind']>('byte', 'byte', 'word', 'cut', 'copy', 'text')
  return fc.record({ at: fc.noBias(fc.nat(400)), kind, value }, { noNullPrototype: true })
}

function change(bytes: Buffer, { at: anywhere, kind, value }: Edit): Buffer {
  if (bytes.length === 0) return bytes
  const at = anywhere % bytes.length
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  if (kind === 'cut') return Buffer.concat([before, after.subarray(value % 64)])
  if (kind === 'copy') return Buffer.concat([before, after.subarray(0, value % 64), after])
  if (kind === 'text') return Buffer.concat([before, Buffer.from('\x1b[2J\u202e\r\n <>%"\0\xff', 'latin1'), after])
  const changed = Buffer.from(bytes)
  if (kind === 'byte') changed[at] = value & 0xff
  else if (at + 4 <= bytes.length) changed.writeUInt32BE(value, at)
  return changed
}

/** Fails where a banner could harm a terminal, is too long, or is no text. */
export function assertHarmless(banner: Banner): void {
  const { product, version, text, details } = banner
  for (const each of [product, version, text]) if (each !== null) assertText(each, LIMITS.bannerTextChars)
  for (const each of Object.values(details)) assertText(each, LIMITS.bannerDetailChars)
  assert.ok(['same', 'other', 'unknown'].includes(compareService(banner, ['https'])))
}

function assertText(text: string, charsMax: number): void {
  assert.ok(
    isPrintable(text) && text.isWellFormed() && text.length > 0 && text.length <= charsMax,
    JSON.stringify(text),
  )
}

/** Texts that a pattern may read again and again: each begins like an answer, and goes on to the limit. */
export function longAnswers(): readonly Buffer[] {
  const starts = SAMPLES.map((sample) => sample.toString('latin1').replace(/[\r\n ]+$/, ''))
  const fillings = ['a', ' ', ' <', '<title', '-1 ', '\n', '\r\n250-x', '0\r\n', '"', '\xff\xfa', '&#1;', ' v1', ' INN']
  return ['', 'HTTP/1.1 200 OK\r\n\r\n', '220 dict ', ...starts].flatMap((start) =>
    fillings.map((filling) =>
      Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(LIMITS.bannerBytes, filling, 'latin1')]),
    ),
  )
}

/** Puts one input through all parsers. @returns how many banners came out */
export function parseAll(bytes: Buffer): number {
  const banners = PARSERS.flatMap((parse) => parse(bytes) ?? [])
  for (const banner of banners) assertHarmless(banner)
  for (const look of OTHERS) look(bytes)
  return banners.length
}

/** Puts that many inputs through all parsers; it throws with the seed, the path and the input where one fails. */
export function fuzzBanners(runs: number, seed: number): FuzzResult {
  const startedMs = performance.now()
  let [banners, slowestMs] = [0, 0]
  const property = fc.property(broken, (bytes) => {
    const beganMs = performance.now()
    banners += parseAll(bytes)
    const tookMs = performance.now() - beganMs
    slowestMs = Math.max(slowestMs, tookMs)
    assert.ok(tookMs < INPUT_MS_MAX, `it took ${tookMs} ms`)
  })
  fc.assert(property, { numRuns: runs, seed })
  return { runs, banners, seconds: (performance.now() - startedMs) / 1000, slowestMs }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
  console.log(fuzzBanners(Number(values.runs ?? RUNS_DEFAULT), Number(values.seed ?? Date.now() % 1_000_000)))
}
