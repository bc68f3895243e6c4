import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DirectoryError } from '../../directory/index.ts'
import { formatPath, parsePath } from './paths.ts'
import type { PathComponent } from './paths.ts'

function componentsOf(text: string): readonly PathComponent[] {
  const path = parsePath(text)
  assert(path.kind === 'components')
  return path.components
}

const word = fc.string({ unit: fc.constantFrom('a', 'é', '/', '=', '\\', ' ', '.', '\n', '\uDCFF', '7'), maxLength: 6 })
/** A component with no key and no value leaves nothing that a path could show. */
const component = fc.record({ key: word, value: word }, { noNullPrototype: true })

test('a value alone is sought by name, key=value by the key', () => {
  assert.deepEqual(componentsOf('/users/pia'), [
    { key: 'name', value: 'users' },
    { key: 'name', value: 'pia' },
  ])
  assert.deepEqual(componentsOf('/machines/ip_address=192.168.1.5')[1], { key: 'ip_address', value: '192.168.1.5' })
})

test('the root is the path with no components, however many slashes it has', () => {
  for (const text of ['', '/', '///']) assert.deepEqual(componentsOf(text), [])
  assert.deepEqual(componentsOf('//users///pia/'), componentsOf('users/pia'))
})

test('a backslash takes the meaning from slash, equals and backslash', () => {
  assert.deepEqual(componentsOf(String.raw`/mounts/ada:\/export\/a\=b\\c`)[1], {
    key: 'name',
    value: String.raw`ada:/export/a=b\c`,
  })
  assert.deepEqual(componentsOf('/a\\'), [{ key: 'name', value: 'a\\' }])
})

test('the first equals sign parts key from value; the value may hold more', () => {
  assert.deepEqual(componentsOf('/opt=a=b'), [{ key: 'opt', value: 'a=b' }])
  assert.deepEqual(componentsOf('/opt='), [{ key: 'opt', value: '' }])
})

test('all digits are the number of a directory, within 32 bits', () => {
  assert.deepEqual(parsePath('17'), { kind: 'object', object: 17 })
  assert.deepEqual(parsePath('/17'), { kind: 'components', components: [{ key: 'name', value: '17' }] })
  assert.throws(() => parsePath('4294967296'), DirectoryError)
})

test('what is formatted is read as the same components', () => {
  fc.assert(
    fc.property(fc.array(component, { maxLength: 4 }), (components) => {
      assert.deepEqual(componentsOf(formatPath(components)), components)
    }),
    { numRuns: 2000 },
  )
})

test('any text is a path, but for a number that is too large', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(typeof parsePath(`/${text}`).kind, 'string')
    }),
  )
})
