import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DecodeError, XdrReader, XdrWriter } from '../core/index.ts'
import {
  decodeCall,
  decodeReply,
  encodeAccepted,
  encodeAuthError,
  encodeCall,
  encodeProgramMismatch,
  encodeRpcMismatch,
  replyXid,
} from './rpc-message.ts'
import type { UnixCredential } from './rpc-message.ts'

const word = fc.integer({ min: 0, max: 0xffff_ffff })
const target = fc.record({ xid: word, program: word, version: word, procedure: word }, { noNullPrototype: true })
const unix = fc.record(
  {
    stamp: word,
    machineName: fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes)),
    uid: word,
    gid: word,
    gids: fc.array(word, { maxLength: 16 }),
  },
  { noNullPrototype: true },
)
const CALL = { xid: 7, program: 200_100_000, version: 2, procedure: 10 }

function callBytes(call: typeof CALL, credential: UnixCredential | null): Buffer {
  const writer = new XdrWriter()
  encodeCall(writer, call, credential)
  return writer.toBytes()
}

function replyBytes(write: (writer: XdrWriter) => void): Buffer {
  const writer = new XdrWriter()
  write(writer)
  return writer.toBytes()
}

const REPLIES = {
  success: replyBytes((writer) => encodeAccepted(writer, 7, 0)),
  garbage: replyBytes((writer) => encodeAccepted(writer, 7, 4)),
  programMismatch: replyBytes((writer) => encodeProgramMismatch(writer, 7, 2, 2)),
  authError: replyBytes((writer) => encodeAuthError(writer, 7, 5)),
  rpcMismatch: replyBytes((writer) => encodeRpcMismatch(writer, 7)),
}

test('a call of AUTH_NONE is the words of RFC 5531 §9', () => {
  assert.equal(
    callBytes(CALL, null).toString('hex'),
    `0000000700000000000000020bed48a0000000020000000a${'00000000'.repeat(4)}`,
  )
})

test('a call decodes to what was encoded, and the reader stands at the arguments', () => {
  fc.assert(
    fc.property(target, fc.option(unix), word, (call, credential, argument) => {
      const writer = new XdrWriter()
      encodeCall(writer, call, credential)
      writer.u32(argument)
      const reader = new XdrReader(writer.toBytes())
      assert.deepEqual(decodeCall(reader), {
        ...call,
        rpcVersion: 2,
        flavor: credential === null ? 0 : 1,
        unix: credential,
        isBadCredential: false,
      })
      assert.equal(reader.u32('argument'), argument)
      reader.finish('call')
    }),
  )
})

test('a call cut at any byte is a DecodeError', () => {
  fc.assert(
    fc.property(target, fc.option(unix), (call, credential) => {
      const bytes = callBytes(call, credential)
      for (let end = 0; end < bytes.length; end += 1)
        assert.throws(() => decodeCall(new XdrReader(bytes.subarray(0, end))), DecodeError)
    }),
    { numRuns: 30 },
  )
})

test('a credential of AUTH_UNIX that does not decode is told, and the arguments are still found', () => {
  const machineName = Buffer.alloc(256)
  const writer = new XdrWriter()
  encodeCall(writer, CALL, { stamp: 0, machineName, uid: 0, gid: 0, gids: [] })
  writer.u32(99)
  const reader = new XdrReader(writer.toBytes())
  const header = decodeCall(reader)
  assert.equal(header.isBadCredential, true)
  assert.equal(header.unix, null)
  assert.equal(reader.u32('argument'), 99)
})

test('a credential with more than 16 groups is bad', () => {
  const gids = Array.from({ length: 17 }, () => 1)
  const bytes = callBytes(CALL, { stamp: 0, machineName: Buffer.alloc(0), uid: 0, gid: 0, gids })
  assert.equal(decodeCall(new XdrReader(bytes)).isBadCredential, true)
})

test('a credential longer than 400 bytes is a DecodeError', () => {
  const writer = new XdrWriter()
  writer.u32(7).u32(0).u32(2).u32(1).u32(1).u32(0).u32(0).opaque(Buffer.alloc(401)).u32(0).u32(0)
  assert.throws(() => decodeCall(new XdrReader(writer.toBytes())), DecodeError)
})

test('a call of another RPC version is known by its first three words', () => {
  const header = decodeCall(new XdrReader(Buffer.from('000000070000000000000003', 'hex')))
  assert.equal(header.xid, 7)
  assert.equal(header.rpcVersion, 3)
})

test('each kind of reply is told apart', () => {
  const outcome = (bytes: Buffer) => {
    const { xid, outcome: found } = decodeReply(new XdrReader(bytes))
    assert.equal(xid, 7)
    return found
  }
  assert.deepEqual(outcome(REPLIES.success), { kind: 'success' })
  assert.deepEqual(outcome(REPLIES.garbage), { kind: 'accepted', acceptStat: 4 })
  assert.deepEqual(outcome(REPLIES.programMismatch), { kind: 'accepted', acceptStat: 2 })
  assert.deepEqual(outcome(REPLIES.authError), { kind: 'denied', rejectStat: 1, authStat: 5 })
  assert.deepEqual(outcome(REPLIES.rpcMismatch), { kind: 'denied', rejectStat: 0, authStat: null })
})

test('after a success the reader stands at the results', () => {
  const bytes = Buffer.concat([REPLIES.success, Buffer.from('0000002a', 'hex')])
  const reader = new XdrReader(bytes)
  decodeReply(reader)
  assert.equal(reader.u32('result'), 42)
})

test('a reply cut before its outcome is a DecodeError', () => {
  for (const bytes of [REPLIES.success, REPLIES.garbage, REPLIES.authError])
    for (let end = 0; end < bytes.length; end += 1)
      assert.throws(() => decodeReply(new XdrReader(bytes.subarray(0, end))), DecodeError)
})

test('the transaction of a reply is found without decoding; a call and a short message have none', () => {
  assert.equal(replyXid(REPLIES.authError), 7)
  assert.equal(replyXid(callBytes(CALL, null)), null)
  assert.equal(replyXid(Buffer.from('00000007', 'hex')), null)
})

test('any words are a call, a reply or a DecodeError', () => {
  const words = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 500 }), word), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(words, (values) => {
      const writer = new XdrWriter()
      for (const value of values) writer.u32(value)
      for (const decode of [decodeCall, decodeReply])
        try {
          decode(new XdrReader(writer.toBytes()))
        } catch (error) {
          assert(error instanceof DecodeError)
        }
    }),
    { numRuns: 2000 },
  )
})
