import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { atEnd } from '../../test/support/at-end.ts'
import { FIRST_PORTS, isWorthFinding, probeFound } from './find-hosts.ts'
import type { ProbeJob } from './job.ts'
import type { PortAnswer } from './model.ts'
import { makePortSet } from './ports.ts'
import { runProbe } from './run-probe.ts'
import { resolveTargets } from './targets.ts'

const PACE = { rate: null, hostRate: null, retries: 1, timeoutMinMs: 100, timeoutMaxMs: 1000, hostTimeoutMs: null }

async function jobOf(targets: string, ports: readonly number[], change: Partial<ProbeJob> = {}): Promise<ProbeJob> {
  const { hosts } = await resolveTargets([{ word: targets, place: null }])
  const udpPorts = makePortSet([])
  return { hosts, tcpPorts: makePortSet(ports), udpPorts, pace: PACE, seed: 7, answered: null, engine: null, ...change }
}

async function answersOf(run: typeof runProbe, job: ProbeJob): Promise<readonly string[]> {
  const told: PortAnswer[] = []
  const tally = await run(job, { onAnswers: (answers) => told.push(...answers) }, new AbortController().signal)
  assert.equal(tally.isWhole, true)
  assert.deepEqual([tally.done, tally.total], [told.length, told.length])
  assert.equal(tally.open, told.filter(({ state }) => state === 'open').length)
  return told.map(({ host, port, state, reason }) => `${host} ${port} ${state} ${reason}`).toSorted()
}

async function listen(context: TestContext, host: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).end())
  server.listen(0, host)
  await once(server, 'listening')
  atEnd(context, () => server.close())
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  return (server.address() as AddressInfo).port
}

test('where all hosts are there, each pair is told once, as without looking first', async (context) => {
  const port = await listen(context, '127.0.0.3')
  const job = await jobOf('127.0.0.1-12', [...FIRST_PORTS.slice(0, 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, port])
  assert.ok(isWorthFinding(job))
  const found = await answersOf(probeFound, job)
  assert.equal(found.length, 12 * job.tcpPorts.size)
  assert.deepEqual(found, await answersOf(runProbe, job))
  assert.ok(found.includes(`127.0.0.3 ${port} open syn-ack`))
})

test('pairs that have an answer are not told again, first ports or not', async () => {
  const has = (hostIndex: number, _: string, port: number): boolean => hostIndex === 2 && (port === 22 || port === 7)
  const countOf = (hostIndex: number): number => (hostIndex === 2 ? 2 : 0)
  const job = await jobOf('127.0.0.1-8', [22, 7, 8], { answered: { size: 2, has, countOf } })
  const found = await answersOf(probeFound, job)
  assert.equal(found.length, 8 * 3 - 2)
  assert.ok(!found.some((text) => text.startsWith('127.0.0.3 22 ') || text.startsWith('127.0.0.3 7 ')))
})

test('a scan that is cancelled while it looks is not whole, and tells no host as silent', async () => {
  const stop = new AbortController()
  stop.abort()
  const tally = await probeFound(await jobOf('127.0.0.1-8', [22]), { onAnswers: () => {} }, stop.signal)
  assert.equal(tally.isWhole, false)
  assert.equal(tally.silentHosts, 0)
})

test('few hosts, or few ports, are probed at once', async () => {
  const many = Array.from({ length: 100 }, (_, index) => index + 1)
  assert.ok(isWorthFinding(await jobOf('127.0.0.1-8', many)))
  assert.ok(!isWorthFinding(await jobOf('127.0.0.1-7', many)))
  assert.ok(!isWorthFinding(await jobOf('127.0.0.0/24', [22, 80, 443])))
})
