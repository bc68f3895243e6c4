import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PORT_MAX, TRANSPORTS, openLore, openRegistry } from '../../../registry/index.ts'
import { KnownPorts } from './known-ports.ts'

const { registry } = openRegistry({})
const known = new KnownPorts(registry, openLore())

test('a port is told with its statuses, the rarest first, and its names, the official ones first', () => {
  const { answers, names } = known.brief(80)
  assert.deepEqual(answers, [
    { status: 'assigned', transports: ['tcp', 'udp', 'sctp'] },
    { status: 'unassigned', transports: ['dccp'] },
  ])
  assert.equal(names[0], 'http')
  assert.deepEqual(known.brief(54_321).answers, [{ status: 'unassigned', transports: TRANSPORTS }])
})

test("NetInfo's wide range names none of its ports", () => {
  assert.deepEqual(known.brief(973).names, [])
})

test('the nearest ports on both sides are ascending, and lie on their side', () => {
  fc.assert(
    fc.property(fc.nat(PORT_MAX), fc.nat(5), (port, count) => {
      const { before, after } = known.around(port, count)
      const ports = [...before, { port }, ...after].map((each) => each.port)
      assert.deepEqual(
        ports,
        [...new Set(ports)].toSorted((a, b) => a - b),
      )
      assert.ok(before.length <= count && after.length <= count)
    }),
  )
})

test('around the ends of the port space there is less', () => {
  assert.deepEqual(known.around(0, 3).before, [])
  assert.deepEqual(
    known.around(0, 2).after.map(({ port }) => port),
    [1, 2],
  )
  assert.deepEqual(known.around(PORT_MAX, 3).after, [])
})

test('the counts of all ports are those of their blocks together', () => {
  const whole = known.count(0, 2047)
  const parts = [0, 512, 1024, 1536].map((first) => known.count(first, first + 511))
  for (const each of ['assigned', 'reserved', 'known'] as const)
    assert.equal(
      parts.reduce((sum, part) => sum + part[each], 0),
      whole[each],
    )
  assert.ok(whole.assigned > 1500)
})
