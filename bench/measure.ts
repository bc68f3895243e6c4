/** Measures whole processes side by side: each round runs every command once, so that a noisy moment meets them all. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

export interface Contestant {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
}

export interface Measured {
  readonly name: string
  readonly median: number
}

const WARM_UP_ROUNDS = 3

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** The median wall time of each command in milliseconds; the output goes nowhere. */
export function measureTimes(contestants: readonly Contestant[], rounds: number): readonly Measured[] {
  const nowhere = openSync('/dev/null', 'w')
  const times = contestants.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const [index, { program, args }] of contestants.entries()) {
      const start = performance.now()
      const { error, signal } = spawnSync(program, args, { stdio: ['ignore', nowhere, nowhere] })
      const taken = performance.now() - start
      if (error !== undefined || signal !== null) throw error ?? new Error(`${program} was ended by ${String(signal)}`)
      if (round >= 0) times[index]?.push(taken)
    }
  }
  closeSync(nowhere)
  return contestants.map(({ name }, index) => ({ name, median: median(times[index] ?? []) }))
}

/** The median peak memory of each command in kilobytes, as GNU time tells it; null where that is not installed. */
export function measureMemory(contestants: readonly Contestant[], rounds: number): readonly Measured[] | null {
  const measured = contestants.map(({ name, program, args }) => {
    const peaks = Array.from({ length: rounds }, () => {
      const { stderr } = spawnSync('/usr/bin/time', ['-f', '%M', program, ...args], { encoding: 'utf8' })
      return Number(/(\d+)\s*$/.exec(stderr ?? '')?.[1])
    })
    return { name, median: median(peaks) }
  })
  return measured.every((each) => each.median > 0) ? measured : null
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}
