import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOf } from '../core/index.ts'
import { MODEL_LIMITS } from './model.ts'
import type { Properties } from './model.ts'
import type { WriteOperation } from './operation.ts'
import { DirectoryError, STATUS } from './status.ts'
import { cString, requireRoom, withinLimits } from './strings.ts'

const ID = { object: 1, instance: 2 }
const LONG = 'x'.repeat(MODEL_LIMITS.stringBytes)

function isNoSpace(error: unknown): boolean {
  return error instanceof DirectoryError && error.status === STATUS.NOSPACE
}

test('a string ends at its first NUL', () => {
  assert.equal(cString('pia\0petersen\0'), 'pia')
  assert.equal(cString('\0'), '')
  assert.equal(cString('pia'), 'pia')
})

test('a string is measured in bytes, after its NUL is cut', () => {
  assert.equal(cString(LONG), LONG)
  assert.equal(cString(`${LONG}\0${LONG}`), LONG)
  assert.throws(() => cString(`${LONG}x`), isNoSpace)
  assert.equal(cString('é'.repeat(32_767)).length, 32_767)
  assert.throws(() => cString('é'.repeat(32_768)), isNoSpace)
  const bytes = textOf(Buffer.alloc(MODEL_LIMITS.stringBytes, 0xe9))
  assert.equal(cString(bytes), bytes)
  assert.throws(() => cString(`${bytes}a`), isNoSpace)
})

test('every string of every write is cut', () => {
  const given: Properties = [{ name: 'a\0b', values: ['c\0d', 'e'] }]
  const cut: Properties = [{ name: 'a', values: ['c', 'e'] }]
  const cases: readonly (readonly [WriteOperation, WriteOperation])[] = [
    [
      { kind: 'create', parent: ID, properties: given, where: 0 },
      { kind: 'create', parent: ID, properties: cut, where: 0 },
    ],
    [
      { kind: 'write', id: ID, properties: given },
      { kind: 'write', id: ID, properties: cut },
    ],
    [
      { kind: 'createProperty', id: ID, property: { name: 'a\0b', values: ['c\0d'] }, where: 0 },
      { kind: 'createProperty', id: ID, property: { name: 'a', values: ['c'] }, where: 0 },
    ],
    [
      { kind: 'writeProperty', id: ID, index: 0, values: ['c\0d'] },
      { kind: 'writeProperty', id: ID, index: 0, values: ['c'] },
    ],
    [
      { kind: 'renameProperty', id: ID, index: 0, name: 'a\0b' },
      { kind: 'renameProperty', id: ID, index: 0, name: 'a' },
    ],
    [
      { kind: 'createValue', id: ID, index: 0, value: 'c\0d', where: 0 },
      { kind: 'createValue', id: ID, index: 0, value: 'c', where: 0 },
    ],
    [
      { kind: 'writeValue', id: ID, index: 0, at: 0, value: 'c\0d' },
      { kind: 'writeValue', id: ID, index: 0, at: 0, value: 'c' },
    ],
  ]
  for (const [operation, expected] of cases) assert.deepEqual(withinLimits(operation), expected)
  for (const operation of [
    { kind: 'destroy', parent: ID, child: ID },
    { kind: 'destroyProperty', id: ID, index: 0 },
    { kind: 'destroyValue', id: ID, index: 0, at: 0 },
  ] as const)
    assert.deepEqual(withinLimits(operation), operation)
})

test('what the protocol cannot carry is refused', () => {
  const values = (count: number): Properties => [{ name: 'a', values: Array.from({ length: count }, () => '') }]
  requireRoom(values(MODEL_LIMITS.values))
  assert.throws(() => requireRoom(values(MODEL_LIMITS.values + 1)), isNoSpace)
  const many = (count: number): Properties => Array.from({ length: count }, () => ({ name: 'a', values: [] }))
  requireRoom(many(MODEL_LIMITS.properties))
  assert.throws(() => requireRoom(many(MODEL_LIMITS.properties + 1)), isNoSpace)
  const large = Array.from({ length: 300 }, () => LONG)
  assert.throws(() => requireRoom([{ name: 'a', values: large }]), isNoSpace)
})
