/** Who may write, over the wire: credentials, passwords and lists of writers against a server with real sockets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { XdrWriter } from '../src/core/index.ts'
import { STATUS, cryptWithSalt, firstValue, isModernHash } from '../src/directory/index.ts'
import type { Id } from '../src/directory/index.ts'
import { connectServer } from '../src/netinfo/client/server-connection.ts'
import type { ServerConnection } from '../src/netinfo/client/server-connection.ts'
import { NETINFO_PROGRAM, NETINFO_VERSION, netinfoProcedure } from '../src/netinfo/programs.ts'
import { ACCEPT_STAT } from '../src/netinfo/rpc-message.ts'
import { addTo, objectAt, setProperty } from './support/domain-of.ts'
import { requireLinux, requireRoot } from './support/peers.ts'
import { RawClient } from './support/rpc-calls.ts'
import { startHost } from './support/server-host.ts'
import type { Host } from './support/server-host.ts'
import { until } from './support/until.ts'

const ADDRESS = '127.0.0.2'

interface Given {
  readonly host: Host
  readonly pia: number
  /** A connection as a user with a password, or as nobody; from a port that proves nothing. */
  readonly as: (user?: { readonly uid: number; readonly password: string }) => Promise<ServerConnection>
}

async function given(context: TestContext): Promise<Given> {
  const host = await startHost(context, {
    address: ADDRESS,
    tag: 'network',
    binders: new Map(),
    prepare: async (domain) => {
      await setProperty(domain, 0, 'master', 'ada/network')
      await addTo(domain, 0, { name: 'machines', at: [{ name: 'ada', ip_address: ADDRESS, serves: './network' }] })
      const users = [
        { name: 'root', uid: '0', passwd: cryptWithSalt('toor', 'ab') },
        { name: 'pia', uid: '530', passwd: cryptWithSalt('abc', 'xy'), _writers_passwd: 'pia', shell: '/bin/sh' },
        { name: 'jon', uid: '531', passwd: '' },
      ]
      await addTo(domain, 0, { name: 'users', at: users })
      await addTo(domain, 0, { name: 'localconfig', _writers: '*' })
    },
  })
  const open: ServerConnection[] = []
  context.after(() => open.forEach((each) => each.close()))
  const as: Given['as'] = async (user) => {
    const { uid = 0, password = '' } = user ?? {}
    const machineName = Buffer.from(Buffer.from(password).map((byte) => byte ^ 0xff))
    const credential = { stamp: 0, machineName, uid, gid: 0, gids: [] }
    const options = {
      address: ADDRESS,
      tcpPort: host.server.tcpPort ?? 0,
      ...(user === undefined ? {} : { credential }),
    }
    const connection = await connectServer(options)
    open.push(connection)
    return connection
  }
  return { host, pia: objectAt(host.domain, 'users', 'pia'), as }
}

const PASSWD = 2
const SHELL = 4

test('a user with the password changes what its lists allow, and nothing else', async (context) => {
  const { pia, as } = await given(context)
  const connection = await as({ uid: 530, password: 'abc' })
  const id = await connection.self(pia)
  const next = await connection.writeProperty(id, PASSWD, [cryptWithSalt('abc', 'zz')])
  assert.equal(next.instance, id.instance + 1)
  await assert.rejects(connection.writeProperty(next, 0, ['other']), { status: STATUS.PERM })
  await assert.rejects(connection.write(next, []), { status: STATUS.PERM })
})

test('a large write is done for who may, and refused to others before it is read whole', async (context) => {
  const { pia, as, host } = await given(context)
  const root = await as({ uid: 0, password: 'toor' })
  const id = await root.self(pia)
  const values = Array.from({ length: 40_000 }, (_, index) => `value ${index}`)
  await assert.rejects((await as()).createProperty(id, { name: 'many', values }), { status: STATUS.PERM })
  const wrong = await as({ uid: 530, password: 'abd' })
  await assert.rejects(wrong.createProperty(id, { name: 'many', values }), { status: STATUS.AUTHERROR })
  const stale = { ...id, instance: id.instance + 1 }
  await assert.rejects(root.createProperty(stale, { name: 'many', values }), { status: STATUS.STALE })
  const next = await root.createProperty(id, { name: 'many', values })
  assert.deepEqual(host.domain.read(pia)?.properties.at(-1), { name: 'many', values })
  assert.equal((await root.writeProperty(next, SHELL, values)).instance, next.instance + 1)
})

