import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { test } from 'node:test'
import { startResponder } from '../../../test/support/rpc-responder.ts'
import { BINDER, NETINFO } from '../codec.ts'
import { PORTMAP } from '../portmap-codec.ts'
import { bindThroughPortmapper } from './bind.ts'
import type { BindCandidate } from './bind.ts'
import { encodeDatagram } from './rpc-call.ts'
import { RpcError } from './rpc-error.ts'
import type { RpcFailure } from './rpc-error.ts'
import { callUdp, raceUdp } from './udp-client.ts'

const AMPLE_MS = 20_000
const LOOPBACK = '127.0.0.1'

function isFailure(failure: RpcFailure): (error: unknown) => boolean {
  return (error) => error instanceof RpcError && error.failure === failure
}

test('a call is sent again, as the same transaction, until it is answered', async (context) => {
  const responder = await startResponder(context, () => responder.calls.length > 1)
  await callUdp(NETINFO.ping, undefined, { address: LOOPBACK, port: responder.port, timeoutMs: AMPLE_MS })
  const [first, second] = responder.calls
  assert(first !== undefined && second !== undefined)
  assert.equal(first.header.xid, second.header.xid)
})

test('no answer within the time is a timeout', async (context) => {
  const { port } = await startResponder(context, () => false)
  const call = callUdp(NETINFO.ping, undefined, { address: LOOPBACK, port, timeoutMs: 30 })
  await assert.rejects(call, isFailure('timeout'))
})

test('a port where nothing listens is told at once', { skip: process.platform !== 'linux' }, async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, LOOPBACK, resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(resolve))
  const call = callUdp(NETINFO.ping, undefined, { address: LOOPBACK, port, timeoutMs: AMPLE_MS })
  await assert.rejects(call, isFailure('unreachable'))
})

test('a signal ends the waiting', async (context) => {
  const stop = new AbortController()
  const { port } = await startResponder(context, () => {
    stop.abort()
    return false
  })
  const options = { address: LOOPBACK, port, timeoutMs: AMPLE_MS, signal: stop.signal }
  await assert.rejects(callUdp(NETINFO.ping, undefined, options), isFailure('aborted'))
  await assert.rejects(callUdp(NETINFO.ping, undefined, options), isFailure('aborted'))
})

test('an address that cannot be asked, and a port that is none, are unreachable', async () => {
  // A socket may not connect to the broadcast address; without a network it may connect to none but the loopback.
  for (const [address, port] of [
    ['255.255.255.255', 111],
    [LOOPBACK, 0],
  ] as const) {
    const asked = callUdp(NETINFO.ping, undefined, { address, port, timeoutMs: AMPLE_MS })
    await assert.rejects(asked, { name: 'RpcError', failure: 'unreachable' })
  }
})

test('in a race the transaction number tells whose answer it is', async (context) => {
  const silent = await startResponder(context, () => false)
  const answering = await startResponder(context, () => true)
  const racers = [silent, answering, silent].map(({ port }) => ({
    address: LOOPBACK,
    port,
    message: (xid: number) => encodeDatagram(NETINFO.ping, undefined, xid, null),
  }))
  const winner = await raceUdp(racers, () => 'yes', { timeoutMs: AMPLE_MS })
  assert.deepEqual(winner, { racer: 1, address: LOOPBACK, result: 'yes' })
})

test('a race that nobody wins ends with its time, and one without racers at once', async (context) => {
  const { port } = await startResponder(context, () => true)
  const racer = {
    address: LOOPBACK,
    port,
    message: (xid: number) => encodeDatagram(NETINFO.ping, undefined, xid, null),
  }
  assert.equal(await raceUdp([racer], () => null, { timeoutMs: 30 }), null)
  assert.equal(await raceUdp([], () => 'yes', { timeoutMs: AMPLE_MS }), null)
})

test('BIND goes through the portmapper to the binder, and the first that agrees is the parent', async (context) => {
  const { port, calls } = await startResponder(context, ({ args }, results) => {
    const { args: bytes, ...call } = PORTMAP.callit.args.decode(args)
    assert.deepEqual(call, { program: 200_100_001, version: 1, procedure: 8 })
    // Of the two tags this machine serves the second, and is silent on the first.
    if (!bytes.includes('second')) return false
    PORTMAP.callit.result.encode(results, { port: 1, result: Buffer.alloc(0) })
    return true
  })
  const candidates: readonly BindCandidate[] = ['first', 'second'].map((serverTag) => ({
    address: LOOPBACK,
    port,
    serverTag,
    clientAddress: '192.168.1.9',
    clientTag: 'local',
  }))
  const parent = await bindThroughPortmapper(candidates, { hostName: 'ada', timeoutMs: AMPLE_MS })
  assert.deepEqual(parent, { tag: 'second', address: LOOPBACK })
  assert.equal(calls[0]?.header.unix?.machineName.toString(), 'ada')
  assert.equal(BINDER.bind.number, 8)
})
