/** One line on standard error that tells how far long work has come; on a terminal only. */
import type { ProbeProgress } from '../../probe/index.ts'
import type { Write } from '../output.ts'
import { columnsOf, fit } from '../style.ts'
import { aboutDuration } from './duration.ts'

/** Shorter work needs no line. */
const SILENT_MS = 1000

export class ProgressLine {
  readonly #write: Write
  readonly #width: number
  #shown: number = 0

  /** @param width columns; the last is left free, for a full line would wrap */
  constructor(write: Write, width: number) {
    this.#write = write
    this.#width = width - 1
  }

  show(progress: ProbeProgress): void {
    if (progress.elapsedMs >= SILENT_MS) this.say(progressText(progress))
  }

  say(text: string): void {
    const line = fit(text, this.#width)
    const columns = columnsOf(line)
    this.#write(`\r${line}${' '.repeat(Math.max(0, this.#shown - columns))}`)
    this.#shown = columns
  }

  /** Takes the line away, so that what comes next begins on a clean one. */
  clear(): void {
    if (this.#shown > 0) this.#write(`\r${' '.repeat(this.#shown)}\r`)
    this.#shown = 0
  }
}

export function progressText({ done, total, open, sent, elapsedMs, leftMs }: ProbeProgress): string {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
  const rate = elapsedMs > 0 ? Math.round((sent / elapsedMs) * 1000) : 0
  const left = leftMs === null ? [] : [`${aboutDuration(leftMs)} left`]
  return [
    `${percent} %`,
    `${number(done)} of ${number(total)} ports`,
    `${number(open)} open`,
    `${number(rate)} probes/s`,
    ...left,
  ].join(' · ')
}

function number(value: number): string {
  return value.toLocaleString('en')
}
