import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atEnd } from '../../test/support/at-end.ts'
import { ROOT_CALLER, addTo, domainOf, idOf, objectAt } from '../../test/support/domain-of.ts'
import { LmdbStore } from '../store/index.ts'
import { checkDomain } from './check.ts'
import { Domain } from './domain.ts'
import { directoryKey } from './keys.ts'
import { APPEND, MODEL_LIMITS } from './model.ts'
import type { DirectoryObject } from './model.ts'
import type { WriteOperation } from './operation.ts'
import { DirectoryError, STATUS } from './status.ts'

function fileOf(domain: Domain): string {
  assert.ok(domain.store instanceof LmdbStore)
  return domain.store.file
}

async function statusOf(write: Promise<unknown>): Promise<number> {
  try {
    await write
    return STATUS.OK
  } catch (error) {
    if (error instanceof DirectoryError) return error.status
    throw error
  }
}

function setName(domain: Domain, object: number, value: string): Promise<unknown> {
  return domain.write({ kind: 'writeProperty', id: idOf(domain, object), index: 0, values: [value] }, ROOT_CALLER)
}

test('writes of one turn are one batch, and each has its own answer and revision', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const batches = domain.store.revision()
  const first = domain.revision()
  const root = idOf(domain, 0)
  const create = (instance: number) =>
    domain.write({ kind: 'create', parent: { ...root, instance }, properties: [], where: APPEND }, ROOT_CALLER)
  const ends = await Promise.allSettled([0, 1, 1, 2].map((step) => create(root.instance + step)))
  assert.deepEqual(
    ends.map((end) => (end.status === 'fulfilled' ? [end.value.child?.object, end.value.revision - first] : 'refused')),
    [[1, 1], [2, 2], 'refused', [3, 3]],
  )
  assert.equal(domain.store.revision(), batches + 1)
})

test('a batch in which all is refused does not touch the store', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const batches = domain.store.revision()
  const id = { object: 7, instance: 0 }
  assert.equal(await statusOf(domain.write({ kind: 'write', id, properties: [] }, ROOT_CALLER)), STATUS.NODIR)
  assert.equal(domain.store.revision(), batches)
})

test('two that have opened one domain and write at once both come to their end, each on what the other has done', async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'one' }, { name: 'two' }] })
  const other = await Domain.open(LmdbStore.open(fileOf(domain)), { tag: 'other' })
  atEnd(context, () => other.close())
  const writeMany = async (writer: Domain, object: number): Promise<void> => {
    for (let number = 0; number < 60; number += 1) await setName(writer, object, `${number}`)
  }
  const before = domain.revision()
  await Promise.all([writeMany(domain, 1), writeMany(other, 2)])
  domain.refresh()
  assert.equal(domain.revision(), before + 120)
  assert.deepEqual(checkDomain(domain), [])
})

test('a refusal is of what there is now, also when another process has just changed it', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const other = await Domain.open(LmdbStore.open(fileOf(domain)), { tag: 'other' })
  atEnd(context, () => other.close())
  for (let round = 0; round < 20; round += 1) {
    // Reading makes this process hold to its moment for the rest of the turn.
    assert.equal(other.childCount(0), domain.childCount(0))
    const child = await addTo(domain, 0, { name: `${round}` })
    const { id } = await other.write({ kind: 'write', id: child, properties: [] }, ROOT_CALLER)
    assert.equal(id.instance, child.instance + 1)
    domain.refresh()
  }
})

test('writers of this process that never pause keep neither the event loop from turning nor a copy waiting', async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'busy' }] })
  const state = { isDone: false, writes: 0 }
  const busy = (async () => {
    while (!state.isDone) {
      await statusOf(setName(domain, 0, `${state.writes}`))
      state.writes += 1
    }
  })()
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  const root: DirectoryObject = { id: { object: 0, instance: 5 }, properties: [], parent: 0, children: [] }
  await domain.replaceAll(
    (async function* () {
      yield root
    })(),
    5,
    'master',
  )
  state.isDone = true
  await busy
  assert.ok(state.writes > 0)
  assert.deepEqual(checkDomain(domain), [])
})

test('a damaged directory fails the writes to it alone', async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'good' }, { name: 'bad' }] })
  const [good, bad] = [idOf(domain, 1), idOf(domain, 2)]
  const key = directoryKey(domain.about().generation, bad.object)
  await domain.store.commit({ conditions: [], changes: [[key, Buffer.alloc(44, 0xff)]] })
  const write = (id: typeof good): Promise<number> =>
    statusOf(domain.write({ kind: 'write', id, properties: [{ name: 'name', values: ['new'] }] }, ROOT_CALLER))
  assert.deepEqual(await Promise.all([write(good), write(bad)]), [STATUS.OK, STATUS.SERIAL])
})

