import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { replaceFile } from './replace-file.ts'

const PREVIOUS = 'registry.previous.bin'

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

function replace(folder: string, content: string): void {
  replaceFile(join(folder, 'registry.bin'), Buffer.from(content), PREVIOUS)
}

/** Puts a file there that was last changed so many minutes ago. */
function leave(folder: string, name: string, minutes: number): void {
  const time = new Date(Date.now() - minutes * 60_000)
  writeFileSync(join(folder, name), 'left over')
  utimesSync(join(folder, name), time, time)
}

describe('replaceFile', () => {
  test('writes a first file, making its folder, and keeps no previous one', (context) => {
    const folder = join(tempFolder(context), 'a', 'b')
    replace(folder, 'one')
    assert.deepEqual(readdirSync(folder), ['registry.bin'])
    assert.equal(read(folder, 'registry.bin'), 'one')
  })

  test('keeps the file before, and only the one before', (context) => {
    const folder = tempFolder(context)
    replace(folder, 'one')
    replace(folder, 'two')
    assert.equal(read(folder, PREVIOUS), 'one')
    replace(folder, 'three')
    assert.equal(read(folder, PREVIOUS), 'two')
    assert.equal(read(folder, 'registry.bin'), 'three')
    assert.deepEqual(readdirSync(folder).toSorted(), ['registry.bin', PREVIOUS])
  })

  test('replaces an empty file, and by an empty one', (context) => {
    const folder = tempFolder(context)
    replace(folder, '')
    replace(folder, 'one')
    assert.equal(read(folder, PREVIOUS), '')
    replace(folder, '')
    assert.equal(read(folder, 'registry.bin'), '')
    assert.equal(read(folder, PREVIOUS), 'one')
  })

  test('removes what a killed run left more than an hour ago, and nothing younger or of another name', (context) => {
    const folder = tempFolder(context)
    leave(folder, 'registry.bin.123.456.tmp', 61)
    leave(folder, 'registry.previous.bin.123.456.tmp', 61)
    leave(folder, 'registry.bin.124.457.tmp', 50)
    leave(folder, 'other.bin.123.456.tmp', 61)
    leave(folder, 'registry.old', 61)
    replace(folder, 'one')
    assert.deepEqual(readdirSync(folder).toSorted(), [
      'other.bin.123.456.tmp',
      'registry.bin',
      'registry.bin.124.457.tmp',
      'registry.old',
    ])
  })

  test('says so when it cannot make the folder, and leaves what stands in the way', (context) => {
    const folder = tempFolder(context)
    writeFileSync(join(folder, 'file'), 'in the way')
    assert.throws(() => replaceFile(join(folder, 'file', 'registry.bin'), Buffer.from('one'), PREVIOUS), {
      code: 'ERR_PORTOLAN_WRITE_FAILED',
      message: /registry\.bin cannot be written/,
      hint: /Nothing was replaced/,
    })
    assert.deepEqual(readdirSync(folder), ['file'])
    assert.equal(read(folder, 'file'), 'in the way')
  })

  test('keeps old bytes and leaves nothing over when the previous file cannot be kept', (context) => {
    const folder = tempFolder(context)
    replace(folder, 'one')
    mkdirSync(join(folder, PREVIOUS, 'full'), { recursive: true })
    assert.throws(() => replace(folder, 'two'), { code: 'ERR_PORTOLAN_WRITE_FAILED' })
    assert.equal(read(folder, 'registry.bin'), 'one')
    assert.deepEqual(readdirSync(folder).toSorted(), ['registry.bin', PREVIOUS])
  })

  test('keeps the previous file as it was when the new one cannot take its place', (context) => {
    const folder = tempFolder(context)
    // A folder that is not empty cannot be replaced by a file, and cannot be linked to.
    mkdirSync(join(folder, 'registry.bin', 'full'), { recursive: true })
    writeFileSync(join(folder, PREVIOUS), 'older')
    assert.throws(() => replace(folder, 'two'), { code: 'ERR_PORTOLAN_WRITE_FAILED' })
    assert.equal(read(folder, PREVIOUS), 'older')
    assert.ok(existsSync(join(folder, 'registry.bin', 'full')))
    assert.deepEqual(readdirSync(folder).toSorted(), ['registry.bin', PREVIOUS])
  })
})
