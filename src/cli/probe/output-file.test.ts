import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { beginFile } from './output-file.ts'

const nowhere = { out: (): void => assert.fail('nothing goes to standard output') }

test('a file is in its place when it is finished, and not before', (context) => {
  const folder = tempFolder(context)
  const path = join(folder, 'scan.xml')
  writeFileSync(path, 'before')
  const file = beginFile(path, nowhere)
  file.write('one ')
  file.write('twö')
  assert.equal(readFileSync(path, 'utf8'), 'before')
  file.finish()
  file.abandon()
  assert.equal(readFileSync(path, 'utf8'), 'one twö')
  assert.deepEqual(readdirSync(folder), ['scan.xml'])
})

test('a file that is given up leaves nothing', (context) => {
  const folder = tempFolder(context)
  const file = beginFile(join(folder, 'scan.xml'), nowhere)
  file.write('half')
  file.abandon()
  file.abandon()
  assert.deepEqual(readdirSync(folder), [])
})

test('a file that cannot be written is refused before anything is done', (context) => {
  const folder = tempFolder(context)
  for (const path of [join(folder, 'no-such-folder', 'scan.xml'), folder])
    assert.throws(() => beginFile(path, nowhere), { code: 'ERR_PORTOLAN_WRITE_FAILED' })
})

test('a device is written to as it is', () => {
  const file = beginFile('/dev/null', nowhere)
  file.write('gone')
  file.finish()
  assert.ok(existsSync('/dev/null'))
})

test('a dash is standard output', () => {
  let told = ''
  const file = beginFile('-', { out: (text) => (told += text) })
  file.write('row\n')
  file.finish()
  assert.equal(told, 'row\n')
})