test('closing waits for the writes that were asked for, and refuses those that come later', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const file = fileOf(domain)
  const root = idOf(domain, 0)
  const writes = Array.from({ length: 2500 }, (_, step) => {
    const parent = { ...root, instance: root.instance + step }
    return domain.write({ kind: 'create', parent, properties: [], where: APPEND }, ROOT_CALLER)
  })
  const closing = domain.close()
  const late = statusOf(domain.write({ kind: 'write', id: root, properties: [] }, ROOT_CALLER))
  assert.equal((await Promise.all(writes)).length, 2500)
  assert.equal(await late, STATUS.MASTERBUSY)
  await closing
  const again = await Domain.open(LmdbStore.open(file), { tag: 'again' })
  atEnd(context, () => again.close())
  assert.equal(again.childCount(0), 2500)
})

test('who listens is told of each write in order, as a clone has to do it', async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'pia', passwd: 'secret' }] })
  const told: WriteOperation[] = []
  const stop = domain.onWrite((operation) => told.push(operation))
  const id = idOf(domain, 1)
  const passwd = (instance: number, values: readonly string[]) =>
    domain.write({ kind: 'writeProperty', id: { ...id, instance }, index: 1, values }, ROOT_CALLER)
  await Promise.all([
    passwd(id.instance, ['*']),
    statusOf(passwd(id.instance, ['refused'])),
    domain.write(
      { kind: 'renameProperty', id: { ...id, instance: id.instance + 1 }, index: 1, name: 'old' },
      ROOT_CALLER,
    ),
  ])
  stop()
  await setName(domain, 1, 'kim')
  assert.deepEqual(told, [
    { kind: 'writeProperty', id, index: 1, values: ['secret'] },
    {
      kind: 'write',
      id: { ...id, instance: id.instance + 1 },
      properties: [
        { name: 'name', values: ['pia'] },
        { name: 'old', values: ['*'] },
      ],
    },
  ])
})

test('many small writes do not make a directory that cannot be read any more', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const full = Array.from({ length: MODEL_LIMITS.values }, () => '')
  const { id } = await domain.write(
    { kind: 'write', id: idOf(domain, 0), properties: [{ name: 'full', values: full }] },
    ROOT_CALLER,
  )
  const more = { kind: 'createValue', id, index: 0, value: 'x', where: APPEND } as const
  assert.equal(await statusOf(domain.write(more, ROOT_CALLER)), STATUS.NOSPACE)
  assert.equal(domain.read(0)?.properties[0]?.values.length, MODEL_LIMITS.values)
  assert.deepEqual(idOf(domain, 0), id)
})

test('the journal says who wrote what, where, and what was before; of long paths the beginning', async (context) => {
  const long = 'n'.repeat(MODEL_LIMITS.stringBytes)
  const domain = await domainOf(context, 'test', { at: [{ name: 'a/b', at: [{ name: long, at: [{ name: 'x' }] }] }] })
  await setName(domain, objectAt(domain, 'a/b'), 'c')
  const [last] = domain.journal({ isReverse: true, limit: 1 })
  assert.deepEqual(
    { ...last, timeMs: 0 },
    {
      revision: domain.revision(),
      timeMs: 0,
      who: 'root',
      from: 'test',
      kind: 'writeProperty',
      object: 1,
      path: '/c',
      changes: [{ name: 'name', at: 0, before: ['a/b'], after: ['c'] }],
    },
  )
  const paths = [...domain.journal()].map(({ path }) => path)
  assert.equal(paths.at(1), String.raw`/a\/b`)
  assert.ok(paths.every((path) => path.length <= MODEL_LIMITS.stringBytes + 1))
})

test('directories at any depth are walked, each before its children', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const depth = 10_500
  const objects = Array.from({ length: depth + 1 }, (_, object): DirectoryObject => {
    const children = object === depth ? [] : [object + 1]
    return { id: { object, instance: 0 }, properties: [], parent: Math.max(0, object - 1), children }
  })
  await domain.replaceAll(
    (async function* () {
      yield* objects
    })(),
    0,
    'master',
  )
  let expected = 0
  for (const { id } of domain.objects()) {
    assert.equal(id.object, expected)
    expected += 1
  }
  assert.equal(expected, depth + 1)
  assert.equal(domain.pathOf(3), '/dir:1/dir:2/dir:3')
})
