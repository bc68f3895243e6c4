/** What every engine of the probe must do, as one suite that runs it against real sockets of loopback. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { makePortSet, runProbe } from '../../src/probe/index.ts'
import type {
  Pace,
  PortAnswer,
  ProbeEngine,
  ProbeHost,
  ProbeJob,
  ProbeProgress,
  ProbeTally,
} from '../../src/probe/index.ts'
import { atEnd } from './at-end.ts'

const PACE: Pace = {
  rate: null,
  hostRate: null,
  retries: 2,
  timeoutMinMs: 200,
  timeoutMaxMs: 2000,
  hostTimeoutMs: null,
}
const IPV4: ProbeHost = { address: '127.0.0.1', family: 4, name: null }
const IPV6: ProbeHost = { address: '::1', family: 6, name: null }

interface Asked {
  readonly hosts: readonly ProbeHost[]
  readonly tcp?: readonly number[]
  readonly udp?: readonly number[]
  readonly pace?: Partial<Pace>
  readonly answered?: ProbeJob['answered']
  readonly signal?: AbortSignal
  readonly onAnswers?: (answers: readonly PortAnswer[]) => void
  readonly onProgress?: (progress: ProbeProgress) => void
}

export async function probeBy(
  engine: ProbeEngine,
  asked: Asked,
): Promise<{ readonly answers: readonly PortAnswer[]; readonly tally: ProbeTally }> {
  const { hosts, tcp = [], udp = [], pace, answered = null, signal = new AbortController().signal } = asked
  const answers: PortAnswer[] = []
  const at = (index: number): ProbeHost => hosts[index] ?? IPV4
  const job: ProbeJob = {
    hosts: { size: hosts.length, at },
    tcpPorts: makePortSet(tcp),
    udpPorts: makePortSet(udp),
    pace: { ...PACE, ...pace },
    seed: 973,
    answered,
    engine,
  }
  const onAnswers = (batch: readonly PortAnswer[]): void => {
    answers.push(...batch)
    asked.onAnswers?.(batch)
  }
  const onProgress = (progress: ProbeProgress): void => asked.onProgress?.(progress)
  const tally = await runProbe(job, { onAnswers, onProgress }, signal)
  return { answers, tally }
}

async function listenTcp(context: TestContext, host: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()))
  server.listen(0, host)
  await once(server, 'listening')
  atEnd(context, () => void server.close())
  return portOf(server.address())
}

async function listenUdp(context: TestContext, host: string, isAnswering: boolean): Promise<number> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (_, { port, address }) => (isAnswering ? socket.send('here', port, address) : null))
  socket.bind(0, host)
  await once(socket, 'listening')
  atEnd(context, () => void socket.close())
  return portOf(socket.address())
}

/** A port that was just free: of the kernel's own choice. */
async function freePort(host: string): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const port = portOf(server.address())
  server.close()
  await once(server, 'close')
  return port
}

