import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RawClient, RawUdp, callBytes, recordOf } from '../../../test/support/rpc-calls.ts'
import { until } from '../../../test/support/until.ts'
import { XdrWriter } from '../../core/index.ts'
import { RpcDispatcher } from './rpc-dispatcher.ts'
import type { RpcPeer, RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'

const PROGRAM: RpcProgram = {
  program: 300_000,
  version: 1,
  answer: ({ header, args }, reply) => {
    if (header.procedure === 0) return 'done'
    reply.text(args.text('name', 1000)).u32(args.count('ids', 1000, 4))
    if (header.procedure === 1) return 'done'
    return header.procedure === 2 ? Promise.resolve('done') : { chunks: [Buffer.alloc(header.procedure % 1000)] }
  },
}
const PEER: RpcPeer = { address: '192.0.2.1', port: 1023, transport: 'tcp', isOwnAddress: false }
const RUNS = 20_000
const ROUNDS = 150

const credential = new XdrWriter().u32(1).text('ada').u32(0).u32(0).u32(2).u32(0).u32(20).toBytes()
const args = new XdrWriter().text('portolan').u32(0).toBytes()
const calls = [0, 1, 2, 3].flatMap((procedure) => [
  callBytes({ xid: 1, program: 300_000, version: 1, procedure, args }),
  callBytes({ xid: 2, program: 300_000, version: 1, procedure, args, flavor: 1, credential }),
])

/** A valid call with some bytes changed, removed or repeated. */
const mutated = fc
  .tuple(
    fc.constantFrom(...calls),
    fc.array(fc.tuple(fc.nat(200), fc.constantFrom(0, 1, 2, 3, 127, 128, 255), fc.constantFrom('set', 'cut', 'copy')), {
      maxLength: 6,
    }),
  )
  .map(([call, edits]) => {
    let bytes = Buffer.from(call)
    for (const [at, value, kind] of edits) {
      if (kind === 'set' && at < bytes.length) bytes[at] = value
      if (kind === 'cut') bytes = bytes.subarray(0, bytes.length - Math.min(at % 8, bytes.length))
      if (kind === 'copy') bytes = Buffer.concat([bytes, bytes.subarray(at % 40, (at % 40) + (value % 16))])
    }
    return bytes
  })

test('whatever a call is made of, it is answered, dropped or refused; nothing throws', () => {
  const errors: unknown[] = []
  const dispatcher = new RpcDispatcher([PROGRAM], (error) => errors.push(error))
  fc.assert(
    fc.property(mutated, (bytes) => {
      const output = new XdrWriter().u32(4711)
      const answer = dispatcher.dispatch(bytes, 0, bytes.length, PEER, output)
      assert.equal(output.view.readUInt32BE(0), 4711)
      if (answer !== 'replied') return
      const lengthBytes = output.length - 8
      assert.equal(output.view.readUInt32BE(4), 0x8000_0000 + lengthBytes)
      assert.equal(output.view.readUInt32BE(8), bytes.readUInt32BE(0))
      assert.ok(lengthBytes < 1100)
    }),
    { numRuns: RUNS },
  )
  assert.deepEqual(errors, [])
})

test('no bytes off the network stop the server or stay in it', async (context) => {
  const errors: unknown[] = []
  const server = await RpcServer.listen([PROGRAM], {
    onError: (error) => errors.push(error),
    limits: { recordMs: 200, stallMs: 200 },
  })
  context.after(() => server.close())
  const udp = new RawUdp(server.udpPort ?? 0)
  context.after(() => udp.close())
  const streams = fc.sample(fc.tuple(fc.array(mutated, { minLength: 1, maxLength: 30 }), fc.nat(400)), ROUNDS)
  for (const [messages, wrong] of streams) {
    for (const message of messages) udp.send(message)
    const client = await RawClient.connect(server.tcpPort ?? 0)
    const stream = Buffer.concat(messages.map((message) => recordOf(message)))
    // Sometimes a mark is hit as well.
    if (wrong < stream.length) stream[wrong] = wrong % 256
    client.send(stream)
    client.socket.end()
    client.socket.resume()
  }
  await until('all connections are gone', () => (server.stats.current === 0 ? true : null))
  assert.deepEqual(errors, [])
  const last = await RawClient.connect(server.tcpPort ?? 0)
  context.after(() => last.close())
  assert.equal((await last.ask({ xid: 9, program: 300_000, version: 1, procedure: 0 })).outcome.kind, 'success')
})
