/** The scan against a network that is made of numbers: its hosts lose, delay and limit what they send, and time is counted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Pace } from '../job.ts'
import type { Reason } from '../model.ts'
import { DeadlineHeap } from './deadline-heap.ts'
import type { HostFeed, ScanPorts } from './flows.ts'
import { mixBits } from './permutation.ts'
import { CODE_OF, reasonOf, stateOf } from './reasons.ts'
import { Scan } from './scan.ts'

const PACE: Pace = {
  rate: null,
  hostRate: null,
  retries: 2,
  timeoutMinMs: 100,
  timeoutMaxMs: 1250,
  hostTimeoutMs: null,
}
const ATTEMPTS_MOST = 1024
/** A scan that has not ended after this many steps never will. */
const STEPS_MOST = 5_000_000

interface SimulatedHost {
  /** What the port sends back; null: nothing. */
  readonly answerOf: (isUdp: boolean, port: number) => Reason | null
  readonly delayMs: number
  /** Of each way together, from 0 to 1. */
  readonly loss: number
  /** Port-unreachables a second, after a burst of six; null: no limit. */
  readonly errorsASecond: number | null
}

interface Told {
  readonly reason: Reason
  readonly attempts: number
}

interface Run {
  readonly told: ReadonlyMap<string, Told>
  readonly tookMs: number
  readonly sent: number
  readonly mostInFlight: number
}

interface RunOptions {
  readonly hosts: readonly SimulatedHost[]
  readonly ports: ScanPorts
  readonly pace?: Partial<Pace>
  readonly seed?: number
  readonly attemptsMost?: number
  readonly answered?: readonly (Uint8Array | null)[]
  readonly rttMs?: number
  /** What sending itself comes to, by how many were sent before; null: it is sent. */
  readonly failSend?: (sends: number, inFlight: number) => Reason | null
}

function runScan(options: RunOptions): Run {
  const { hosts, ports, seed = 973, attemptsMost = ATTEMPTS_MOST } = options
  const told = new Map<string, Told>()
  const answers = new DeadlineHeap(attemptsMost)
  const sentAt = new Float64Array(attemptsMost)
  const codes = new Int32Array(attemptsMost)
  const tokens = hosts.map(() => ({ left: 6, at: 0 }))
  let fed = 0
  const feed: HostFeed = {
    next: () => {
      if (fed >= hosts.length) return null
      const index = fed
      fed += 1
      const host = { address: `10.0.${index >> 8}.${index & 255}`, family: 4, name: null } as const
      return { index, host, answered: options.answered?.[index] ?? null, rttMs: options.rttMs ?? null }
    },
  }
  const pace = { ...PACE, ...options.pace }
  const scan = new Scan(
    {
      ports,
      pace,
      seed,
      feed,
      hostsMost: 64,
      attemptsMost,
      sink: {
        tell: (host, isUdp, port, code, _, attempts) => {
          const key = keyOf(host.index, isUdp, port)
          assert.ok(!told.has(key), `${key} is told twice`)
          told.set(key, { reason: reasonOf(code), attempts })
        },
        drop: (slot) => answers.remove(slot),
      },
    },
    0,
  )
  let now = 0
  let draws = seed
  let sends = 0
  let mostInFlight = 0
  const random = (): number => {
    draws += 1
    return mixBits(draws) / 2 ** 32
  }
  const send = (slot: number): void => {
    const failure = options.failSend?.(sends, answers.size)
    sends += 1
    if (failure !== undefined && failure !== null) {
      scan.settle(slot, CODE_OF[failure], 0, now)
      return
    }
    const { index } = scan.hostOf(slot)
    const host = hosts[index]
    assert.ok(host !== undefined)
    sentAt[slot] = now
    scan.noteSent(slot, now)
    mostInFlight = Math.max(mostInFlight, answers.size)
    let reason = host.answerOf(scan.isUdp(slot), scan.portOf(slot))
    if (random() < host.loss) reason = null
    const bucket = tokens[index]
    if (reason === 'port-unreach' && host.errorsASecond !== null && bucket !== undefined) {
      bucket.left = Math.min(bucket.left + ((now - bucket.at) * host.errorsASecond) / 1000, 6)
      bucket.at = now
      if (bucket.left < 1) reason = null
      else bucket.left -= 1
    }
    if (reason === null) answers.remove(slot)
    else {
      codes[slot] = CODE_OF[reason]
      answers.set(slot, now + host.delayMs * (0.5 + random()))
    }
  }
  for (let step = 0; ; step += 1) {
    assert.ok(step < STEPS_MOST, 'the scan does not end')
    scan.advance(now)
    for (let slot = scan.take(now); slot !== -1; slot = scan.take(now)) send(slot)
    if (scan.isIdle && fed >= hosts.length) break
    const next = Math.min(answers.firstDeadline, scan.wakeAt)
    assert.ok(next < Infinity && next >= now, `the scan waits for ${next} at ${now}`)
    now = next
    for (let slot = answers.takeDue(now); slot !== -1; slot = answers.takeDue(now))
      scan.settle(slot, codes[slot] ?? -1, now - (sentAt[slot] ?? 0), now)
  }
  assert.equal(scan.done, told.size)
  return { told, tookMs: now, sent: scan.sent, mostInFlight }
}

