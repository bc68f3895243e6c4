/** What every store keeps (test/support/store-contract.ts), and what is LMDB's own: processes, files, full disks. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { open } from 'lmdb'
import { atEnd } from '../../test/support/at-end.ts'
import { requirePeers, requireRoot, requireThat } from '../../test/support/peers.ts'
import { testStoreContract } from '../../test/support/store-contract.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { LmdbStore } from './lmdb.ts'
import { refuseCutBackup } from './lmdb-file.ts'

const HERE = join(import.meta.dirname, 'index.ts')
const EVERYTHING = { from: Buffer.from([0]), to: Buffer.from([0xff, 0xff]) } as const
const ADDS = 150

/** Another hand than ours in the store's file. */
async function tamper(file: string, table: string, work: (table: ReturnType<typeof tableOf>) => void): Promise<void> {
  const root = open({ path: file, noSubdir: true, maxDbs: 4, overlappingSync: false })
  work(tableOf(root, table))
  await root.close()
}

function tableOf(root: ReturnType<typeof open>, name: string) {
  return root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' })
}

function numberKey(number: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeUInt32BE(number, 4)
  return key
}

function newStore(context: TestContext): LmdbStore {
  const store = LmdbStore.open(join(tempFolder(context), 'test.mdb'))
  atEnd(context, () => store.close())
  return store
}

testStoreContract('LMDB', async (context) => {
  const store = newStore(context)
  return {
    store,
    reopen: async () => LmdbStore.open(store.file),
    forget: async (upToRevision) => {
      // What is in the log is known: closing a handle brings it into the file.
      await LmdbStore.open(store.file).close()
      await tamper(store.file, 'history', (history) => {
        for (let revision = 1; revision <= upToRevision; revision += 1) history.removeSync(numberKey(revision))
      })
    },
  }
})

/** Runs a module of its own process with `store`, `bytes` and the words given. */
function programOf(file: string, work: string): string[] {
  const code = `
    const { LmdbStore } = await import(${JSON.stringify(HERE)})
    const store = LmdbStore.open(${JSON.stringify(file)})
    const bytes = (text) => Buffer.from(text)
    ${work}
    await store.close()`
  return ['--input-type=module', '--eval', code]
}

async function runProgram(
  file: string,
  work: string,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, programOf(file, work))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, stdout, stderr }
}

const ADD = `
  const add = async () => {
    for (;;) {
      const before = store.get(bytes('count'))?.toString() ?? null
      const conditions = [{ key: bytes('count'), value: before === null ? null : bytes(before) }]
      const mine = bytes(process.pid + ' ' + before)
      const changes = [[bytes('count'), bytes(String(Number(before) + 1))], [mine, Buffer.alloc(2000)]]
      if (await store.commit({ conditions, changes }) !== null) return
    }
  }
  for (let done = 0; done < ${ADDS}; done += 1) await add()`

test('several processes write to one store at once, and a watch of another hears of each batch once', async (context) => {
  const store = newStore(context)
  const seen: number[] = []
  const watch = store.watch(0, ({ revision }) => seen.push(revision))
  atEnd(context, watch.stop)
  const ends = await Promise.all([0, 1, 2].map(() => runProgram(store.file, ADD)))
  for (const { status, stderr } of ends) assert.equal(status, 0, stderr)
  store.refresh()
  assert.equal(store.get(Buffer.from('count'))?.toString(), String(3 * ADDS))
  assert.equal(store.revision(), 3 * ADDS)
  assert.equal([...store.range(EVERYTHING)].length, 3 * ADDS + 1)
  const last = store.watch(3 * ADDS, () => {})
  last.stop()
  while (seen.length < 3 * ADDS) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(
    seen,
    Array.from({ length: 3 * ADDS }, (_, index) => index + 1),
  )
})

