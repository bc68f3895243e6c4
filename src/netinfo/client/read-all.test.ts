import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { markRecord, startResponder } from '../../../test/support/rpc-responder.ts'
import { XdrWriter } from '../../core/index.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { DirectoryObject } from '../../directory/index.ts'
import { NETINFO, encodeObject } from '../codec.ts'
import type { Answer, ReadAllResult } from '../codec.ts'
import { fragmentMark } from '../record-mark.ts'
import { encodeAccepted } from '../rpc-message.ts'
import { readAllFrom } from './read-all.ts'
import type { ReadAllAnswer } from './read-all.ts'
import { RpcError } from './rpc-error.ts'

const AMPLE_MS = 20_000

/** The one message of a reply. */
function replyOf(xid: number, answer: Answer<ReadAllResult>): Buffer {
  const writer = new XdrWriter()
  encodeAccepted(writer, xid, 0)
  NETINFO.readall.result.encode(writer, answer)
  return writer.toBytes()
}

/** A server that sends some bytes for READALL, in the chunks given, and then does as told. */
async function serve(
  context: TestContext,
  chunksOf: (xid: number) => readonly Buffer[],
  then: (socket: Socket) => void = () => undefined,
): Promise<(checksum?: number) => Promise<ReadAllAnswer | null>> {
  const { port } = await startResponder(context, async ({ header, socket }) => {
    assert(socket !== null)
    for (const chunk of chunksOf(header.xid)) {
      socket.write(chunk)
      await new Promise((resolve) => setImmediate(resolve))
    }
    then(socket)
    return false
  })
  return (checksum = 0) => readAllFrom({ address: '127.0.0.1', port, timeoutMs: AMPLE_MS }, checksum)
}

async function collect(answer: ReadAllAnswer | null): Promise<DirectoryObject[]> {
  assert(answer !== null)
  const objects: DirectoryObject[] = []
  for await (const object of answer.objects) objects.push(object)
  return objects
}

const DOMAIN: ReadAllResult = {
  checksum: 4,
  highestId: 1,
  objects: [
    { id: { object: 0, instance: 2 }, properties: [], parent: 0, children: [1] },
    { id: { object: 1, instance: 1 }, properties: [{ name: 'name', values: ['pia', 'p'] }], parent: 0, children: [] },
  ],
}

function isGarbled(error: unknown): boolean {
  return error instanceof RpcError && error.failure === 'garbled'
}

test('a domain comes in as it was sent, cut at every byte', async (context) => {
  const length = markRecord(replyOf(0, { status: 0, value: DOMAIN })).length
  let cut = 0
  const read = await serve(context, (xid) => {
    const record = markRecord(replyOf(xid, { status: 0, value: DOMAIN }))
    return [record.subarray(0, cut), record.subarray(cut)]
  })
  for (cut = 0; cut <= length; cut += 1) {
    const answer = await read()
    assert.equal(answer?.checksum, 4)
    assert.equal(answer.highestId, 1)
    assert.deepEqual(await collect(answer), DOMAIN.objects)
  }
})

test('a domain comes in whatever its directories and its fragments', async (context) => {
  const text = fc.string({ maxLength: 20 })
  const word = fc.nat(0xffff)
  const object = fc.record(
    {
      id: fc.record({ object: word, instance: word }, { noNullPrototype: true }),
      properties: fc.array(
        fc.record({ name: text, values: fc.array(text, { maxLength: 4 }) }, { noNullPrototype: true }),
        { maxLength: 4 },
      ),
      parent: word,
      children: fc.array(word, { maxLength: 5 }),
    },
    { noNullPrototype: true },
  )
  let objects: readonly DirectoryObject[] = []
  let size = 1
  const read = await serve(context, (xid) => {
    const message = replyOf(xid, { status: 0, value: { checksum: 9, highestId: 1, objects } })
    const fragments: Buffer[] = []
    for (let offset = 0; offset < message.length; offset += size) {
      const body = message.subarray(offset, offset + size)
      const mark = Buffer.alloc(4)
      mark.writeUInt32BE(fragmentMark(body.length, offset + size >= message.length))
      fragments.push(Buffer.concat([mark, body]))
    }
    return [Buffer.concat(fragments)]
  })
  await fc.assert(
    fc.asyncProperty(fc.array(object, { maxLength: 6 }), fc.integer({ min: 1, max: 300 }), async (each, bytes) => {
      objects = each
      size = bytes
      assert.deepEqual(await collect(await read()), each)
    }),
    { numRuns: 60 },
  )
})