function keyOf(host: number, isUdp: boolean, port: number): string {
  return `${host}/${isUdp ? 'udp' : 'tcp'}/${port}`
}

function portsOf(tcp: number, udp: number): ScanPorts {
  return {
    tcp: Uint16Array.from({ length: tcp }, (_, index) => index + 1),
    udp: Uint16Array.from({ length: udp }, (_, index) => index + 1),
  }
}

function hostOf(host: Partial<SimulatedHost>): SimulatedHost {
  return { answerOf: () => null, delayMs: 1, loss: 0, errorsASecond: null, ...host }
}

const TCP_ANSWERS = ['syn-ack', 'conn-refused', 'host-prohibited', null] as const
const UDP_ANSWERS = ['udp-response', 'port-unreach', 'admin-prohibited', null] as const
const anyHost = fc.record({
  kinds: fc.integer(),
  delayMs: fc.constantFrom(0.1, 5, 80, 400),
  loss: fc.constantFrom(0, 0.01, 0.2),
  errorsASecond: fc.constantFrom(null, 1, 200),
})

function answerBy(kinds: number): SimulatedHost['answerOf'] {
  return (isUdp, port) => {
    const answers = isUdp ? UDP_ANSWERS : TCP_ANSWERS
    return answers[mixBits(kinds ^ mixBits(port + (isUdp ? 65_536 : 0))) % answers.length] ?? null
  }
}

