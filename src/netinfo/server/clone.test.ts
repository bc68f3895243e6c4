import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { DirectoryObject, Domain } from '../../directory/index.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { ScriptedReplica, connectorOf } from '../../../test/support/scripted-replica.ts'
import { until } from '../../../test/support/until.ts'
import { Clone } from './clone.ts'

const MASTER = { tag: 'network', address: '192.168.1.1' }
const PLAN: Plan = {
  master: 'ada/network',
  at: [{ name: 'machines', at: [{ name: 'ada', ip_address: MASTER.address, serves: './network' }] }, { name: 'users' }],
}

interface Given {
  readonly domain: Domain
  readonly source: Domain
  readonly master: ScriptedReplica
  readonly timers: ManualTimers
  readonly clone: Clone
  readonly events: string[]
  /** The next event of a name. */
  readonly next: (name: string) => Promise<string>
}

/** A clone with an old copy, and a master with a newer one. */
async function given(context: TestContext): Promise<Given> {
  const domain = await domainOf(context, 'network', PLAN)
  const source = await domainOf(context, 'network', PLAN)
  await setProperty(source, objectAt(source, 'users'), 'x', '1')
  const master = new ScriptedReplica()
  master.copy = { checksum: source.checksum(), objects: [...source.objects()] }
  const timers = new ManualTimers()
  const events: string[] = []
  const clone = new Clone({
    domain,
    own: { tag: 'network', isOwnAddress: (address) => address === '192.168.1.2' },
    master: () => MASTER,
    connect: connectorOf(new Map([[MASTER.address, master]])),
    timers,
    random: () => 1,
    onEvent: (event) => events.push('reason' in event ? `${event.event}: ${event.reason}` : event.event),
    onReplaced: () => events.push('replaced'),
  })
  atEnd(context, () => clone.stop())
  const next = async (name: string): Promise<string> => {
    const event = await until(name, () => events.find((each) => each.startsWith(name)))
    events.length = 0
    return event
  }
  return { domain, source, master, timers, clone, events, next }
}

test('a clone whose checksum differs takes the copy', async (context) => {
  const { domain, source, clone, next } = await given(context)
  clone.compare()
  await next('replaced')
  assert.equal(domain.checksum(), source.checksum())
  assert.deepEqual([...domain.objects()], [...source.objects()])
})

test('a clone whose checksum is equal takes nothing', async (context) => {
  const { domain, master, clone, timers, events } = await given(context)
  master.copy = { checksum: domain.checksum(), objects: [] }
  clone.compare()
  await until('readall', () => master.heard[0])
  await clone.stop()
  assert.deepEqual(events, [])
  assert.equal(timers.nextInMs, null)
})

test('a busy master is asked again after 1 s, 2 s, 4 s, never later than 30 s', async (context) => {
  const { master, clone, timers, next } = await given(context)
  let calls = 0
  master.before = () => {
    calls += 1
    throw new DirectoryError(STATUS.MASTERBUSY)
  }
  clone.compare()
  const waits: (number | null)[] = []
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await until('a wait', () => (calls === attempt ? timers.nextInMs : null))
    waits.push(timers.nextInMs)
    await timers.pass(timers.nextInMs ?? 0)
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  master.before = () => undefined
  await until('a wait', () => timers.nextInMs)
  await timers.pass(30_000)
  await next('replaced')
})

test('a master that cannot be reached is tried again, and the old copy is kept', async (context) => {
  const { domain, master, clone, timers, next } = await given(context)
  const before = domain.checksum()
  master.isReachable = false
  clone.compare()
  assert.match(await next('copy-failed'), /nobody there/)
  assert.equal(timers.nextInMs, 5000)
  assert.equal(domain.checksum(), before)
  master.isReachable = true
  await timers.pass(5000)
  await next('replaced')
})