test('equal checksums are null', async (context) => {
  const value = { checksum: 0, highestId: 0, objects: [] }
  const read = await serve(context, (xid) => [markRecord(replyOf(xid, { status: 0, value }))])
  assert.equal(await read(7), null)
})

test('a status of the server is told', async (context) => {
  const answer = { status: STATUS.MASTERBUSY, value: null }
  const read = await serve(context, (xid) => [markRecord(replyOf(xid, answer))])
  await assert.rejects(read(), (error) => error instanceof DirectoryError && error.status === STATUS.MASTERBUSY)
})

test('a reply that ends too early, and one that goes on too long, are garbled', async (context) => {
  for (const change of [
    (message: Buffer) => message.subarray(0, -4),
    (message: Buffer) => Buffer.concat([message, Buffer.alloc(4)]),
  ]) {
    const read = await serve(context, (xid) => [markRecord(change(replyOf(xid, { status: 0, value: DOMAIN })))])
    const answer = await read()
    await assert.rejects(collect(answer), isGarbled)
  }
})

test('a connection that ends inside the domain is told', async (context) => {
  const read = await serve(
    context,
    (xid) => [markRecord(replyOf(xid, { status: 0, value: DOMAIN })).subarray(0, -8)],
    (socket) => socket.end(),
  )
  const answer = await read()
  await assert.rejects(collect(answer), (error) => error instanceof RpcError && error.failure === 'disconnected')
})

test('words that are no domain are garbled, or a status', async (context) => {
  let words: readonly number[] = []
  const read = await serve(context, (xid) => {
    const writer = new XdrWriter()
    encodeAccepted(writer, xid, 0)
    for (const word of words) writer.u32(word)
    return [markRecord(writer.view)]
  })
  const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.nat(0xffff_ffff))
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 20 }), async (each) => {
      words = each
      try {
        const answer = await read()
        if (answer !== null) await collect(answer)
      } catch (error) {
        assert(error instanceof DirectoryError)
      }
    }),
    { numRuns: 150 },
  )
})

test('who takes directories slowly holds the server back', async (context) => {
  const count = 20_000
  const value = 'x'.repeat(1000)
  let written = 0
  const { port } = await startResponder(context, async ({ header, socket }) => {
    assert(socket !== null)
    const head = new XdrWriter()
    encodeAccepted(head, header.xid, 0)
    head.u32(0).u32(1).u32(count)
    socket.write(fragment(head.view, false))
    for (; written < count; written += 1) {
      const writer = new XdrWriter().bool(true)
      const id = { object: written, instance: 1 }
      encodeObject(writer, { id, properties: [{ name: 'name', values: [value] }], parent: 0, children: [] })
      if (!socket.write(fragment(writer.view, false))) await new Promise((resolve) => socket.once('drain', resolve))
    }
    socket.write(fragment(new XdrWriter().bool(false).view, true))
    return false
  })
  const answer = await readAllFrom({ address: '127.0.0.1', port, timeoutMs: AMPLE_MS }, 0)
  assert(answer !== null)
  let taken = 0
  for await (const { id } of answer.objects) {
    assert.equal(id.object, taken)
    taken += 1
    // What the system's own buffers hold is some megabytes; all of it would be 20.
    if (taken === 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      assert(written < count)
    }
  }
  assert.equal(taken, count)
})

test('who stops taking closes the connection', async (context) => {
  const closed = Promise.withResolvers<undefined>()
  const read = await serve(
    context,
    (xid) => [markRecord(replyOf(xid, { status: 0, value: DOMAIN }))],
    (socket) => socket.on('close', () => closed.resolve(undefined)),
  )
  const answer = await read()
  assert(answer !== null)
  for await (const { id } of answer.objects) {
    assert.equal(id.object, 0)
    break
  }
  await closed.promise
})

test('a signal ends a transfer that nobody goes through', async (context) => {
  const closed = Promise.withResolvers<undefined>()
  const stop = new AbortController()
  const { port } = await startResponder(context, ({ header, socket }) => {
    socket?.write(markRecord(replyOf(header.xid, { status: 0, value: DOMAIN })))
    socket?.on('close', () => closed.resolve(undefined))
    return false
  })
  const target = { address: '127.0.0.1', port, timeoutMs: AMPLE_MS, signal: stop.signal }
  assert((await readAllFrom(target, 0)) !== null)
  stop.abort()
  await closed.promise
})

function fragment(body: Buffer, isLast: boolean): Buffer {
  const mark = Buffer.alloc(4)
  mark.writeUInt32BE(fragmentMark(body.length, isLast))
  return Buffer.concat([mark, body])
}
