import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { ROOT_CALLER, domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { APPEND } from '../../directory/index.ts'
import type { Domain, JournalEntry, Properties, WriteOperation } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { requireDirectory } from './desk.ts'
import { DeskError } from './failure.ts'
import { removeTree } from './remove.ts'
import { UndoDesk, undoEntry } from './undo.ts'

const PLAN: Plan = {
  at: [
    {
      name: 'users',
      at: [
        { name: 'pia', uid: '530', shell: '/bin/sh', groups: ['a', 'b', 'c'] },
        { name: 'jon', uid: '531', passwd: '$argon2id$secret' },
      ],
    },
    { name: 'groups', at: [{ name: 'staff', at: [{ name: 'inner' }] }] },
  ],
}

async function served(context: TestContext): Promise<ServedDomain> {
  return { tag: 'network', domain: await domainOf(context, 'network', PLAN), isMaster: true }
}

/** A tree without what the journal does not keep: the order of properties and of siblings. */
interface Bare {
  readonly properties: readonly string[]
  readonly children: readonly Bare[]
}

function bareTree(domain: Domain, object = 0): Bare {
  const properties = (domain.read(object)?.properties ?? []).map((property) => JSON.stringify(property)).toSorted()
  const children = domain.childrenOf(object).map((child) => bareTree(domain, child))
  return { properties, children: children.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) }
}

function newest(domain: Domain): JournalEntry {
  const [entry] = domain.journal({ isReverse: true, limit: 1 })
  if (entry === undefined) throw new Error('the journal is empty')
  return entry
}

async function reasonOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (error instanceof DeskError && error.failure.kind === 'undo') return error.failure.reason
    throw error
  }
  return 'done'
}

/** An edit as numbers, which become a write that the tree as it is allows. */
const edit = fc.record({
  kind: fc.constantFrom(
    'create',
    'destroy',
    'write',
    'createProperty',
    'destroyProperty',
    'renameProperty',
    'writeProperty',
    'createValue',
    'destroyValue',
    'writeValue',
  ),
  pick: fc.nat(),
  at: fc.nat(),
  values: fc.array(fc.constantFrom('x', 'y', 'z', '', 'long value'), { maxLength: 3 }),
})
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never

function operationOf(domain: Domain, { kind, pick, at, values }: Edit, fresh: string): WriteOperation | null {
  const all = allObjects(domain)
  const object = all[pick % all.length] ?? 0
  const found = domain.read(object)
  if (found === undefined) return null
  const { id, properties } = found
  const index = properties.length === 0 ? 0 : at % properties.length
  const property = properties[index]
  const isName = property?.name === 'name'
  const [value = 'v'] = values
  switch (kind) {
    case 'create':
      return { kind, parent: id, properties: propertiesWith(fresh, values), where: APPEND }
    case 'destroy': {
      const parent = domain.id(domain.parentOf(object) ?? 0)
      const isEmpty = object !== 0 && domain.childCount(object) === 0
      return isEmpty && parent !== undefined ? { kind, parent, child: id } : null
    }
    case 'write':
      return {
        kind,
        id,
        properties: [...properties.slice(index), ...properties.slice(0, index), { name: fresh, values }],
      }
    case 'createProperty':
      return { kind, id, property: { name: fresh, values }, where: at % 4 }
    case 'destroyProperty':
      return property === undefined || isName ? null : { kind, id, index }
    case 'renameProperty':
      return property === undefined || isName ? null : { kind, id, index, name: fresh }
    case 'writeProperty':
      return property === undefined || isName ? null : { kind, id, index, values }
    case 'createValue':
      return property === undefined || isName ? null : { kind, id, index, value, where: at % 3 }
    case 'destroyValue':
      return property === undefined || isName || property.values.length === 0
        ? null
        : { kind, id, index, at: at % property.values.length }
    case 'writeValue':
      break
  }
  return property === undefined || property.values.length === 0
    ? null
    : { kind, id, index, at: at % property.values.length, value: isName ? fresh : value }
}

function propertiesWith(name: string, values: readonly string[]): Properties {
  return [
    { name: 'name', values: [name] },
    { name: 'list', values },
  ]
}

function allObjects(domain: Domain): readonly number[] {
  return [...domain.objects()].map(({ id }) => id.object)
}

