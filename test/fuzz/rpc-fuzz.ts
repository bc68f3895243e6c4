/**
 * Fuzzes the servers of NetInfo over real sockets: `node test/fuzz/rpc-fuzz.ts [--runs N] [--seed N] [--seconds N] [--workers N]`.
 *
 * Calls that are right, wrong and cut go to both programs of a server in a process of its own, over TCP and UDP. Whatever it is
 * sent, it must close a connection whose client has ended, answer nothing but well-formed replies, throw nothing, keep a domain
 * that is sound, and not grow. Then attacks, each for some seconds, with a client that behaves measured beside it.
 */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { NETINFO } from '../../src/netinfo/codec.ts'
import { RecordReader } from '../../src/netinfo/record-reader.ts'
import { RawClient, replyParts } from '../support/rpc-calls.ts'
import { ATTACKS } from './rpc-attacks.ts'
import { Dice, makeCall, makeRecord } from './rpc-calls-mutated.ts'
import type { KnownId } from './rpc-calls-mutated.ts'
import { GoodClient, Target, ask } from './rpc-target.ts'
import type { Latencies, Ports } from './rpc-target.ts'

const RUNS_DEFAULT = 1_000_000
const SECONDS_DEFAULT = 5
/** Connections at once. */
const LANES = 8
const BATCH_CALLS_MAX = 40
/** What the server may hold more at the end than after the first tenth: its caches hold up to 24 MB. */
const GROWTH_BYTES_MAX = 96 * 1024 * 1024
const HANG_MS = 30_000
const REPLY_BYTES_MAX = 0x4000_0000
const DATAGRAM_BYTES_MAX = 8000

export interface FuzzResult {
  readonly calls: number
  readonly replies: number
  /** Writes that the server did. */
  readonly writes: number
  readonly seconds: number
  readonly growthBytes: number
  /** What the server, or its domain, did wrong. */
  readonly failures: readonly string[]
}

