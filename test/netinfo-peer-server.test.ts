/** What a server says of itself and of others, and how it refuses: asked by a client that is not ours (test/peers). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { STATUS } from '../src/directory/index.ts'
import { Binder } from '../src/netinfo/server/binder.ts'
import { BINDER_PROGRAM, NETINFO_PROCEDURES, NETINFO_PROGRAM, NETINFO_VERSION } from '../src/netinfo/programs.ts'
import { RpcServer } from '../src/netinfo/server/rpc-server.ts'
import { atEnd } from './support/at-end.ts'
import { CPeer, STAT } from './support/c-peer.ts'
import { ROOT_CALLER, idOf, setProperty } from './support/domain-of.ts'
import type { Plan } from './support/domain-of.ts'
import { MASTER_MACHINE, servedDomain } from './support/served-domain.ts'
import type { Served, ServedOptions } from './support/served-domain.ts'

const PLAN: Plan = { master: 'ada/network', at: [MASTER_MACHINE] }
const DONE = { done: true }
/** The four bytes of a dotted quad as a number. */
const LOOPBACK = 0x7f00_0001
const NOBODY = 0xc000_0209
const AUTH_TOOWEAK = 5

interface Asked extends Served {
  readonly peer: CPeer
}

async function asked(context: TestContext, options: ServedOptions = {}, plan: Plan = PLAN): Promise<Asked | null> {
  const peer = CPeer.start(context)
  if (peer === null) return null
  const served = await servedDomain(context, plan, options)
  await peer.openNetInfo({ port: served.tcpPort })
  return { ...served, peer }
}

interface Statistics {
  readonly names: readonly string[]
  readonly valuesOf: (name: string) => readonly string[]
}

async function statisticsOf(peer: CPeer): Promise<Statistics> {
  const { properties } = await peer.netinfo('statistics')
  assert.ok(Array.isArray(properties))
  const all = new Map<string, readonly string[]>(properties.map(({ name, values }) => [name, values]))
  return { names: [...all.keys()], valuesOf: (name) => all.get(name) ?? [] }
}

