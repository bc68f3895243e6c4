/** In-process look-up: our index against a Map of objects, the same questions in the same order. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { TRANSPORTS, openRegistry } from '../src/registry/index.ts'
import type { Transport } from '../src/registry/index.ts'
import { mapOfObjects } from './map-of-objects.ts'
import { median } from './measure.ts'
import type { Row } from './table.ts'

const QUESTIONS = 200_000
const ROUNDS = 21

interface Question {
  readonly port: number
  readonly transport: Transport
}

/** Ports as people ask for them: half below 10,000, all transports, always the same ones (a linear congruence). */
function questions(): readonly Question[] {
  let state = 973
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  return Array.from({ length: QUESTIONS }, () => ({
    port: next(next(2) === 0 ? 10_000 : 65_536),
    transport: TRANSPORTS[next(8)] ?? 'tcp',
  }))
}

export function benchLookup(): readonly Row[] {
  const { registry } = openRegistry({})
  const map = mapOfObjects(registry)
  const asked = questions()
  let sink = 0
  const ours = (): void => {
    for (const { port, transport } of asked) {
      const entry = registry.lookup(port, transport)
      sink += entry.status.length + entry.name.length
    }
  }
  const theirs = (): void => {
    for (const { port, transport } of asked) {
      const entry = map.get(`${port}/${transport}`)
      sink += entry === undefined ? 'unassigned'.length : entry.status.length + entry.name.length
    }
  }
  const times = { ours: [] as number[], theirs: [] as number[] }
  for (let round = -3; round < ROUNDS; round += 1) {
    for (const [name, run] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      const start = performance.now()
      run()
      if (round >= 0) times[name].push(((performance.now() - start) * 1e6) / QUESTIONS)
    }
  }
  if (sink === 0) throw new Error('nothing was looked up')
  return [
    {
      work: 'look up status and name of a port',
      ours: median(times.ours),
      peer: 'Map of objects',
      theirs: median(times.theirs),
      unit: 'ns',
      aim: 1,
    },
    {
      work: 'memory of the registry',
      ours: memoryOf('ours'),
      peer: 'Map of objects',
      theirs: memoryOf('map'),
      unit: 'kB',
      aim: 0.1,
    },
  ]
}

/** Each in a process of its own, for neither shall count what the other left behind. */
function memoryOf(which: 'ours' | 'map'): number {
  const script = join(import.meta.dirname, 'fixtures', 'lookup-memory.ts')
  const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', script, which], { encoding: 'utf8' })
  const result: unknown = status === 0 ? JSON.parse(stdout) : null
  if (typeof result !== 'object' || result === null || !('bytes' in result))
    throw new Error(`lookup-memory ${which} failed`)
  return Number(result.bytes) / 1000
}
