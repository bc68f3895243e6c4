import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DirectoryError } from '../../directory/index.ts'
import { escapeName, objectOf, readPath } from './paths.ts'

test('a step is a name, or a property with a value', () => {
  assert.deepEqual(readPath('/users/uid=530'), [
    { key: 'name', value: 'users' },
    { key: 'uid', value: '530' },
  ])
  assert.deepEqual(readPath('/mounts/dir=\\/Net\\/a=b'), [
    { key: 'name', value: 'mounts' },
    { key: 'dir', value: '/Net/a=b' },
  ])
})

test('slashes in a row are one, and the root has no steps', () => {
  for (const path of ['', '/', '///']) assert.deepEqual(readPath(path), [])
  assert.deepEqual(readPath('//a///b/'), readPath('a/b'))
})

test('a backslash makes what follows literal; at the end it is itself', () => {
  assert.deepEqual(readPath('a\\/b\\=c\\\\d'), [{ key: 'name', value: 'a/b=c\\d' }])
  assert.deepEqual(readPath('a\\'), [{ key: 'name', value: 'a\\' }])
})

test('every name, escaped, is one step that leads to it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 })), (names) => {
      const path = names.map((name) => `/${escapeName(name)}`).join('')
      assert.deepEqual(
        readPath(path),
        names.map((value) => ({ key: 'name', value })),
      )
    }),
  )
})

test('digits alone are the number of a directory', () => {
  assert.equal(objectOf('0'), 0)
  assert.equal(objectOf('4294967295'), 4_294_967_295)
  for (const path of ['', '/1', '-1', '1a']) assert.equal(objectOf(path), null)
  assert.throws(() => objectOf('4294967296'), DirectoryError)
})
