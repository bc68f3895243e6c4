import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RawClient, RawUdp, callBytes, recordOf, replyParts } from '../../../test/support/rpc-calls.ts'
import type { CallParts, ReplyParts } from '../../../test/support/rpc-calls.ts'
import { XdrWriter } from '../../core/index.ts'
import type { RpcAnswer, RpcCall, RpcProgram } from './rpc-program.ts'
import { RpcServer } from './rpc-server.ts'
import type { RpcServerOptions } from './rpc-server.ts'

const PROGRAM = 300_000
const VERSION = 3
/** Procedures from here on do the same as those below, but take their time. */
const LATE = 100
const ANSWERS: readonly RpcAnswer[] = ['done', 'silent', 'garbage', 'systemError', 'procUnavailable', 'tooWeak']
const [DONE, SILENT, GARBAGE, SYSTEM_ERROR, PROC_UNAVAILABLE, TOO_WEAK, THROWS, DECODES, CREDENTIAL, ECHO] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
]

/** Each procedure ends in another way, after some results were written that only `done` may send. */
function answerAtOnce(procedure: number, { args, header }: RpcCall, reply: XdrWriter): RpcAnswer {
  if (procedure === ECHO) {
    reply.opaque(args.opaque('echo', 1000))
    return 'done'
  }
  if (procedure === CREDENTIAL) {
    reply.u32(header.unix?.uid ?? 0).opaque(header.unix?.machineName ?? Buffer.alloc(0))
    return 'done'
  }
  reply.u32(4711)
  if (procedure === THROWS) throw new Error('a bug of ours')
  if (procedure === DECODES) args.u32('what is not there')
  return ANSWERS[procedure] ?? 'done'
}

const PROGRAM_OF_TEST: RpcProgram = {
  program: PROGRAM,
  version: VERSION,
  answer: (call, reply) => {
    const { procedure } = call.header
    if (procedure < LATE) return answerAtOnce(procedure, call, reply)
    return nextTurn().then(() => answerAtOnce(procedure - LATE, call, reply))
  },
}

interface Started {
  readonly server: RpcServer
  readonly errors: unknown[]
}

async function start(
  context: TestContext,
  options: RpcServerOptions = {},
  program = PROGRAM_OF_TEST,
): Promise<Started> {
  const errors: unknown[] = []
  const server = await RpcServer.listen([program], { onError: (error) => errors.push(error), ...options })
  context.after(() => server.close())
  return { server, errors }
}

async function connect(context: TestContext, server: RpcServer): Promise<RawClient> {
  const client = await RawClient.connect(server.tcpPort ?? 0)
  context.after(() => client.close())
  return client
}

function callOf(procedure: number, others: Partial<CallParts> = {}): CallParts {
  return { xid: 77, program: PROGRAM, version: VERSION, procedure, ...others }
}

const accepted = (acceptStat: number): ReplyParts['outcome'] => ({ kind: 'accepted', acceptStat })
const authError = (authStat: number): ReplyParts['outcome'] => ({ kind: 'denied', rejectStat: 1, authStat })

interface Case {
  readonly what: string
  readonly parts: CallParts
  readonly outcome: ReplyParts['outcome']
  readonly rest?: string
}

