import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { ROOT_CALLER, addTo, domainOf, idOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { ScriptedReplica, connectorOf } from '../../../test/support/scripted-replica.ts'
import { Machines } from './machines.ts'
import { Master } from './master.ts'
import { tunablesReader } from './tunables-reader.ts'

const MASTER = '192.168.1.1'

interface Given {
  readonly domain: Domain
  readonly timers: ManualTimers
  readonly master: Master
  readonly clones: readonly ScriptedReplica[]
  readonly replicas: Map<string, ScriptedReplica>
  readonly events: string[]
  readonly users: number
  /** Waits until each clone has heard all that it is to hear now. */
  readonly pass: (milliseconds: number) => Promise<void>
}

async function given(
  context: TestContext,
  { cloneCount = 2, root = {}, isStarted = true }: { cloneCount?: number; root?: object; isStarted?: boolean } = {},
): Promise<Given> {
  const addresses = Array.from({ length: cloneCount }, (_, index) => `192.168.1.${index + 2}`)
  const domain = await domainOf(context, 'network', {
    master: 'ada/network',
    ...root,
    at: [
      {
        name: 'machines',
        at: [
          { name: 'ada', ip_address: MASTER, serves: ['./network', 'ada/local'] },
          ...addresses.map((address, index) => ({ name: `clone${index}`, ip_address: address, serves: './network' })),
        ],
      },
      { name: 'users' },
    ],
  })
  const timers = new ManualTimers()
  const clones = addresses.map(() => new ScriptedReplica())
  const replicas = new Map(addresses.map((address, index) => [address, clones[index] ?? new ScriptedReplica()]))
  const events: string[] = []
  const master = new Master({
    domain,
    machines: new Machines(domain),
    own: { tag: 'network', isOwnAddress: (address) => address === MASTER },
    tunables: tunablesReader(domain),
    connect: connectorOf(replicas),
    timers,
    onEvent: (event) => events.push('server' in event ? `${event.event} ${event.server?.address}` : event.event),
  })
  if (isStarted) master.start()
  atEnd(context, () => master.stop())
  await timers.pass(0)
  const users = objectAt(domain, 'users')
  for (const clone of clones) clone.heard.length = 0
  return { domain, timers, master, clones, replicas, events, users, pass: async (ms) => timers.pass(ms) }
}

const heardBy = (clones: readonly ScriptedReplica[]): unknown => clones.map(({ heard }) => heard)

test('at the start every clone is told the checksum', async (context) => {
  const { domain, master, clones, timers } = await given(context, { isStarted: false })
  master.start()
  await timers.pass(0)
  assert.deepEqual(heardBy(clones), [[`crashed ${domain.checksum()}`], [`crashed ${domain.checksum()}`]])
})

test('writes wait for the latency, then go to every clone in their order, a create with its target', async (context) => {
  const { domain, clones, users, pass, master } = await given(context)
  const pia = await addTo(domain, users, { name: 'pia' })
  await setProperty(domain, pia.object, 'uid', '530')
  assert.equal(master.pending, 2)
  await pass(1999)
  assert.deepEqual(heardBy(clones), [[], []])
  await pass(1)
  const expected = [`create ${pia.object} in ${users}`, `createProperty ${pia.object}.${pia.instance}`]
  assert.deepEqual(heardBy(clones), [expected, expected])
  assert.equal(master.pending, 0)
})

test('update_latency sets the wait', async (context) => {
  const { domain, clones, users, pass } = await given(context, { root: { update_latency: '60' } })
  await setProperty(domain, users, 'x', '1')
  await pass(59_999)
  assert.deepEqual(heardBy(clones), [[], []])
  await pass(1)
  assert.deepEqual(
    heardBy(clones),
    [[`createProperty ${users}.${idOf(domain, users).instance - 1}`]].flatMap((one) => [one, one]),
  )
})

test('a write that is refused is not sent', async (context) => {
  const { domain, clones, users, pass } = await given(context)
  const stale = { object: users, instance: 999 }
  await assert.rejects(domain.write({ kind: 'write', id: stale, properties: [] }, ROOT_CALLER), DirectoryError)
  await pass(10_000)
  assert.deepEqual(heardBy(clones), [[], []])
})

test('a domain that only this server serves has no timer, no queue and no connection', async (context) => {
  const { domain, users, timers, master } = await given(context, { cloneCount: 0 })
  await setProperty(domain, users, 'x', '1')
  assert.equal(timers.nextInMs, null)
  assert.equal(master.pending, 0)
  assert.equal(master.cleanupMinutesLeft, -1)
})

test('a clone that refuses an update gets no more until it took a RESYNC; the other is not held up', async (context) => {
  const { domain, clones, users, pass, events } = await given(context)
  const [first, second] = clones
  assert.ok(first !== undefined && second !== undefined)
  first.before = (call) => {
    if (call !== 'resync') throw new DirectoryError(STATUS.STALE)
  }
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  await setProperty(domain, users, 'x', '2')
  await pass(2000)
  assert.deepEqual(first.heard, [])
  assert.equal(second.heard.length, 2)
  assert.deepEqual(events.slice(-1), ['clone-failed 192.168.1.2'])
  first.before = () => undefined
  await pass(3000)
  assert.deepEqual(first.heard, ['resync'])
  await setProperty(domain, users, 'x', '3')
  await pass(2000)
  assert.equal(first.heard.length, 2)
})

test('a clone that cannot be reached is tried after 5 s, 10 s, 20 s and so on, up to cleanup_wait', async (context) => {
  const { domain, clones, users, pass, timers, events } = await given(context, {
    cloneCount: 1,
    root: { cleanup_wait: '60' },
  })
  const [clone] = clones
  assert.ok(clone)
  clone.isReachable = false
  clone.before = () => {
    throw new DirectoryError(STATUS.FAILED)
  }
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  const failedAt: number[] = []
  const before = timers.now()
  for (let second = 0; second < 60; second += 1) {
    const count = events.length
    await pass(1000)
    if (events.length > count) failedAt.push((timers.now() - before) / 1000)
  }
  assert.deepEqual(failedAt.slice(0, 3), [5, 15, 35])
  clone.isReachable = true
  clone.before = () => undefined
  await pass(60_000)
  assert.ok(clone.heard.includes('resync'))
})

test('every cleanup_wait all clones are asked to compare', async (context) => {
  const { clones, pass, master } = await given(context, { root: { cleanup_wait: '120' } })
  assert.equal(master.cleanupMinutesLeft, 2)
  await pass(120_000)
  assert.deepEqual(heardBy(clones), [['resync'], ['resync']])
  await pass(60_000)
  assert.equal(master.cleanupMinutesLeft, 1)
  await pass(60_000)
  assert.deepEqual(heardBy(clones), [
    ['resync', 'resync'],
    ['resync', 'resync'],
  ])
})

test('RESYNC asks all clones at once', async (context) => {
  const { clones, pass, master } = await given(context)
  master.resync()
  await pass(0)
  assert.deepEqual(heardBy(clones), [['resync'], ['resync']])
})

test('a clone that is added to /machines is asked to compare, and gets the updates', async (context) => {
  const { domain, pass, users, replicas, master } = await given(context)
  const added = new ScriptedReplica()
  replicas.set('192.168.1.99', added)
  await addTo(domain, objectAt(domain, 'machines'), { name: 'new', ip_address: '192.168.1.99', serves: './network' })
  await pass(2000)
  assert.equal(added.heard[0], 'resync')
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  assert.match(added.heard.at(-1) ?? '', /^createProperty/)
  assert.equal(master.cloneCount, 3)
})

test('a clone that is taken from /machines is left alone, and its connection closed', async (context) => {
  const { domain, clones, pass, users } = await given(context)
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  const [first] = clones
  assert.ok(first)
  assert.equal(first.connections, 1)
  await setProperty(domain, objectAt(domain, 'machines', 'clone0'), 'serves')
  await setProperty(domain, users, 'x', '2')
  await pass(4000)
  assert.equal(first.connections, 0)
  assert.equal(first.heard.length, 1)
})

test('a clone that gives a created directory another id than here has failed', async (context) => {
  const { domain, clones, pass, users, events } = await given(context, { cloneCount: 1 })
  const [clone] = clones
  assert.ok(clone)
  clone.childInstance = 7
  await addTo(domain, users, { name: 'pia' })
  await pass(2000)
  assert.deepEqual(events.slice(-1), ['clone-failed 192.168.1.2'])
})

test('no more clones are served at once than subthreads says', async (context) => {
  const { domain, clones, pass, users, master } = await given(context, { cloneCount: 6, root: { subthreads: '2' } })
  const gates = clones.map((clone) => {
    const gate = Promise.withResolvers<void>()
    clone.before = () => gate.promise
    return gate
  })
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  assert.equal(master.senders, 2)
  for (const gate of gates) gate.resolve()
  await pass(0)
  assert.equal(master.senders, 0)
  assert.ok(clones.every(({ heard }) => heard.length === 1))
})

test('updates that come in while a clone is slow wait for it, in order', async (context) => {
  const { domain, clones, pass, users, master } = await given(context, { cloneCount: 1 })
  const [clone] = clones
  assert.ok(clone)
  const gate = Promise.withResolvers<void>()
  clone.before = () => gate.promise
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  for (const value of ['2', '3']) await setProperty(domain, users, 'x', value)
  await pass(10_000)
  assert.equal(master.pending, 3)
  gate.resolve()
  await pass(2000)
  const { instance } = idOf(domain, users)
  assert.deepEqual(clone.heard, [
    `createProperty ${users}.${instance - 3}`,
    `writeProperty ${users}.${instance - 2}`,
    `writeProperty ${users}.${instance - 1}`,
  ])
})

test('a copy that is sent covers the updates before it, and those after it follow', async (context) => {
  const { domain, clones, pass, users, master } = await given(context, { cloneCount: 1 })
  const [clone] = clones
  const [link] = master.clonesAt('192.168.1.2')
  assert.ok(clone !== undefined && link !== undefined)
  await setProperty(domain, users, 'x', '1')
  link.holdCopy(domain.revision(), true)
  await setProperty(domain, users, 'x', '2')
  await pass(10_000)
  assert.deepEqual(clone.heard, [])
  link.endCopy(true)
  await setProperty(domain, users, 'x', '3')
  await pass(2000)
  const { instance } = idOf(domain, users)
  assert.deepEqual(clone.heard, [`writeProperty ${users}.${instance - 2}`, `writeProperty ${users}.${instance - 1}`])
})

test('what is queued at the end is still sent', async (context) => {
  const { domain, clones, users, master } = await given(context)
  await setProperty(domain, users, 'x', '1')
  await master.stop()
  assert.ok(clones.every(({ heard }) => heard.length === 1))
})

test('a clone that is too far behind is given up, and gets a copy instead', async (context) => {
  const { domain, clones, users, master, pass, events } = await given(context, { cloneCount: 1 })
  const [clone] = clones
  assert.ok(clone)
  const gate = Promise.withResolvers<void>()
  clone.before = () => gate.promise
  const large = 'x'.repeat(60_000)
  const values = Array.from({ length: 100 }, () => large)
  // Six such writes exceed what is kept for one clone.
  for (let write = 0; write < 7; write += 1)
    await domain.write({ kind: 'write', id: idOf(domain, users), properties: [{ name: 'name', values }] }, ROOT_CALLER)
  assert.equal(master.pending, 0)
  assert.deepEqual(events.slice(-1), ['clone-failed 192.168.1.2'])
  gate.resolve()
  await pass(5000)
  assert.deepEqual(clone.heard, ['resync'])
})

test('a clone that is taken from /machines while it fails is not tried again', async (context) => {
  const { domain, clones, pass, users, events } = await given(context, { cloneCount: 1 })
  const [clone] = clones
  assert.ok(clone)
  const reply = Promise.withResolvers<void>()
  clone.before = () => reply.promise
  await setProperty(domain, users, 'x', '1')
  await pass(2000)
  await setProperty(domain, objectAt(domain, 'machines', 'clone0'), 'serves')
  await setProperty(domain, users, 'x', '2')
  const count = events.length
  reply.reject(new DirectoryError(STATUS.STALE))
  await pass(600_000)
  assert.equal(events.length, count)
  assert.deepEqual(clone.heard, [])
})
