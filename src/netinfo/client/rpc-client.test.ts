import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { markRecord, startResponder } from '../../../test/support/rpc-responder.ts'
import type { AnswerCall } from '../../../test/support/rpc-responder.ts'
import { XdrWriter } from '../../core/index.ts'
import { NETINFO } from '../codec.ts'
import { fragmentMark } from '../record-mark.ts'
import { encodeAuthError } from '../rpc-message.ts'
import { RpcClient } from './rpc-client.ts'
import type { RpcClientOptions } from './rpc-client.ts'
import { RpcError } from './rpc-error.ts'
import type { RpcFailure } from './rpc-error.ts'
import { isRoot } from './tcp-socket.ts'

/** Long enough for any machine; no test waits for it to pass. */
const AMPLE_MS = 20_000

function clientOf(context: TestContext, port: number, options: Partial<RpcClientOptions> = {}): RpcClient {
  const client = new RpcClient({ address: '127.0.0.1', port, connectTimeoutMs: AMPLE_MS, ...options })
  context.after(() => client.close())
  return client
}

/** SELF answered with the object that was asked for. */
const answerSelf: AnswerCall = ({ args }, results) => {
  NETINFO.self.result.encode(results, { status: 0, value: NETINFO.self.args.decode(args) })
  return true
}

async function self(client: RpcClient, object: number, timeoutMs = AMPLE_MS): Promise<number | undefined> {
  const answer = await client.call(NETINFO.self, { object, instance: 0 }, { timeoutMs })
  return answer.value?.object
}

function isFailure(failure: RpcFailure): (error: unknown) => boolean {
  return (error) => error instanceof RpcError && error.failure === failure && error.status === 9999
}

test('many calls are under way at once, and each gets its own answer in whatever order they come', async (context) => {
  const held: (() => void)[] = []
  const { port, connectionCount } = await startResponder(context, async (call, results) => {
    await new Promise<void>((resolve) => {
      held.push(resolve)
      // The last to come lets all go, the latest first.
      if (held.length === 50) for (const release of held.toReversed()) release()
    })
    return answerSelf(call, results)
  })
  const client = clientOf(context, port)
  const objects = Array.from({ length: 50 }, (_, index) => index)
  assert.deepEqual(await Promise.all(objects.map((object) => self(client, object))), objects)
  assert.equal(connectionCount(), 1)
})

test('a call without an answer is a timeout, and its late answer disturbs no other call', async (context) => {
  const late: (() => void)[] = []
  const { port } = await startResponder(context, async (call, results) => {
    const { object } = NETINFO.self.args.decode(call.args)
    if (object === 1) await new Promise<void>((resolve) => late.push(resolve))
    NETINFO.self.result.encode(results, { status: 0, value: { object, instance: 0 } })
    return true
  })
  const client = clientOf(context, port)
  await assert.rejects(self(client, 1, 20), isFailure('timeout'))
  for (const release of late) release()
  assert.equal(await self(client, 2), 2)
})

test('a connection that was reset is made anew and the call repeated, once', async (context) => {
  const responder = await startResponder(context, answerSelf)
  const client = clientOf(context, responder.port)
  assert.equal(await self(client, 1), 1)
  responder.reset()
  assert.equal(await self(client, 2), 2)
  assert.equal(responder.connectionCount(), 2)
})

test('a peer that closes every connection is tried twice, then the call fails', async (context) => {
  const { port, connectionCount } = await startResponder(context, ({ socket }) => {
    socket?.destroy()
    return false
  })
  await assert.rejects(self(clientOf(context, port), 1), isFailure('disconnected'))
  assert.equal(connectionCount(), 2)
})

test('nothing listening is unreachable', async (context) => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  await assert.rejects(self(clientOf(context, port), 1), isFailure('unreachable'))
})

test('closing rejects the calls under way and every later one', async (context) => {
  const arrived = Promise.withResolvers<undefined>()
  const { port } = await startResponder(context, () => {
    arrived.resolve(undefined)
    return false
  })
  const client = clientOf(context, port)
  const call = self(client, 1)
  const rejected = assert.rejects(call, isFailure('closed'))
  await arrived.promise
  client.close()
  await rejected
  await assert.rejects(self(client, 2), isFailure('closed'))
})

test('closing when idle lets a call under way have its answer', async (context) => {
  const arrived = Promise.withResolvers<undefined>()
  const answered = Promise.withResolvers<undefined>()
  const { port } = await startResponder(context, async (call, results) => {
    arrived.resolve(undefined)
    await answered.promise
    return answerSelf(call, results)
  })
  const client = clientOf(context, port)
  const call = self(client, 1)
  await arrived.promise
  client.closeWhenIdle()
  answered.resolve(undefined)
  assert.equal(await call, 1)
})

test('a signal ends a call under way, and forbids later ones', async (context) => {
  const stop = new AbortController()
  const { port } = await startResponder(context, () => {
    stop.abort()
    return false
  })
  const client = clientOf(context, port, { signal: stop.signal })
  await assert.rejects(self(client, 1), isFailure('aborted'))
  await assert.rejects(self(client, 1), isFailure('aborted'))
})

test('a reply in many fragments is put together', async (context) => {
  const { port } = await startResponder(context, (call, results) => {
    void answerSelf(call, results)
    for (const byte of results.view) {
      const mark = Buffer.alloc(4)
      mark.writeUInt32BE(fragmentMark(1, false))
      call.socket?.write(Buffer.concat([mark, Buffer.from([byte])]))
    }
    const end = Buffer.alloc(4)
    end.writeUInt32BE(fragmentMark(0, true))
    call.socket?.write(end)
    return false
  })
  assert.equal(await self(clientOf(context, port), 9), 9)
})

test('a reply longer than allowed, and one that does not decode, are garbled', async (context) => {
  const { port } = await startResponder(context, ({ args }, results) => {
    results.raw(Buffer.alloc(NETINFO.self.args.decode(args).object))
    return true
  })
  const client = clientOf(context, port, { replyBytesMax: 1000 })
  await assert.rejects(self(client, 2000), isFailure('garbled'))
  await assert.rejects(self(client, 2), isFailure('garbled'))
  await assert.rejects(self(client, 400), isFailure('garbled'))
})

test('a call that is denied says why', async (context) => {
  const { port } = await startResponder(context, ({ header, socket }) => {
    const writer = new XdrWriter()
    encodeAuthError(writer, header.xid, 5)
    socket?.write(markRecord(writer.view))
    return false
  })
  await assert.rejects(self(clientOf(context, port), 1), /self: not allowed over this transport/)
})

test(
  'a reserved port is taken where this process is root',
  { skip: isRoot() ? false : 'not root' },
  async (context) => {
    const responder = await startResponder(context, answerSelf)
    const clients = [1, 2].map(() => clientOf(context, responder.port, { isReservedPort: true }))
    assert.deepEqual(await Promise.all(clients.map((client) => self(client, 3))), [3, 3])
    const [one = 0, other = 0] = responder.calls.map(({ remotePort }) => remotePort)
    assert(one >= 600 && one < 1024 && other >= 600 && other < 1024 && one !== other)
  },
)
