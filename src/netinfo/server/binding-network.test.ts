import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { XdrReader, XdrWriter } from '../../core/index.ts'
import { STATUS } from '../../directory/index.ts'
import { BINDER, NETINFO } from '../codec.ts'
import { PORTMAP } from '../portmap-codec.ts'
import {
  BINDER_PROGRAM,
  BINDER_VERSION,
  NETINFO_PROGRAM,
  NETINFO_VERSION,
  PORTMAP_PROGRAM,
  PORTMAP_VERSION,
} from '../programs.ts'
import { requireLinux } from '../../../test/support/peers.ts'
import type { BindRequest } from './binding-candidates.ts'
import { bindingNetwork } from './binding-network.ts'
import type { RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'

const CLIENT = '192.168.1.9'
const never = new AbortController().signal

interface Machine {
  /** A portmapper and a binder that serve the tag `network`, and know CLIENT with the tag `local`. */
  readonly port: number
  readonly heard: string[]
}

async function startMachine(context: TestContext, host: string, port = 0): Promise<Machine> {
  const heard: string[] = []
  const server = await RpcServer.listen(
    [
      { program: NETINFO_PROGRAM, version: NETINFO_VERSION, answer: () => 'done' },
      binderProgram(() => server.udpPort ?? 0),
      portmapProgram(() => server.udpPort ?? 0, heard),
    ],
    { host, tcpPort: null, udpPort: port },
  )
  context.after(() => server.close(0))
  return { port: server.udpPort ?? 0, heard }
}

function binderProgram(port: () => number): RpcProgram {
  return {
    program: BINDER_PROGRAM,
    version: BINDER_VERSION,
    answer: ({ args }, reply) => {
      const isServed = BINDER.getregister.args.decode(args) === 'network'
      const value = isServed ? { udpPort: port(), tcpPort: port() } : null
      BINDER.getregister.result.encode(reply, { status: isServed ? STATUS.OK : STATUS.NOTAG, value })
      return 'done'
    },
  }
}

function portmapProgram(port: () => number, heard: string[]): RpcProgram {
  return {
    program: PORTMAP_PROGRAM,
    version: PORTMAP_VERSION,
    answer: ({ header, args }, reply) => {
      if (header.procedure === PORTMAP.getport.number) {
        PORTMAP.getport.result.encode(reply, port())
        return 'done'
      }
      const call = PORTMAP.callit.args.decode(args)
      assert.deepEqual([call.program, call.version, call.procedure], [BINDER_PROGRAM, BINDER_VERSION, 8])
      const { clientAddress, clientTag, serverTag } = BINDER.bind.args.decode(new XdrReader(call.args))
      heard.push(`${clientAddress}/${clientTag} ${serverTag} flavor ${header.flavor}`)
      if (clientAddress !== CLIENT || clientTag !== 'local' || serverTag !== 'network') return 'silent'
      PORTMAP.callit.result.encode(reply, { port: port(), result: new XdrWriter().toBytes() })
      return 'done'
    },
  }
}

function requestTo(address: string, clientAddress = CLIENT, tag = 'network'): BindRequest {
  const candidate = { server: { tag, address }, isBroadcast: false, reach: 'attached' } as const
  return { candidate, clientAddress, clientTag: 'local' }
}

test('BIND goes by way of the portmapper, and who agrees is named by its address', async (context) => {
  if (!requireLinux(context)) return
  const one = await startMachine(context, '127.0.0.2')
  const other = await startMachine(context, '127.0.0.3', one.port)
  const network = bindingNetwork({ portmapPort: one.port })
  const requests = [requestTo('127.0.0.2', '192.168.1.8'), requestTo('127.0.0.3'), requestTo('127.0.0.3', CLIENT, 'x')]
  assert.deepEqual(await network.bind(requests, never), { tag: 'network', address: '127.0.0.3' })
  assert.deepEqual(one.heard, ['192.168.1.8/local network flavor 1'])
  assert.ok(other.heard.includes(`${CLIENT}/local network flavor 1`))
})

test('a broadcast finds the machine that answers', async (context) => {
  if (!requireLinux(context)) return
  const machine = await startMachine(context, '0.0.0.0')
  const network = bindingNetwork({ portmapPort: machine.port })
  const found = await network.bind([requestTo('127.255.255.255')], never)
  assert.deepEqual(found, { tag: 'network', address: '127.0.0.1' })
})

test('where nobody agrees the search ends after 5.5 s, or when it is aborted', async (context) => {
  if (!requireLinux(context)) return
  const machine = await startMachine(context, '127.0.0.2')
  const network = bindingNetwork({ portmapPort: machine.port })
  const abort = new AbortController()
  const bound = network.bind([requestTo('127.0.0.2', '192.168.1.8')], abort.signal)
  setImmediate(() => abort.abort())
  assert.equal(await bound, null)
  assert.equal(await network.bind([requestTo('127.0.0.2', '192.168.1.8')], never), null)
  // Four sends of the second search, after what the first got out.
  assert.ok(machine.heard.length >= 4)
})

test('a server is alive when its binder knows it and it answers a PING', async (context) => {
  if (!requireLinux(context)) return
  const machine = await startMachine(context, '127.0.0.2')
  const network = bindingNetwork({ binderPortOf: () => machine.port })
  assert.equal(NETINFO.ping.number, 0)
  assert.equal(await network.isAlive({ tag: 'network', address: '127.0.0.2' }, never), true)
  assert.equal(await network.isAlive({ tag: 'other', address: '127.0.0.2' }, never), false)
  assert.equal(await network.isAlive({ tag: 'network', address: '127.0.0.9' }, never), false)
})

test('the interfaces of this machine have addresses and masks, the loopback among them', (context) => {
  if (!requireLinux(context)) return
  const loopback = bindingNetwork()
    .interfaces()
    .find(({ isLoopback }) => isLoopback)
  assert.deepEqual(loopback, { address: '127.0.0.1', netmask: '255.0.0.0', isLoopback: true })
})