/** Sends so many calls from a seed. */
export async function fuzzCalls(runs: number, seed: number, workers = 0): Promise<FuzzResult> {
  const target = await Target.start(workers)
  const startMs = performance.now()
  const failures: string[] = []
  const state = { calls: 0, replies: 0, batches: 0 }
  const lane = async (): Promise<void> => {
    const asking = await RawClient.connect(target.ports.tcpPort)
    while (state.calls < runs && failures.length < 10) {
      const number = state.batches
      state.batches += 1
      const dice = new Dice(seed + number * 7919)
      const batch = makeBatch(dice, await knownIds(asking, dice))
      state.calls += batch.messages.length
      try {
        const replies = await sendBatch(target.ports, batch)
        state.replies += replies
      } catch (error) {
        failures.push(`seed ${seed}, batch ${number}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    asking.close()
  }
  const round = async (): Promise<void> => void (await Promise.all(Array.from({ length: LANES }, lane)))
  const all = runs
  try {
    runs = Math.ceil(all / 10)
    await round()
    const before = await target.look()
    runs = all
    await round()
    const { heapBytes, writes, errors } = await target.look()
    failures.push(...errors, ...(await target.end()))
    const growthBytes = heapBytes - before.heapBytes
    if (growthBytes > GROWTH_BYTES_MAX) failures.push(`the server grew by ${growthBytes} bytes`)
    const seconds = (performance.now() - startMs) / 1000
    return { calls: state.calls, replies: state.replies, writes, seconds, growthBytes, failures }
  } catch (error) {
    await target.end().catch(() => [])
    throw error
  }
}

interface Batch {
  readonly program: 'netinfo' | 'binder'
  readonly messages: readonly Buffer[]
  readonly stream: Buffer
  /** Where the stream is cut into writes. */
  readonly cuts: readonly number[]
}

function makeBatch(dice: Dice, ids: readonly KnownId[]): Batch {
  // Few, as the binder waits a second for each server that was registered and is not there.
  const program = dice.isOneIn(20) ? 'binder' : 'netinfo'
  const count = 1 + dice.below(BATCH_CALLS_MAX)
  const messages = Array.from({ length: count }, (_, xid) => makeCall(dice, program, ids, xid))
  const stream = Buffer.concat(messages.map((message) => makeRecord(dice, message)))
  const cuts = Array.from({ length: dice.below(4) }, () => dice.below(stream.length + 1))
  return { program, messages, stream, cuts: cuts.toSorted((one, other) => one - other) }
}

/** Some directories with their instances of now, so that some writes succeed. */
async function knownIds(client: RawClient, dice: Dice): Promise<readonly KnownId[]> {
  const ids: KnownId[] = []
  const root = { object: 0, instance: 0 }
  // But not the users: without root nothing would be written any more.
  const { value: users } = await ask(client, NETINFO.lookup, { id: root, key: 'name', value: 'users' })
  let object = 0
  for (let step = 0; step < 4; step += 1) {
    const { value } = await ask(client, NETINFO.children, { object, instance: 0 })
    if (value === null) break
    // Each write that succeeds makes the next one's instance.
    for (const writes of [0, 0, 1, 2]) ids.push({ ...value.id, instance: value.id.instance + writes })
    const children = value.objects.filter((child) => users?.objects.includes(child) !== true)
    const next = children[dice.below(Math.max(children.length, 1))]
    if (next === undefined) break
    object = next
  }
  return ids
}

/** @returns how many replies came. @throws for a server that hangs, or answers what is no reply */
async function sendBatch({ tcpPort, udpPort, binderPort }: Ports, batch: Batch): Promise<number> {
  const port = batch.program === 'netinfo' ? tcpPort : binderPort
  if (batch.program === 'netinfo') await sendDatagrams(udpPort, batch.messages)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const records = new RecordReader(REPLY_BYTES_MAX)
  let replies = 0
  let broken: unknown = null
  const closed = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server did not close')), HANG_MS)
    const finish = (): void => {
      clearTimeout(timer)
      resolve()
    }
    // A server that cuts a client resets the connection, if there is more that it has not read.
    socket.on('error', finish)
    socket.on('end', finish)
    socket.on('close', finish)
  })
  socket.on('data', (chunk: Buffer) => {
    try {
      records.push(chunk)
      while (records.next()) {
        replyParts(Buffer.from(records.record))
        replies += 1
      }
    } catch (error) {
      broken ??= error
    }
  })
  let from = 0
  for (const to of [...batch.cuts, batch.stream.length]) {
    socket.write(batch.stream.subarray(from, to))
    await new Promise(setImmediate)
    from = to
  }
  socket.end()
  await closed
  socket.destroy()
  if (broken !== null) throw broken instanceof Error ? broken : new Error('no reply')
  if (replies > batch.messages.length) throw new Error(`${replies} replies to ${batch.messages.length} calls`)
  return replies
}

function sendDatagrams(port: number, messages: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    let left = messages.length
    for (const message of messages)
      socket.send(message.subarray(0, DATAGRAM_BYTES_MAX), port, '127.0.0.1', () => {
        left -= 1
        if (left === 0) socket.close(() => resolve())
      })
  })
}

export interface AttackResult {
  readonly name: string
  readonly latencies: Latencies
}

/** Runs attacks one after the other, each for so long; the client that behaves must get every answer. */
export async function attack(
  seconds: number,
  workers = 0,
  names: readonly string[] = Object.keys(ATTACKS),
): Promise<{
  readonly results: readonly AttackResult[]
  readonly growthBytes: number
  readonly failures: readonly string[]
}> {
  const target = await Target.start(workers)
  const results: AttackResult[] = []
  const failures: string[] = []
  const good = await GoodClient.connect(target.ports)
  const { heapBytes: before } = await target.look()
  for (const name of names) {
    good.start()
    try {
      await ATTACKS[name]?.(target.ports, AbortSignal.timeout(seconds * 1000))
      results.push({ name, latencies: await good.stop() })
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      break
    }
  }
  good.close()
  const { heapBytes, errors } = await target.look()
  failures.push(...errors, ...(await target.end()))
  if (heapBytes - before > GROWTH_BYTES_MAX) failures.push(`the server grew by ${heapBytes - before} bytes`)
  return { results, growthBytes: heapBytes - before, failures }
}

const OPTIONS = {
  runs: { type: 'string' },
  seed: { type: 'string' },
  seconds: { type: 'string' },
  workers: { type: 'string' },
  attack: { type: 'string', multiple: true },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS })
  const runs = Number(values.runs ?? RUNS_DEFAULT)
  const seed = Number(values.seed ?? Date.now() & 0x7fff_ffff)
  const seconds = Number(values.seconds ?? SECONDS_DEFAULT)
  const workers = Number(values.workers ?? 0)
  if (![runs, seed, seconds, workers].every((number) => Number.isSafeInteger(number) && number >= 0))
    throw new Error('--runs, --seed, --seconds and --workers take whole numbers')
  const failures: string[] = []
  if (runs > 0) {
    console.log(`seed ${seed}`)
    const result = await fuzzCalls(runs, seed, workers)
    failures.push(...result.failures)
    console.log(
      `${result.calls} calls in ${result.seconds.toFixed(1)} s, ${result.replies} replies, ${result.writes} writes, grown by ${mega(result.growthBytes)}`,
    )
  }
  if (seconds > 0) {
    const { results, growthBytes, failures: found } = await attack(seconds, workers, values.attack)
    failures.push(...found)
    for (const { name, latencies } of results) {
      const [median, p99, worst] = [latencies.medianMs, latencies.p99Ms, latencies.worstMs].map((ms) => ms.toFixed(1))
      console.log(`${name}: ${latencies.calls} answers, median ${median} ms, p99 ${p99} ms, worst ${worst} ms`)
    }
    console.log(`grown by ${mega(growthBytes)}`)
  }
  for (const failure of new Set(failures)) console.log(`FAILED ${failure}`)
  process.exitCode = failures.length === 0 ? 0 : 1
}

function mega(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

if (import.meta.main) await main()
