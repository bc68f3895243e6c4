/**
 * Reads what a service says of itself. A few attempts, each over one connection, share the time; the first whose answer is known
 * for certain ends it. Nothing logs in, changes anything, or trusts anything that it is told.
 */
import { LIMITS } from '../../core/index.ts'
import type { AskPlace } from './ask.ts'
import { makeBanner } from './banner-of.ts'
import { Conversation } from './conversation.ts'
import { askByDatagram, questionFor } from './datagrams.ts'
import { describeUnknown, isGreetingWhole, parseGreeting } from './greeting.ts'
import { askHttp } from './http.ts'
import { askEhlo } from './mail-and-files.ts'
import { planAttempts, usualNames } from './plan.ts'
import type { Attempt } from './plan.ts'
import type { Banner, TlsFacts } from '../model.ts'
import type { BannerOptions, BannerPlace } from '../read-banner.ts'

/** `none` says that nobody answers, so that no more need be tried. */
type Outcome = { readonly banner: Banner | null; readonly isSure: boolean } | 'none'

/** The rest of a greeting of several packets comes at once. */
const GREETING_SETTLE_MS = 300
const NO_PROTOCOL = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'

/** As `readBanner` tells. */
export async function askForBanner(where: BannerPlace, options: BannerOptions): Promise<Banner | null> {
  const { port, transport } = where
  const hint = options.hint ?? null
  const deadlineMs = performance.now() + options.timeoutMs
  if (transport === 'udp') return readDatagrams(where, options, deadlineMs)
  const attempts = planAttempts(port, hint)
  let fallback: Banner | null = null
  for (const [index, attempt] of attempts.entries()) {
    const nowMs = performance.now()
    if (options.signal.aborted || nowMs >= deadlineMs) break
    // The likelier attempts come first and have the more time; the last has all that is left.
    const shareMs = (deadlineMs - nowMs) / (index === attempts.length - 1 ? 1 : 2)
    const outcome = await tryOnce(attempt, where, { signal: options.signal, deadlineMs: nowMs + shareMs })
    if (outcome === 'none') break
    if (outcome.isSure) return outcome.banner
    fallback ??= outcome.banner
  }
  return fallback
}

async function readDatagrams(where: BannerPlace, options: BannerOptions, deadlineMs: number): Promise<Banner | null> {
  const names = usualNames(where.port, options.hint ?? null)
  const questions = names.flatMap(({ service }) => questionFor(service) ?? [])
  for (const [index, question] of questions.entries()) {
    const timeoutMs = (deadlineMs - performance.now()) / (questions.length - index)
    const { address, port } = where
    const banner = await askByDatagram(question, { address, port, timeoutMs, signal: options.signal })
    if (banner !== null) return banner
  }
  return null
}

interface Bounds {
  readonly signal: AbortSignal
  readonly deadlineMs: number
}

async function tryOnce(attempt: Attempt, where: BannerPlace, bounds: Bounds): Promise<Outcome> {
  const { address, port } = where
  const place: AskPlace = { address, port, name: where.name ?? null, isTls: attempt.isTls }
  const conversation = await Conversation.open({ address, port, ...bounds })
  if (conversation === null) return 'none'
  try {
    if (!attempt.isTls && typeof attempt.ask !== 'string')
      return judge(await attempt.ask(conversation, place), conversation, place)
    if (!attempt.isTls) {
      const greeting = await listenFor(conversation, place, attempt.ask === 'any' ? quietTime(bounds) : Infinity)
      if (greeting !== null) return { banner: greeting, isSure: true }
      if (attempt.ask === 'listen' || conversation.hasEnded) return { banner: null, isSure: false }
    }
    return await tryTls(conversation, attempt, place, bounds)
  } finally {
    conversation.close()
  }
}

/** Half of what is left at most, so that there is time to ask when nothing is said. */
function quietTime({ deadlineMs }: Bounds): number {
  return Math.min(LIMITS.bannerQuietMs, (deadlineMs - performance.now()) / 2)
}

async function listenFor(conversation: Conversation, place: AskPlace, waitMs: number): Promise<Banner | null> {
  const bytes = await conversation.receive((said) => isGreetingWhole(said, place.port), {
    waitMs,
    settleMs: GREETING_SETTLE_MS,
  })
  const banner = parseGreeting(bytes, place.port) ?? describeUnknown(bytes)
  return banner?.service === 'smtp' ? askEhlo(conversation, banner) : banner
}

/** An answer that the question's own parser did not know may be what others know: `-ERR unknown command` to a GET is Redis's. */
function judge(banner: Banner | null, { heard }: Conversation, { port }: AskPlace): Outcome {
  // A server of HTTP that complains of the request may be waiting for TLS.
  if (banner !== null) return { banner, isSure: banner.details['status'] !== '400' }
  const other = parseGreeting(heard, port)
  return other === null
    ? { banner: describeUnknown(heard), isSure: false }
    : { banner: other, isSure: other.details['status'] === undefined }
}

async function tryTls(conversation: Conversation, attempt: Attempt, place: AskPlace, bounds: Bounds): Promise<Outcome> {
  const isWeb = attempt.ask === 'any' || attempt.ask === askHttp
  const { name } = place
  const waitMs = attempt.ask === 'any' ? LIMITS.bannerQuietMs : Infinity
  const facts = await conversation.startTls({ name, alpn: isWeb ? ['http/1.1'] : [] }, waitMs)
  if (!('failure' in facts)) return talkInside(conversation, attempt, place, facts, bounds)
  if (facts.failure !== NO_PROTOCOL) return { banner: null, isSure: false }
  // It speaks TLS, and not HTTP/1.1 by that name: once more without one.
  const second = await Conversation.open({ address: place.address, port: place.port, ...bounds })
  if (second === null) return { banner: null, isSure: false }
  try {
    const again = await second.startTls({ name, alpn: [] })
    return 'failure' in again
      ? { banner: null, isSure: false }
      : await talkInside(second, attempt, place, again, bounds)
  } finally {
    second.close()
  }
}

/** Inside TLS: what the attempt asks; or a greeting, and where there is none a page. The certificate is told in any case. */
async function talkInside(
  conversation: Conversation,
  { ask }: Attempt,
  place: AskPlace,
  tls: TlsFacts,
  bounds: Bounds,
): Promise<Outcome> {
  const inside: AskPlace = { ...place, isTls: true }
  let banner: Banner | null = null
  if (ask === 'listen') banner = await listenFor(conversation, inside, Infinity)
  else if (ask !== 'any') banner = await ask(conversation, inside)
  else {
    if (tls.alpn === null) banner = await listenFor(conversation, inside, quietTime(bounds))
    if (banner === null && !conversation.hasEnded) banner = await askHttp(conversation, inside)
  }
  banner ??= parseGreeting(conversation.heard, place.port) ?? describeUnknown(conversation.heard)
  return { banner: banner === null ? makeBanner(null, { tls }) : { ...banner, tls }, isSure: true }
}
