import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { DecodeError, XdrReader, XdrWriter } from '../../core/index.ts'
import type { CallHeader } from '../rpc-message.ts'
import { ForwardedCalls } from './forwarded-calls.ts'
import type { RpcAnswer, RpcCall, RpcProgram, RpcStream } from './rpc-program.ts'
import { WorkerCalls } from './worker-calls.ts'
import type { Answered, Asked } from './worker-messages.ts'

const TAG = 'network'
const PEER = { address: '127.0.0.1', port: 700, transport: 'tcp', isOwnAddress: true } as const
const HEADER: CallHeader = {
  xid: 7,
  rpcVersion: 2,
  program: 1,
  version: 1,
  procedure: 25,
  flavor: 1,
  unix: { stamp: 1, machineName: Buffer.from([0xff, 0x80, 0]), uid: 501, gid: 20, gids: [20, 80] },
  isBadCredential: false,
}

interface Pair {
  readonly worker: WorkerCalls
  readonly main: ForwardedCalls
  readonly errors: unknown[]
  /** Waits until all that was sent before has been received on both sides. */
  readonly settle: () => Promise<void>
}

/** A worker's side and the main thread's, joined by a channel such as lies between threads. */
function pair(context: TestContext, answer: RpcProgram['answer']): Pair {
  const { port1, port2 } = new MessageChannel()
  context.after(() => port1.close())
  const errors: unknown[] = []
  const program: RpcProgram = { program: 1, version: 1, answer }
  const main = new ForwardedCalls({
    programOf: (tag) => (tag === TAG ? program : undefined),
    send: (message, bytes) => port2.postMessage(message, bytes === null ? [] : [bytes.buffer]),
    onError: (error) => errors.push(error),
  })
  const worker = new WorkerCalls((message, bytes) => port1.postMessage(message, bytes === null ? [] : [bytes.buffer]))
  port1.on('message', (message: Answered) => worker.receive(message))
  port2.on('message', (message: Asked) => main.receive(message))
  const settle = async (): Promise<void> => {
    const reply = new XdrWriter()
    await worker.ask('no-such-domain', call(), reply)
  }
  return { worker, main, errors, settle }
}

function call(): RpcCall {
  // Arguments in the middle of other bytes, as they lie in what a socket brought.
  return { header: HEADER, args: new XdrReader(Buffer.from('....argsargs....'), 4, 12), peer: PEER }
}

function streamOf(answer: RpcAnswer | RpcStream): AsyncIterator<Uint8Array> {
  assert.ok(typeof answer !== 'string' && Symbol.asyncIterator in answer.chunks)
  return answer.chunks[Symbol.asyncIterator]()
}

test('the main thread gets the call as it came, and its answer comes back', async (context) => {
  let seen: RpcCall | null = null
  const { worker } = pair(context, (got, reply) => {
    seen = got
    reply.raw(Buffer.from('reply'))
    return 'done'
  })
  const reply = new XdrWriter().raw(Buffer.from('head '))
  assert.equal(await worker.ask(TAG, call(), reply), 'done')
  assert.equal(reply.view.toString(), 'head reply')
  assert.ok(seen !== null)
  const { header, args, peer }: RpcCall = seen
  assert.deepEqual([header, peer], [HEADER, PEER])
  assert.equal(args.fixed('args', args.left).toString(), 'argsargs')
})

test('every way to end a call comes back, and only what is ours to mend is told', async (context) => {
  const answers: (RpcAnswer | Error)[] = [
    'silent',
    'tooWeak',
    'garbage',
    new DecodeError('x', 0, 'bad'),
    new Error('ours'),
  ]
  const { worker, errors } = pair(context, async () => {
    const next = answers.shift() ?? 'done'
    if (next instanceof Error) throw next
    return next
  })
  const seen: unknown[] = []
  for (let turn = 0; turn < 5; turn += 1) seen.push(await worker.ask(TAG, call(), new XdrWriter()))
  assert.deepEqual(seen, ['silent', 'tooWeak', 'garbage', 'garbage', 'systemError'])
  assert.match(String(errors), /^Error: ours$/)
})

test('a call about a domain that is gone is answered', async (context) => {
  const { worker, errors } = pair(context, () => 'done')
  assert.equal(await worker.ask('no-such-domain', call(), new XdrWriter()), 'systemError')
  assert.deepEqual(errors, [])
})

/** Three parts; tells when it begins, and how it ends. */
function* parts(told: string[]): Generator<Uint8Array, void, undefined> {
  told.push('begun')
  try {
    yield Buffer.from('one')
    yield Buffer.from('two')
    yield Buffer.from('three')
    told.push('whole')
  } finally {
    told.push('ended')
  }
}

test('a long answer is begun at once, and its parts are made as they are asked for', async (context) => {
  const told: string[] = []
  const { worker } = pair(context, (_, reply) => {
    reply.raw(Buffer.from('head'))
    return { chunks: parts(told) }
  })
  const reply = new XdrWriter()
  const stream = streamOf(await worker.ask(TAG, call(), reply))
  assert.deepEqual(told, ['begun'])
  const all: string[] = []
  for (let step = await stream.next(); step.done !== true; step = await stream.next())
    all.push(Buffer.from(step.value).toString())
  assert.deepEqual([reply.view.toString(), ...all], ['head', 'one', 'two', 'three'])
  assert.deepEqual(told, ['begun', 'whole', 'ended'])
})

test('a long answer ends where its client leaves, before the first part or after it', async (context) => {
  for (const taken of [0, 1, 2]) {
    const told: string[] = []
    const { worker, settle } = pair(context, () => ({ chunks: parts(told) }))
    const stream = streamOf(await worker.ask(TAG, call(), new XdrWriter()))
    for (let part = 0; part < taken; part += 1) await stream.next()
    await stream.return?.()
    await settle()
    assert.deepEqual(told, ['begun', 'ended'])
  }
})

test('long answers end with the worker that asked for them', async (context) => {
  const told: string[] = []
  const { worker, main, settle } = pair(context, () => ({ chunks: parts(told) }))
  await worker.ask(TAG, call(), new XdrWriter())
  main.close()
  await settle()
  assert.deepEqual(told, ['begun', 'ended'])
})

test('a long answer that breaks is told on both sides', async (context) => {
  async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.from('one')
    throw new Error('the disk is gone')
  }
  const { worker, errors } = pair(context, () => ({ chunks: broken() }))
  const stream = streamOf(await worker.ask(TAG, call(), new XdrWriter()))
  await stream.next()
  await assert.rejects(stream.next(), /could not go on/)
  assert.match(String(errors), /the disk is gone/)
})