const BAD_COPIES: Readonly<Record<string, (objects: readonly DirectoryObject[]) => readonly DirectoryObject[]>> = {
  'cut off': (objects) => objects.slice(0, -1),
  empty: () => [],
  'without its master': ([root, ...others]) => (root === undefined ? [] : [{ ...root, properties: [] }, ...others]),
  'of another instance': (objects) =>
    objects.map((object, index) => (index === 1 ? { ...object, id: { ...object.id, instance: 99 } } : object)),
}

for (const [name, damage] of Object.entries(BAD_COPIES))
  test(`a copy that is ${name} replaces nothing`, async (context) => {
    const { domain, source, master, clone, next } = await given(context)
    const before = [...domain.objects()]
    master.copy = { checksum: source.checksum(), objects: damage([...source.objects()]) }
    clone.compare()
    assert.match(await next('copy-failed'), /unfit/)
    assert.deepEqual([...domain.objects()], before)
  })

test('a copy that breaks off with its connection replaces nothing', async (context) => {
  const { domain, source, master, clone, next } = await given(context)
  const before = [...domain.objects()]
  function* broken(): Generator<DirectoryObject> {
    yield* [...source.objects()].slice(0, 2)
    throw new DirectoryError(STATUS.FAILED, 'connection reset')
  }
  master.copy = { checksum: source.checksum(), objects: broken() }
  clone.compare()
  assert.match(await next('copy-failed'), /connection reset/)
  assert.deepEqual([...domain.objects()], before)
})

test('an update waits while a copy comes in, and no longer than 30 s', async (context) => {
  const { source, master, clone, timers, next } = await given(context)
  const gate = Promise.withResolvers<void>()
  const objects = [...source.objects()]
  async function* slow(): AsyncGenerator<DirectoryObject> {
    await gate.promise
    yield* objects
  }
  const stream = slow()
  const connected = master.connect.bind(master)
  master.connect = () => ({
    ...connected(),
    readAll: async () => ({ checksum: source.checksum(), highestId: 0, objects: stream }),
  })
  assert.equal(await clone.readyForUpdate(), true)
  clone.compare()
  await until('the copy', () => clone.isTransferring || null)
  const late = clone.readyForUpdate()
  await timers.pass(30_000)
  assert.equal(await late, false)
  const inTime = clone.readyForUpdate()
  gate.resolve()
  await next('replaced')
  assert.equal(await inTime, true)
})

test('a comparison that is asked for during another is made after it', async (context) => {
  const { master, clone, next } = await given(context)
  clone.compare()
  clone.compare()
  clone.compare()
  await next('replaced')
  await until('the second', () => master.heard[1])
  await clone.stop()
  assert.equal(master.heard.length, 2)
})

test('a clone that does not know its master says so, and looks again', async (context) => {
  const { domain, timers } = await given(context)
  const events: string[] = []
  const clone = new Clone({
    domain,
    own: { tag: 'network', isOwnAddress: () => false },
    master: () => null,
    connect: connectorOf(new Map()),
    timers,
    random: () => 0,
    onEvent: (event) => events.push(event.event),
    onReplaced: () => undefined,
  })
  clone.compare()
  await until('the event', () => events[0])
  assert.deepEqual(events, ['copy-failed'])
  assert.equal(timers.nextInMs, 2500)
  await clone.stop()
  assert.equal(timers.nextInMs, null)
})

test('after a refused update a copy is taken even if the checksums are equal, but for one that has just come', async (context) => {
  const { domain, source, master, clone, timers, next } = await given(context)
  // Different contents of the same sum: what the other has at one property, this one has at another.
  await setProperty(domain, objectAt(domain, 'users'), 'y', '1')
  assert.equal(domain.checksum(), source.checksum())
  clone.compare()
  await until('readall', () => master.heard[0])
  clone.updateRefused()
  await next('replaced')
  assert.deepEqual([...domain.objects()], [...source.objects()])
  master.heard.length = 0
  clone.updateRefused()
  await until('readall', () => master.heard[0])
  await timers.pass(2001)
  assert.equal(master.heard.length, 1)
  clone.updateRefused()
  await next('replaced')
})
