import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RawClient, RawUdp, callBytes, recordOf, replyParts } from '../../../test/support/rpc-calls.ts'
import { until } from '../../../test/support/until.ts'
import { ReplyPieces } from './reply-pieces.ts'
import type { RpcProgram, RpcStream } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'
import type { RpcLimits } from './rpc-shared.ts'

const PROGRAM = 300_000
const [PING, SYNC, ASYNC, LATE, ENDLESS, BREAKS] = [0, 1, 2, 3, 4, 5]
const COUNT = 40_000

interface Watched {
  pulled: number
  returned: number
}

function* chunks(watched: Watched, count: number): Generator<Uint8Array> {
  try {
    for (let index = 0; index < count; index += 1) {
      watched.pulled += 1
      yield Buffer.alloc(100, index)
    }
  } finally {
    watched.returned += 1
  }
}

async function* lateChunks(watched: Watched): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks(watched, COUNT)) {
    if (watched.pulled % 1000 === 0) await nextTurn()
    yield chunk
  }
}

function* breakingChunks(): Generator<Uint8Array> {
  yield Buffer.alloc(500_000)
  throw new Error('the store is gone')
}

interface Started {
  readonly server: RpcServer
  readonly watched: Watched
  readonly errors: unknown[]
}

async function start(context: TestContext, limits: Partial<RpcLimits> = {}): Promise<Started> {
  const watched = { pulled: 0, returned: 0 }
  const errors: unknown[] = []
  const answer: RpcProgram['answer'] = (call, reply) => {
    const { procedure } = call.header
    if (procedure === PING) return 'done'
    reply.u32(4711)
    if (procedure === SYNC) return { chunks: chunks(watched, COUNT) }
    if (procedure === ASYNC) return { chunks: lateChunks(watched) }
    if (procedure === LATE) return nextTurn().then((): RpcStream => ({ chunks: chunks(watched, COUNT) }))
    return { chunks: procedure === ENDLESS ? chunks(watched, Infinity) : breakingChunks() }
  }
  const program = { program: PROGRAM, version: 1, answer }
  const server = await RpcServer.listen([program], { limits, onError: (error) => errors.push(error) })
  context.after(() => server.close())
  return { server, watched, errors }
}

async function connect(context: TestContext, { server }: Started): Promise<RawClient> {
  const client = await RawClient.connect(server.tcpPort ?? 0)
  context.after(() => client.close())
  return client
}

function callOf(xid: number, procedure: number): Buffer {
  return callBytes({ xid, program: PROGRAM, version: 1, procedure })
}

const EXPECTED = Buffer.concat([Buffer.from('00001267', 'hex'), ...chunks({ pulled: 0, returned: 0 }, COUNT)])

for (const [what, procedure] of [
  ['a stream', SYNC],
  ['a stream that takes its time', ASYNC],
  ['a stream that was promised', LATE],
] as const) {
  test(`${what} comes whole, after what was written before it, and between other replies`, async (context) => {
    const started = await start(context)
    const client = await connect(context, started)
    for (let round = 0; round < 2; round += 1) {
      client.send(Buffer.concat([callOf(1, PING), callOf(2, procedure), callOf(3, PING)].map((each) => recordOf(each))))
      const replies = new Map<number, Buffer>()
      for (let count = 0; count < 3; count += 1) {
        const { xid, outcome, rest } = replyParts((await client.receive()) ?? Buffer.alloc(0))
        assert.equal(outcome.kind, 'success')
        replies.set(xid, rest)
      }
      assert.ok(replies.get(2)?.equals(EXPECTED))
      assert.equal(replies.size, 3)
    }
    assert.equal(started.watched.returned, 2)
  })
}

test('a stream is asked for only as the client reads, and told when the client leaves', async (context) => {
  const started = await start(context)
  const client = await connect(context, started)
  client.socket.pause()
  client.send(recordOf(callOf(1, ENDLESS)))
  let before = 0
  await until('the stream stands still', () => {
    const isStill = before > 0 && before === started.watched.pulled
    before = started.watched.pulled
    return isStill ? true : null
  })
  client.close()
  await until('the source is told', () => (started.watched.returned === 1 ? true : null))
})

test('a client that reads nothing of a stream is cut, and others are served meanwhile', async (context) => {
  const started = await start(context, { stallMs: 300 })
  const deaf = await connect(context, started)
  deaf.socket.pause()
  deaf.send(recordOf(callOf(1, ENDLESS)))
  await until('the stream has begun', () => (started.watched.pulled > 0 ? true : null))
  const other = await connect(context, started)
  other.send(recordOf(callOf(2, PING)))
  assert.equal((await other.receive())?.readUInt32BE(0), 2)
  await until('the deaf one is cut', () => (started.watched.returned === 1 ? true : null))
  assert.equal(started.server.stats.current, 1)
})

test('a stream that fails on its way closes the connection: its record can never be whole', async (context) => {
  const started = await start(context)
  const client = await connect(context, started)
  client.send(recordOf(callOf(1, BREAKS)))
  assert.equal(await client.receive(), null)
  assert.equal(started.errors.length, 1)
})

test('a stream has no place in a datagram', async (context) => {
  const started = await start(context)
  const udp = new RawUdp(started.server.udpPort ?? 0)
  context.after(() => udp.close())
  for (const procedure of [SYNC, LATE, ASYNC]) {
    const { outcome } = await udp.ask({ xid: 1, program: PROGRAM, version: 1, procedure })
    assert.deepEqual(outcome, { kind: 'accepted', acceptStat: 5 })
  }
})

test('closing the server tells the streams under way', async (context) => {
  const started = await start(context)
  const client = await connect(context, started)
  client.socket.pause()
  client.send(recordOf(callOf(1, ENDLESS)))
  await until('the stream has begun', () => (started.watched.pulled > 0 ? true : null))
  await started.server.close(10)
  assert.equal(started.watched.returned, 1)
})

async function piecesOf(count: number, fragmentBytes: number): Promise<Buffer[]> {
  const stream = { chunks: chunks({ pulled: 0, returned: 0 }, count) }
  const pieces = new ReplyPieces(Buffer.from('head'), stream, fragmentBytes, (error) => assert.ifError(error))
  const found: Buffer[] = []
  for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) found.push(piece)
  return found
}

test('fragments are filled before they are sent, and none is empty', async () => {
  const sizes = (pieces: readonly Buffer[]): number[] => pieces.map((piece) => piece.readUInt32BE(0) % 0x8000_0000)
  assert.deepEqual(sizes(await piecesOf(0, 250)), [4])
  assert.deepEqual(sizes(await piecesOf(3, 250)), [304])
  assert.deepEqual(sizes(await piecesOf(6, 250)), [304, 300])
  const last = (await piecesOf(6, 250)).map((piece) => (piece[0] ?? 0) >= 0x80)
  assert.deepEqual(last, [false, true])
})
