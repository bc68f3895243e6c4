import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EarlierSockets } from './earlier-sockets.ts'

function make(): { readonly sockets: EarlierSockets; readonly closed: number[] } {
  const closed: number[] = []
  return { sockets: new EarlierSockets(4, (descriptor) => closed.push(descriptor)), closed }
}

test('each socket of a slot is known by when it was sent, until a second has passed', () => {
  const { sockets, closed } = make()
  sockets.keep(1, 10, 0, 400)
  sockets.keep(1, 11, 400, 800)
  assert.deepEqual([sockets.sentAtOf(1, 10), sockets.sentAtOf(1, 11), sockets.sentAtOf(2, 10)], [0, 400, undefined])
  sockets.closeOld(900)
  assert.deepEqual(closed, [])
  sockets.closeOld(1000)
  assert.deepEqual(closed, [10])
  assert.equal(sockets.sentAtOf(1, 10), undefined)
  sockets.closeOld(1400)
  assert.deepEqual(closed, [10, 11])
})

test('one that is older than a second is closed at once', () => {
  const { sockets, closed } = make()
  sockets.keep(0, 9, 0, 1000)
  assert.deepEqual(closed, [9])
  assert.equal(sockets.closeAll(), false)
})

test('a socket that is let go is not closed, and none is closed twice', () => {
  const { sockets, closed } = make()
  for (const descriptor of [5, 6, 7]) sockets.keep(3, descriptor, descriptor, 100)
  sockets.keep(0, 8, 50, 100)
  sockets.remove(3, 6)
  sockets.remove(3, 99)
  sockets.closeOf(3)
  assert.deepEqual(closed, [5, 7])
  assert.equal(sockets.closeAll(), true)
  sockets.closeOld(Infinity)
  assert.deepEqual(closed, [5, 7, 8])
})
