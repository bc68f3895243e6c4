import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { RawClient, RawUdp } from '../../../test/support/rpc-calls.ts'
import type { ReplyParts } from '../../../test/support/rpc-calls.ts'
import { requireRoot } from '../../../test/support/peers.ts'
import { XdrReader, XdrWriter, bytesOf } from '../../core/index.ts'
import { DirectoryError, STATUS, hashPassword } from '../../directory/index.ts'
import { RpcClient } from '../client/rpc-client.ts'
import { BINDER } from '../codec.ts'
import type { Codec, Procedure } from '../codec.ts'
import { NETINFO_PROGRAM, NETINFO_VERSION } from '../programs.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { Binder } from './binder.ts'
import type { BinderHost } from './binder.ts'
import type { RpcCall, RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'

const AMPLE_MS = 20_000
const PASSWORD = 'correct horse'

interface Started {
  readonly binder: Binder
  readonly server: RpcServer
  readonly client: RawClient
  /** What the host was told to do. */
  readonly done: string[]
}

async function start(context: TestContext, host: Partial<BinderHost> = {}): Promise<Started> {
  const done: string[] = []
  const whole: BinderHost = {
    createMaster: async (tag) => void done.push(`master ${tag}`),
    createClone: async (...all) => void done.push(`clone ${all.join(' ')}`),
    destroy: async (tag) => void done.push(`destroy ${tag}`),
    rootPassword: () => '',
    ...host,
  }
  const binder = new Binder(whole, { clock: { now: () => 0, sleep: () => Promise.resolve() } })
  const server = await RpcServer.listen([binder])
  const client = await RawClient.connect(server.tcpPort ?? 0)
  context.after(async () => {
    client.close()
    binder.close()
    await server.close()
  })
  return { binder, server, client, done }
}

/** A domain's server that knows only PING and BIND. */
async function startDomain(
  context: TestContext,
  isChild = true,
): Promise<{ readonly port: number; readonly calls: RpcCall[] }> {
  const calls: RpcCall[] = []
  const program: RpcProgram = {
    program: NETINFO_PROGRAM,
    version: NETINFO_VERSION,
    answer: (call) => (calls.push(call), call.header.procedure === 0 || isChild ? 'done' : 'systemError'),
  }
  const server = await RpcServer.listen([program], { tcpPort: null })
  context.after(() => server.close())
  return { port: server.udpPort ?? 0, calls }
}

function bytesFor<A>(codec: Codec<A>, value: A): Buffer {
  const writer = new XdrWriter()
  codec.encode(writer, value)
  return writer.toBytes()
}

function credentialBytes(password: string): Buffer {
  const machineName = bytesOf(password).map((byte) => byte ^ 0xff)
  return new XdrWriter().u32(0).opaque(machineName).u32(1234).u32(0).u32(0).toBytes()
}

interface Asked {
  readonly password?: string
}

/** A call as a client that is not root makes it; with a password, with that. */
async function ask<A, R>(
  client: RawClient | RawUdp,
  procedure: Procedure<A, R>,
  args: A,
  { password }: Asked = {},
): Promise<ReplyParts> {
  return client.ask({
    xid: 5,
    program: procedure.program,
    version: procedure.version,
    procedure: procedure.number,
    args: bytesFor(procedure.args, args),
    ...(password === undefined ? {} : { flavor: 1, credential: credentialBytes(password) }),
  })
}

async function resultOf<A, R>(
  client: RawClient | RawUdp,
  procedure: Procedure<A, R>,
  args: A,
  asked: Asked = {},
): Promise<R> {
  const { outcome, rest } = await ask(client, procedure, args, asked)
  assert.deepEqual(outcome, { kind: 'success' })
  const reader = new XdrReader(rest)
  const result = procedure.result.decode(reader)
  reader.finish('result')
  return result
}

const BY_ROOT = { password: '' }
const NETWORK = { tag: 'network', udpPort: 700, tcpPort: 701 }

describe('registering', () => {
  test('a server is registered, replaced, listed and forgotten', async (context) => {
    const { client, binder } = await start(context)
    assert.equal(await resultOf(client, BINDER.register, NETWORK, BY_ROOT), STATUS.OK)
    assert.equal(await resultOf(client, BINDER.register, { tag: 'local', udpPort: 1, tcpPort: 2 }, BY_ROOT), STATUS.OK)
    assert.equal(await resultOf(client, BINDER.register, { ...NETWORK, udpPort: 702 }, BY_ROOT), STATUS.OK)
    const expected = [
      { ...NETWORK, udpPort: 702 },
      { tag: 'local', udpPort: 1, tcpPort: 2 },
    ]
    assert.deepEqual(await resultOf(client, BINDER.listreg, undefined), { status: 0, value: expected })
    assert.deepEqual(binder.registrations(), expected)
    assert.equal(await resultOf(client, BINDER.unregister, 'network', BY_ROOT), STATUS.OK)
    assert.equal(await resultOf(client, BINDER.unregister, 'nobody', BY_ROOT), STATUS.OK)
    assert.deepEqual(
      binder.registrations().map(({ tag }) => tag),
      ['local'],
    )
  })

  test('the arguments and the list are those of the protocol, byte for byte', async (context) => {
    const { client } = await start(context)
    const args = Buffer.from('000000076e6574776f726b00000002bc000002bd', 'hex')
    const parts = { xid: 1, program: 200_100_001, version: 1, flavor: 1, credential: credentialBytes('') }
    assert.equal((await client.ask({ ...parts, procedure: 1, args })).rest.toString('hex'), '00000000')
    const list = await client.ask({ ...parts, procedure: 4 })
    assert.equal(list.rest.toString('hex'), '0000000000000001000000076e6574776f726b00000002bc000002bd')
  })

  test('a list holds 32 registrations and no more, and fits into a datagram whatever the tags', async (context) => {
    const { server, binder } = await start(context)
    for (let index = 0; index < 40; index += 1)
      binder.register({ tag: `${index}`.padEnd(240, 'x'), udpPort: 700 + index, tcpPort: 1 })
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    const { value } = await resultOf(udp, BINDER.listreg, undefined)
    assert.equal(value?.length, 32)
    assert.equal(value[31]?.udpPort, 731)
  })

  test('a tag that could be no file is not registered', async (context) => {
    const { client, binder } = await start(context)
    for (const tag of ['', 'a/b', '../etc', 'a\0b', 'x'.repeat(241)])
      assert.equal(await resultOf(client, BINDER.register, { ...NETWORK, tag }, BY_ROOT), STATUS.SYSTEMERR)
    assert.deepEqual(binder.registrations(), [])
  })

  test('arguments that do not decode are garbage, and change nothing', async (context) => {
    const { client, binder } = await start(context)
    const parts = { xid: 1, program: 200_100_001, version: 1, flavor: 1, credential: credentialBytes('') }
    for (const procedure of [1, 2, 3, 5, 6, 7, 8]) {
      const { outcome } = await client.ask({ ...parts, procedure, args: Buffer.from('000000ff', 'hex') })
      assert.deepEqual(outcome, { kind: 'accepted', acceptStat: 4 })
    }
    assert.deepEqual(binder.registrations(), [])
  })
})

describe('who may', () => {
  const RESTRICTED = [
    (client: RawClient, asked: Asked) => resultOf(client, BINDER.register, NETWORK, asked),
    (client: RawClient, asked: Asked) => resultOf(client, BINDER.unregister, 'network', asked),
    (client: RawClient, asked: Asked) => resultOf(client, BINDER.createmaster, 'network', asked),
    (client: RawClient, asked: Asked) =>
      resultOf(
        client,
        BINDER.createclone,
        { tag: 'network', masterName: 'ada', masterAddress: '192.168.1.5', masterTag: 'network' },
        asked,
      ),
    (client: RawClient, asked: Asked) => resultOf(client, BINDER.destroydomain, 'network', asked),
  ]

  test('without a password, with a wrong one, and where none is known, nobody may', async (context) => {
    const stored = await hashPassword(PASSWORD)
    const { client, binder, done } = await start(context, { rootPassword: () => stored })
    const locked = await start(context, { rootPassword: () => null })
    for (const call of RESTRICTED) {
      assert.equal(await call(client, {}), STATUS.PERM)
      assert.equal(await call(client, { password: 'wrong' }), STATUS.PERM)
      assert.equal(await call(client, { password: '' }), STATUS.PERM)
      assert.equal(await call(locked.client, { password: '' }), STATUS.PERM)
    }
    assert.deepEqual([done, binder.registrations()], [[], []])
  })

  test("root's password opens, whatever the uid of the credential", async (context) => {
    const stored = await hashPassword(PASSWORD)
    const { client, binder } = await start(context, { rootPassword: () => Promise.resolve(stored) })
    assert.equal(await resultOf(client, BINDER.register, NETWORK, { password: PASSWORD }), STATUS.OK)
    assert.equal(binder.registrations().length, 1)
  })

  test('a reserved port of this machine is root', async (context) => {
    if (!requireRoot(context)) return
    const { server, binder } = await start(context, { rootPassword: () => null })
    const root = new RpcClient({
      address: '127.0.0.1',
      port: server.tcpPort ?? 0,
      connectTimeoutMs: AMPLE_MS,
      isReservedPort: true,
    })
    context.after(() => root.close())
    assert.equal(await root.call(BINDER.register, NETWORK, { timeoutMs: AMPLE_MS }), STATUS.OK)
    assert.equal(binder.registrations().length, 1)
  })

  test('over UDP only what anybody may ask is answered, the rest is too weak', async (context) => {
    const { server } = await start(context)
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    const tooWeak = { kind: 'denied', rejectStat: 1, authStat: 5 }
    for (const procedure of [1, 2, 5, 6, 7]) {
      const { outcome } = await udp.ask({ xid: 1, program: 200_100_001, version: 1, procedure })
      assert.deepEqual(outcome, tooWeak)
    }
    assert.deepEqual((await ask(udp, BINDER.ping, undefined)).outcome, { kind: 'success' })
    assert.deepEqual(await resultOf(udp, BINDER.getregister, 'nobody'), { status: STATUS.NOTAG, value: null })
    const unknown = await udp.ask({ xid: 1, program: 200_100_001, version: 1, procedure: 9 })
    assert.deepEqual(unknown.outcome, { kind: 'accepted', acceptStat: 3 })
  })
})

describe('finding', () => {
  test('a server that lives is told with its ports, one that does not is not', async (context) => {
    const { client, binder } = await start(context)
    const { port, calls } = await startDomain(context)
    binder.register({ tag: 'network', udpPort: port, tcpPort: 701 })
    assert.deepEqual(await resultOf(client, BINDER.getregister, 'network'), {
      status: 0,
      value: { udpPort: port, tcpPort: 701 },
    })
    assert.equal(calls.length, 1)
    binder.register({ tag: 'network', udpPort: 0, tcpPort: 701 })
    assert.deepEqual(await resultOf(client, BINDER.getregister, 'network'), { status: STATUS.NORESPONSE, value: null })
    assert.deepEqual(await resultOf(client, BINDER.getregister, 'nobody'), { status: STATUS.NOTAG, value: null })
  })

  test('who asks while a server is being asked shares its answer', async (context) => {
    const { binder } = await start(context)
    const { port, calls } = await startDomain(context)
    binder.register({ tag: 'network', udpPort: port, tcpPort: 701 })
    const peer = { address: '192.0.2.1', port: 4000, transport: 'udp', isOwnAddress: false } as const
    const header = {
      xid: 1,
      rpcVersion: 2,
      program: 1,
      version: 1,
      procedure: 3,
      flavor: 0,
      unix: null,
      isBadCredential: false,
    }
    const asked = Array.from({ length: 20 }, async () => {
      const reply = new XdrWriter()
      await binder.answer({ header, peer, args: new XdrReader(bytesFor(BINDER.getregister.args, 'network')) }, reply)
      return reply.view.readUInt32BE(0)
    })
    assert.deepEqual(new Set(await Promise.all(asked)), new Set([STATUS.OK]))
    assert.equal(calls.length, 1)
  })

  test('BIND is answered as the server of the tag answers', async (context) => {
    const { client, binder } = await start(context)
    const [yes, no] = [await startDomain(context, true), await startDomain(context, false)]
    binder.register({ tag: 'network', udpPort: yes.port, tcpPort: 1 })
    binder.register({ tag: 'other', udpPort: no.port, tcpPort: 1 })
    const bind = { clientAddress: '192.168.1.9', clientTag: 'local' }
    const systemError = { kind: 'accepted', acceptStat: 5 }
    assert.deepEqual((await ask(client, BINDER.bind, { ...bind, serverTag: 'network' })).outcome, { kind: 'success' })
    assert.deepEqual((await ask(client, BINDER.bind, { ...bind, serverTag: 'other' })).outcome, systemError)
    assert.deepEqual((await ask(client, BINDER.bind, { ...bind, serverTag: 'nobody' })).outcome, systemError)
    const [asked] = yes.calls
    assert.equal(asked?.header.procedure, 24)
    assert.equal(asked.args.bytes.toString('hex', asked.args.offset), '000000056c6f63616c000000c0a80109')
  })

  test('an alias means another tag to the clients that it is for', async (context) => {
    const { client, binder } = await start(context, {
      aliases: () => [
        { name: 'network', tag: 'lab', addresses: ['127.0.0.0/255.0.0.0', '192.168.1.0&255.255.255.0'] },
        { name: 'far', tag: 'lab', addresses: ['10.0.0.0/255.0.0.0'] },
      ],
    })
    const { port } = await startDomain(context)
    binder.register({ tag: 'lab', udpPort: port, tcpPort: 9 })
    assert.equal((await resultOf(client, BINDER.getregister, 'network')).value?.tcpPort, 9)
    assert.equal((await resultOf(client, BINDER.getregister, 'far')).status, STATUS.NOTAG)
    const bind = { clientTag: 'local', serverTag: 'network' }
    assert.equal((await ask(client, BINDER.bind, { ...bind, clientAddress: '192.168.1.9' })).outcome.kind, 'success')
    assert.equal((await ask(client, BINDER.bind, { ...bind, clientAddress: '192.168.2.9' })).outcome.kind, 'accepted')
  })
})

describe('making and destroying', () => {
  const CLONE = { tag: 'copy', masterName: 'ada', masterAddress: '192.168.1.5', masterTag: 'network' }

  test('the host makes masters and clones, and removes what is registered', async (context) => {
    const { client, binder, done } = await start(context)
    assert.equal(await resultOf(client, BINDER.createmaster, 'network', BY_ROOT), STATUS.OK)
    assert.equal(await resultOf(client, BINDER.createclone, CLONE, BY_ROOT), STATUS.OK)
    assert.equal(await resultOf(client, BINDER.destroydomain, 'network', BY_ROOT), STATUS.NOTAG)
    binder.register(NETWORK)
    assert.equal(await resultOf(client, BINDER.createmaster, 'network', BY_ROOT), STATUS.DUPTAG)
    assert.equal(await resultOf(client, BINDER.createclone, { ...CLONE, tag: 'network' }, BY_ROOT), STATUS.DUPTAG)
    assert.equal(await resultOf(client, BINDER.destroydomain, 'network', BY_ROOT), STATUS.OK)
    assert.deepEqual(binder.registrations(), [])
    assert.deepEqual(done, ['master network', 'clone copy ada 192.168.1.5 network', 'destroy network'])
  })

  test("a failure of the host is its status, or SYSTEMERR; a tag that is no file's name never reaches it", async (context) => {
    const { client, binder } = await start(context, {
      createMaster: () => Promise.reject(new Error('no disk')),
      createClone: () => Promise.reject(new DirectoryError(STATUS.NOSPACE)),
      destroy: () => Promise.reject(new DirectoryError(STATUS.FAILED)),
    })
    binder.register(NETWORK)
    assert.equal(await resultOf(client, BINDER.createmaster, 'copy', BY_ROOT), STATUS.SYSTEMERR)
    assert.equal(await resultOf(client, BINDER.createclone, CLONE, BY_ROOT), STATUS.NOSPACE)
    assert.equal(await resultOf(client, BINDER.destroydomain, 'network', BY_ROOT), STATUS.SYSTEMERR)
    const { client: other, done } = await start(context)
    assert.equal(await resultOf(other, BINDER.createmaster, '../../etc/x', BY_ROOT), STATUS.SYSTEMERR)
    assert.deepEqual(done, [])
  })

  test('a domain that is being made cannot be made a second time', async (context) => {
    const [begun, made] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { server, client } = await start(context, { createMaster: () => (begun.resolve(), made.promise) })
    const second = await RawClient.connect(server.tcpPort ?? 0)
    context.after(() => second.close())
    const first = resultOf(client, BINDER.createmaster, 'network', BY_ROOT)
    await begun.promise
    assert.equal(await resultOf(second, BINDER.createmaster, 'network', BY_ROOT), STATUS.DUPTAG)
    made.resolve()
    assert.equal(await first, STATUS.OK)
  })
})

/** The credential that a client of the tools sends is what the binder takes. */
test('the password travels inverted, and ends at a NUL', async (context) => {
  const { server } = await start(context, { rootPassword: () => hashPassword('pass') })
  const machineName = Buffer.from([...Buffer.from('pass').map((byte) => byte ^ 0xff), 0xff, 0x12])
  const credential: UnixCredential = { stamp: 0, machineName, uid: 0, gid: 0, gids: [] }
  const client = new RpcClient({ address: '127.0.0.1', port: server.tcpPort ?? 0, connectTimeoutMs: AMPLE_MS })
  context.after(() => client.close())
  assert.equal(await client.call(BINDER.register, NETWORK, { timeoutMs: AMPLE_MS, credential }), STATUS.OK)
})
