/** Time that stands still until the test moves it. */
import type { Timers } from '../../src/netinfo/server/timers.ts'

export class ManualTimers implements Timers {
  #nowMs = 0
  #tasks: { readonly atMs: number; readonly task: () => void | Promise<void> }[] = []

  readonly now = (): number => this.#nowMs

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.after(milliseconds, resolve)
    })

  readonly after = (milliseconds: number, task: () => void | Promise<void>): (() => void) => {
    const entry = { atMs: this.#nowMs + milliseconds, task }
    this.#tasks.push(entry)
    return () => {
      this.#tasks = this.#tasks.filter((each) => each !== entry)
    }
  }

  /** When the next task is due, in milliseconds from now; null where none waits. */
  get nextInMs(): number | null {
    return this.#tasks.length === 0 ? null : Math.min(...this.#tasks.map(({ atMs }) => atMs)) - this.#nowMs
  }

  /** Lets time pass, and does what falls due on the way, in order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#nowMs + milliseconds
    for (;;) {
      await settle()
      const [next] = this.#tasks.filter(({ atMs }) => atMs <= end).toSorted((one, other) => one.atMs - other.atMs)
      if (next === undefined) break
      this.#tasks = this.#tasks.filter((each) => each !== next)
      this.#nowMs = next.atMs
      await next.task()
    }
    this.#nowMs = end
    await settle()
  }
}

/** Lets promises that are due be kept. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
}
