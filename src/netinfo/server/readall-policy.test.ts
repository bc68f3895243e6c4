import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { STATUS } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { ScriptedReplica, connectorOf } from '../../../test/support/scripted-replica.ts'
import { Machines } from './machines.ts'
import { Master } from './master.ts'
import { ReadAllPolicy } from './readall-policy.ts'
import type { RpcPeer } from './rpc-program.ts'
import { tunablesReader } from './tunables-reader.ts'

const CLONE = '192.168.1.2'
const BUSY = { kind: 'refused', status: STATUS.MASTERBUSY }

interface Given {
  readonly domain: Domain
  readonly timers: ManualTimers
  readonly master: Master
  readonly clone: ScriptedReplica
  readonly policy: ReadAllPolicy
  readonly write: (value: string) => Promise<void>
}

async function given(context: TestContext, root: object = {}, isMaster = true): Promise<Given> {
  const domain = await domainOf(context, 'network', {
    master: 'ada/network',
    ...root,
    at: [
      {
        name: 'machines',
        at: [
          { name: 'ada', ip_address: '192.168.1.1', serves: './network' },
          { name: 'eve', ip_address: CLONE, serves: './network' },
        ],
      },
    ],
  })
  const timers = new ManualTimers()
  const machines = new Machines(domain)
  const tunables = tunablesReader(domain)
  const clone = new ScriptedReplica()
  const master = new Master({
    domain,
    machines,
    own: { tag: 'network', isOwnAddress: (address) => address === '192.168.1.1' },
    tunables,
    connect: connectorOf(new Map([[CLONE, clone]])),
    timers,
    onEvent: () => undefined,
  })
  master.start()
  await timers.pass(0)
  clone.heard.length = 0
  atEnd(context, () => master.stop())
  const policy = new ReadAllPolicy({ domain, machines, tunables, timers, master: () => (isMaster ? master : null) })
  const write = async (value: string): Promise<void> => setProperty(domain, objectAt(domain, 'machines'), 'x', value)
  return { domain, timers, master, clone, policy, write }
}

function peerAt(address: string, port = 1000, isOwnAddress = false): RpcPeer {
  return { address, port, isOwnAddress, transport: 'tcp' }
}

test('a clone gives no copies unless cloneReplyReadall says yes', async (context) => {
  const refusing = await given(context, {}, false)
  assert.deepEqual(refusing.policy.answer(0, peerAt(CLONE)), { kind: 'refused', status: STATUS.NOTMASTER })
  const giving = await given(context, { cloneReplyReadall: 'YES' }, false)
  assert.equal(giving.policy.answer(0, peerAt(CLONE)).kind, 'copy')
})

test('an equal checksum is answered with nothing new', async (context) => {
  const { policy, domain } = await given(context)
  assert.deepEqual(policy.answer(domain.checksum(), peerAt('8.8.8.8', 5000)), { kind: 'same' })
})

test('secrets go to a listed clone at its address from a reserved port, and to root here; to nobody else', async (context) => {
  const { policy } = await given(context)
  const isRevealing = (peer: RpcPeer): unknown => {
    const answer = policy.answer(0, peer)
    return answer.kind === 'copy' && answer.isRevealing
  }
  assert.equal(isRevealing(peerAt(CLONE)), true)
  assert.equal(isRevealing(peerAt('127.0.0.1', 1000, true)), true)
  assert.equal(isRevealing(peerAt(CLONE, 1024)), false)
  assert.equal(isRevealing(peerAt('127.0.0.1', 1024, true)), false)
  assert.equal(isRevealing(peerAt('192.168.1.3')), false)
})

test('while updates are queued the master is busy, and hurries', async (context) => {
  const { policy, timers, clone, write } = await given(context)
  await write('1')
  assert.deepEqual(policy.answer(0, peerAt(CLONE)), BUSY)
  await timers.pass(0)
  assert.equal(clone.heard.length, 1)
  assert.equal(policy.answer(0, peerAt(CLONE)).kind, 'copy')
})

test('under writes that never end a clone is served after four latencies, and owed what comes later', async (context) => {
  const { policy, timers, clone, write } = await given(context)
  const gate = Promise.withResolvers<void>()
  clone.before = () => gate.promise
  await write('1')
  assert.deepEqual(policy.answer(0, peerAt(CLONE)), BUSY)
  await timers.pass(7999)
  assert.deepEqual(policy.answer(0, peerAt(CLONE)), BUSY)
  await timers.pass(1)
  const answer = policy.answer(0, peerAt(CLONE))
  assert.ok(answer.kind === 'copy')
  gate.resolve()
  await timers.pass(0)
  await write('2')
  await timers.pass(10_000)
  assert.equal(clone.heard.length, 1)
  answer.onEnd(true)
  await write('3')
  await timers.pass(2000)
  assert.equal(clone.heard.length, 3)
})

test('beyond readall_proxies a strict master is busy, a loose one is not', async (context) => {
  const strict = await given(context, { readall_proxies: ['1', 'strict'] })
  const first = strict.policy.answer(0, peerAt('192.168.1.3'))
  assert.ok(first.kind === 'copy')
  assert.deepEqual(strict.policy.answer(0, peerAt('192.168.1.3')), BUSY)
  first.onEnd()
  first.onEnd()
  assert.equal(strict.policy.answer(0, peerAt('192.168.1.3')).kind, 'copy')
  assert.deepEqual(strict.policy.answer(0, peerAt('192.168.1.3')), BUSY)
  const loose = await given(context, { readall_proxies: ['1', 'loose'] })
  for (let copy = 0; copy < 3; copy += 1) assert.equal(loose.policy.answer(0, peerAt('192.168.1.3')).kind, 'copy')
})

test('a copy that did not go out whole leaves a clone that has to compare', async (context) => {
  const { policy, master, timers, clone } = await given(context)
  const answer = policy.answer(0, peerAt(CLONE))
  assert.ok(answer.kind === 'copy')
  answer.onEnd(false)
  assert.ok(master.clonesAt(CLONE)[0]?.isFailed)
  master.resync()
  await timers.pass(0)
  assert.deepEqual(clone.heard, ['resync'])
})