test('a large write that is garbage is told so, whoever sends it, and is no wrong password', async (context) => {
  const { as, host } = await given(context)
  const raw = await RawClient.connect(host.server.tcpPort ?? 0, ADDRESS)
  context.after(() => raw.close())
  const args = new XdrWriter().u32(0).u32(0).u32(2).text('a').u32(60_000).raw(Buffer.alloc(240_000)).text('b').u32(1)
  const guess = new XdrWriter().u32(0).text('guess').u32(530).u32(0).u32(0).toBytes()
  const call = { program: NETINFO_PROGRAM, version: NETINFO_VERSION, procedure: netinfoProcedure('write') }
  for (const who of [{}, { flavor: 1, credential: guess }]) {
    const { outcome } = await raw.ask({ xid: 1, ...call, ...who, args: args.view })
    assert.deepEqual(outcome, { kind: 'accepted', acceptStat: ACCEPT_STAT.garbageArguments })
  }
  const statistics = await (await as()).statistics()
  assert.deepEqual(statistics.find(({ name }) => name === 'authentications')?.values, ['0', '0', '0', '0'])
})

test('a wrong password, an unknown uid and nobody at all are told apart', async (context) => {
  const { pia, as, host } = await given(context)
  const write = async (connection: ServerConnection): Promise<Id> =>
    connection.writeProperty(await connection.self(pia), PASSWD, [''])
  await assert.rejects(write(await as({ uid: 530, password: 'abd' })), { status: STATUS.AUTHERROR })
  await assert.rejects(write(await as({ uid: 999, password: 'abc' })), { status: STATUS.NOUSER })
  await assert.rejects(write(await as({ uid: 531, password: 'anything' })), { status: STATUS.PERM })
  await assert.rejects(write(await as()), { status: STATUS.PERM })
  const statistics = await (await as()).statistics()
  const counts = statistics.find(({ name }) => name === 'authentications')?.values
  assert.deepEqual(counts, ['1', '2', '2', '2'])
  assert.equal(host.domain.read(pia)?.properties[PASSWD]?.values[0], cryptWithSalt('abc', 'xy'))
})

test('anybody writes where the list says so', async (context) => {
  const { host, as } = await given(context)
  const connection = await as()
  const id = await connection.self(objectAt(host.domain, 'localconfig'))
  await connection.createProperty(id, { name: 'language', values: ['German'] })
})

test('uid 0 with its password passes every list; its crypt value is stored anew later', async (context) => {
  const { host, pia, as } = await given(context)
  const connection = await as({ uid: 0, password: 'toor' })
  await connection.writeProperty(await connection.self(pia), 0, ['pia', 'p.holm'])
  const root = objectAt(host.domain, 'users', 'root')
  const stored = (): string => firstValue(host.domain.read(root)?.properties ?? [], 'passwd') ?? ''
  assert.ok(!isModernHash(stored()))
  await until('the upgrade', () => (isModernHash(stored()) ? true : null))
  await connection.writeProperty(await connection.self(pia), 0, ['pia'])
})

test('root on the machine of the server needs no password', async (context) => {
  if (!requireLinux(context) || !requireRoot(context)) return
  const { host, pia } = await given(context)
  const options = { address: ADDRESS, tcpPort: host.server.tcpPort ?? 0, isReservedPort: true }
  const connection = await connectServer(options)
  await connection.writeProperty(await connection.self(pia), 0, ['pia', 'p.holm'])
  connection.close()
})
