import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { STATUS } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { addTo, domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import type { Binding } from '../handle.ts'
import type { BindRequest, NetworkInterface } from './binding-candidates.ts'
import { ParentFinder } from './binding.ts'
import type { ParentAnswer } from './binding.ts'
import { Machines } from './machines.ts'
import { tunablesReader } from './tunables-reader.ts'

const LOOPBACK: NetworkInterface = { address: '127.0.0.1', netmask: '255.0.0.0', isLoopback: true }
const ETHERNET: NetworkInterface = { address: '192.168.1.9', netmask: '255.255.255.0', isLoopback: false }
const LEAF: Plan = {
  at: [
    {
      name: 'machines',
      at: [
        { name: 'localhost', ip_address: '127.0.0.1', serves: './local' },
        { name: 'broadcasthost', ip_address: '255.255.255.255', serves: '../network' },
      ],
    },
  ],
}
const PARENT: Binding = { tag: 'network', address: '192.168.1.5' }
const FOUND: ParentAnswer = { status: STATUS.OK, parent: PARENT }
const NETROOT: ParentAnswer = { status: STATUS.NETROOT }

/** A network as the test tells it to be, and what was asked of it. */
class ScriptedNetwork {
  interfaceList: readonly NetworkInterface[] = [LOOPBACK, ETHERNET]
  alive = new Set<string>()
  /** Who answers a BIND; null for nobody. */
  binder: ((requests: readonly BindRequest[]) => Promise<Binding | null>) | null = null
  readonly asked: string[] = []

  readonly interfaces = (): readonly NetworkInterface[] => this.interfaceList
  readonly isAlive = async ({ address, tag }: Binding): Promise<boolean> => {
    this.asked.push(`alive ${address}/${tag}`)
    return this.alive.has(address)
  }
  readonly bind = async (requests: readonly BindRequest[]): Promise<Binding | null> => {
    const to = requests.map(({ candidate, clientAddress }) => `${candidate.server.address} for ${clientAddress}`)
    this.asked.push(`bind ${to.join(', ')}`)
    return (await this.binder?.(requests)) ?? null
  }
}

interface Given {
  readonly domain: Domain
  readonly network: ScriptedNetwork
  readonly timers: ManualTimers
  readonly finder: ParentFinder
}

async function given(context: TestContext, plan: Plan = LEAF, servers?: readonly Binding[]): Promise<Given> {
  const domain = await domainOf(context, 'local', plan)
  const network = new ScriptedNetwork()
  const timers = new ManualTimers()
  const finder = new ParentFinder({
    tag: 'local',
    machines: new Machines(domain),
    tunables: tunablesReader(domain),
    network,
    isOwnAddress: (address) => ['127.0.0.1', '192.168.1.9'].includes(address),
    timers,
    random: () => 0.99,
    ...(servers === undefined ? {} : { servers }),
  })
  return { domain, network, timers, finder }
}

test('a leaf finds its parent by broadcast, and is bound to who replied', async (context) => {
  const { finder, network } = await given(context)
  network.binder = async () => PARENT
  assert.equal(finder.state, 'unknown')
  assert.deepEqual(await finder.find(), FOUND)
  assert.deepEqual(network.asked, ['bind 192.168.1.255 for 192.168.1.9'])
  assert.deepEqual(finder.state, PARENT)
})

test('the parent is kept as long as it answers, and asked at most once a second', async (context) => {
  const { finder, network, timers } = await given(context)
  network.binder = async () => PARENT
  network.alive.add(PARENT.address)
  await finder.find()
  network.asked.length = 0
  await Promise.all([finder.find(), finder.find()])
  assert.deepEqual(network.asked, [])
  await timers.pass(1000)
  assert.deepEqual(await Promise.all([finder.find(), finder.find()]), [FOUND, FOUND])
  assert.deepEqual(network.asked, ['alive 192.168.1.5/network'])
})

test('a parent that does not answer any more is searched anew', async (context) => {
  const { finder, network, timers } = await given(context)
  network.binder = async () => PARENT
  await finder.find()
  await timers.pass(1000)
  network.binder = async () => ({ tag: 'network', address: '192.168.1.6' })
  assert.deepEqual(await finder.find(), { status: STATUS.OK, parent: { tag: 'network', address: '192.168.1.6' } })
})

test('without an answer there are two rounds, then NETROOT for ten minutes', async (context) => {
  const { finder, network, timers } = await given(context)
  assert.deepEqual(await finder.find(), NETROOT)
  assert.equal(network.asked.length, 2)
  assert.equal(finder.state, 'root')
  network.binder = async () => PARENT
  await timers.pass(599_999)
  assert.deepEqual(await finder.find(), NETROOT)
  await timers.pass(1)
  assert.deepEqual(await finder.find(), FOUND)
})

test('localBindAttempts sets the number of rounds', async (context) => {
  const { finder, network } = await given(context, { ...LEAF, localBindAttempts: '5' })
  await finder.find()
  assert.equal(network.asked.length, 5)
})

test('a change of the servers in /machines ends the ten minutes; SIGHUP does, too', async (context) => {
  const { finder, network, domain } = await given(context)
  await finder.find()
  network.binder = async () => PARENT
  await addTo(domain, objectAt(domain, 'machines'), { name: 'ada', ip_address: '192.168.1.5', serves: '../network' })
  assert.deepEqual(await finder.find(), FOUND)
  network.binder = null
  finder.forget()
  assert.equal(finder.state, 'unknown')
  assert.deepEqual(await finder.find(), NETROOT)
  network.binder = async () => PARENT
  finder.forget()
  assert.deepEqual(await finder.find(), FOUND)
})

test('without candidates there is no search', async (context) => {
  const { finder, network } = await given(context, {})
  assert.deepEqual(await finder.find(), NETROOT)
  assert.deepEqual(network.asked, [])
  assert.equal(finder.state, 'root')
})

test('isRoot, and a configuration that names no servers, make a root by force', async (context) => {
  for (const one of [await given(context, { ...LEAF, isRoot: 'yes' }), await given(context, LEAF, [])]) {
    one.network.binder = async () => PARENT
    assert.deepEqual(await one.finder.find(), NETROOT)
    assert.deepEqual(one.network.asked, [])
    assert.equal(one.finder.state, 'forcedRoot')
  }
})

test('isRoot that is taken back has its parent at once', async (context) => {
  const { finder, network, domain } = await given(context, { ...LEAF, isRoot: 'yes' })
  network.binder = async () => PARENT
  await finder.find()
  await setProperty(domain, 0, 'isRoot', 'no')
  assert.deepEqual(await finder.find(), FOUND)
})

test('a machine without network is a root, but for a parent of its own', async (context) => {
  const { finder, network } = await given(context)
  network.interfaceList = [LOOPBACK]
  assert.deepEqual(await finder.find(), NETROOT)
  assert.deepEqual(network.asked, [])
  const own = await given(context, LEAF, [{ tag: 'network', address: '127.0.0.1' }])
  own.network.interfaceList = [LOOPBACK]
  own.network.alive.add('127.0.0.1')
  assert.deepEqual(await own.finder.find(), { status: STATUS.OK, parent: { tag: 'network', address: '127.0.0.1' } })
})

test('a server that can be asked directly is taken though it never heard of this client', async (context) => {
  const { finder, network } = await given(context, LEAF, [
    { tag: 'network', address: '10.0.0.1' },
    { tag: 'network', address: '192.168.1.5' },
  ])
  network.alive.add('10.0.0.1')
  const answer = await finder.find()
  assert.deepEqual(answer, { status: STATUS.OK, parent: { tag: 'network', address: '10.0.0.1' } })
  assert.deepEqual(network.asked, ['alive 192.168.1.5/network', 'alive 10.0.0.1/network'])
})

test('BIND goes to the own machine first, then also to attached networks, then to all', async (context) => {
  const { finder, network } = await given(context, { localBindAttempts: '1' }, [
    { tag: 'network', address: '10.0.0.1' },
    { tag: 'network', address: '192.168.1.9' },
    { tag: 'network', address: '192.168.1.5' },
  ])
  await finder.find()
  const client = 'for 192.168.1.9'
  assert.deepEqual(
    network.asked.filter((each) => each.startsWith('bind')),
    [
      `bind 192.168.1.9 ${client}`,
      `bind 192.168.1.9 ${client}, 192.168.1.5 ${client}`,
      `bind 192.168.1.9 ${client}, 192.168.1.5 ${client}, 10.0.0.1 ${client}`,
    ],
  )
})

test('whoever asks during a long search is told that nobody responds yet, and the search goes on', async (context) => {
  const { finder, network, timers } = await given(context)
  const reply = Promise.withResolvers<Binding>()
  network.binder = () => reply.promise
  const first = finder.find()
  await timers.pass(3500)
  assert.deepEqual(await first, { status: STATUS.NORESPONSE })
  assert.equal(finder.state, 'notResponding')
  const second = finder.find()
  reply.resolve(PARENT)
  assert.deepEqual(await second, FOUND)
  assert.equal(network.asked.length, 1)
})

test('a search that SIGHUP made obsolete does not set the parent', async (context) => {
  const { finder, network } = await given(context)
  const reply = Promise.withResolvers<Binding>()
  network.binder = () => reply.promise
  const old = finder.find()
  finder.forget()
  network.binder = async () => ({ tag: 'network', address: '192.168.1.7' })
  await finder.find()
  reply.resolve(PARENT)
  await old
  assert.deepEqual(finder.state, { tag: 'network', address: '192.168.1.7' })
})
