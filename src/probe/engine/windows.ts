/**
 * How many attempts may be on their way at once: a congestion window for each of many flows, as TCP has one (RFC 5681).
 *
 * An attempt that nothing answers is no sign of loss, for most such ports are filtered. Loss is proven when an attempt that is sent
 * again is answered (nmap's timing engine reasons so). One lost packet in a hundred is the weather of a network and no
 * congestion, so the window is halved when more than one in 20 is lost: BBR bears one in 50 (draft-ietf-ccwg-bbr,
 * BBR.LossThresh), of many more packets than a window has here.
 */

/** RFC 6928 lets ten segments of 1,460 bytes go first; a SYN on a wire takes 60 bytes, so 256 of them are as much. */
export const FIRST_WINDOW = 256
/** Half of that for one host, so that two unknown hosts are begun together. */
export const FIRST_HOST_WINDOW = 128
/** Answers to one lost attempt, below which a window is halved. */
const ANSWERS_PER_LOSS = 20
/** A single loss proves nothing of a rate. */
const LOSSES_LEAST = 2
/** Older answers and losses count half from here on. */
const EPOCH_ANSWERS = 256

export class Windows {
  readonly #sizes: Float64Array
  readonly #thresholds: Float64Array
  readonly #answers: Uint32Array
  readonly #losses: Uint32Array
  readonly #cutAt: Float64Array
  readonly inFlight: Uint32Array
  readonly #most: number

  /** `most` is the size that no window passes. */
  constructor(flows: number, most: number) {
    this.#sizes = new Float64Array(flows)
    this.#thresholds = new Float64Array(flows)
    this.#answers = new Uint32Array(flows)
    this.#losses = new Uint32Array(flows)
    this.#cutAt = new Float64Array(flows)
    this.inFlight = new Uint32Array(flows)
    this.#most = most
  }

  reset(flow: number, size: number): void {
    this.#sizes[flow] = Math.min(size, this.#most)
    this.#thresholds[flow] = this.#most
    this.#answers[flow] = 0
    this.#losses[flow] = 0
    this.#cutAt[flow] = -Infinity
    this.inFlight[flow] = 0
  }

  sizeOf(flow: number): number {
    return Math.floor(this.#sizes[flow] ?? 0)
  }

  isFull(flow: number): boolean {
    return (this.inFlight[flow] ?? 0) >= this.sizeOf(flow)
  }

  /** When the window was last halved; -Infinity where it never was. */
  cutAt(flow: number): number {
    return this.#cutAt[flow] ?? -Infinity
  }

  /** Grows by one below the threshold and by one a window above it (RFC 5681 section 3.1). */
  grow(flow: number): void {
    const size = this.#sizes[flow] ?? 1
    const step = size < (this.#thresholds[flow] ?? 0) ? 1 : 1 / size
    this.#sizes[flow] = Math.min(size + step, this.#most)
  }

  /** Counts an answer to a first attempt. */
  answer(flow: number): void {
    this.#count(this.#answers, flow)
    this.grow(flow)
  }

  /**
   * Counts a loss that an answer to a later attempt has proven; the lost one was sent at `sentAt`. Halves the window once for
   * all that was lost of one window (RFC 5681 section 3.1, RFC 6582 section 3.2), and says whether it did.
   */
  lose(flow: number, sentAt: number, now: number): boolean {
    this.#count(this.#losses, flow)
    if (sentAt < this.cutAt(flow) || !this.isLossy(flow, LOSSES_LEAST)) return false
    const size = Math.max(Math.max(this.inFlight[flow] ?? 0, (this.#sizes[flow] ?? 1) / 2) / 2, 1)
    this.#sizes[flow] = Math.min(size, this.#sizes[flow] ?? 1)
    this.#thresholds[flow] = Math.max(size, 2)
    this.#cutAt[flow] = now
    return true
  }

  /** Whether more than one of 20 attempts was lost lately, and at least `least`. */
  isLossy(flow: number, least: number): boolean {
    const losses = this.#losses[flow] ?? 0
    return losses >= least && losses * ANSWERS_PER_LOSS > (this.#answers[flow] ?? 0)
  }

  #count(counts: Uint32Array, flow: number): void {
    counts[flow] = (counts[flow] ?? 0) + 1
    if ((this.#answers[flow] ?? 0) + (this.#losses[flow] ?? 0) < EPOCH_ANSWERS) return
    this.#answers[flow] = (this.#answers[flow] ?? 0) >> 1
    this.#losses[flow] = (this.#losses[flow] ?? 0) >> 1
  }
}
