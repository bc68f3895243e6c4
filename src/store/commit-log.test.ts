/** The log alone: what a power failure, a killed process or another's hand leaves of it. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { CommitLog } from './commit-log.ts'

const STORE = Buffer.alloc(16, 7)
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512
const RECORDS_AT = 4096

const payloads = fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 12 })

/** What the log gives from its base on. */
function readAll(file: string): { readonly base: number; readonly records: readonly (readonly [number, string])[] } {
  const log = CommitLog.open(file, STORE)
  try {
    const base = log.base()
    const records: [number, string][] = []
    for (let record = log.read(); record !== null; record = log.read())
      records.push([record.revision, record.payload.toString('hex')])
    return { base, records }
  } finally {
    log.close()
  }
}

test('what was appended is read again, in order, by who was there and by who comes later', (context) => {
  const folder = tempFolder(context)
  let run = 0
  fc.assert(
    fc.property(payloads, fc.nat(2 ** 40), (list, base) => {
      const file = join(folder, `${(run += 1)}`)
      const log = CommitLog.open(file, STORE)
      const other = CommitLog.open(file, STORE)
      log.restart(base)
      other.rewind(other.base())
      const expected = list.map((bytes, index) => {
        assert.ok(log.hasRoom(bytes.length))
        const payload = Buffer.from(bytes)
        assert.equal(log.append(payload).revision, base + index + 1)
        assert.ok(other.read()?.payload.equals(payload))
        assert.equal(other.read(), null)
        return [base + index + 1, payload.toString('hex')]
      })
      log.close()
      other.close()
      assert.deepEqual(readAll(file), { base, records: expected })
    }),
    { numRuns: 50 },
  )
})

test('of a log that is cut off or changed at any byte, the records before it are read', (context) => {
  const file = join(tempFolder(context), 'log')
  const log = CommitLog.open(file, STORE)
  for (let index = 0; index < 5; index += 1) log.append(Buffer.alloc(41 + index, index))
  log.close()
  const whole = readFileSync(file)
  const { records } = readAll(file)
  assert.equal(records.length, 5)
  const end = RECORDS_AT + 5 * 64
  fc.assert(
    fc.property(fc.integer({ min: RECORDS_AT, max: end - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ flip
      writeFileSync(file, changed)
      const { records: found } = readAll(file)
      assert.deepEqual(found, records.slice(0, found.length))
      assert.ok(found.length >= Math.floor((at - RECORDS_AT) / 64))
      writeFileSync(file, whole)
      truncateSync(file, at)
      const { records: left } = readAll(file)
      assert.deepEqual(left, records.slice(0, left.length))
      assert.ok(left.length >= Math.floor((at - RECORDS_AT) / 64))
    }),
    { numRuns: 200 },
  )
})

test('a power failure takes nothing that was on disk, whichever sectors of the last write came through', (context) => {
  const folder = tempFolder(context)
  let run = 0
  const step = fc.record({
    bytes: fc.uint8Array({ maxLength: 2000 }),
    /** All records so far have come into the engine's file before this one. */
    isApplied: fc.boolean(),
    lost: fc.array(fc.nat(12), { maxLength: 8 }),
    isHeaderLost: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
      const file = join(folder, `${(run += 1)}`)
      const log = CommitLog.open(file, STORE)
      let applied = 0
      let revision = 0
      let kept: (readonly [number, string])[] = []
      for (const { bytes, isApplied, lost, isHeaderLost } of steps) {
        const before = readFileSync(file)
        if (isApplied && applied !== revision) {
          applied = revision
          kept = []
          log.restart(applied)
        }
        revision = log.append(Buffer.from(bytes)).revision
        const next = [revision, Buffer.from(bytes).toString('hex')] as const
        // What the disk has if the power fails before the last write is acknowledged.
        const torn = readFileSync(file)
        if (isHeaderLost) before.copy(torn, 0, 0, SECTOR_BYTES)
        const sectors: number[] = []
        for (let at = RECORDS_AT; at < torn.length; at += SECTOR_BYTES)
          if (!torn.subarray(at, at + SECTOR_BYTES).equals(before.subarray(at, at + SECTOR_BYTES))) sectors.push(at)
        for (const index of lost) {
          const at = sectors[index]
          if (at !== undefined) before.copy(torn, at, at, at + SECTOR_BYTES)
        }
        const copy = `${file} torn`
        writeFileSync(copy, torn)
        const found = readAll(copy).records.filter(([each]) => each > applied)
        const isLastThere = found.length > kept.length
        assert.deepEqual(found, isLastThere ? [...kept, next] : kept)
        kept.push(next)
      }
      log.close()
    }),
    { numRuns: 60 },
  )
})

test('a log that was being made when the power failed is made anew', (context) => {
  const file = join(tempFolder(context), 'log')
  for (const content of ['', '\0'.repeat(10), '\0'.repeat(5000)]) {
    writeFileSync(file, content)
    assert.deepEqual(readAll(file), { base: 0, records: [] })
  }
})

test('what is no log, or that of another store, is refused and stays as it is', (context) => {
  const folder = tempFolder(context)
  const theirs = join(folder, 'theirs')
  CommitLog.open(theirs, Buffer.alloc(16, 8)).close()
  const text = join(folder, 'text')
  writeFileSync(text, 'a letter')
  for (const [file, message] of [
    [theirs, /is of another store/],
    [text, /is no log/],
  ] as const) {
    const before = readFileSync(file)
    assert.throws(() => CommitLog.open(file, STORE), { code: 'ERR_PORTOLAN_STORE_UNREADABLE', message })
    assert.ok(readFileSync(file).equals(before))
  }
  assert.ok(!existsSync(join(folder, 'log')))
})

test('a full log says so, and has room again when it begins anew', (context) => {
  const file = join(tempFolder(context), 'log')
  const log = CommitLog.open(file, STORE)
  let count = 0
  for (; log.hasRoom(100_000); count += 1) log.append(Buffer.alloc(100_000, count))
  assert.ok(count >= 4)
  log.restart(count)
  assert.ok(log.hasRoom(100_000))
  assert.equal(log.append(Buffer.from('x')).revision, count + 1)
  log.close()
  assert.deepEqual(readAll(file), { base: count, records: [[count + 1, '78']] })
})