test('each pair is told once, and never as what it is not', () => {
  fc.assert(
    fc.property(
      fc.array(anyHost, { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 60 }),
      fc.nat({ max: 40 }),
      fc.record({
        rate: fc.constantFrom(null, 500, 20_000),
        hostRate: fc.constantFrom(null, 300),
        retries: fc.nat({ max: 3 }),
        hostTimeoutMs: fc.constantFrom(null, null, 700, 20_000),
      }),
      fc.integer(),
      fc.constantFrom(1, 7, 1024),
      (kinds, tcp, udp, pace, seed, attemptsMost) => {
        const hosts = kinds.map((kind) => ({ ...kind, answerOf: answerBy(kind.kinds) }))
        const { told } = runScan({ hosts, ports: portsOf(tcp, udp), pace, seed, attemptsMost })
        assert.equal(told.size, hosts.length * (tcp + udp))
        for (const [key, { reason, attempts }] of told) {
          const [host = '', transport = '', port = ''] = key.split('/')
          const truth = hosts[Number(host)]?.answerOf(transport === 'udp', Number(port)) ?? null
          if (reason === 'time-out') assert.notEqual(pace.hostTimeoutMs, null)
          else if (reason === 'no-response') assert.ok(attempts > pace.retries, key)
          else assert.equal(reason, truth, key)
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('without loss all is told as it is', () => {
  const hosts = [hostOf({ answerOf: answerBy(1) }), hostOf({ answerOf: answerBy(2), delayMs: 150 })]
  const { told } = runScan({ hosts, ports: portsOf(500, 50) })
  for (const [key, { reason }] of told) {
    const [host = '', transport = '', port = ''] = key.split('/')
    assert.equal(reason, hosts[Number(host)]?.answerOf(transport === 'udp', Number(port)) ?? 'no-response', key)
  }
})

test('a network that loses one in a hundred is probed fast, and no open port is missed', () => {
  const host = hostOf({
    answerOf: (_, port) => (port % 10 === 0 ? 'syn-ack' : 'conn-refused'),
    loss: 0.01,
    delayMs: 20,
  })
  const { told, tookMs } = runScan({ hosts: [host, host, host, host], ports: portsOf(5000, 0), pace: { retries: 4 } })
  assert.equal([...told.values()].filter(({ reason }) => reason === 'syn-ack').length, 4 * 500)
  assert.ok(tookMs < 5000, `${tookMs} ms`)
})

test('100,000 pairs that nothing answers take what the rate and one time-out for each attempt set', () => {
  const hosts = Array.from({ length: 100 }, () => hostOf({}))
  const pace = { rate: 5000, retries: 1 }
  const { tookMs, sent } = runScan({ hosts, ports: portsOf(1000, 0), pace, attemptsMost: 16_384 })
  assert.equal(sent, 200_000)
  const bound = (sent / pace.rate) * 1000 + 1000
  assert.ok(tookMs < 1.2 * bound, `${tookMs} ms for ${bound}`)
})

test('a silent host to which the round trip is known is done as soon as it would have answered', () => {
  const pace = { hostRate: 1000 }
  const known = runScan({ hosts: [hostOf({})], ports: portsOf(1000, 0), pace, rttMs: 1 })
  assert.equal(known.sent, 3000)
  assert.ok(known.tookMs < 3000 + 100 + 200 + 400, `${known.tookMs} ms`)
})

test('an answer that came only after its attempt was sent again is no sign of loss', () => {
  const slots: number[] = []
  const host = { address: '10.0.0.1', family: 4, name: null } as const
  let isFed = false
  const scan = new Scan(
    {
      ports: portsOf(2000, 0),
      pace: { ...PACE, timeoutMaxMs: 500 },
      seed: 1,
      hostsMost: 1,
      attemptsMost: 1024,
      feed: { next: () => (isFed ? null : ((isFed = true), { index: 0, host, answered: null, rttMs: null })) },
      sink: { tell: () => {}, drop: () => {} },
    },
    0,
  )
  const send = (now: number): void => {
    scan.advance(now)
    for (let slot = scan.take(now); slot !== -1; slot = scan.take(now)) {
      slots.push(slot)
      scan.noteSent(slot, now)
    }
  }
  send(0)
  const first = slots.splice(0)
  send(500)
  for (const slot of first) scan.settle(slot, CODE_OF['conn-refused'], 700, 700)
  slots.length = 0
  // Were it loss, the window would be half of what it was, and nothing could be sent.
  send(701)
  assert.ok(slots.length > first.length, `${slots.length} after ${first.length}`)
})

test('one host among silent ones is not held up by them', () => {
  const live = hostOf({ answerOf: () => 'conn-refused' })
  const hosts = [...Array.from({ length: 40 }, () => hostOf({})), live]
  const alone = runScan({ hosts: [live], ports: portsOf(1000, 0) })
  const together = runScan({ hosts, ports: portsOf(1000, 0), attemptsMost: 16_384 })
  const silent = runScan({ hosts: hosts.slice(0, 40), ports: portsOf(1000, 0), attemptsMost: 16_384 })
  assert.ok(together.tookMs < silent.tookMs + 2 * alone.tookMs + 100, `${together.tookMs} for ${silent.tookMs}`)
})

test('closed UDP ports of a host that sends one error a second are told as closed', () => {
  const host = hostOf({ answerOf: () => 'port-unreach', errorsASecond: 1 })
  const { told, tookMs } = runScan({ hosts: [host], ports: portsOf(0, 150), pace: { retries: 1 } })
  const closed = [...told.values()].filter(({ reason }) => reason === 'port-unreach').length
  assert.equal(closed, 150)
  // Six at once and then one a second is the least; what is tried too fast costs the rest.
  assert.ok(tookMs < 1.25 * 150_000, `${tookMs} ms`)
})

test('a host that limits errors to 200 a second is asked about as fast', () => {
  const host = hostOf({ answerOf: () => 'port-unreach', errorsASecond: 200 })
  const { told, tookMs } = runScan({ hosts: [host], ports: portsOf(0, 1000), pace: { retries: 1 } })
  assert.equal([...told.values()].filter(({ reason }) => reason === 'port-unreach').length, 1000)
  assert.ok(tookMs < 40_000, `${tookMs} ms`)
})

test('silent UDP ports beside closed ones are not taken for a limit', () => {
  const host = hostOf({ answerOf: (_, port) => (port % 20 === 0 ? 'port-unreach' : null) })
  const { told, tookMs } = runScan({ hosts: [host], ports: portsOf(0, 1000), pace: { retries: 1 } })
  assert.equal([...told.values()].filter(({ reason }) => reason === 'port-unreach').length, 50)
  assert.ok(tookMs < 12_000, `${tookMs} ms`)
})

test('the rates are kept, overall and for each host', () => {
  const host = hostOf({ answerOf: () => 'conn-refused' })
  const overall = runScan({ hosts: [host, host], ports: portsOf(500, 0), pace: { rate: 200 } })
  assert.ok(overall.tookMs >= (999 / 200) * 1000 && overall.tookMs < 5200, `${overall.tookMs} ms`)
  const each = runScan({ hosts: [host, host], ports: portsOf(500, 0), pace: { hostRate: 200 } })
  assert.ok(each.tookMs >= (499 / 200) * 1000 && each.tookMs < 2700, `${each.tookMs} ms`)
})

test('few descriptors make the window small, and none is told as unmeasured', () => {
  const host = hostOf({ answerOf: () => 'conn-refused', delayMs: 10 })
  const run = runScan({
    hosts: [host],
    ports: portsOf(2000, 0),
    failSend: (_, inFlight) => (inFlight >= 10 ? 'no-descriptor' : null),
  })
  assert.ok([...run.told.values()].every(({ reason }) => reason === 'conn-refused'))
  assert.equal(run.mostInFlight <= 10, true)
})

test('without a single descriptor, or when nothing can be sent, all is unmeasured and not closed', () => {
  for (const reason of ['no-descriptor', 'send-failed'] as const) {
    const { told } = runScan({ hosts: [hostOf({})], ports: portsOf(20, 20), failSend: () => reason })
    assert.equal(told.size, 40)
    for (const each of told.values()) {
      assert.deepEqual(each, { reason, attempts: 0 })
      assert.equal(stateOf('tcp', each.reason), 'unmeasured')
    }
  }
})

test('a failure to send that passes is not told', () => {
  const host = hostOf({ answerOf: () => 'syn-ack' })
  const { told } = runScan({
    hosts: [host],
    ports: portsOf(100, 0),
    failSend: (sends) => (sends % 3 === 0 ? 'send-failed' : null),
  })
  assert.ok([...told.values()].every(({ reason }) => reason === 'syn-ack'))
})

test('a host whose time is over is told as such, and the others go on', () => {
  const slow = hostOf({ delayMs: 900, answerOf: () => 'conn-refused' })
  const fast = hostOf({ answerOf: () => 'conn-refused' })
  const { told } = runScan({
    hosts: [slow, fast],
    ports: portsOf(2000, 10),
    pace: { hostTimeoutMs: 1000, hostRate: 3000 },
  })
  const reasons = [...told].filter(([key]) => key.startsWith('0/')).map(([, { reason }]) => reason)
  assert.equal(reasons.length, 2010)
  assert.ok(reasons.includes('time-out'))
  assert.ok([...told].every(([key, { reason }]) => key.startsWith('0/') || reason === 'conn-refused'))
})

test('pairs that have an answer are not probed again', () => {
  const answered = Uint8Array.of(0b1010_1010, 0b0000_0011)
  const host = hostOf({ answerOf: () => 'conn-refused' })
  const { told } = runScan({
    hosts: [host, host],
    ports: portsOf(6, 6),
    answered: [answered, new Uint8Array([255, 255])],
  })
  assert.deepEqual(
    [...told.keys()].toSorted(),
    ['0/tcp/1', '0/tcp/3', '0/tcp/5', '0/udp/1', '0/udp/5', '0/udp/6'].toSorted(),
  )
})
