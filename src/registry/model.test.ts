import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PORT_MAX, PORT_RANGES, aliasTarget, isSecondaryName, rangeOf, statusOfRow } from './model.ts'

describe('rangeOf', () => {
  test('divides the ports as RFC 6335 does', () => {
    const names = [0, 1023, 1024, 49_151, 49_152, 65_535].map((port) => rangeOf(port).name)
    assert.deepEqual(names, ['system', 'system', 'user', 'user', 'dynamic', 'dynamic'])
  })

  test('leaves no port out and puts none in two ranges', () => {
    let next = 0
    for (const { first, last } of PORT_RANGES) {
      assert.equal(first, next)
      next = last + 1
    }
    assert.equal(next, PORT_MAX + 1)
  })
})

describe('statusOfRow', () => {
  test('calls a row with a service name assigned, whatever else it says', () => {
    assert.equal(statusOfRow({ name: 'http', description: '' }), 'assigned')
    assert.equal(statusOfRow({ name: 'x', description: 'Reserved' }), 'assigned')
    assert.equal(statusOfRow({ name: 'x', description: 'Unassigned' }), 'assigned')
  })

  test('calls a row unassigned only where it begins so', () => {
    assert.equal(statusOfRow({ name: '', description: 'Unassigned' }), 'unassigned')
    assert.equal(statusOfRow({ name: '', description: 'unassigned (was x)' }), 'unassigned')
    assert.equal(statusOfRow({ name: '', description: '(Unassigned)' }), 'unassigned')
    assert.equal(statusOfRow({ name: '', description: 'Reserved, once Unassigned' }), 'reserved')
  })

  test('calls uses set aside for private agreement assigned', () => {
    assert.equal(statusOfRow({ name: '', description: 'any private mail system' }), 'assigned')
    assert.equal(statusOfRow({ name: '', description: 'any privateer' }), 'reserved')
  })

  test('calls reserved and de-assigned ports reserved', () => {
    for (const description of ['Reserved', 'De-registered', 'Removed', 'De-Commissioned Port 5401', '']) {
      assert.equal(statusOfRow({ name: '', description }), 'reserved', description)
    }
  })
})

describe('isSecondaryName', () => {
  test('knows the words by which IANA sets a name beside another', () => {
    for (const notes of [
      'This entry is an alias to "http". This entry is now historic, not usable for discovery.',
      'This is a duplicate of the "http" service and should not be used for discovery purposes.',
      'This entry records an unassigned but widespread use',
      'It is now historic.',
    ]) {
      assert.ok(isSecondaryName(notes), notes)
    }
  })

  test('takes every other note for an ordinary one', () => {
    for (const notes of [
      '',
      'Defined TXT keys: u=<username>',
      'See also: This entry is an alias to nothing',
      'historic',
    ]) {
      assert.ok(!isSecondaryName(notes), notes)
    }
  })
})

describe('aliasTarget', () => {
  test('finds the name that a row stands beside', () => {
    assert.equal(aliasTarget('This entry is an alias to "domain". More.'), 'domain')
    assert.equal(aliasTarget('This is a duplicate of the "http" service and "more"'), 'http')
  })

  test('finds none where the notes name none', () => {
    assert.equal(aliasTarget(''), null)
    assert.equal(aliasTarget('It is now historic.'), null)
    assert.equal(aliasTarget('an alias to ""'), null)
  })
})
