import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { LoopbackCalls } from './loopback-calls.ts'
import type { RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'

const AMPLE_MS = 20_000
const ECHO: RpcProgram = {
  program: 300_000,
  version: 1,
  answer: ({ header, args }, reply) => {
    reply.raw(args.fixed('all', args.left))
    return header.procedure === 0 ? 'done' : header.procedure === 1 ? 'systemError' : 'silent'
  },
}

async function start(context: TestContext): Promise<{ readonly calls: LoopbackCalls; readonly port: number }> {
  const server = await RpcServer.listen([ECHO], { tcpPort: null })
  const calls = new LoopbackCalls()
  context.after(async () => {
    calls.close()
    await server.close()
  })
  return { calls, port: server.udpPort ?? 0 }
}

test('many calls at once each get their own results', async (context) => {
  const { calls, port } = await start(context)
  const target = { port, program: 300_000, version: 1, procedure: 0 }
  const asked = Array.from({ length: 100 }, (_, index) => calls.call(target, Buffer.from([0, 0, 0, index]), AMPLE_MS))
  const results = await Promise.all(asked)
  assert.deepEqual(
    results.map((each) => each?.[3]),
    Array.from({ length: 100 }, (_, index) => index),
  )
})

test('a refusal, silence and a server that is not there are all null', async (context) => {
  const { calls, port } = await start(context)
  const target = { port, program: 300_000, version: 1, procedure: 1 }
  assert.equal(await calls.call(target, Buffer.alloc(0), AMPLE_MS), null)
  assert.equal(await calls.call({ ...target, procedure: 2 }, Buffer.alloc(0), 50), null)
  assert.equal(await calls.call({ ...target, port: 0 }, Buffer.alloc(0), AMPLE_MS), null)
})

test('a call that is lost is sent again, and an answer from another port does not count', async (context) => {
  const { calls } = await start(context)
  const [server, stranger] = [createSocket('udp4'), createSocket('udp4')]
  context.after(() => {
    server.close()
    stranger.close()
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  let seen = 0
  server.on('message', (message, from) => {
    seen += 1
    const reply = Buffer.alloc(28)
    message.copy(reply, 0, 0, 4)
    reply.writeUInt32BE(1, 4)
    reply.writeUInt32BE(seen, 24)
    if (seen === 1) stranger.send(reply, from.port, from.address)
    else server.send(reply, from.port, from.address)
  })
  const target = { port: server.address().port, program: 1, version: 1, procedure: 0 }
  assert.equal((await calls.call(target, Buffer.alloc(0), 1000))?.readUInt32BE(0), 2)
})

test('closing gives up what waits, and nothing is called afterwards', async (context) => {
  const { calls, port } = await start(context)
  const target = { port, program: 300_000, version: 1, procedure: 2 }
  const waiting = calls.call(target, Buffer.alloc(0), AMPLE_MS)
  calls.close()
  assert.equal(await waiting, null)
  assert.equal(await calls.call(target, Buffer.alloc(0), AMPLE_MS), null)
})