const CASES: readonly Case[] = [
  { what: 'done sends the results', parts: callOf(DONE), outcome: { kind: 'success' }, rest: '00001267' },
  { what: 'garbage is GARBAGE_ARGS', parts: callOf(GARBAGE), outcome: accepted(4) },
  { what: 'a system error is SYSTEM_ERR', parts: callOf(SYSTEM_ERROR), outcome: accepted(5) },
  { what: 'an unknown procedure is PROC_UNAVAIL', parts: callOf(PROC_UNAVAILABLE), outcome: accepted(3) },
  { what: 'too weak is AUTH_TOOWEAK', parts: callOf(TOO_WEAK), outcome: authError(5) },
  { what: 'an exception is SYSTEM_ERR', parts: callOf(THROWS), outcome: accepted(5) },
  { what: 'arguments that do not decode are GARBAGE_ARGS', parts: callOf(DECODES), outcome: accepted(4) },
  { what: 'another program is PROG_UNAVAIL', parts: callOf(0, { program: PROGRAM + 1 }), outcome: accepted(1) },
  {
    what: 'another version is PROG_MISMATCH with the one that there is',
    parts: callOf(0, { version: VERSION + 1 }),
    outcome: accepted(2),
    rest: '0000000300000003',
  },
  {
    what: 'another version of RPC is RPC_MISMATCH, whatever follows it',
    parts: callOf(0, { rpcVersion: 3 }),
    outcome: { kind: 'denied', rejectStat: 0, authStat: null },
    rest: '0000000200000002',
  },
  {
    what: 'a credential of AUTH_UNIX that does not decode is AUTH_BADCRED',
    parts: callOf(0, { flavor: 1, credential: Buffer.from('00000000000000ff', 'hex') }),
    outcome: authError(1),
  },
  {
    what: 'a flavour that nobody knows here is AUTH_REJECTEDCRED',
    parts: callOf(0, { flavor: 6 }),
    outcome: authError(2),
  },
  {
    what: 'the program sees the credential of AUTH_UNIX',
    parts: callOf(CREDENTIAL, {
      flavor: 1,
      credential: new XdrWriter().u32(1).text('abc').u32(501).u32(20).u32(1).u32(20).toBytes(),
    }),
    outcome: { kind: 'success' },
    rest: '000001f50000000361626300',
  },
]

describe('every end of a call has its reply', () => {
  for (const { what, parts, outcome, rest = '' } of CASES) {
    for (const isLate of [false, true]) {
      const asked = isLate ? { ...parts, procedure: parts.procedure + LATE } : parts
      test(`${what}${isLate ? ', also when it takes its time' : ''}`, async (context) => {
        const { server, errors } = await start(context)
        const client = await connect(context, server)
        const udp = new RawUdp(server.udpPort ?? 0)
        context.after(() => udp.close())
        for (const reply of [await client.ask(asked), await client.ask(asked), await udp.ask(asked)]) {
          assert.equal(reply.xid, 77)
          assert.deepEqual(reply.outcome, outcome)
          assert.equal(reply.rest.toString('hex'), rest)
        }
        assert.equal(errors.length, parts.procedure === THROWS ? 3 : 0)
      })
    }
  }

  test('silence is silence: the reply that comes is of the next call', async (context) => {
    const { server } = await start(context)
    const client = await connect(context, server)
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    for (const late of [0, LATE]) {
      client.send(recordOf(callBytes(callOf(SILENT + late, { xid: 1 }))))
      assert.equal((await client.ask(callOf(late, { xid: 2 }))).xid, 2)
      udp.send(callBytes(callOf(SILENT + late, { xid: 1 })))
      assert.equal((await udp.ask(callOf(late, { xid: 2 }))).xid, 2)
    }
  })
})

