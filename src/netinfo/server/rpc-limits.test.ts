import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { RawClient, callBytes, recordOf, replyParts } from '../../../test/support/rpc-calls.ts'
import { until } from '../../../test/support/until.ts'
import type { RpcAnswer, RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'
import type { RpcLimits } from './rpc-shared.ts'

const PROGRAM = 300_000

async function start(
  context: TestContext,
  limits: Partial<RpcLimits>,
  answer: RpcProgram['answer'] = () => 'done',
): Promise<RpcServer> {
  const server = await RpcServer.listen([{ program: PROGRAM, version: 1, answer }], { udpPort: null, limits })
  context.after(() => server.close())
  return server
}

async function connect(context: TestContext, server: RpcServer): Promise<RawClient> {
  const client = await RawClient.connect(server.tcpPort ?? 0)
  context.after(() => client.close())
  return client
}

function ping(xid: number, procedure = 0): Buffer {
  return recordOf(callBytes({ xid, program: PROGRAM, version: 1, procedure }))
}

/** A call with so many bytes of arguments. */
function pingWith(xid: number, lengthBytes: number): Buffer {
  return recordOf(callBytes({ xid, program: PROGRAM, version: 1, procedure: 0, args: Buffer.alloc(lengthBytes) }))
}

/** An answer that takes a turn, and how many waited for it at once at the most. */
function countWaiting(): { readonly answer: () => Promise<RpcAnswer>; readonly most: () => number } {
  let now = 0
  let most = 0
  return {
    answer: async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => void setImmediate(resolve))
      now -= 1
      return 'done'
    },
    most: () => most,
  }
}

/** A client that has been answered: the server has taken its connection into its table. */
async function connectAnswered(context: TestContext, server: RpcServer): Promise<RawClient> {
  const client = await connect(context, server)
  client.send(ping(1))
  assert.notEqual(await client.receive(), null)
  return client
}

describe('connections', () => {
  test('beyond the limit the idle one that was silent longest is closed', async (context) => {
    const server = await start(context, { connections: 3 })
    const first = await connectAnswered(context, server)
    const second = await connectAnswered(context, server)
    const third = await connectAnswered(context, server)
    first.send(ping(2))
    await first.receive()
    const fourth = await connectAnswered(context, server)
    await second.closed()
    for (const client of [first, third, fourth]) {
      client.send(ping(3))
      assert.equal((await client.receive())?.readUInt32BE(0), 3)
    }
    assert.deepEqual(server.stats, { current: 3, peak: 3, max: 3, closedOldest: 1 })
  })

  test('one with a call under way is spared for one that is idle', async (context) => {
    const gate = Promise.withResolvers<RpcAnswer>()
    const server = await start(context, { connections: 2 }, (call) =>
      call.header.procedure === 0 ? 'done' : gate.promise,
    )
    const busy = await connectAnswered(context, server)
    busy.send(ping(2, 1))
    const idle = await connectAnswered(context, server)
    await connectAnswered(context, server)
    await idle.closed()
    gate.resolve('done')
    assert.equal((await busy.receive())?.readUInt32BE(0), 2)
  })

  test('where all have begun something, a new client still comes in', async (context) => {
    const server = await start(context, { connections: 2 })
    const half = [await connectAnswered(context, server), await connectAnswered(context, server)]
    for (const client of half) client.send(Buffer.from([0x80, 0]))
    await connectAnswered(context, server)
    await half[0]?.closed()
    assert.equal(server.stats.current, 2)
  })

  test('a flood of connections leaves the count right', async (context) => {
    const server = await start(context, { connections: 10 })
    const clients = await Promise.all(Array.from({ length: 60 }, () => connect(context, server)))
    await connectAnswered(context, server)
    assert.equal(server.stats.peak, 10)
    for (const client of clients) client.close()
    await until('only one connection is left', () => (server.stats.current <= 1 ? true : null))
  })
})

