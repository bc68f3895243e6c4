import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readBanner } from '../src/probe/index.ts'
import { assertHarmless, broken, fuzzBanners, longAnswers, parseAll } from './fuzz/banners-fuzz.ts'
import { startPeer } from './support/banner-peers.ts'

const RUNS = 20_000
const ROUNDS = 64
const SEED = 973
const HINTS = [
  'ssh',
  'http',
  'redis',
  'postgresql',
  'mongodb',
  'ldap',
  'sunrpc',
  'netinfo',
  'amqp',
  'smb',
  'x11',
  'cassandra',
  'domain',
  'rdp',
  'mqtt',
  'zookeeper',
  'memcache',
]

test(`no parser fails on ${RUNS} broken answers, and what comes out is harmless`, () => {
  const { banners } = fuzzBanners(RUNS, SEED)
  assert.ok(banners > RUNS, `${banners} banners`)
})

test('no answer is so long, or so made, that reading it keeps the others waiting', () => {
  for (const answer of longAnswers()) {
    const beganMs = performance.now()
    parseAll(answer)
    const tookMs = performance.now() - beganMs
    assert.ok(tookMs < 1000, `${tookMs} ms for ${JSON.stringify(answer.toString('latin1', 0, 80))}`)
  }
})

test('whatever a peer answers, whenever it ends, a banner or nothing comes of it, and no connection stays', async (context) => {
  let answer: Buffer = Buffer.alloc(0)
  let round = 0
  const peer = await startPeer(context, (socket) => {
    // In turn unasked and asked; ended, half closed, reset, or left open.
    const say = (): unknown =>
      round % 4 === 0
        ? socket.write(answer)
        : round % 4 === 1
          ? socket.end(answer)
          : socket.write(answer, () => round % 4 === 2 && socket.resetAndDestroy())
    if (round % 8 < 4) say()
    else socket.once('data', say)
  })
  const answers = fc.sample(broken, { numRuns: ROUNDS, seed: SEED })
  const { signal } = new AbortController()
  for (const [index, each] of answers.entries()) {
    answer = each
    round = index
    const where = { address: '127.0.0.1', port: peer.port, transport: 'tcp' } as const
    const banner = await readBanner(where, { timeoutMs: 250, signal, hint: HINTS[index % HINTS.length] ?? null })
    if (banner !== null) assertHarmless(banner)
  }
  await peer.allGone()
})
