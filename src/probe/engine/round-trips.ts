/** How long an answer may take: the round trips of many flows, each smoothed as TCP smooths its own (RFC 6298). */

/** RFC 6298 section 2: the gains of the mean and of the deviation, the factor of the deviation, and the time before any sample. */
const MEAN_GAIN = 1 / 8
const DEVIATION_GAIN = 1 / 4
const DEVIATIONS = 4
const UNKNOWN_MS = 1000

export interface TimeoutBounds {
  readonly timeoutMinMs: number
  readonly timeoutMaxMs: number
  readonly timeoutFirstMs?: number
}

export class RoundTrips {
  readonly #means: Float64Array
  readonly #deviations: Float64Array
  readonly #bounds: TimeoutBounds

  constructor(flows: number, bounds: TimeoutBounds) {
    this.#means = new Float64Array(flows)
    this.#deviations = new Float64Array(flows).fill(-1)
    this.#bounds = bounds
  }

  /** Forgets a flow, so that another may take its number. */
  reset(flow: number): void {
    this.#deviations[flow] = -1
  }

  isKnown(flow: number): boolean {
    return (this.#deviations[flow] ?? -1) >= 0
  }

  /** Takes a measured round trip in milliseconds (RFC 6298 sections 2.2 and 2.3). */
  add(flow: number, roundTripMs: number): void {
    const mean = this.#means[flow] ?? 0
    const deviation = this.#deviations[flow] ?? -1
    const error = roundTripMs - mean
    this.#means[flow] = deviation < 0 ? roundTripMs : mean + MEAN_GAIN * error
    this.#deviations[flow] =
      deviation < 0 ? roundTripMs / 2 : deviation + DEVIATION_GAIN * (Math.abs(error) - deviation)
  }

  /**
   * How long to wait in milliseconds, `repeats` having gone unanswered already: twice as long each time (RFC 6298
   * section 5.5), within the bounds. A flow without a sample is not judged by others': a far host behind near ones would have no
   * time to answer.
   */
  timeoutMs(flow: number, repeats: number): number {
    const { timeoutMinMs, timeoutMaxMs, timeoutFirstMs = UNKNOWN_MS } = this.#bounds
    const deviation = this.#deviations[flow] ?? -1
    const waited = deviation < 0 ? timeoutFirstMs : (this.#means[flow] ?? 0) + DEVIATIONS * deviation
    return clamp(clamp(waited, timeoutMinMs, timeoutMaxMs) * 2 ** repeats, timeoutMinMs, timeoutMaxMs)
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
