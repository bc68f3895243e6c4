import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BY_OTHERS, CODE_OF } from './reasons.ts'
import { Traffic } from './traffic.ts'

const PACE = { rate: null, hostRate: null, retries: 2, timeoutMinMs: 100, timeoutMaxMs: 2000, hostTimeoutMs: null }
/** The first host's flow of TCP. */
const FLOW = 0

function trafficOf(rttMs: number | null = null): Traffic {
  const traffic = new Traffic(PACE, 2, 4, 1024, 0)
  traffic.resetHost(0, rttMs, 0)
  return traffic
}

/** Whether the windows are halved after answers to second attempts, ten of them. */
function isHalvedBy(code: number): boolean {
  const traffic = trafficOf()
  for (let answers = 0; answers < 10; answers += 1) traffic.learn(FLOW, { code, rttMs: 1, lostAt: 10 }, 20)
  return !traffic.learnSilence(FLOW, 15, 30)
}

test('an answer to a second attempt proves that the first was lost, if the port itself gave it', () => {
  assert.equal(isHalvedBy(CODE_OF['syn-ack']), true)
  assert.equal(isHalvedBy(CODE_OF['conn-refused']), true)
})

test('ICMP comes late and seldom, and is no proof of loss', () => {
  for (const reason of ['host-unreach', 'admin-prohibited', 'port-unreach'] as const) {
    assert.equal(isHalvedBy(CODE_OF[reason]), false)
    assert.equal(isHalvedBy(CODE_OF[reason] + BY_OTHERS), false)
  }
})

test('the time-out follows the answers of the host, and not those of a router', () => {
  const traffic = trafficOf()
  assert.equal(traffic.timeoutMs(FLOW, 0), 1000)
  traffic.learn(FLOW, { code: CODE_OF['host-unreach'] + BY_OTHERS, rttMs: 1, lostAt: null }, 1)
  assert.equal(traffic.timeoutMs(FLOW, 0), 1000)
  traffic.learn(FLOW, { code: CODE_OF['admin-prohibited'], rttMs: 100, lostAt: null }, 2)
  assert.equal(traffic.timeoutMs(FLOW, 0), 300)
})

test('a round trip that is known sets the time-out from the start, of TCP alone', () => {
  const traffic = trafficOf(200)
  assert.equal(traffic.timeoutMs(FLOW, 0), 600)
  assert.equal(traffic.timeoutMs(FLOW + 1, 0), 1000)
  traffic.resetHost(0, null, 5)
  assert.equal(traffic.timeoutMs(FLOW, 0), 1000)
})
