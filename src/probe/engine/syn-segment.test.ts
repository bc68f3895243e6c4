import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { SYN_BYTES, SynTemplate, acknowledgedBy, synAnswerOf, tcpHeaderAt } from './syn-segment.ts'
import type { Family } from './syn-segment.ts'

const family = fc.constantFrom<Family>(4, 6)
const port = fc.integer({ min: 0, max: 65_535 })
const sequence = fc.integer({ min: 0, max: 0xffff_ffff })
const bytesOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })

/** A receiver's sum over the pseudo header and the segment: 0xffff where the checksum is right (RFC 1071 section 1). */
function sumAsReceived(packet: Buffer, version: Family): number {
  const [tcpAt, addressAt] = version === 4 ? [20, 12] : [40, 8]
  let sum = 6 + (packet.length - tcpAt)
  for (let at = addressAt; at < packet.length; at += 2) sum += packet.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}

function answer(version: Family, flags: number, acknowledged: number): Buffer {
  const tcpAt = version === 4 ? 20 : 0
  const bytes = Buffer.alloc(tcpAt + 20)
  if (version === 4) bytes[0] = 0x45
  bytes.writeUInt32BE((acknowledged + 1) >>> 0, tcpAt + 8)
  bytes[tcpAt + 13] = flags
  return bytes
}

describe('a SYN', () => {
  test('has its ports, its number and its flag where they belong, and a right checksum', () => {
    const routes = family.chain((version) => {
      const size = version === 4 ? 4 : 16
      return fc.tuple(fc.constant(version), bytesOf(size), bytesOf(size))
    })
    fc.assert(
      fc.property(routes, port, port, sequence, fc.nat(64), ([version, source, target], from, to, number, at) => {
        const into = Buffer.alloc(at + SYN_BYTES[version], 0xee)
        new SynTemplate(version, source, target).write(into, at, { from, to }, number)
        const packet = into.subarray(at)
        const tcpAt = version === 4 ? 20 : 40
        assert.equal(packet.readUInt16BE(tcpAt), from)
        assert.equal(packet.readUInt16BE(tcpAt + 2), to)
        assert.equal(packet.readUInt32BE(tcpAt + 4), number)
        assert.equal(packet[tcpAt + 13], 0x02)
        assert.deepEqual([...packet.subarray(tcpAt - target.length, tcpAt)], [...target])
        assert.equal(sumAsReceived(packet, version), 0xffff)
        assert.ok(
          into.subarray(0, at).every((byte) => byte === 0xee),
          'nothing before it is written over',
        )
      }),
    )
  })

  test('is answered by what acknowledges it, whatever its number was', () => {
    fc.assert(
      fc.property(family, sequence, (version, number) => {
        const bytes = answer(version, 0x12, number)
        const tcpAt = tcpHeaderAt(version, bytes, 0, bytes.length)
        assert.equal(acknowledgedBy(bytes, tcpAt), number)
        assert.equal(synAnswerOf(bytes, tcpAt), 'syn-ack')
      }),
    )
  })

  test('is answered by a reset or by SYN and ACK, and by nothing else', () => {
    for (const [flags, said] of [
      [0x12, 'syn-ack'],
      [0x52, 'syn-ack'],
      [0x14, 'reset'],
      [0x04, null],
      [0x02, null],
      [0x10, null],
      [0x11, null],
      [0x00, null],
    ] as const)
      assert.equal(synAnswerOf(answer(6, flags, 1), 0), said, `flags ${flags}`)
  })
})

test('a header is looked for within what came alone', () => {
  fc.assert(
    fc.property(family, fc.uint8Array({ maxLength: 80 }), (version, bytes) => {
      const at = tcpHeaderAt(version, Buffer.from(bytes), 0, bytes.length)
      assert.ok(at === -1 || (at >= (version === 4 ? 20 : 0) && at + 20 <= bytes.length))
    }),
  )
})
