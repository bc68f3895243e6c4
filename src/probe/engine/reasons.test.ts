import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { REASONS } from '../model.ts'
import { CODE_OF, isAnswer, reasonOf, reasonOfIcmp, stateOf } from './reasons.ts'

test('each reason has the number of its place', () => {
  assert.deepEqual(
    REASONS.map((reason) => CODE_OF[reason]),
    REASONS.map((_, place) => place),
  )
  for (const reason of REASONS) assert.equal(reasonOf(CODE_OF[reason]), reason)
  assert.throws(() => reasonOf(REASONS.length), RangeError)
})

test('what was not measured is never closed, and only an answer makes a port open or closed', () => {
  for (const transport of ['tcp', 'udp'] as const)
    for (const reason of REASONS) {
      const state = stateOf(transport, reason)
      if (state === 'open' || state === 'closed') assert.ok(isAnswer(CODE_OF[reason]), reason)
      assert.equal(state === 'unmeasured', CODE_OF[reason] > CODE_OF['no-response'], reason)
    }
})

test('silence and port-unreachable mean by UDP what they do not mean by TCP', () => {
  assert.equal(stateOf('tcp', 'no-response'), 'filtered')
  assert.equal(stateOf('udp', 'no-response'), 'open|filtered')
  assert.equal(stateOf('tcp', 'port-unreach'), 'filtered')
  assert.equal(stateOf('udp', 'port-unreach'), 'closed')
})

test('an ICMP error of any type and code is a reason that came from the network, or none', () => {
  fc.assert(
    fc.property(fc.constantFrom(4, 6), fc.nat({ max: 255 }), fc.nat({ max: 255 }), (family, type, code) => {
      const reason = reasonOfIcmp(family, type, code)
      if (reason !== null) assert.ok(isAnswer(CODE_OF[reason]))
    }),
  )
  assert.equal(reasonOfIcmp(4, 3, 3), 'port-unreach')
  assert.equal(reasonOfIcmp(4, 3, 13), 'admin-prohibited')
  assert.equal(reasonOfIcmp(4, 3, 4), null)
  assert.equal(reasonOfIcmp(6, 1, 4), 'port-unreach')
  assert.equal(reasonOfIcmp(6, 2, 0), null)
})
