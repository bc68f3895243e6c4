/** A store whose last batches are in its log: it must read as if they were in its file, for everybody, at every moment. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { open } from 'lmdb'
import { atEnd } from '../../test/support/at-end.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { until } from '../../test/support/until.ts'
import { LmdbStore } from './lmdb.ts'
import type { Reader } from './store.ts'

const EVERYTHING = { from: Buffer.from([0]), to: Buffer.alloc(40, 0xff) } as const
/** More than goes into the log. */
const LARGE_BYTES = 200_000
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

type Model = ReadonlyMap<string, string>

/** Values by their first character and length: some are long. */
function shown(reader: Reader, isReverse = false): readonly string[] {
  return [...reader.range(EVERYTHING, { isReverse })].map(
    ({ key, value }) => `${key.toString('latin1')}=${nameOf(value)}`,
  )
}

function nameOf(value: Buffer): string {
  return `${value.toString('latin1', 0, 1)}${value.length}`
}

function check(reader: Reader, model: Model): void {
  const expected = [...model].map(([key, value]) => `${key}=${value}`).toSorted()
  assert.deepEqual(shown(reader), expected)
  assert.deepEqual(shown(reader, true), expected.toReversed())
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const value = reader.get(bytes(key))
    assert.equal(value === undefined ? undefined : nameOf(value), model.get(key))
  }
}

function openAt(context: TestContext, file: string): LmdbStore {
  const store = LmdbStore.open(file)
  atEnd(context, () => store.close())
  return store
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const change = fc.tuple(key, fc.option(fc.constantFrom(0, 1, 700, 3000), { freq: 3 }))
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write'),
      hand: fc.nat(1),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('large'), hand: fc.nat(1), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look'), hand: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('freeze'), hand: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('apply') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn') }) },
)

test('two handles, snapshots and watches agree with a simple map, wherever the batches are', async (context) => {
  const folder = tempFolder(context)
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const file = join(folder, `${(run += 1)}.mdb`)
      const handles = [LmdbStore.open(file), LmdbStore.open(file)] as const
      const frozen: { readonly reader: ReturnType<LmdbStore['snapshot']>; readonly model: Model }[] = []
      let model = new Map<string, string>()
      let revision = 0
      const handleOf = (given: (typeof steps)[number]): LmdbStore =>
        handles['hand' in given && given.hand === 1 ? 1 : 0]
      const commit = async (
        store: LmdbStore,
        changes: readonly (readonly [string, number | null])[],
      ): Promise<void> => {
        revision += 1
        const letter = String.fromCodePoint(65 + (revision % 26))
        const done = await store.commit({
          conditions: [],
          changes: changes.map(([name, length]) => [
            bytes(name),
            length === null ? null : Buffer.alloc(length, letter),
          ]),
        })
        assert.equal(done, revision)
        model = new Map(model)
        for (const [name, length] of changes) {
          if (length === null) model.delete(name)
          else model.set(name, length === 0 ? '0' : `${letter}${length}`)
        }
        check(store, model)
      }
      for (const each of steps) {
        const store = handleOf(each)
        if (each.kind === 'write' && 'changes' in each) await commit(store, each.changes)
        if (each.kind === 'large' && 'key' in each) await commit(store, [[each.key, LARGE_BYTES]])
        if (each.kind === 'apply') await LmdbStore.open(file).close()
        if (each.kind === 'turn') await new Promise((resolve) => setTimeout(resolve, 1))
        if (each.kind === 'freeze') frozen.push({ reader: store.snapshot(), model })
        if (each.kind !== 'look') continue
        store.refresh()
        assert.equal(store.revision(), revision)
        check(store, model)
      }
      for (const { reader, model: then } of frozen) {
        check(reader, then)
        reader.close()
      }
      const heard: number[] = []
      const watch = handles[1].watch(0, (told) => heard.push(told.revision))
      await until('the watch has told of all', () => (heard.length < revision ? null : heard))
      watch.stop()
      assert.deepEqual(
        heard,
        Array.from({ length: revision }, (_, index) => index + 1),
      )
      for (const handle of handles) await handle.close()
      const again = LmdbStore.open(file)
      check(again, model)
      await again.close()
    }),
    { numRuns: 60 },
  )
})

