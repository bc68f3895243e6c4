import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { atEnd } from '../../test/support/at-end.ts'
import { ROOT_CALLER, addTo, domainOf, idOf } from '../../test/support/domain-of.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { LmdbStore } from '../store/index.ts'
import type { Store } from '../store/index.ts'
import { checksumAfter } from './about.ts'
import { checkDomain } from './check.ts'
import { Domain } from './domain.ts'
import { LOADING_KEY } from './keys.ts'
import { sweepRemnants } from './load.ts'
import { APPEND } from './model.ts'
import type { DirectoryObject } from './model.ts'
import { DirectoryError, STATUS } from './status.ts'

async function* sent(objects: Iterable<DirectoryObject>): AsyncGenerator<DirectoryObject, void, undefined> {
  yield* objects
}

function checksumOf(objects: readonly DirectoryObject[]): number {
  return objects.reduce((sum, { id }) => checksumAfter(sum, id.object, 0, id.instance), 0)
}

function directory(
  object: number,
  parent: number,
  children: readonly number[] = [],
  ...names: string[]
): DirectoryObject {
  return { id: { object, instance: object + 5 }, properties: [{ name: 'name', values: names }], parent, children }
}

const SMALL: readonly DirectoryObject[] = [
  directory(0, 0, [7, 2]),
  directory(7, 0, [3, 9], 'users'),
  directory(3, 7, [], 'pia', 'pia petersen'),
  directory(9, 7, [], 'root'),
  directory(2, 0, [], 'machines'),
]

function newDomain(context: TestContext): Promise<Domain> {
  return domainOf(context, 'copy', { mine: 'before', at: [{ name: 'users', at: [{ name: 'before' }] }] })
}

/** All keys but those of the journal and of the generation in use. */
function remnants(store: Store, domain: Domain): number {
  const { generation } = domain.about()
  const all = [...store.range({ from: LOADING_KEY, to: Buffer.from([0xff, 0xff]) })]
  return all.filter(({ key }) => key[0] !== generation).length
}

function isSerial(error: unknown): boolean {
  return error instanceof DirectoryError && error.status === STATUS.SERIAL
}

test('a copy takes the place of all there was, with its ids and its order', async (context) => {
  const domain = await newDomain(context)
  const revision = domain.revision()
  await domain.replaceAll(sent(SMALL), checksumOf(SMALL), 'master')
  assert.deepEqual([...domain.objects()], SMALL)
  assert.deepEqual(domain.find(7, 'name', 'pia petersen'), [3])
  assert.deepEqual(domain.find(0, 'name', 'users'), [7])
  assert.equal(domain.revision(), revision + 1)
  assert.equal(domain.checksum(), checksumOf(SMALL))
  assert.equal(domain.highestId(), 9)
  assert.deepEqual(checkDomain(domain), [])
  assert.equal(remnants(domain.store, domain), 0)
  const last = domain.entryAt(revision + 1)
  assert.equal(last?.kind, 'replaceAll')
})

test('a number that a copy leaves free begins where no id of a former life can be', async (context) => {
  const domain = await newDomain(context)
  await domain.replaceAll(sent(SMALL), checksumOf(SMALL), 'master')
  const child = await addTo(domain, 0, { name: 'new' })
  assert.deepEqual(child, { object: 1, instance: 0x4000_0000 })
  assert.deepEqual(checkDomain(domain), [])
})