describe('taking back', () => {
  test('any edits, the last one first, leaves the tree as it was', async (context) => {
    const site = await served(context)
    const { domain } = site
    let counter = 0
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
        const before = bareTree(domain)
        const done: number[] = []
        for (const each of edits) {
          counter += 1
          const operation = operationOf(domain, each, `f${counter}`)
          // jon's password is in no journal: what becomes of him is another test's.
          if (operation === null || isAbout(domain, operation, 'jon')) continue
          const changes = (await domain.write(operation, ROOT_CALLER)).revision
          if ((domain.entryAt(changes)?.changes.length ?? 0) > 0) done.push(changes)
        }
        for (const revision of done.toReversed()) await undoEntry(site, revision, false, ROOT_CALLER)
        assert.deepEqual(bareTree(domain), before)
      }),
      { numRuns: 60 },
    )
  })

  test('is refused when the property has changed since, and says by what', async (context) => {
    const site = await served(context)
    const { domain } = site
    const pia = objectAt(domain, 'users', 'pia')
    await setProperty(domain, pia, 'shell', '/bin/ksh')
    const { revision } = newest(domain)
    await setProperty(domain, pia, 'shell', '/bin/zsh')
    const plan = new UndoDesk(domain).plan(domain.entryAt(revision) ?? newest(domain))
    assert.equal(plan.kind === 'refused' ? plan.by?.changes[0]?.after?.[0] : undefined, '/bin/zsh')
    assert.equal(await reasonOf(() => undoEntry(site, revision, false, ROOT_CALLER)), 'changedSince')
  })

  test('works when something else of the directory has changed since', async (context) => {
    const site = await served(context)
    const { domain } = site
    const pia = objectAt(domain, 'users', 'pia')
    await setProperty(domain, pia, 'shell', '/bin/ksh')
    const { revision } = newest(domain)
    await setProperty(domain, pia, 'uid', '999')
    await undoEntry(site, revision, false, ROOT_CALLER)
    const values = (domain.read(pia)?.properties ?? []).map((property) => property.values.join())
    assert.deepEqual(values, ['pia', '999', '/bin/sh', 'a,b,c'])
  })

  test('a second time is refused', async (context) => {
    const site = await served(context)
    const { domain } = site
    const pia = objectAt(domain, 'users', 'pia')
    await removeTree(site, pia, 1, requireDirectory(domain, pia), ROOT_CALLER)
    const { revision } = newest(domain)
    await undoEntry(site, revision, false, ROOT_CALLER)
    assert.equal(await reasonOf(() => undoEntry(site, revision, false, ROOT_CALLER)), 'isThere')
    assert.equal(domain.childCount(objectAt(domain, 'users')), 2)
  })

  test('a password is refused, and a user without it comes back only when that is accepted', async (context) => {
    const site = await served(context)
    const { domain } = site
    const jon = objectAt(domain, 'users', 'jon')
    await setProperty(domain, jon, 'passwd', '$argon2id$other')
    assert.equal(await reasonOf(() => undoEntry(site, newest(domain).revision, true, ROOT_CALLER)), 'secret')
    await removeTree(site, jon, 1, requireDirectory(domain, jon), ROOT_CALLER)
    const { revision } = newest(domain)
    assert.equal(await reasonOf(() => undoEntry(site, revision, false, ROOT_CALLER)), 'secret')
    await undoEntry(site, revision, true, ROOT_CALLER)
    const passwords = domain.read(objectAt(domain, 'users', 'jon'))?.properties.find(({ name }) => name === 'passwd')
    assert.deepEqual(passwords?.values, ['*'])
  })

  test('of a creation is refused while there are children', async (context) => {
    const site = await served(context)
    const { domain } = site
    const staff = objectAt(domain, 'groups', 'staff')
    const made = [...domain.journal()].find(({ object, kind }) => object === staff && kind === 'create')
    assert.equal(await reasonOf(() => undoEntry(site, made?.revision ?? 0, false, ROOT_CALLER)), 'hasChildren')
  })

  test('of a deletion is refused when the parent is gone, and works when that has come back', async (context) => {
    const site = await served(context)
    const { domain } = site
    const before = bareTree(domain)
    const groups = objectAt(domain, 'groups')
    await removeTree(site, groups, 3, requireDirectory(domain, groups), ROOT_CALLER)
    const { revision } = newest(domain)
    assert.equal(await reasonOf(() => undoEntry(site, revision - 1, false, ROOT_CALLER)), 'gone')
    for (const each of [revision, revision - 1, revision - 2]) await undoEntry(site, each, false, ROOT_CALLER)
    assert.deepEqual(bareTree(domain), before)
  })

  test('is refused for what is not in the journal', async (context) => {
    const site = await served(context)
    assert.equal(await reasonOf(() => undoEntry(site, 99_999, false, ROOT_CALLER)), 'tooOld')
  })
})

function isAbout(domain: Domain, operation: WriteOperation, name: string): boolean {
  const id = 'id' in operation ? operation.id : operation.kind === 'destroy' ? operation.child : null
  return id !== null && domain.pathOf(id.object).endsWith(`/${name}`)
}