test('what another has done and closed is there at the next turn, without being told', async (context) => {
  const store = openAt(context, join(tempFolder(context), 'test.mdb'))
  await store.commit({ conditions: [], changes: [[bytes('a'), bytes('1')]] })
  const other = LmdbStore.open(store.file)
  await other.commit({ conditions: [], changes: [[bytes('a'), bytes('2')]] })
  await other.close()
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  assert.equal(store.get(bytes('a'))?.toString(), '2')
  assert.equal(store.revision(), 2)
})

test('a log that is full goes into the file, and nothing of it is lost', async (context) => {
  const store = openAt(context, join(tempFolder(context), 'test.mdb'))
  for (let index = 0; index < 120; index += 1)
    await store.commit({ conditions: [], changes: [[bytes(`k${index}`), Buffer.alloc(20_000, index)]] })
  for (const reader of [store, openAt(context, store.file)]) {
    assert.equal(reader.revision(), 120)
    for (let index = 0; index < 120; index += 1)
      assert.ok(reader.get(bytes(`k${index}`))?.equals(Buffer.alloc(20_000, index)))
  }
  assert.ok(statSync(`${store.file}-log`).size <= 1024 * 1024)
})

test('what a killed process has done is there, though it is in the log alone', (context) => {
  const file = join(tempFolder(context), 'test.mdb')
  const code = `
    const { LmdbStore } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
    const store = LmdbStore.open(${JSON.stringify(file)})
    for (let index = 0; index < 10; index += 1)
      await store.commit({ conditions: [], changes: [[Buffer.from('k' + index), Buffer.from(String(index))]] })
    process.kill(process.pid, 'SIGKILL')`
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' })
  assert.equal(signal, 'SIGKILL', stderr)
  const store = openAt(context, file)
  assert.equal(store.revision(), 10)
  for (let index = 0; index < 10; index += 1) assert.equal(store.get(bytes(`k${index}`))?.toString(), String(index))
})

test('a backup has what only the log has', async (context) => {
  const store = openAt(context, join(tempFolder(context), 'test.mdb'))
  await store.commit({ conditions: [], changes: [[bytes('a'), bytes('1')]] })
  const copy = join(dirname(store.file), 'copy.mdb')
  await store.backup(copy)
  assert.ok(!existsSync(`${copy}-log`))
  const restored = openAt(context, copy)
  assert.equal(restored.get(bytes('a'))?.toString(), '1')
  assert.equal(restored.revision(), 1)
})

test('a store from before there were logs gets one', async (context) => {
  const file = join(tempFolder(context), 'old.mdb')
  const old = open<Buffer, Buffer>({
    path: file,
    noSubdir: true,
    maxDbs: 4,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  })
  const table = (name: string) => old.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' })
  table('about').putSync(bytes('format'), Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]))
  table('about').putSync(bytes('revision'), Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]))
  table('entries').putSync(bytes('a'), bytes('1'))
  table('history')
  await old.close()
  const store = openAt(context, file)
  assert.equal(store.get(bytes('a'))?.toString(), '1')
  assert.equal(await store.commit({ conditions: [], changes: [[bytes('b'), bytes('2')]] }), 8)
  const other = openAt(context, file)
  assert.equal(other.revision(), 8)
  assert.equal(other.get(bytes('b'))?.toString(), '2')
})

test("another store's log beside a file is refused, and the file is as it was", async (context) => {
  const folder = tempFolder(context)
  const [mine, theirs] = ['mine.mdb', 'theirs.mdb'].map((name) => join(folder, name))
  assert.ok(mine !== undefined && theirs !== undefined)
  for (const file of [mine, theirs]) {
    const store = LmdbStore.open(file)
    await store.commit({ conditions: [], changes: [[bytes('a'), bytes(file)]] })
    await store.close()
  }
  renameSync(`${mine}-log`, `${mine}-kept`)
  copyFileSync(`${theirs}-log`, `${mine}-log`)
  assert.throws(() => LmdbStore.open(mine), { code: 'ERR_PORTOLAN_STORE_UNREADABLE', message: /is of another store/ })
  renameSync(`${mine}-kept`, `${mine}-log`)
  assert.equal(openAt(context, mine).get(bytes('a'))?.toString(), mine)
})
