import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { STATUS } from '../../directory/index.ts'
import type { DirectoryObject, Domain } from '../../directory/index.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { ROOT_CALLER, domainOf, idOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { ScriptedReplica, connectorOf } from '../../../test/support/scripted-replica.ts'
import { until } from '../../../test/support/until.ts'
import { Machines } from './machines.ts'
import { Replication } from './replication.ts'
import { tunablesReader } from './tunables-reader.ts'

const ADA = '192.168.1.1'
const EVE = '192.168.1.2'
const PLAN: Plan = {
  master: 'ada/network',
  at: [
    {
      name: 'machines',
      at: [
        { name: 'ada', ip_address: ADA, serves: './network' },
        { name: 'eve', ip_address: EVE, serves: './network' },
      ],
    },
  ],
}

interface Given {
  readonly domain: Domain
  readonly replication: Replication
  readonly other: ScriptedReplica
  readonly timers: ManualTimers
  readonly events: string[]
}

/** The server at one of the two addresses; the other one is scripted. */
async function serverAt(context: TestContext, address: string, plan = PLAN): Promise<Given> {
  const domain = await domainOf(context, 'network', plan)
  const timers = new ManualTimers()
  const other = new ScriptedReplica()
  const events: string[] = []
  const replication = new Replication({
    domain,
    machines: new Machines(domain),
    own: { tag: 'network', isOwnAddress: (each) => each === address },
    tunables: tunablesReader(domain),
    connect: connectorOf(new Map([[address === ADA ? EVE : ADA, other]])),
    timers,
    random: () => 1,
    onEvent: (event) => events.push('role' in event ? `${event.event} ${event.role}` : event.event),
  })
  atEnd(context, () => replication.stop())
  return { domain, replication, other, timers, events }
}

test('a master tells its clones that it is back, and a clone asks its master', async (context) => {
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await until('crashed', () => ada.other.heard[0])
  assert.match(ada.other.heard[0] ?? '', /^crashed/)
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await until('readall', () => eve.other.heard[0])
  assert.match(eve.other.heard[0] ?? '', /^readall/)
  assert.equal(eve.replication.master, null)
})

test('a write of the property master makes a master of the clone, and a clone of the master', async (context) => {
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await until('readall', () => eve.other.heard[0])
  await setProperty(eve.domain, 0, 'master', 'eve/network')
  await until('the change', () => eve.replication.master)
  assert.deepEqual(eve.replication.role, { kind: 'master' })
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await until('crashed', () => ada.other.heard[0])
  await setProperty(ada.domain, 0, 'master', 'eve/network')
  await until('readall', () => ada.other.heard.find((call) => call.startsWith('readall')))
  assert.equal(ada.replication.role.kind, 'clone')
  assert.equal(ada.replication.master, null)
  assert.deepEqual(
    ada.events.filter((event) => event.startsWith('role')),
    ['role-changed clone'],
  )
  // The write that ended its time as the master has reached the other one.
  assert.match(ada.other.heard[1] ?? '', /^writeProperty 0\./)
})

test('a copy that names another master makes the clone ask that one', async (context) => {
  const eve = await serverAt(context, EVE)
  const source = await domainOf(context, 'network', {
    ...PLAN,
    master: 'mia/network',
    at: [{ name: 'machines', at: [{ name: 'mia', ip_address: '192.168.1.3', serves: './network' }] }],
  })
  eve.other.copy = { checksum: source.checksum(), objects: [...source.objects()] }
  eve.replication.start()
  await until('the copy', () => eve.events.find((event) => event === 'copy-received'))
  await until('the attempt', () => eve.events.find((event) => event === 'copy-failed'))
  assert.ok(eve.replication.role.kind === 'clone' && eve.replication.role.master?.address === '192.168.1.3')
})

test('a root that loses its master property changes nothing until it has another', async (context) => {
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await ada.domain.write({ kind: 'write', id: idOf(ada.domain, 0), properties: [] }, ROOT_CALLER)
  await ada.timers.pass(0)
  assert.deepEqual(ada.replication.role, { kind: 'master' })
})

