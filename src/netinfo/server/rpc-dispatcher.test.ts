import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callBytes } from '../../../test/support/rpc-calls.ts'
import { DecodeError, XdrWriter } from '../../core/index.ts'
import { PendingReply, RpcDispatcher } from './rpc-dispatcher.ts'
import type { Dispatched } from './rpc-dispatcher.ts'
import type { RpcAnswer, RpcPeer, RpcProgram } from './rpc-program.ts'

const PEER: RpcPeer = { address: '192.0.2.1', port: 1023, transport: 'tcp', isOwnAddress: false }
const WORK_MS = 5

interface Counted {
  readonly procedure: number
  readonly spentMs: number
}

function spend(milliseconds: number): void {
  const endMs = performance.now() + milliseconds
  while (performance.now() < endMs);
}

function setUp(answer: (procedure: number) => RpcAnswer | Promise<RpcAnswer>): {
  readonly ask: (procedure: number, rpcVersion?: number) => Dispatched
  readonly dispatcher: RpcDispatcher
  readonly counted: readonly Counted[]
} {
  const counted: Counted[] = []
  const program: RpcProgram = {
    program: 300_000,
    version: 1,
    answer: ({ header }) => answer(header.procedure),
    count: (procedure, spentMs) => void counted.push({ procedure, spentMs }),
  }
  const dispatcher = new RpcDispatcher([program], (error) => assert.fail(String(error)))
  const ask = (procedure: number, rpcVersion = 2): Dispatched => {
    const bytes = callBytes({ xid: 1, rpcVersion, program: 300_000, version: 1, procedure })
    return dispatcher.dispatch(bytes, 0, bytes.length, PEER, new XdrWriter())
  }
  return { ask, dispatcher, counted }
}

test('the time of a call is counted from the end of the one before it in the turn', () => {
  const { ask, dispatcher, counted } = setUp((procedure) => {
    if (procedure === 1) spend(WORK_MS)
    return 'done'
  })
  const beganMs = dispatcher.beginTurn()
  for (const procedure of [0, 1, 2]) ask(procedure)
  assert.deepEqual(
    counted.map(({ procedure }) => procedure),
    [0, 1, 2],
  )
  assert.ok((counted[1]?.spentMs ?? 0) >= WORK_MS)
  const spentMs = counted.reduce((sum, each) => sum + each.spentMs, 0)
  assert.ok(Math.abs(dispatcher.nowMs - beganMs - spentMs) < 1e-6, 'nothing of the turn is counted twice or left out')
})

test('the time that a refused call took is not that of the next', () => {
  const { ask, dispatcher, counted } = setUp(() => 'done')
  dispatcher.beginTurn()
  spend(WORK_MS)
  assert.equal(ask(0, 3), 'replied')
  const refusedMs = dispatcher.nowMs
  ask(0)
  assert.equal(counted.length, 1)
  assert.equal(counted[0]?.spentMs, dispatcher.nowMs - refusedMs)
})

test('a procedure that there is not is not counted; one with garbage for arguments is', () => {
  const { ask, dispatcher, counted } = setUp((procedure) => {
    if (procedure === 0) throw new DecodeError('test', 0, 'garbage')
    return procedure === 1 ? 'procUnavailable' : 'tooWeak'
  })
  dispatcher.beginTurn()
  for (const procedure of [0, 1, 2]) ask(procedure)
  assert.deepEqual(
    counted.map(({ procedure }) => procedure),
    [0],
  )
})

test('a call that waits is counted when it has its answer', async () => {
  const { promise, resolve } = Promise.withResolvers<RpcAnswer>()
  const { ask, dispatcher, counted } = setUp(() => promise)
  dispatcher.beginTurn()
  const pending = ask(4)
  assert.ok(pending instanceof PendingReply)
  assert.equal(counted.length, 0)
  spend(WORK_MS)
  resolve('done')
  assert.equal(await pending.outcome, 'replied')
  assert.equal(counted[0]?.procedure, 4)
  assert.ok((counted[0]?.spentMs ?? 0) >= WORK_MS)
})