test('a store grows beyond what another process has mapped of it', async (context) => {
  const store = newStore(context)
  await store.commit({ conditions: [], changes: [[Buffer.from('a'), Buffer.from('1')]] })
  assert.equal(store.get(Buffer.from('a'))?.toString(), '1')
  const grow = `
    for (let index = 0; index < 24; index += 1)
      await store.commit({ conditions: [], changes: [[bytes('large ' + index), Buffer.alloc(1 << 20, index)]] })`
  const { status, stderr } = await runProgram(store.file, grow)
  assert.equal(status, 0, stderr)
  store.refresh()
  assert.ok(store.get(Buffer.from('large 23'))?.equals(Buffer.alloc(1 << 20, 23)))
  assert.equal(await store.commit({ conditions: [], changes: [[Buffer.from('b'), Buffer.from('1')]] }), 26)
})

test('a file that is no store is refused, and stays as it is', (context) => {
  const folder = tempFolder(context)
  const foreign = {
    'text.mdb': 'a file of somebody else\n'.repeat(1000),
    'short.mdb': 'x',
    'zeros.mdb': '\0'.repeat(20_000),
    'sqlite.mdb': `SQLite format 3\0${'\0'.repeat(8000)}`,
  }
  for (const [name, content] of Object.entries(foreign)) {
    const file = join(folder, name)
    writeFileSync(file, content)
    assert.throws(() => LmdbStore.open(file), { code: 'ERR_PORTOLAN_STORE_UNREADABLE', message: /is not a store/ })
    assert.equal(readFileSync(file, 'latin1'), content)
  }
  assert.deepEqual(readdirSync(folder).toSorted(), Object.keys(foreign).toSorted(), 'no lock beside it')
})

test('an empty file becomes a store', async (context) => {
  const file = join(tempFolder(context), 'empty.mdb')
  writeFileSync(file, '')
  const store = LmdbStore.open(file)
  atEnd(context, () => store.close())
  assert.equal(await store.commit({ conditions: [], changes: [[Buffer.from('a'), Buffer.from('1')]] }), 1)
})

test('a store in a place where no file can be is refused', (context) => {
  const file = join(tempFolder(context), 'file')
  writeFileSync(file, 'x')
  assert.throws(() => LmdbStore.open(join(file, 'test.mdb')), { code: 'ERR_PORTOLAN_STORE_UNREADABLE' })
})

test('a store of another format is refused', async (context) => {
  const store = newStore(context)
  await store.commit({ conditions: [], changes: [[Buffer.from('a'), Buffer.from('1')]] })
  await store.close()
  await tamper(store.file, 'about', (about) => about.putSync(Buffer.from('format'), numberKey(3)))
  assert.throws(() => LmdbStore.open(store.file), {
    code: 'ERR_PORTOLAN_STORE_VERSION',
    message: /has format 3, and this Portolan reads format 2/,
  })
})

test('a store that is cut off within its first pages is refused, and ends no process', async (context) => {
  const store = newStore(context)
  await store.commit({ conditions: [], changes: [[Buffer.from('a'), Buffer.alloc(100_000, 1)]] })
  await store.close()
  for (const lengthBytes of [1, 27, 28, 159, 160, 4095, 4096, 4097, 8191]) {
    const file = join(dirname(store.file), `cut ${lengthBytes}.mdb`)
    copyFileSync(store.file, file)
    truncateSync(file, lengthBytes)
    assert.throws(() => LmdbStore.open(file), { code: 'ERR_PORTOLAN_STORE_UNREADABLE' }, `${lengthBytes} bytes`)
  }
})

test('a backup is of one moment, though the store is written to meanwhile, and is a store itself', async (context) => {
  const store = newStore(context)
  const count = (value: number): readonly (readonly [Uint8Array, Uint8Array])[] => [
    [Buffer.from('first'), Buffer.from(String(value))],
    ...Array.from({ length: 200 }, (_, index) => [Buffer.from(`k${index}`), Buffer.alloc(3000, value)] as const),
    [Buffer.from('last'), Buffer.from(String(value))],
  ]
  await store.commit({ conditions: [], changes: count(0) })
  const progress = { isDone: false }
  const file = join(dirname(store.file), 'copy.mdb')
  const backup = store.backup(file).finally(() => (progress.isDone = true))
  let written = 0
  while (!progress.isDone) {
    written += 1
    await store.commit({ conditions: [], changes: count(written) })
    await new Promise(setImmediate)
  }
  await backup
  context.diagnostic(`${written} batches were written meanwhile`)
  refuseCutBackup(file)
  const copy = LmdbStore.open(file)
  atEnd(context, () => copy.close())
  const value = copy.get(Buffer.from('first'))?.toString() ?? ''
  assert.equal(copy.get(Buffer.from('last'))?.toString(), value)
  for (let index = 0; index < 200; index += 1)
    assert.ok(copy.get(Buffer.from(`k${index}`))?.equals(Buffer.alloc(3000, Number(value))))
  assert.equal(copy.revision(), Number(value) + 1)
  assert.equal(await copy.commit({ conditions: [], changes: count(1) }), Number(value) + 2)
  assert.ok(!existsSync(`${file}.partial`))
})

