import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readIcmp } from './error-queue.ts'
import { reasonOfIcmp } from './reasons.ts'

function controlOf(level: number, kind: number, origin: number, type: number, code: number): Buffer {
  const bytes = Buffer.alloc(48)
  bytes.writeBigUInt64LE(48n, 0)
  bytes.writeInt32LE(level, 8)
  bytes.writeInt32LE(kind, 12)
  bytes.set([origin, type, code], 20)
  return bytes
}

test('the ICMP of a control message is read, behind messages of other kinds', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(4, 6),
      fc.nat({ max: 255 }),
      fc.nat({ max: 20 }),
      fc.nat({ max: 3 }),
      (family, type, code, before) => {
        const others = Array.from({ length: before }, () => controlOf(1, 29, 0, 0, 0))
        const own = family === 4 ? controlOf(0, 11, 2, type, code) : controlOf(41, 25, 3, type, code)
        const error = readIcmp(Buffer.concat([...others, own]))
        assert.equal(error?.reason ?? null, reasonOfIcmp(family, type, code))
        // What stands behind the error is who sent it; here 16 bytes of zeroes.
        assert.equal(error?.sender.length ?? 16, 16)
      },
    ),
  )
})

test('an error of this machine itself is no ICMP', () => {
  assert.equal(readIcmp(controlOf(0, 11, 1, 3, 3)), null)
})

test('any bytes are read without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      readIcmp(Buffer.from(bytes))
    }),
    { numRuns: 2000 },
  )
})