describe('a client made by rpcgen and libtirpc', () => {
  test('reads the statistics in their order, with the calls that it made', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, domain } = at
    for (let call = 0; call < 3; call += 1) await peer.netinfo('root')
    const { names, valuesOf } = await statisticsOf(peer)
    assert.deepEqual(names, [
      'checksum',
      'server_version',
      'tag',
      'ip_address',
      'hostname',
      'domain_servers',
      'write_locked',
      'notify_threads',
      'notifications_pending',
      'authentications',
      'readall_proxies',
      'cleanup_wait',
      'total_calls',
      'binding',
      'connections',
      ...NETINFO_PROCEDURES,
    ])
    assert.deepEqual(valuesOf('checksum'), [String(domain.checksum())])
    assert.deepEqual(valuesOf('tag'), ['network', 'master', '0'])
    assert.deepEqual(valuesOf('domain_servers'), ['127.0.0.1/network', '192.0.2.5/network'])
    assert.deepEqual(valuesOf('write_locked'), ['No'])
    assert.deepEqual(valuesOf('binding'), ['forcedRoot'])
    assert.deepEqual(valuesOf('notifications_pending'), ['0'])
    assert.deepEqual(valuesOf('readall_proxies'), ['unlimited', 'loose'])
    assert.equal(valuesOf('connections').length, 4)
    assert.deepEqual(valuesOf('root').slice(0, 2), ['2', '3'])
    assert.deepEqual(valuesOf('lookupread').slice(0, 2), ['28', '0'])
    assert.equal(valuesOf('root').length, 3)
  })

  test('reads the checksum alone when it asks for that in its credential', async (context) => {
    const at = await asked(context)
    if (at === null) return
    await at.peer.beUser(0, 'checksum')
    const properties = [{ name: 'checksum', values: [String(at.domain.checksum())] }]
    assert.deepEqual(await at.peer.netinfo('statistics'), { done: true, properties })
  })

  test('asks which directory a version changed, and at which version one changed last', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, domain } = at
    await setProperty(domain, 1, 'a', '1')
    const revision = domain.revision()
    await setProperty(domain, 0, 'b', '1')
    const self = (object: number, instance: number): Promise<unknown> => peer.netinfo('self', { object, instance })
    const found = (object: number, instance: number): unknown => ({ done: true, status: 0, id: { object, instance } })
    assert.deepEqual(await self(0xffff_ffff, 0xffff_ffff), found(0, revision + 1))
    assert.deepEqual(await self(0xffff_ffff, revision), found(1, revision))
    assert.deepEqual(await self(0xffff_fffe, 1), found(1, revision))
    assert.deepEqual(await self(0xffff_fffe, 4711), { done: true, status: STATUS.NODIR })
  })

  test('is told that there is no parent', async (context) => {
    const at = await asked(context)
    if (at === null) return
    assert.deepEqual(await at.peer.netinfo('rparent'), { done: true, status: STATUS.NETROOT })
  })

  test('is told the parent that answers', async (context) => {
    const peer = CPeer.start(context)
    if (peer === null) return
    const parent = await servedDomain(context, PLAN)
    const refuse = (): Promise<never> => Promise.reject(new Error('nothing is made here'))
    const binder = new Binder({ createMaster: refuse, createClone: refuse, destroy: refuse, rootPassword: () => null })
    binder.register({ tag: 'network', udpPort: parent.udpPort, tcpPort: parent.tcpPort })
    const binderServer = await RpcServer.listen([binder])
    atEnd(context, () => binderServer.close())
    const own: Plan = { name: 'machines', at: [{ name: 'localhost', ip_address: '127.0.0.1', serves: './local' }] }
    const child = await servedDomain(
      context,
      { master: 'localhost/local', at: [own] },
      {
        tag: 'local',
        parentServers: [{ tag: 'network', address: '127.0.0.1' }],
        binderPortOf: () => binderServer.udpPort ?? 0,
        portmapPort: 1,
      },
    )
    await peer.openNetInfo({ port: child.tcpPort })
    const found = { done: true, status: 0, tag: 'network', address: '127.0.0.1' }
    assert.deepEqual(await peer.netinfo('rparent'), found)
    const { valuesOf } = await statisticsOf(peer)
    assert.deepEqual(valuesOf('binding'), ['127.0.0.1/network'])
    assert.deepEqual(valuesOf('tag'), ['local', 'master', '0'])
  })

  test('is told NORESPONSE while the parent is looked for', async (context) => {
    const at = await asked(context, {
      parentServers: [{ tag: 'attic', address: '127.0.0.1' }],
      binderPortOf: () => 1,
      portmapPort: 1,
    })
    if (at === null) return
    assert.deepEqual(await at.peer.netinfo('rparent'), { done: true, status: STATUS.NORESPONSE })
    const { valuesOf } = await statisticsOf(at.peer)
    assert.deepEqual(valuesOf('binding'), ['notResponding'])
  })

  test('is a child of the domain when the entry of its address says so, over TCP and UDP', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, udpPort, tcpPort } = at
    for (const [transport, port] of [
      ['tcp', tcpPort],
      ['udp', udpPort],
    ] as const) {
      await peer.openNetInfo({ port, transport })
      assert.deepEqual(await peer.netinfo('ping'), DONE)
      assert.deepEqual(await peer.netinfo('bind', 'local', LOOPBACK), DONE)
      const no = { done: false, stat: STAT.systemError }
      // `./network` serves this domain, and is no child.
      assert.deepEqual(await peer.netinfo('bind', 'network', LOOPBACK), no)
      assert.deepEqual(await peer.netinfo('bind', 'other', LOOPBACK), no)
      assert.deepEqual(await peer.netinfo('bind', 'local', NOBODY), no)
    }
  })

  test('is answered by RESYNC and CRASHED, whatever they lead to', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, domain } = at
    const before = domain.checksum()
    assert.deepEqual(await peer.netinfo('resync'), { done: true, status: 0 })
    assert.deepEqual(await peer.netinfo('crashed', 4711), DONE)
    assert.deepEqual(await peer.netinfo('crashed', before), DONE)
    assert.equal(domain.checksum(), before)
  })

  test('is denied everything but PING and BIND over UDP, as too weak', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, udpPort } = at
    await peer.openNetInfo({ port: udpPort, transport: 'udp' })
    const expected = { done: false, stat: STAT.authError, why: AUTH_TOOWEAK }
    for (const [number, name] of NETINFO_PROCEDURES.entries())
      if (name !== 'ping' && name !== 'bind') assert.deepEqual(await peer.raw(number), expected, name)
    assert.deepEqual(await peer.raw(NETINFO_PROCEDURES.length), { done: false, stat: STAT.procedureUnavailable })
  })

  test('is told of another version, another program and another procedure', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, tcpPort, udpPort } = at
    for (const [transport, port] of [
      ['tcp', tcpPort],
      ['udp', udpPort],
    ] as const) {
      for (const version of [0, 1, 3]) {
        await peer.open({ port, transport, program: NETINFO_PROGRAM, version })
        const versions = { low: NETINFO_VERSION, high: NETINFO_VERSION }
        assert.deepEqual(await peer.raw(0), { done: false, stat: STAT.programVersionMismatch, ...versions })
      }
      await peer.open({ port, transport, program: BINDER_PROGRAM, version: 1 })
      assert.deepEqual(await peer.raw(0), { done: false, stat: STAT.programUnavailable })
      await peer.openNetInfo({ port, transport })
      assert.deepEqual(await peer.raw(29), { done: false, stat: STAT.procedureUnavailable })
      assert.deepEqual(await peer.raw(0xffff_ffff), { done: false, stat: STAT.procedureUnavailable })
    }
  })

  test('is told that its arguments are garbage, and the connection goes on', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, domain } = at
    const without: ReadonlySet<string> = new Set(['ping', 'statistics', 'root', 'rparent', 'resync'])
    const before = domain.checksum()
    const tooLong = Buffer.from('0000000000000001ffffffff00000000', 'hex')
    for (const [number, name] of NETINFO_PROCEDURES.entries()) {
      if (without.has(name)) continue
      const isShort = name === 'crashed' || name === 'readall'
      const garbage = { done: false, stat: STAT.garbageArguments }
      assert.deepEqual(await peer.raw(number), garbage, name)
      assert.deepEqual(await peer.raw(number, Buffer.alloc(isShort ? 3 : 7)), garbage, name)
      const isOfStrings = ['create', 'write', 'lookup', 'list', 'createprop', 'lookupread'].includes(name)
      if (isOfStrings) assert.deepEqual(await peer.raw(number, tooLong), garbage, name)
      assert.deepEqual(await peer.netinfo('ping'), DONE)
    }
    assert.equal(domain.checksum(), before)
  })

  test('may say more than the arguments, as the original let it', async (context) => {
    const at = await asked(context)
    if (at === null) return
    assert.deepEqual(await at.peer.raw(NETINFO_PROCEDURES.indexOf('self'), Buffer.alloc(64)), DONE)
  })

  test('keeps its place in a copy that others change while it reads', async (context) => {
    const at = await asked(context)
    if (at === null) return
    const { peer, domain } = at
    const parent = idOf(domain, 0)
    const reading = peer.netinfo('readall', 0)
    const properties = [{ name: 'name', values: ['new'] }]
    await domain.write({ kind: 'create', parent, properties, where: 0 }, ROOT_CALLER)
    const { checksum, directories } = await reading
    assert.ok(Array.isArray(directories))
    const sum = directories.reduce((all, { id }) => all + BigInt(id.object + 1) * BigInt(id.instance), 0n)
    assert.equal(BigInt.asUintN(32, sum), BigInt(Number(checksum)))
  })
})