test('a backup overwrites nothing, and what an earlier one left half-done is in no way', async (context) => {
  const store = newStore(context)
  await store.commit({ conditions: [], changes: [[Buffer.from('a'), Buffer.from('1')]] })
  const file = join(dirname(store.file), 'copy.mdb')
  writeFileSync(`${file}.partial`, 'cut off')
  await store.backup(file)
  const before = readFileSync(file)
  await assert.rejects(store.backup(file), { code: 'ERR_PORTOLAN_STORE_EXISTS' })
  assert.ok(readFileSync(file).equals(before))
})

test('a backup that lacks its end, at whatever place, is refused before it is opened', async (context) => {
  const store = newStore(context)
  for (let index = 0; index < 30; index += 1)
    await store.commit({ conditions: [], changes: [[Buffer.from(`k${index}`), Buffer.alloc(5000, index)]] })
  const file = join(dirname(store.file), 'copy.mdb')
  await store.backup(file)
  refuseCutBackup(file)
  const { size } = statSync(file)
  const cut = join(dirname(store.file), 'cut.mdb')
  for (const lengthBytes of [0, 1, 4096, 8192, 12_288, Math.floor(size / 2), size - 4096, size - 1]) {
    copyFileSync(file, cut)
    truncateSync(cut, lengthBytes)
    assert.throws(() => refuseCutBackup(cut), { code: 'ERR_PORTOLAN_STORE_UNREADABLE' }, `${lengthBytes} bytes`)
  }
})

const FILL = `
  let index = 0
  const filler = () => [[bytes('k' + index), Buffer.alloc(60_000, index)], [bytes('count'), bytes(String(index))]]
  try {
    for (; index < 1000; index += 1) await store.commit({ conditions: [], changes: filler() })
  } catch (error) {
    console.log(error.code, index)
  }`
const LOOK = `
  const isThere = (key, index) => store.get(bytes(key + index))?.equals(Buffer.alloc(60_000, index))
  let keys = 0
  while (isThere('k', keys)) keys += 1
  const found = [store.get(bytes('count')).toString(), keys, store.revision()]
  console.log(...found, await store.commit({ conditions: [], changes: [[bytes('k0'), null]] }))`

test('a full disk is told as such, and nothing of the batch is done', (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'unshare', 'mount')) return
  if (!requireThat(context, spawnSync('unshare', ['--mount', 'true']).status === 0, 'leave to unshare')) return
  const disk = tempFolder(context)
  // A disk of 4 MiB, which only these programs see.
  const run = `mount -t tmpfs -o size=4m tmpfs "$0" && eval "$1" && eval "$2"`
  const [fill, look] = [FILL, LOOK].map((work) =>
    [process.execPath, ...programOf(join(disk, 'test.mdb'), work)]
      .map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`)
      .join(' '),
  )
  const words = ['--mount', 'sh', '-c', run, disk, fill ?? '', look ?? '']
  const { status, stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const [filled, found] = stdout.trim().split('\n')
  const index = Number(filled?.split(' ')[1])
  assert.ok(index > 20, stdout)
  assert.equal(filled, `ERR_PORTOLAN_STORE_FULL ${index}`)
  // All before it is there, nothing of it, and a deletion still finds room.
  assert.equal(found, `${index - 1} ${index} ${index} ${index + 1}`)
})