describe('records', () => {
  test('a record that is begun and not finished closes the connection in time', async (context) => {
    const server = await start(context, { recordMs: 100 })
    const slow = await connect(context, server)
    slow.send(ping(1).subarray(0, 20))
    await slow.closed()
  })

  test('whoever sends whole records may be silent between them as long as it likes', async (context) => {
    const server = await start(context, { recordMs: 20 })
    const idle = await connectAnswered(context, server)
    const slow = await connect(context, server)
    slow.send(ping(1).subarray(0, 20))
    await slow.closed()
    idle.send(ping(2))
    assert.equal((await idle.receive())?.readUInt32BE(0), 2)
  })

  test('a client that trickles bytes of one record is cut as well', async (context) => {
    const server = await start(context, { recordMs: 100 })
    const slow = await connect(context, server)
    const record = recordOf(Buffer.alloc(100_000))
    let at = 0
    const trickle = setInterval(() => {
      slow.send(record.subarray(at, at + 1))
      at += 1
    }, 5)
    context.after(() => clearInterval(trickle))
    await slow.closed()
    assert.ok(at < record.length)
  })

  test('a record longer than allowed is refused by its mark', async (context) => {
    const server = await start(context, { recordBytes: 1000 })
    const client = await connect(context, server)
    client.send(recordOf(Buffer.alloc(1001)).subarray(0, 4))
    assert.equal(await client.receive(), null)
  })

  test('what all unfinished records take together is bounded, and whole calls still pass', async (context) => {
    const server = await start(context, { partialBytes: 100_000, recordBytes: 1_000_000 })
    const hogs = await Promise.all(Array.from({ length: 4 }, () => connect(context, server)))
    const begun = recordOf(Buffer.alloc(200_000)).subarray(0, 40_000)
    for (const hog of hogs) hog.send(begun)
    await until('the hogs are cut until the rest fits', () => (server.stats.current <= 2 ? true : null))
    await connectAnswered(context, server)
    for (const hog of hogs) hog.close()
  })
})

