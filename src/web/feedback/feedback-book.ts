/**
 * What visitors said of pages: one answer for each visitor, page and language, and the counts of all.
 *
 * Of a visitor nothing is kept but a keyed hash of a random number, the port and the language: from it, nobody can tell who
 * answered, nor which answers are of one visitor. In the store (web-store.ts):
 *
 *     feedback/key                 the key of the hashes, made with the first answer
 *     feedback/kept                how many answers are kept                                  u32
 *     feedback/answer/HASH         a kept answer                                              u32 day, u8 verdict
 *     feedback/day/DAY/HASH        the same by day, so that the oldest is found; DAY has 8 digits
 *     feedback/count/PORT/LANG     yes, partly, no; PORT has 5 digits                         3 × u32
 */
import { createHmac, randomBytes } from 'node:crypto'
import { LIMITS } from '../../core/index.ts'
import type { Batch, Store } from '../../store/index.ts'
import type { Language } from '../i18n/languages.ts'
import { keysFrom } from '../web-store.ts'
import { VERDICTS } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** One page of one language, as one visitor saw it. */
export interface Ballot {
  /** The visitor's random number, as text. */
  readonly visitor: string
  readonly port: number
  readonly language: Language
}

export interface FeedbackCount {
  readonly port: number
  /** The language's tag. */
  readonly language: string
  readonly yes: number
  readonly partly: number
  readonly no: number
}

const KEY = Buffer.from('feedback/key')
const KEPT = Buffer.from('feedback/kept')
const ANSWERS = 'feedback/answer/'
const DAYS = 'feedback/day/'
const COUNTS = 'feedback/count/'
const KEY_BYTES = 32
/** 132 bits: no two ballots will ever share one. */
const HASH_CHARS = 22
const DAY_MS = 86_400_000
const DAY_DIGITS = 8
const PORT_DIGITS = 5
/** Answers that are dropped beside one that is taken, at most: old ones go faster than new ones come. */
const DROPPED_AT_ONCE = 4
/** Another process writes between reading and writing no more often than this in a row. */
const TRIES_MAX = 16

type Change = Batch['changes'][number]

export class FeedbackBook {
  readonly #store: Store
  readonly #now: () => number
  #key: Buffer | null = null
  /** One answer after another: each reads what the one before has written. */
  #tail: Promise<unknown> = Promise.resolve()

  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** Takes an answer; a second one of the same ballot replaces the first. Kept when it is on disk. */
  put(ballot: Ballot, verdict: Verdict): Promise<void> {
    const done = this.#tail.then(() => this.#put(ballot, verdict))
    this.#tail = done.catch(() => {})
    return done
  }

  /** What this visitor said of the page; null where they did not, or too long ago. */
  answerOf(ballot: Ballot): Verdict | null {
    const key = this.#readKey()
    if (key === null) return null
    const value = this.#store.get(answerKey(hashOf(key, ballot)))
    return value === undefined ? null : (readAnswer(value)?.verdict ?? null)
  }

  /** The counts of every page of which somebody said something, by port and language. */
  *counts(): Generator<FeedbackCount, void, undefined> {
    for (const { key, value } of this.#store.range(keysFrom(COUNTS))) {
      const [port = '', language = ''] = key.toString().slice(COUNTS.length).split('/')
      const [yes, partly, no] = readCounts(value)
      yield { port: Number(port), language, yes, partly, no }
    }
  }

