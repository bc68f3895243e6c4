import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { requireRoot } from '../../../test/support/peers.ts'
import { RawClient, RawUdp, callBytes } from '../../../test/support/rpc-calls.ts'
import { XdrReader, XdrWriter } from '../../core/index.ts'
import { bindThroughPortmapper } from '../client/bind.ts'
import { callIndirectly, dumpMappings, getPort, setMapping, unsetMapping } from '../client/portmap.ts'
import { BINDER } from '../codec.ts'
import type { Codec } from '../codec.ts'
import { PORTMAP, PORTMAP_PROTOCOL } from '../portmap-codec.ts'
import type { Mapping } from '../portmap-codec.ts'
import { BINDER_PROGRAM, NETINFO_PROGRAM } from '../programs.ts'
import type { CallHeader } from '../rpc-message.ts'
import { Binder } from './binder.ts'
import { Portmapper, listenPortmapper } from './portmapper.ts'
import type { RpcPeer, RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'

const LOOPBACK = '127.0.0.1'
const AMPLE_MS = 20_000
const NFS = { program: 100_003, version: 3 }

async function start(context: TestContext): Promise<{ readonly portmapper: Portmapper; readonly port: number }> {
  // UDP and TCP take any port apart from each other; the clients below are told the one of UDP or of TCP.
  const running = await listenPortmapper({ port: 0 })
  context.after(() => running.close())
  return running
}

function bytesFor<A>(codec: Codec<A>, value: A): Buffer {
  const writer = new XdrWriter()
  codec.encode(writer, value)
  return writer.toBytes()
}

/** What the portmapper answers to a peer, without any socket: so the peer can be anybody. */
async function answerTo<A, R>(
  portmapper: Portmapper,
  procedure: { readonly number: number; readonly args: Codec<A>; readonly result: Codec<R> },
  args: A,
  peer: Partial<RpcPeer> = {},
): Promise<R> {
  const reply = new XdrWriter()
  const header: CallHeader = {
    xid: 1,
    rpcVersion: 2,
    program: 100_000,
    version: 2,
    procedure: procedure.number,
    flavor: 0,
    unix: null,
    isBadCredential: false,
  }
  const whole: RpcPeer = { address: LOOPBACK, port: 700, transport: 'udp', isOwnAddress: true, ...peer }
  const call = { header, peer: whole, args: new XdrReader(bytesFor(procedure.args, args)) }
  assert.equal(await portmapper.answer(call, reply), 'done')
  return procedure.result.decode(new XdrReader(reply.toBytes()))
}

function udpMapping(port: number, version = 3): Mapping {
  return { program: NFS.program, version, protocol: PORTMAP_PROTOCOL.udp, port }
}

describe('registering', () => {
  test('a program is registered once, found by its transport, and taken away with all its transports', async () => {
    const portmapper = new Portmapper()
    const tcp = { ...udpMapping(2050), protocol: PORTMAP_PROTOCOL.tcp }
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(2049)), true)
    assert.equal(await answerTo(portmapper, PORTMAP.set, tcp), true)
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(2049)), true)
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(2051)), false)
    assert.equal(await answerTo(portmapper, PORTMAP.getport, udpMapping(0)), 2049)
    assert.equal(await answerTo(portmapper, PORTMAP.getport, { ...tcp, port: 0 }), 2050)
    assert.deepEqual(await answerTo(portmapper, PORTMAP.dump, undefined), [udpMapping(2049), tcp])
    assert.equal(await answerTo(portmapper, PORTMAP.unset, { ...NFS, protocol: 0, port: 0 }), true)
    assert.equal(await answerTo(portmapper, PORTMAP.unset, { ...NFS, protocol: 0, port: 0 }), false)
    assert.deepEqual(await answerTo(portmapper, PORTMAP.dump, undefined), [])
  })

  test('another version than asked for is told, so that the program can say which it has', async () => {
    const portmapper = new Portmapper()
    portmapper.set(udpMapping(2049, 3))
    assert.equal(await answerTo(portmapper, PORTMAP.getport, udpMapping(0, 4)), 2049)
    portmapper.set(udpMapping(2050, 4))
    assert.equal(await answerTo(portmapper, PORTMAP.getport, udpMapping(0, 4)), 2050)
    const other = { ...udpMapping(0), program: 1 }
    assert.equal(await answerTo(portmapper, PORTMAP.getport, other), 0)
  })

  test('nobody registers from another machine, not even under an address of this one', async () => {
    const portmapper = new Portmapper()
    for (const peer of [
      { address: '192.0.2.1', isOwnAddress: false },
      { address: '192.0.2.2', isOwnAddress: true },
    ]) {
      assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(2049), peer), false)
      portmapper.set(udpMapping(2049))
      assert.equal(await answerTo(portmapper, PORTMAP.unset, udpMapping(0), peer), false)
      portmapper.unset(NFS.program, NFS.version)
    }
  })

  test("what root registered only root takes away, and a reserved port is root's to register", async () => {
    const portmapper = new Portmapper()
    const user = { port: 40_000 }
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(2049)), true)
    assert.equal(await answerTo(portmapper, PORTMAP.unset, udpMapping(0), user), false)
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(800, 4), user), false)
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(8000, 4), user), true)
    assert.equal(await answerTo(portmapper, PORTMAP.unset, udpMapping(0, 4), user), true)
    assert.equal(await answerTo(portmapper, PORTMAP.unset, udpMapping(0)), true)
  })

  test('what is no port, and more than a machine has, is not registered; nor does the portmapper itself go away', async () => {
    const portmapper = new Portmapper()
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(0)), false)
    assert.equal(await answerTo(portmapper, PORTMAP.set, udpMapping(65_536)), false)
    for (let version = 0; version < 1024; version += 1) assert.equal(portmapper.set(udpMapping(2049, version)), true)
    assert.equal(portmapper.set(udpMapping(2049, 1024)), false)
    const own = { program: 100_000, version: 2, protocol: PORTMAP_PROTOCOL.udp, port: 111 }
    const other = new Portmapper()
    other.set(own)
    assert.equal(await answerTo(other, PORTMAP.unset, own), false)
  })

  test('clients register, find and unregister over sockets', async (context) => {
    if (!requireRoot(context)) return
    const { port, portmapper } = await start(context)
    const [tcp] = await answerTo(portmapper, PORTMAP.dump, undefined)
    const overTcp = { timeoutMs: AMPLE_MS, port: tcp?.port ?? 0, over: 'tcp' } as const
    assert.equal(await setMapping(NFS, 'udp', 2049, overTcp), true)
    assert.equal(await getPort(LOOPBACK, NFS, 'udp', { timeoutMs: AMPLE_MS, port }), 2049)
    assert.equal((await dumpMappings(LOOPBACK, overTcp)).length, 3)
    assert.equal(await unsetMapping(NFS, overTcp), true)
    assert.equal(await getPort(LOOPBACK, NFS, 'udp', { timeoutMs: AMPLE_MS, port }), null)
  })
})

