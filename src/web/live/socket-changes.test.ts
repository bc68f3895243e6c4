import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { madeConnection, madeListener, madeProcess, madeSockets } from '../../../test/support/sockets-made.ts'
import type { Sockets } from '../../listeners/index.ts'
import { applyChange, changeOf } from './socket-changes.ts'

const process = fc.option(
  fc
    .record({ pid: fc.integer({ min: 1, max: 4 }), name: fc.constantFrom('node', 'sshd') })
    .map((change) => madeProcess(change)),
)
const listener = fc
  .record({
    port: fc.integer({ min: 1, max: 5 }),
    address: fc.constantFrom('127.0.0.1', '::'),
    transport: fc.constantFrom('tcp' as const, 'udp' as const),
    process,
  })
  .map((change) => madeListener(change))
const connection = fc
  .record({ port: fc.integer({ min: 1, max: 5 }), state: fc.constantFrom('established', 'close-wait') })
  .map((change) => madeConnection(change))
const sockets: fc.Arbitrary<Sockets> = fc
  .record({
    listeners: fc.array(listener, { maxLength: 12 }),
    connections: fc.array(connection, { maxLength: 12 }),
    notes: fc.array(fc.string(), { maxLength: 1 }),
  })
  .map(madeSockets)

describe('the change from one reading of sockets to the next', () => {
  test('leads to the next reading, also when it has been copied to another thread', () => {
    fc.assert(
      fc.property(sockets, sockets, (before, now) => {
        assert.deepEqual(applyChange(before, structuredClone(changeOf(before, now))), now)
      }),
    )
  })

  test('leaves what is as it was the same object', () => {
    const stays = madeListener({ port: 1 })
    const before = madeSockets({ listeners: [madeListener({ port: 0 }), stays], connections: [madeConnection()] })
    const now = madeSockets({ listeners: [structuredClone(stays)], connections: [madeConnection()] })
    const after = applyChange(before, changeOf(before, now))
    assert.equal(after.listeners[0], stays)
    assert.equal(after.connections, before.connections)
  })

  test('tells a process from another with the same number', () => {
    const before = madeSockets({ listeners: [madeListener({ process: madeProcess({ command: 'old' }) })] })
    const now = madeSockets({ listeners: [madeListener({ process: madeProcess({ command: 'new' }) })] })
    assert.equal(applyChange(before, changeOf(before, now)).listeners[0]?.process?.command, 'new')
  })
})