describe('over TCP', () => {
  test('a call may come as fragments cut anywhere, and bytes at a time', async (context) => {
    const { server } = await start(context)
    const client = await connect(context, server)
    const message = callBytes(callOf(ECHO, { args: new XdrWriter().text('portolan').toBytes() }))
    for (let cut = 0; cut <= message.length; cut += 1) {
      const record = recordOf(message, cut)
      client.send(record.subarray(0, cut))
      await nextTurn()
      client.send(record.subarray(cut))
      const reply = await client.receive()
      assert.equal(replyParts(reply ?? Buffer.alloc(0)).rest.toString('latin1', 4), 'portolan')
    }
  })

  test('many calls at once are all answered, late ones too', async (context) => {
    const { server } = await start(context, { limits: { pendingCalls: 5 } })
    const client = await connect(context, server)
    const calls = Array.from({ length: 3000 }, (_, index) => {
      const procedure = index % 7 === 0 ? ECHO + LATE : ECHO
      return recordOf(callBytes(callOf(procedure, { xid: index, args: new XdrWriter().text(`${index}`).toBytes() })))
    })
    client.send(Buffer.concat(calls))
    const seen = new Set<number>()
    for (let index = 0; index < calls.length; index += 1) {
      const { xid, outcome, rest } = replyParts((await client.receive()) ?? Buffer.alloc(0))
      assert.equal(outcome.kind, 'success')
      assert.equal(rest.toString('latin1', 4, 4 + `${xid}`.length), `${xid}`)
      seen.add(xid)
    }
    assert.equal(seen.size, calls.length)
  })

  test('a client that ends its side is still answered, then the connection closes', async (context) => {
    const { server } = await start(context)
    const client = await connect(context, server)
    client.send(recordOf(callBytes(callOf(DONE, { xid: 1 }))))
    client.send(recordOf(callBytes(callOf(DONE + LATE, { xid: 2 }))))
    client.socket.end()
    const replies = [await client.receive(), await client.receive(), await client.receive()]
    assert.deepEqual(
      replies.map((reply) => reply && replyParts(reply).xid),
      [1, 2, null],
    )
  })

  const noCalls: readonly (readonly [string, Buffer])[] = [
    ['what is no call', recordOf(Buffer.from('GET / HTTP/1.0\r\n\r\n'))],
    ['a reply', recordOf(Buffer.from('000000010000000100000000', 'hex'))],
    ['a record too short for a call', recordOf(Buffer.alloc(4))],
    ['a call that breaks off in its header', recordOf(callBytes(callOf(0)).subarray(0, 30))],
    ['a record longer than allowed', Buffer.from('ffffffff', 'hex')],
    ['the words of another protocol', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ]
  for (const [what, bytes] of noCalls) {
    test(`${what} closes the connection, after the calls before it were answered`, async (context) => {
      const { server } = await start(context)
      const client = await connect(context, server)
      client.send(Buffer.concat([recordOf(callBytes(callOf(DONE))), bytes]))
      assert.equal(replyParts((await client.receive()) ?? Buffer.alloc(0)).xid, 77)
      assert.equal(await client.receive(), null)
    })
  }

  test('whom the program does not accept is closed at once, without an answer', async (context) => {
    const seen: unknown[] = []
    const { server } = await start(
      context,
      {},
      { ...PROGRAM_OF_TEST, accepts: (peer) => (seen.push({ ...peer, port: 0 }), false) },
    )
    const client = await connect(context, server)
    client.send(recordOf(callBytes(callOf(DONE))))
    assert.equal(await client.receive(), null)
    assert.deepEqual(seen, [{ address: '127.0.0.1', port: 0, transport: 'tcp', isOwnAddress: true }])
    assert.equal(server.stats.current, 0)
  })
})

test('a client is closed where it cannot be told whether it is accepted, and the error is told', async (context) => {
  const accepts = (): boolean => {
    throw new Error('the store is gone')
  }
  const { server, errors } = await start(context, {}, { ...PROGRAM_OF_TEST, accepts })
  const client = await connect(context, server)
  assert.equal(await client.receive(), null)
  assert.equal(errors.length, 1)
})

describe('over UDP', () => {
  test('what is no call is dropped, and nothing else suffers', async (context) => {
    const { server } = await start(context)
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    udp.send(Buffer.alloc(0))
    udp.send(Buffer.from('chargen !"#$%&()*+,-./0123456789'))
    udp.send(Buffer.from('00000001000000010000000000000000', 'hex'))
    udp.send(callBytes(callOf(0)).subarray(0, 39))
    assert.equal((await udp.ask(callOf(DONE))).outcome.kind, 'success')
  })

  test('a reply too long for a datagram becomes SYSTEM_ERR', async (context) => {
    const { server } = await start(context, { limits: { datagramBytes: 60 } })
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    const args = (length: number): Buffer => new XdrWriter().text('x'.repeat(length)).toBytes()
    assert.deepEqual((await udp.ask(callOf(ECHO, { args: args(32) }))).outcome, { kind: 'success' })
    assert.deepEqual((await udp.ask(callOf(ECHO, { args: args(36) }))).outcome, accepted(5))
    assert.deepEqual((await udp.ask(callOf(ECHO + LATE, { args: args(36) }))).outcome, accepted(5))
  })

  test('more late calls than allowed are dropped', async (context) => {
    const gate = Promise.withResolvers<RpcAnswer>()
    const program: RpcProgram = { ...PROGRAM_OF_TEST, answer: () => gate.promise }
    const { server } = await start(context, { limits: { pendingDatagrams: 2 } }, program)
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    for (const xid of [1, 2, 3]) udp.send(callBytes(callOf(0, { xid })))
    const client = await connect(context, server)
    client.send(recordOf(callBytes(callOf(0))))
    // A turn of the loop takes what the sockets have; then the two that wait are let go.
    await nextTurn()
    await nextTurn()
    gate.resolve('done')
    assert.equal((await client.receive())?.readUInt32BE(0), 77)
    const first = [(await udp.receive()).readUInt32BE(0), (await udp.receive()).readUInt32BE(0)]
    assert.deepEqual(first, [1, 2])
    assert.equal((await udp.ask(callOf(0, { xid: 4 }))).xid, 4)
  })
})

describe('listening', () => {
  test('a port that is taken is told, and nothing is left open', async (context) => {
    const { server } = await start(context)
    const taken = { code: 'ERR_PORTOLAN_LISTEN_FAILED' }
    await assert.rejects(RpcServer.listen([PROGRAM_OF_TEST], { tcpPort: server.tcpPort }), taken)
    await assert.rejects(RpcServer.listen([PROGRAM_OF_TEST], { udpPort: server.udpPort }), taken)
  })

  test('either transport may be left out', async (context) => {
    const { server: tcp } = await start(context, { udpPort: null })
    const { server: udp } = await start(context, { tcpPort: null })
    assert.equal(tcp.udpPort, null)
    assert.equal(udp.tcpPort, null)
    assert.equal(udp.stats.current, 0)
  })

  test('several servers may share a port where they agree to', async (context) => {
    if (process.platform !== 'linux') return context.skip('needs Linux')
    const { server } = await start(context, { reusePort: true, udpPort: null })
    await start(context, { reusePort: true, udpPort: null, tcpPort: server.tcpPort })
  })
})

describe('closing', () => {
  test('the calls under way are answered first', async (context) => {
    const gate = Promise.withResolvers<RpcAnswer>()
    const asked = Promise.withResolvers<void>()
    const program: RpcProgram = { ...PROGRAM_OF_TEST, answer: () => (asked.resolve(), gate.promise) }
    const { server } = await start(context, {}, program)
    const client = await connect(context, server)
    const idle = await connect(context, server)
    client.send(recordOf(callBytes(callOf(0))))
    await asked.promise
    const closing = server.close(20_000)
    await idle.closed()
    await assert.rejects(RawClient.connect(server.tcpPort ?? 0))
    gate.resolve('done')
    assert.equal((await client.receive())?.readUInt32BE(0), 77)
    assert.equal(await client.receive(), null)
    await closing
  })

  test('what never ends is cut after the grace', async (context) => {
    const never: RpcProgram = { ...PROGRAM_OF_TEST, answer: () => new Promise(() => undefined) }
    const { server } = await start(context, {}, never)
    const client = await connect(context, server)
    const udp = new RawUdp(server.udpPort ?? 0)
    context.after(() => udp.close())
    udp.send(callBytes(callOf(0)))
    client.send(recordOf(callBytes(callOf(0))))
    await nextTurn()
    await server.close(50)
    await client.closed()
  })
})