describe('passing calls on', () => {
  async function startBinder(context: TestContext, portmapper: Portmapper): Promise<Binder> {
    const refuse = (): Promise<void> => Promise.reject(new Error('not here'))
    const binder = new Binder({ createMaster: refuse, createClone: refuse, destroy: refuse, rootPassword: () => '' })
    const server = await RpcServer.listen([binder], { tcpPort: null })
    context.after(async () => {
      binder.close()
      await server.close()
    })
    const program = { program: BINDER_PROGRAM, version: 1, protocol: PORTMAP_PROTOCOL.udp }
    portmapper.set({ ...program, port: server.udpPort ?? 0 })
    return binder
  }

  async function startDomain(context: TestContext): Promise<number> {
    const isAda = (args: XdrReader): boolean => args.bytes.toString('latin1', args.offset).includes('ada')
    const answer: RpcProgram['answer'] = ({ header, args }) =>
      header.procedure === 0 || isAda(args) ? 'done' : 'systemError'
    const server = await RpcServer.listen([{ program: NETINFO_PROGRAM, version: 2, answer }], { tcpPort: null })
    context.after(() => server.close())
    return server.udpPort ?? 0
  }

  test('the binder is reached, with all that anybody may ask of it', async (context) => {
    const { port, portmapper } = await start(context)
    const binder = await startBinder(context, portmapper)
    const options = { timeoutMs: AMPLE_MS, port }
    binder.register({ tag: 'network', udpPort: await startDomain(context), tcpPort: 701 })
    await callIndirectly(BINDER.ping, undefined, LOOPBACK, options)
    const found = await callIndirectly(BINDER.getregister, 'network', LOOPBACK, options)
    assert.equal(found.value?.tcpPort, 701)
    const list = await callIndirectly(BINDER.listreg, undefined, LOOPBACK, options)
    assert.equal(list.value?.length, 1)
  })

  test('a parent is found through it, and one that says no is not heard', async (context) => {
    const { port, portmapper } = await start(context)
    const binder = await startBinder(context, portmapper)
    binder.register({ tag: 'network', udpPort: await startDomain(context), tcpPort: 701 })
    const candidate = { address: LOOPBACK, port, clientAddress: '192.168.1.9', serverTag: 'network' }
    assert.deepEqual(await bindThroughPortmapper([{ ...candidate, clientTag: 'ada' }], { timeoutMs: AMPLE_MS }), {
      tag: 'network',
      address: LOOPBACK,
    })
    assert.equal(await bindThroughPortmapper([{ ...candidate, clientTag: 'bob' }], { timeoutMs: 300 }), null)
  })

  test('nothing else is reached: no other program, no other procedure, no other version', async (context) => {
    const { port, portmapper } = await start(context)
    await startBinder(context, portmapper)
    const domain = await startDomain(context)
    portmapper.set({ program: NETINFO_PROGRAM, version: 2, protocol: PORTMAP_PROTOCOL.udp, port: domain })
    const udp = new RawUdp(port)
    context.after(() => udp.close())
    const passOn = (program: number, version: number, procedure: number): Buffer =>
      bytesFor(PORTMAP.callit.args, { program, version, procedure, args: Buffer.alloc(0) })
    const whole = { program: 100_000, version: 2, procedure: PORTMAP.callit.number }
    const refused = [
      [BINDER_PROGRAM, 1, BINDER.register.number],
      [BINDER_PROGRAM, 1, BINDER.destroydomain.number],
      [BINDER_PROGRAM, 2, BINDER.ping.number],
      [NETINFO_PROGRAM, 2, 0],
      [100_000, 2, 0],
    ] as const
    for (const [program, version, procedure] of refused) {
      // What comes back is the answer to the call after it.
      udp.send(callBytes({ ...whole, xid: 1, args: passOn(program, version, procedure) }))
      const asked = await udp.ask({ program: 100_000, version: 2, procedure: 0, xid: 2 })
      assert.equal(asked.xid, 2)
    }
  })

  test('a call is passed on over UDP alone', async (context) => {
    const { portmapper } = await start(context)
    const [tcp] = await answerTo(portmapper, PORTMAP.dump, undefined)
    const client = await RawClient.connect(tcp?.port ?? 0)
    context.after(() => client.close())
    const args = bytesFor(PORTMAP.callit.args, {
      program: BINDER_PROGRAM,
      version: 1,
      procedure: 0,
      args: Buffer.alloc(0),
    })
    const { outcome } = await client.ask({ xid: 1, program: 100_000, version: 2, procedure: 5, args })
    assert.deepEqual(outcome, { kind: 'accepted', acceptStat: 3 })
  })
})