test('a copy that is not sound is refused, and changes nothing', async (context) => {
  const domain = await newDomain(context)
  const before = [...domain.objects()]
  const revision = domain.revision()
  const [root, users, pia, other, machines] = SMALL
  assert.ok(root !== undefined && users !== undefined && pia !== undefined && other !== undefined)
  assert.ok(machines !== undefined)
  const unsound: Record<string, readonly DirectoryObject[]> = {
    'nothing at all': [],
    'cut off': SMALL.slice(0, 4),
    'only its root': [root],
    'without its root': SMALL.slice(1),
    'a directory twice': [...SMALL, pia],
    'its root twice': [...SMALL, root],
    'a directory that nobody lists': [...SMALL, directory(20, 0)],
    'a child before its parent': [root, pia, users, other, machines],
    'listed by one and naming another': SMALL.with(2, { ...pia, parent: 0 }),
    'a child listed twice by one': SMALL.with(0, { ...root, children: [7, 7, 2] }),
    'a child listed by two': SMALL.with(4, { ...machines, children: [3] }),
    'its own child': SMALL.with(4, { ...machines, children: [2] }),
    'the root as a child': SMALL.with(4, { ...machines, children: [0] }),
    'a circle': [root, { ...users, children: [3, 9] }, { ...pia, children: [7] }, other, machines],
    'a number far beyond the others': [
      { ...root, children: [7, 2, 0xffff_fff0] },
      ...SMALL.slice(1),
      directory(0xffff_fff0, 0),
    ],
  }
  for (const [what, objects] of Object.entries(unsound)) {
    await assert.rejects(domain.replaceAll(sent(objects), checksumOf(objects), 'master'), isSerial, what)
    assert.deepEqual([...domain.objects()], before, what)
    assert.equal(remnants(domain.store, domain), 0, what)
  }
  await assert.rejects(domain.replaceAll(sent(SMALL), checksumOf(SMALL) + 1, 'master'), isSerial)
  assert.equal(domain.revision(), revision)
  assert.deepEqual(checkDomain(domain), [])
})

test('a copy whose sender fails in the middle is given up, and the error is told', async (context) => {
  const domain = await newDomain(context)
  const before = [...domain.objects()]
  async function* failing(): AsyncGenerator<DirectoryObject, void, undefined> {
    yield* SMALL.slice(0, 3)
    throw new Error('the connection is gone')
  }
  await assert.rejects(domain.replaceAll(failing(), 1, 'master'), /the connection is gone/)
  assert.deepEqual([...domain.objects()], before)
  assert.equal(remnants(domain.store, domain), 0)
})