function portOf(address: AddressInfo | string | null): number {
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

const wordsOf = ({ host, transport, port, state, reason }: PortAnswer): string =>
  `${host} ${transport} ${port} ${state} ${reason}`

const sorted = (answers: readonly PortAnswer[]): readonly string[] => answers.map(wordsOf).toSorted()

export function testProbeEngine(engine: ProbeEngine): void {
  const refused = engine === 'raw' ? 'reset' : 'conn-refused'
  describe(`the ${engine} engine of the probe`, () => {
    for (const host of [IPV4, IPV6]) {
      test(`tells open, closed and silent ports of ${host.address} as such`, async (context) => {
        const open = await listenTcp(context, host.address)
        const closed = await freePort(host.address)
        const answering = await listenUdp(context, host.address, true)
        const silent = await listenUdp(context, host.address, false)
        const pace = { retries: 1, timeoutMaxMs: 300 }
        const asked = { hosts: [host], tcp: [open, closed], udp: [answering, silent, closed], pace }
        const { answers, tally } = await probeBy(engine, asked)
        const expected = [
          `${host.address} tcp ${open} open syn-ack`,
          `${host.address} tcp ${closed} closed ${refused}`,
          `${host.address} udp ${answering} open udp-response`,
          `${host.address} udp ${silent} open|filtered no-response`,
          `${host.address} udp ${closed} closed port-unreach`,
        ]
        assert.deepEqual(sorted(answers), expected.toSorted())
        assert.deepEqual([tally.engine, tally.isWhole, tally.done, tally.total], [engine, true, 5, 5])
        for (const { rttMs, reason, attempts } of answers) {
          assert.equal(rttMs === null, reason === 'no-response')
          assert.ok(rttMs === null || rttMs >= 0)
          assert.ok(attempts >= (reason === 'no-response' ? 2 : 1))
        }
      })
    }

    test('takes no connection of a socket to itself for an open port', async () => {
      // Where the kernel takes the ports of its own sockets from, some of a thousand meet themselves.
      const tcp = Array.from({ length: 6000 }, (_, index) => 40_000 + index)
      const { answers } = await probeBy(engine, { hosts: [IPV4], tcp })
      assert.equal(answers.length, tcp.length)
      for (const { port, state } of answers) {
        if (state !== 'open') continue
        const again = await probeBy(engine, { hosts: [IPV4], tcp: [port] })
        assert.equal(again.answers[0]?.state, 'open', `${port} was told open and is not`)
      }
    })

    test('tells each of very many ports of this machine once, however the work is shared out', async (context) => {
      const open = await listenTcp(context, IPV4.address)
      const tcp = Array.from({ length: 40_000 }, (_, index) => 1 + index).filter((port) => port !== open)
      const answered = { size: 1, countOf: () => 1, has: (_: number, __: 'tcp' | 'udp', port: number) => port === 7 }
      const { answers, tally } = await probeBy(engine, { hosts: [IPV4], tcp: [...tcp, open], answered })
      assert.equal(answers.length, tcp.length)
      assert.equal(new Set(answers.map(({ port }) => port)).size, tcp.length)
      assert.equal(answers.find(({ port }) => port === open)?.state, 'open')
      assert.deepEqual([tally.done, tally.total, tally.isWhole], [tcp.length, tcp.length, true])
      assert.ok(tally.open >= 1 && tally.sent >= tcp.length)
    })

    test('tells how many probes were sent while nothing has answered', async (context) => {
      const silent = await listenUdp(context, IPV4.address, false)
      const seen: string[] = []
      const onProgress = ({ done, sent }: ProbeProgress): void => void seen.push(`${done} ${sent}`)
      await probeBy(engine, { hosts: [IPV4], udp: [silent], pace: { retries: 1, timeoutMaxMs: 1500 }, onProgress })
      assert.ok(
        seen.some((text) => /^0 [1-9]/.test(text)),
        seen.join(', '),
      )
    })

    test('tells each pair of many hosts and ports once', async () => {
      const hosts = Array.from({ length: 50 }, (_, index) => ({ ...IPV4, address: `127.3.0.${index + 1}` }))
      const tcp = Array.from({ length: 40 }, (_, index) => 20_000 + index)
      const { answers, tally } = await probeBy(engine, { hosts, tcp })
      assert.equal(new Set(answers.map(wordsOf)).size, 2000)
      assert.equal(answers.length, 2000)
      assert.equal(tally.done, 2000)
    })

    test('leaves out what has an answer', async () => {
      const answered = { size: 1, countOf: () => 1, has: (_: number, __: 'tcp' | 'udp', port: number) => port === 2 }
      const { answers, tally } = await probeBy(engine, { hosts: [IPV4], tcp: [1, 2, 3], answered })
      assert.deepEqual(sorted(answers), [`127.0.0.1 tcp 1 closed ${refused}`, `127.0.0.1 tcp 3 closed ${refused}`])
      assert.deepEqual([tally.done, tally.total], [2, 2])
    })

    test('a job of nothing ends at once', async () => {
      const { answers, tally } = await probeBy(engine, { hosts: [], tcp: [1] })
      assert.deepEqual([answers.length, tally.total, tally.isWhole], [0, 0, true])
    })

    test('keeps to a rate', async () => {
      const tcp = Array.from({ length: 50 }, (_, index) => 20_000 + index)
      const { tally } = await probeBy(engine, { hosts: [IPV4], tcp, pace: { rate: 100 } })
      assert.ok(tally.elapsedMs > 480, `${tally.elapsedMs} ms`)
    })

    test('when it is cancelled tells what was begun as cancelled, and says that it is not whole', async () => {
      const controller = new AbortController()
      const tcp = Array.from({ length: 60_000 }, (_, index) => index + 1)
      const pace = { rate: 2000 }
      const onAnswers = (): void => controller.abort()
      const asked = { hosts: [IPV4], tcp, pace, signal: controller.signal, onAnswers }
      const { answers, tally } = await probeBy(engine, asked)
      assert.ok(answers.length < tcp.length)
      assert.deepEqual([tally.isWhole, tally.done], [false, answers.length])
    })

    test('an error of the listener ends it', async () => {
      const onAnswers = (): void => {
        throw new Error('no more')
      }
      await assert.rejects(probeBy(engine, { hosts: [IPV4], tcp: [1], onAnswers }), /no more/)
    })
  })
}
