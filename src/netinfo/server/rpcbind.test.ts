import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { dumpMappings, getPort } from '../client/portmap.ts'
import { PORTMAP } from '../portmap-codec.ts'
import { PORTMAP_PROGRAM } from '../programs.ts'
import { listenPortmapper } from './portmapper.ts'
import type { RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'
import { announceBinder, isPortmapperRunning } from './rpcbind.ts'

const BINDER_AS_REGISTERED = { program: 200_100_001, version: 1 }

/** A portmapper that gives every registration this answer, and remembers which procedures were called. */
async function startPortmapper(context: TestContext, isTaken: boolean): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const answer: RpcProgram['answer'] = ({ header, args }, reply) => {
    if (header.procedure === PORTMAP.ping.number) return 'done'
    const { program, protocol, port } = PORTMAP.set.args.decode(args)
    asked.push(`${header.procedure === PORTMAP.set.number ? 'set' : 'unset'} ${program} ${protocol} ${port}`)
    reply.bool(isTaken)
    return 'done'
  }
  const server = await RpcServer.listen([{ program: PORTMAP_PROGRAM, version: 2, answer }], { udpPort: null })
  context.after(() => server.close())
  return { port: server.tcpPort ?? 0, asked }
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = await RpcServer.listen([], { udpPort: null })
  await server.close()
  return server.tcpPort ?? 0
}

test('where a portmapper runs, what an earlier run left is unset, both transports are set, and closing unsets them', async (context) => {
  const { port, asked } = await startPortmapper(context, true)
  const announcement = await announceBinder({ udpPort: 700, tcpPort: 701, portmapPort: port })
  assert.equal(announcement.by, 'rpcbind')
  assert.deepEqual(asked, ['unset 200100001 0 0', 'set 200100001 17 700', 'set 200100001 6 701'])
  await announcement.close()
  assert.deepEqual(asked.slice(3), ['unset 200100001 0 0'])
})

test('a portmapper that was started anew is told of the binder again', async (context) => {
  const port = await freePort()
  const first = await listenPortmapper({ port })
  context.after(() => first.close())
  const options = { timeoutMs: 5000, port }
  const announcement = await announceBinder({ udpPort: 700, tcpPort: 701, portmapPort: port, checkMs: 20 })
  context.after(() => announcement.close())
  assert.equal(await getPort('127.0.0.1', BINDER_AS_REGISTERED, 'udp', options), 700)
  await first.close()
  const second = await listenPortmapper({ port })
  context.after(() => second.close())
  while ((await getPort('127.0.0.1', BINDER_AS_REGISTERED, 'tcp', options)) !== 701) await new Promise(setImmediate)
})

test('a portmapper that refuses is told with its own code', async (context) => {
  const { port } = await startPortmapper(context, false)
  const refused = announceBinder({ udpPort: 700, tcpPort: 701, portmapPort: port })
  await assert.rejects(refused, { code: 'ERR_PORTOLAN_PORTMAP_REFUSED' })
})

test('closing does not mind that the portmapper is gone', async () => {
  const port = await freePort()
  const server = await RpcServer.listen(
    [
      {
        program: PORTMAP_PROGRAM,
        version: 2,
        answer: ({ header }, reply) => (header.procedure === 0 || reply.bool(true), 'done'),
      },
    ],
    { tcpPort: port, udpPort: null },
  )
  const announcement = await announceBinder({ udpPort: 700, tcpPort: 701, portmapPort: port })
  await server.close()
  await announcement.close()
})

test('where none runs, we answer ourselves until closed', async () => {
  const port = await freePort()
  assert.equal(await isPortmapperRunning(port), false)
  const announcement = await announceBinder({ udpPort: 700, tcpPort: 701, portmapPort: port })
  assert.equal(announcement.by, 'portolan')
  assert.equal(await isPortmapperRunning(port), true)
  const options = { timeoutMs: 20_000, port }
  assert.equal(await getPort('127.0.0.1', BINDER_AS_REGISTERED, 'udp', options), 700)
  assert.equal(await getPort('127.0.0.1', BINDER_AS_REGISTERED, 'tcp', options), 701)
  assert.equal((await dumpMappings('127.0.0.1', options)).length, 4)
  await announcement.close()
  assert.equal(await isPortmapperRunning(port), false)
})

test('a port that another program has for something else is told', async (context) => {
  const other = await RpcServer.listen([], { udpPort: null })
  context.after(() => other.close())
  const announced = announceBinder({ udpPort: 700, tcpPort: 701, portmapPort: other.tcpPort ?? 0 })
  await assert.rejects(announced, { code: 'ERR_PORTOLAN_LISTEN_FAILED' })
})