test('any copy with something changed in its links is refused, or is a sound domain', async (context) => {
  const domain = await newDomain(context)
  const mutation = fc.record({
    at: fc.nat(SMALL.length - 1),
    what: fc.constantFrom('children', 'parent', 'object', 'drop', 'swap'),
    to: fc.constantFrom(0, 1, 2, 3, 7, 9, 10, 0xffff_ffff),
    list: fc.array(fc.constantFrom(0, 1, 2, 3, 7, 9), { maxLength: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      let objects: DirectoryObject[] = [...SMALL]
      for (const { at, what, to, list } of mutations) {
        const old = objects[at]
        if (old === undefined) continue
        if (what === 'children') objects = objects.with(at, { ...old, children: list })
        else if (what === 'parent') objects = objects.with(at, { ...old, parent: to })
        else if (what === 'object') objects = objects.with(at, { ...old, id: { ...old.id, object: to } })
        else if (what === 'drop') objects = objects.toSpliced(at, 1)
        else objects = [...objects.toSpliced(at, 1), old]
      }
      try {
        await domain.replaceAll(sent(objects), checksumOf(objects), 'master')
        const rooted = objects.map((each) => (each.id.object === 0 ? Object.assign({}, each, { parent: 0 }) : each))
        assert.deepEqual(
          [...domain.objects()].toSorted((a, b) => a.id.object - b.id.object),
          rooted.toSorted((a, b) => a.id.object - b.id.object),
        )
      } catch (error) {
        if (!isSerial(error)) throw error
      }
      assert.deepEqual(checkDomain(domain), [])
      assert.equal(remnants(domain.store, domain), 0)
    }),
    { numRuns: 100 },
  )
})

test('a copy of more directories than are written at a time, all children of one, is taken whole', async (context) => {
  const domain = await newDomain(context)
  const count = 45_000
  const children = Array.from({ length: count }, (_, index) => count - index)
  function* objects(): Generator<DirectoryObject, void, undefined> {
    yield directory(0, 0, children)
    for (const object of children)
      yield directory(object, 0, [], `user ${object}`, object % 500 === 0 ? 'some' : 'most')
  }
  let checksum = 0
  for (const { id } of objects()) checksum = checksumAfter(checksum, id.object, 0, id.instance)
  await domain.replaceAll(sent(objects()), checksum, 'master')
  assert.equal(domain.about().count, count + 1)
  assert.deepEqual(domain.childrenOf(0), children)
  assert.deepEqual(domain.find(0, 'name', 'user 777'), [777])
  assert.deepEqual(
    domain.find(0, 'name', 'some'),
    children.filter((object) => object % 500 === 0),
  )
  assert.deepEqual(checkDomain(domain), [])
})

test('what a copy brings ends at its NULs, as what a client writes', async (context) => {
  const domain = await newDomain(context)
  const root = directory(0, 0, [1])
  const child = directory(1, 0, [], 'pia\0petersen')
  await domain.replaceAll(sent([root, child]), checksumOf([root, child]), 'master')
  assert.deepEqual(domain.find(0, 'name', 'pia'), [1])
  assert.deepEqual(domain.read(1)?.properties, [{ name: 'name', values: ['pia'] }])
  assert.deepEqual(checkDomain(domain), [])
})

test('of two copies at once the later one wins, and the other is told so', async (context) => {
  const domain = await newDomain(context)
  let go = (): void => {}
  const gone = new Promise<void>((resolve) => (go = resolve))
  async function* slow(): AsyncGenerator<DirectoryObject, void, undefined> {
    yield* SMALL.slice(0, 2)
    await gone
    yield* SMALL.slice(2)
  }
  const first = domain.replaceAll(slow(), checksumOf(SMALL), 'slow')
  const other = [directory(0, 0, [1]), directory(1, 0, [], 'quick')]
  await new Promise(setImmediate)
  await domain.replaceAll(sent(other), checksumOf(other), 'quick')
  go()
  await assert.rejects(first, (error) => error instanceof DirectoryError && error.status === STATUS.MASTERBUSY)
  assert.deepEqual([...domain.objects()], other)
  assert.deepEqual(checkDomain(domain), [])
  assert.equal(remnants(domain.store, domain), 0)
})

test('who opens the domain meanwhile takes nothing away from a copy that is being loaded', async (context) => {
  const domain = await newDomain(context)
  const { store } = domain
  assert.ok(store instanceof LmdbStore)
  async function* watched(): AsyncGenerator<DirectoryObject, void, undefined> {
    for (const object of SMALL) {
      const second = await Domain.open(LmdbStore.open(store instanceof LmdbStore ? store.file : ''), { tag: 'second' })
      await second.close()
      yield object
    }
  }
  await domain.replaceAll(watched(), checksumOf(SMALL), 'master')
  assert.deepEqual([...domain.objects()], SMALL)
  assert.deepEqual(checkDomain(domain), [])
})

test('writes go on while a copy is loaded, until it takes their place', async (context) => {
  const domain = await newDomain(context)
  async function* slow(): AsyncGenerator<DirectoryObject, void, undefined> {
    for (const object of SMALL) {
      await addTo(domain, 0, { name: 'meanwhile' })
      yield object
    }
  }
  const revision = domain.revision()
  await domain.replaceAll(slow(), checksumOf(SMALL), 'master')
  assert.equal(domain.revision(), revision + SMALL.length + 1)
  assert.deepEqual([...domain.objects()], SMALL)
  assert.deepEqual(checkDomain(domain), [])
})

test('generations come round, and each copy is whole', async (context) => {
  const domain = await newDomain(context)
  const first = domain.about().generation
  for (let round = 0; round < 245; round += 1) {
    const objects = [directory(0, 0, [1]), directory(1, 0, [], `round ${round}`)]
    await domain.replaceAll(sent(objects), checksumOf(objects), 'master')
    assert.deepEqual(domain.find(0, 'name', `round ${round}`), [1])
  }
  assert.equal(domain.about().generation, first + 5)
  assert.deepEqual(checkDomain(domain), [])
  assert.equal(remnants(domain.store, domain), 0)
})

test('what a load has left that ended with its process is swept away at the next opening', async (context) => {
  const store = LmdbStore.open(join(tempFolder(context), 'test.mdb'))
  const domain = await Domain.open(store, { tag: 'copy' })
  atEnd(context, () => domain.close())
  const { generation } = domain.about()
  const claim = Buffer.alloc(16)
  // No process has this number: it is beyond Linux's largest.
  claim.writeUInt32BE(0x7fff_ffff, 0)
  const key = Buffer.from([generation + 1, 0x44, 0, 0, 0, 1])
  await store.commit({
    conditions: [],
    changes: [
      [LOADING_KEY, claim],
      [key, Buffer.from('x')],
    ],
  })
  await sweepRemnants(store)
  assert.equal(remnants(store, domain), 0)
  await domain.write({ kind: 'create', parent: idOf(domain, 0), properties: [], where: APPEND }, ROOT_CALLER)
  assert.deepEqual(checkDomain(domain), [])
})
