/** Time as the servers of this folder use it: given to them, so that a test can be master of it. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Timers {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Does something later, unless the returned function is called before. A rejection goes to `onError`. */
  readonly after: (milliseconds: number, task: () => void | Promise<void>) => () => void
}

/** The system's time. None of its timers keeps the process alive. */
export function systemTimers(onError: (error: unknown) => void): Timers {
  return {
    now: () => performance.now(),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
    after: (milliseconds, task) => {
      const run = async (): Promise<void> => {
        try {
          await task()
        } catch (error) {
          onError(error)
        }
      }
      const timer = setTimeout(() => void run(), milliseconds)
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