describe('replies', () => {
  const LONG = Buffer.alloc(10_000)
  const long: RpcProgram['answer'] = (_call, reply) => (reply.raw(LONG), 'done')

  test('a client that does not read is not read either, and is cut when it goes on so', async (context) => {
    let answered = 0
    const server = await start(context, { unsentBytes: 100_000, stallMs: 200 }, (call, reply) => {
      answered += 1
      return long(call, reply)
    })
    const deaf = await connect(context, server)
    deaf.socket.pause()
    // 200 MB of replies, which neither the kernel nor the server may hold.
    const calls = 20_000
    deaf.send(Buffer.concat(Array.from({ length: calls }, (_, xid) => ping(xid))))
    await until('the connection is cut', () => (server.stats.current === 0 ? true : null))
    assert.ok(answered < calls, `${answered} calls were answered`)
  })

  test('a client that reads at last gets every reply', async (context) => {
    const server = await start(context, { unsentBytes: 100_000 }, long)
    const client = await connect(context, server)
    client.socket.pause()
    const calls = 2000
    client.send(Buffer.concat(Array.from({ length: calls }, (_, xid) => ping(xid))))
    const other = await connect(context, server)
    other.send(ping(1))
    assert.equal((await other.receive())?.length, 24 + LONG.length)
    client.socket.resume()
    for (let xid = 0; xid < calls; xid += 1) assert.equal((await client.receive())?.readUInt32BE(0), xid)
  })

  test('a client that ends its side before it reads still gets every reply', async (context) => {
    const server = await start(context, {}, long)
    const client = await connect(context, server)
    client.socket.pause()
    const calls = 700
    client.send(Buffer.concat(Array.from({ length: calls }, (_, xid) => ping(xid))))
    client.socket.end()
    await until('the server has taken the calls', () => (server.stats.current === 1 ? true : null))
    client.socket.resume()
    for (let xid = 0; xid < calls; xid += 1) assert.equal((await client.receive())?.readUInt32BE(0), xid)
    assert.equal(await client.receive(), null)
  })

  test('one reply of many megabytes comes whole, with those after it', async (context) => {
    const huge = Buffer.alloc(20_000_000, 7)
    const server = await start(
      context,
      {},
      (call, reply) => (call.header.procedure === 1 ? reply.raw(huge) : 0, 'done'),
    )
    const client = await connect(context, server)
    client.send(Buffer.concat([ping(1), ping(2, 1), ping(3)]))
    assert.equal((await client.receive())?.length, 24)
    assert.ok((await client.receive())?.subarray(24).equals(huge))
    assert.equal((await client.receive())?.readUInt32BE(0), 3)
  })

  test('no more calls of one connection wait in the program than allowed', async (context) => {
    const waiting = countWaiting()
    const server = await start(context, { pendingCalls: 4 }, waiting.answer)
    const client = await connect(context, server)
    client.send(Buffer.concat(Array.from({ length: 100 }, (_, xid) => ping(xid))))
    const seen = new Set<number>()
    for (let count = 0; count < 100; count += 1) seen.add(replyParts((await client.receive()) ?? Buffer.alloc(0)).xid)
    assert.equal(seen.size, 100)
    assert.equal(waiting.most(), 4)
  })

  test('what the waiting calls of one connection hold is bounded, and all are answered', async (context) => {
    const waiting = countWaiting()
    const server = await start(context, { recordBytes: 4000 }, waiting.answer)
    const client = await connect(context, server)
    for (let xid = 0; xid < 20; xid += 1) client.send(pingWith(xid, 3000))
    for (let count = 0; count < 20; count += 1) assert.notEqual(await client.receive(), null)
    // The second passes the limit, and the third waits.
    assert.equal(waiting.most(), 2)
  })

  test('who brings more than the waiting calls of all may hold is cut, and the others are answered', async (context) => {
    const held: ((answer: RpcAnswer) => void)[] = []
    const server = await start(context, { pendingBytes: 10_000 }, (call) =>
      call.args.left === 0 ? 'done' : new Promise((resolve) => void held.push(resolve)),
    )
    const clients = await Promise.all([0, 1, 2].map(() => connectAnswered(context, server)))
    const [first, second, third] = clients
    first?.send(pingWith(7, 4000))
    await until('the first waits', () => (held.length === 1 ? true : null))
    second?.send(pingWith(8, 9000))
    await second?.closed()
    third?.send(ping(9))
    assert.equal((await third?.receive())?.readUInt32BE(0), 9)
    for (const answer of held) answer('done')
    assert.equal((await first?.receive())?.readUInt32BE(0), 7)
    // What was held is free again.
    third?.send(pingWith(10, 9000))
    await until('the third waits', () => (held.length === 3 ? true : null))
    held[2]?.('done')
    assert.equal((await third?.receive())?.readUInt32BE(0), 10)
  })
})

describe('one client and the others', () => {
  for (const [what, limits] of [
    ['calls', { turnCalls: 4 }],
    ['time', { turnMs: 1 }],
  ] as const) {
    test(`a client that floods is answered in turns bounded by ${what}`, async (context) => {
      const calls = 1000
      let answered = 0
      let other: RawClient | null = null
      const server = await start(context, limits, (call) => {
        if (call.header.procedure === 0) return 'done'
        answered += 1
        if (answered === 1) other?.send(ping(1))
        // Each call takes a while, as a search in a great directory does.
        if (what === 'time') {
          const end = performance.now() + 0.2
          while (performance.now() < end);
        }
        return 'done'
      })
      other = await connectAnswered(context, server)
      const flood = await connect(context, server)
      flood.send(Buffer.concat(Array.from({ length: calls }, (_, xid) => ping(xid, 1))))
      assert.equal((await other.receive())?.readUInt32BE(0), 1)
      assert.ok(answered < calls, `${answered} calls came first`)
      for (let xid = 0; xid < calls; xid += 1) assert.equal((await flood.receive())?.readUInt32BE(0), xid)
    })
  }
})
