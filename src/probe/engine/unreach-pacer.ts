/**
 * Finds hosts that limit their ICMP errors, and sends them UDP probes slowly enough to be answered.
 *
 * Linux sends one a second to each asker after a burst of six (icmp(7), icmp_ratelimit; net/ipv4/icmp.c), BSD 200 a second
 * to all: of a thousand closed ports asked at once, nearly all would look `open|filtered`. A flow goes through three moods:
 *
 *     free      sent as fast as the windows allow. When a host that has sent port-unreachable is silent on another port: testing.
 *     testing   one attempt in more than a second, so that the limit lets its answer pass. An answer where there was none
 *               before, to more than the few that a network loses, shows a limit: limited. No answer to any: free, for good.
 *     limited   one attempt in `delayMs`, which is halved while all are answered and doubled, up to a second, when one is not.
 */

const FREE = 0
const TESTING = 1
const LIMITED = 2

/** The longest time between errors that a system in use has: Linux's icmp_ratelimit. */
const DELAY_MOST_MS = 1000
/** Longer than that, so that a test is not itself over the limit. */
const TEST_DELAY_MS = 1100
/** The shortest delay tried; a host that answers all the same, as often as the longest streak asks, has no limit that matters. */
const DELAY_LEAST_MS = 2
/** Silent ports asked again in a test: with half of them really filtered, one in 16 tests finds none that answers. */
const TESTS = 4
/** Answers in a row before the delay is halved, at first; twice as many after each time that this was too fast. */
const STREAK_LEAST = 4
const STREAK_MOST = 64

export class UnreachPacer {
  readonly #moods: Uint8Array
  readonly #isCleared: Uint8Array
  readonly #hasErrors: Uint8Array
  readonly #testsLeft: Uint8Array
  readonly #streaks: Uint8Array
  readonly #streaksNeeded: Uint8Array
  readonly #delays: Float64Array
  readonly #nextAt: Float64Array
  readonly #slowedAt: Float64Array

  constructor(flows: number) {
    this.#moods = new Uint8Array(flows)
    this.#isCleared = new Uint8Array(flows)
    this.#hasErrors = new Uint8Array(flows)
    this.#testsLeft = new Uint8Array(flows)
    this.#streaks = new Uint8Array(flows)
    this.#streaksNeeded = new Uint8Array(flows)
    this.#delays = new Float64Array(flows)
    this.#nextAt = new Float64Array(flows)
    this.#slowedAt = new Float64Array(flows)
  }

  reset(flow: number): void {
    this.#moods[flow] = FREE
    this.#isCleared[flow] = 0
    this.#hasErrors[flow] = 0
    this.#slowedAt[flow] = -Infinity
    this.#nextAt[flow] = -Infinity
  }

  /** When the next attempt may go. */
  readyAt(flow: number): number {
    return this.#nextAt[flow] ?? -Infinity
  }

  /** What was sent before this time was sent too fast: its silence tells nothing. */
  slowedAt(flow: number): number {
    return this.#slowedAt[flow] ?? -Infinity
  }

  noteSent(flow: number, now: number): void {
    if (this.#moods[flow] !== FREE) this.#nextAt[flow] = now + (this.#delays[flow] ?? 0)
  }

  /** Takes a port-unreachable. `isLimitShown`: it came to an attempt after a silent one, and more than a few were silent so. */
  noteError(flow: number, isLimitShown: boolean, now: number): void {
    this.#hasErrors[flow] = 1
    const mood = this.#moods[flow]
    if (mood === LIMITED) this.#speedUp(flow, now)
    else if (isLimitShown) this.#limit(flow, now)
  }

  /** Takes the silence on an attempt sent at `sentAt`. */
  noteSilence(flow: number, sentAt: number, now: number): void {
    if (sentAt < this.slowedAt(flow)) return
    switch (this.#moods[flow]) {
      case LIMITED:
        this.#slowDown(flow, now)
        break
      case TESTING:
        this.#testsLeft[flow] = (this.#testsLeft[flow] ?? 1) - 1
        if (this.#testsLeft[flow] === 0) this.#free(flow)
        break
      default:
        if (this.#hasErrors[flow] === 1 && this.#isCleared[flow] === 0) this.#test(flow, now)
    }
  }

  #test(flow: number, now: number): void {
    this.#moods[flow] = TESTING
    this.#testsLeft[flow] = TESTS
    this.#delays[flow] = TEST_DELAY_MS
    this.#nextAt[flow] = now + TEST_DELAY_MS
    this.#slowedAt[flow] = now
  }

  #limit(flow: number, now: number): void {
    this.#moods[flow] = LIMITED
    this.#delays[flow] = DELAY_MOST_MS
    this.#nextAt[flow] = now + DELAY_MOST_MS
    this.#slowedAt[flow] = now
    this.#streaks[flow] = 0
    this.#streaksNeeded[flow] = STREAK_LEAST
  }

  #free(flow: number): void {
    this.#moods[flow] = FREE
    this.#isCleared[flow] = 1
    this.#nextAt[flow] = -Infinity
  }

  #speedUp(flow: number, now: number): void {
    const streak = (this.#streaks[flow] ?? 0) + 1
    this.#streaks[flow] = streak
    const before = this.#delays[flow] ?? DELAY_MOST_MS
    const isLeast = before <= DELAY_LEAST_MS
    if (streak < (isLeast ? STREAK_MOST : (this.#streaksNeeded[flow] ?? STREAK_LEAST))) return
    if (isLeast) {
      this.#free(flow)
      return
    }
    this.#streaks[flow] = 0
    const delayMs = Math.max(before / 2, DELAY_LEAST_MS)
    this.#delays[flow] = delayMs
    this.#nextAt[flow] = Math.min(this.readyAt(flow), now + delayMs)
  }

  #slowDown(flow: number, now: number): void {
    this.#streaks[flow] = 0
    const delayMs = this.#delays[flow] ?? DELAY_MOST_MS
    // A silence at the slowest is the port's own.
    if (delayMs >= DELAY_MOST_MS) return
    this.#delays[flow] = Math.min(2 * delayMs, DELAY_MOST_MS)
    this.#streaksNeeded[flow] = Math.min(2 * (this.#streaksNeeded[flow] ?? STREAK_LEAST), STREAK_MOST)
    this.#slowedAt[flow] = now
    this.#nextAt[flow] = now + (this.#delays[flow] ?? 0)
  }
}