  async #put(ballot: Ballot, verdict: Verdict): Promise<void> {
    const hash = hashOf(await this.#ensureKey(), ballot)
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const batch = this.#batchFor(ballot, hash, verdict)
      if (batch === null || (await this.#store.commit(batch)) !== null) return
    }
    throw new Error('another process changes the same counts all the time')
  }

  /** Null where the same was said before. */
  #batchFor({ port, language }: Ballot, hash: string, verdict: Verdict): Batch | null {
    const answer = answerKey(hash)
    const before = copyOf(this.#store.get(answer))
    const old = before === null ? null : readAnswer(before)
    if (old?.verdict === verdict) return null
    const countKey = Buffer.from(`${COUNTS}${String(port).padStart(PORT_DIGITS, '0')}/${language.tag}`)
    const countBefore = copyOf(this.#store.get(countKey))
    const counts = countBefore === null ? [0, 0, 0] : readCounts(countBefore)
    const countAfter = Buffer.alloc(4 * VERDICTS.length)
    VERDICTS.forEach((each, index) => {
      const change = Number(each === verdict) - Number(each === old?.verdict)
      countAfter.writeUInt32BE(Math.max(0, (counts[index] ?? 0) + change), 4 * index)
    })
    const keptBefore = copyOf(this.#store.get(KEPT))
    const kept = keptBefore?.readUInt32BE(0) ?? 0
    const day = Math.floor(this.#now() / DAY_MS)
    const dropped = old === null ? this.#findDropped(kept, day) : []
    const changes: Change[] = [
      ...dropped.flatMap((each): Change[] => [
        [answerKey(each.hash), null],
        [dayKey(each.day, each.hash), null],
      ]),
      ...(old === null ? [] : [[dayKey(old.day, hash), null] satisfies Change]),
      [answer, writeAnswer(day, verdict)],
      [dayKey(day, hash), Buffer.alloc(0)],
      [countKey, countAfter],
      [KEPT, writeU32(kept - dropped.length + Number(old === null))],
    ]
    return {
      conditions: [
        { key: answer, value: before },
        { key: countKey, value: countBefore },
        { key: KEPT, value: keptBefore },
      ],
      changes,
    }
  }

  /** Answers that are too old to keep, or too many; what they said stays counted. */
  #findDropped(kept: number, today: number): { readonly day: number; readonly hash: string }[] {
    const found: { readonly day: number; readonly hash: string }[] = []
    for (const { key } of this.#store.range(keysFrom(DAYS), { limit: DROPPED_AT_ONCE })) {
      const text = key.toString().slice(DAYS.length)
      const day = Number(text.slice(0, DAY_DIGITS))
      const isTooMany = kept - found.length >= LIMITS.feedbackAnswers
      if (!isTooMany && today - day <= LIMITS.feedbackDays) break
      found.push({ day, hash: text.slice(DAY_DIGITS + 1) })
    }
    return found
  }

  #readKey(): Buffer | null {
    this.#key ??= copyOf(this.#store.get(KEY))
    return this.#key
  }

  async #ensureKey(): Promise<Buffer> {
    const known = this.#readKey()
    if (known !== null) return known
    await this.#store.commit({
      conditions: [{ key: KEY, value: null }],
      changes: [[KEY, randomBytes(KEY_BYTES)]],
    })
    const made = this.#readKey()
    if (made === null) throw new Error('the key of the answers was written, and is not there')
    return made
  }
}

function hashOf(key: Buffer, { visitor, port, language }: Ballot): string {
  return createHmac('sha256', key).update(`${visitor}/${port}/${language.tag}`).digest('base64url').slice(0, HASH_CHARS)
}

function answerKey(hash: string): Buffer {
  return Buffer.from(`${ANSWERS}${hash}`)
}

function dayKey(day: number, hash: string): Buffer {
  return Buffer.from(`${DAYS}${String(day).padStart(DAY_DIGITS, '0')}/${hash}`)
}

/** What the store lends is the reader's only until the next read. */
function copyOf(value: Buffer | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value)
}

function writeU32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function writeAnswer(day: number, verdict: Verdict): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(day, 0)
  bytes.writeUInt8(VERDICTS.indexOf(verdict), 4)
  return bytes
}

/** Null for what is none of ours. */
function readAnswer(value: Buffer): { readonly day: number; readonly verdict: Verdict } | null {
  if (value.length !== 5) return null
  const verdict = VERDICTS[value.readUInt8(4)]
  return verdict === undefined ? null : { day: value.readUInt32BE(0), verdict }
}

function readCounts(value: Buffer): [yes: number, partly: number, no: number] {
  if (value.length !== 4 * VERDICTS.length) return [0, 0, 0]
  return [value.readUInt32BE(0), value.readUInt32BE(4), value.readUInt32BE(8)]
}