test('an update that did not fit makes a clone compare, and a master do nothing', async (context) => {
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await until('readall', () => eve.other.heard[0])
  eve.replication.updateRefused()
  await until('the second', () => eve.other.heard[1])
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  ada.replication.updateRefused()
  assert.deepEqual(ada.events, [])
})

test('RESYNC makes a clone compare, and a master ask its clones', async (context) => {
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await until('readall', () => eve.other.heard[0])
  eve.replication.resync()
  await until('the second', () => eve.other.heard[1])
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  ada.replication.resync()
  await until('resync', () => ada.other.heard[1])
  assert.equal(ada.other.heard[1], 'resync')
})

test('a change of the machine that the master is on counts, too', async (context) => {
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await setProperty(ada.domain, objectAt(ada.domain, 'machines', 'ada'), 'ip_address', '192.168.1.77')
  await until('the change', () => (ada.replication.role.kind === 'clone' ? true : null))
  await setProperty(ada.domain, objectAt(ada.domain, 'machines', 'ada'), 'ip_address', ADA)
  await until('the change back', () => ada.replication.master)
})

test('a server that stops sends and asks no more', async (context) => {
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await eve.replication.stop()
  const before = eve.other.heard.length
  eve.replication.resync()
  eve.replication.hearCrashed(0)
  await eve.timers.pass(600_000)
  assert.equal(eve.other.heard.length, before)
  assert.equal(
    eve.replication.answerReadAll(0, { address: EVE, port: 1, isOwnAddress: false, transport: 'tcp' }).kind,
    'refused',
  )
})

test('a clone is asked for copies in vain', async (context) => {
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  const peer = { address: ADA, port: 1000, isOwnAddress: false, transport: 'tcp' } as const
  assert.deepEqual(eve.replication.answerReadAll(0, peer), { kind: 'refused', status: STATUS.NOTMASTER })
})

test('CRASHED with another checksum makes a clone compare, with its own nothing, and a master nothing', async (context) => {
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await until('readall', () => eve.other.heard[0])
  eve.replication.hearCrashed(eve.domain.checksum())
  eve.replication.hearCrashed(eve.domain.checksum() + 1)
  await until('the second', () => eve.other.heard[1])
  await eve.timers.pass(2000)
  assert.equal(eve.other.heard.length, 2)
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await until('crashed', () => ada.other.heard[0])
  ada.replication.hearCrashed(0)
  await ada.timers.pass(2000)
  assert.equal(ada.other.heard.length, 1)
})

test('however many ask for a RESYNC, clones are asked once a second', async (context) => {
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await until('crashed', () => ada.other.heard[0])
  for (let call = 0; call < 1000; call += 1) ada.replication.resync()
  await ada.timers.pass(999)
  assert.equal(ada.other.heard.length, 2)
  await ada.timers.pass(5000)
  assert.equal(ada.other.heard.length, 3)
})

test('a master that ends waits five seconds for a clone that does not answer, and no longer', async (context) => {
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await until('crashed', () => ada.other.heard[0])
  await setProperty(ada.domain, 0, 'x', '1')
  const hanging = Promise.withResolvers<void>()
  ada.other.before = () => hanging.promise
  ada.other.onAbort = () => hanging.reject(new Error('aborted'))
  const stopped = ada.replication.stop()
  await ada.timers.pass(5000)
  await stopped
})

test('what another program writes makes a master ask its clones, and may promote a clone', async (context) => {
  const ada = await serverAt(context, ADA)
  ada.replication.start()
  await until('crashed', () => ada.other.heard[0])
  ada.replication.noticeForeignWrites()
  await until('resync', () => ada.other.heard[1])
  const eve = await serverAt(context, EVE)
  eve.replication.start()
  await until('readall', () => eve.other.heard[0])
  eve.replication.noticeForeignWrites()
  await eve.timers.pass(2000)
  assert.equal(eve.other.heard.length, 1)
  // A copy that comes by another way than a write: no listener hears of it.
  const source = await domainOf(context, 'network', { ...PLAN, master: 'eve/network' })
  async function* objects(): AsyncGenerator<DirectoryObject> {
    yield* source.objects()
  }
  await eve.domain.replaceAll(objects(), source.checksum(), 'test')
  eve.replication.noticeForeignWrites()
  await until('the promotion', () => eve.replication.master)
})
