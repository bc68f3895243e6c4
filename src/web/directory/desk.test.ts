import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { ROOT_CALLER, domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import type { Caller, Domain } from '../../directory/index.ts'
import { createChildren } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { createDirectory, renameDirectory, requireDirectory, writeProperties } from './desk.ts'
import { DeskError } from './failure.ts'
import type { DeskFailure } from './failure.ts'
import { moveTree } from './move.ts'
import { directoryHref, namedHref, readParts, resolveParts } from './paths.ts'
import { historyOf, listChildren, readDirectory } from './read.ts'
import { countTree, removeTree } from './remove.ts'

const PIA: Caller = { kind: 'user', name: 'pia', from: 'test' }
const PLAN: Plan = {
  master: 'ada/network',
  at: [
    {
      name: 'users',
      at: [
        { name: ['pia', 'holm'], passwd: '$argon2id$secret', uid: '530', _writers: 'pia' },
        { name: 'jon', uid: '531' },
      ],
    },
    { name: 'groups', at: [{ name: 'staff', gid: '20', at: [{ name: 'inner' }] }] },
    { name: 'journal' },
    { info: 'has no name' },
  ],
}

async function served(context: TestContext, plan: Plan = PLAN): Promise<ServedDomain & { readonly domain: Domain }> {
  return { tag: 'network', domain: await domainOf(context, 'network', plan), isMaster: true }
}

async function failureOf(work: () => Promise<unknown>): Promise<DeskFailure> {
  try {
    await work()
  } catch (error) {
    if (error instanceof DeskError) return error.failure
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the way to a directory', () => {
  test('is made of first names, and found again', async (context) => {
    const { domain } = await served(context)
    const pia = objectAt(domain, 'users', 'pia')
    const directory = requireDirectory(domain, pia)
    assert.deepEqual(
      directory.steps.map(({ part }) => part),
      ['users', 'pia'],
    )
    assert.equal(directoryHref('network', ['users', 'a/b c']), '/directory/network/users/a%2Fb%20c')
    assert.equal(namedHref('network', String.raw`/users/a\/b?#`), '/directory/network/users/a%2Fb%3F%23')
    assert.deepEqual(readParts('/users/a%2Fb%20c'), ['users', 'a/b c'])
    assert.equal(readParts('/%'), null)
    assert.equal(resolveParts(domain, ['users', 'pia']), pia)
    assert.equal(resolveParts(domain, ['users', 'holm']), pia)
    assert.equal(resolveParts(domain, ['users', 'nobody']), undefined)
  })

  test('goes by number where a name is missing, is taken by a page, or stands for another', async (context) => {
    const { domain } = await served(context)
    for (const row of listChildren(domain, 0, { limit: 10 }).rows)
      assert.equal(resolveParts(domain, [row.part]), row.object)
    assert.match(listChildren(domain, 0, { limit: 10, filter: 'journal' }).rows[0]?.part ?? '', /^dir:\d+$/)
    const users = objectAt(domain, 'users')
    const twin = await createDirectory(
      { tag: 'network', domain, isMaster: true },
      users,
      [{ name: 'name', values: ['pia'] }],
      ROOT_CALLER,
    )
    const twinSteps = readDirectory(domain, twin.object)?.steps ?? []
    assert.equal(twinSteps.at(-1)?.part, `dir:${twin.object}`)
  })
})

describe('reading', () => {
  test('never shows a password', async (context) => {
    const { domain } = await served(context)
    const pia = objectAt(domain, 'users', 'pia')
    assert.ok(!JSON.stringify(requireDirectory(domain, pia)).includes('argon2id'))
    assert.ok(!JSON.stringify(listChildren(domain, objectAt(domain, 'users'), { limit: 10 })).includes('argon2id'))
  })

  test('gives children a page at a time, and those whose names fit', async (context) => {
    const { domain } = await served(context, { at: [{ name: 'users' }] })
    const users = objectAt(domain, 'users')
    const all = Array.from({ length: 1200 }, (_, index) => [{ name: 'name', values: [`User${index}`] }])
    await createChildren(domain, users, all, ROOT_CALLER)
    const second = listChildren(domain, users, { from: 100, limit: 100 })
    assert.equal(second.rows[0]?.name, 'User100')
    assert.deepEqual([second.matched, second.total, second.rows.length], [1200, 1200, 100])
    const fitting = listChildren(domain, users, { limit: 5, filter: 'uSER119' })
    assert.deepEqual([fitting.matched, fitting.rows[0]?.name], [11, 'User119'])
    await createDirectory(
      { tag: 'network', domain, isMaster: true },
      users,
      [{ name: 'name', values: ['user119x'] }],
      ROOT_CALLER,
    )
    assert.equal(listChildren(domain, users, { limit: 5, filter: 'user119' }).matched, 12)
    assert.equal(listChildren(domain, users, { from: 99_999, limit: 5 }).rows.length, 1)
  })

  test('tells the history of the present life of a directory', async (context) => {
    const { domain } = await served(context)
    const pia = objectAt(domain, 'users', 'pia')
    await setProperty(domain, pia, 'shell', '/bin/sh')
    assert.deepEqual(
      historyOf(domain, pia, 10).map(({ kind }) => kind),
      ['createProperty', 'create'],
    )
  })
})

describe('writing', () => {
  test('replaces what was seen, and keeps the password that was masked', async (context) => {
    const site = await served(context)
    const pia = objectAt(site.domain, 'users', 'pia')
    const seen = requireDirectory(site.domain, pia)
    const properties = [...seen.properties, { name: 'shell', values: ['/bin/zsh'] }]
    await writeProperties(site, pia, properties, { instance: seen.instance }, PIA)
    const now = site.domain.read(pia)?.properties ?? []
    assert.deepEqual(now.at(-1), { name: 'shell', values: ['/bin/zsh'] })
    assert.deepEqual(
      now.find(({ name }) => name === 'passwd'),
      { name: 'passwd', values: ['$argon2id$secret'] },
    )
  })

  test('is refused when another wrote since, and says who changed what', async (context) => {
    const site = await served(context)
    const pia = objectAt(site.domain, 'users', 'pia')
    const seen = requireDirectory(site.domain, pia)
    await setProperty(site.domain, pia, 'shell', '/bin/sh')
    for (const base of [{}, { properties: seen.properties }, { revision: seen.revision }]) {
      const failure = await failureOf(() =>
        writeProperties(site, pia, [], { instance: seen.instance, ...base }, ROOT_CALLER),
      )
      assert.equal(failure.kind, 'stale')
      assert.deepEqual(failure.kind === 'stale' ? failure.since.map(({ changes }) => changes[0]?.name) : [], ['shell'])
    }
  })

  test('goes on when only the list of children has changed', async (context) => {
    const site = await served(context)
    const users = objectAt(site.domain, 'users')
    const seen = requireDirectory(site.domain, users)
    await createDirectory(site, users, [{ name: 'name', values: ['new'] }], ROOT_CALLER)
    const properties = [...seen.properties, { name: 'note', values: ['x'] }]
    assert.equal((await failureOf(() => writeProperties(site, users, properties, seen, PIA))).kind, 'denied')
    await writeProperties(site, users, properties, seen, ROOT_CALLER)
    assert.deepEqual(site.domain.read(users)?.properties, properties)
  })

  test('says that a directory is gone', async (context) => {
    const site = await served(context)
    const jon = objectAt(site.domain, 'users', 'jon')
    const seen = requireDirectory(site.domain, jon)
    await removeTree(site, jon, 1, seen, ROOT_CALLER)
    const failure = await failureOf(() => writeProperties(site, jon, [], seen, ROOT_CALLER))
    assert.equal(failure.kind === 'stale' ? failure.current : undefined, null)
    assert.equal(failure.kind === 'stale' ? failure.since[0]?.kind : undefined, 'destroy')
  })

  test('is refused by a clone, which names the master', async (context) => {
    const site = { ...(await served(context)), isMaster: false }
    const failure = await failureOf(() => createDirectory(site, 0, [], ROOT_CALLER).then())
    assert.deepEqual(failure, { kind: 'clone', master: 'ada/network' })
  })

  test('gives a directory another first name', async (context) => {
    const site = await served(context)
    const pia = objectAt(site.domain, 'users', 'pia')
    await renameDirectory(site, pia, 'mia', requireDirectory(site.domain, pia), PIA)
    assert.deepEqual(site.domain.read(pia)?.properties[0], { name: 'name', values: ['mia', 'holm'] })
    const nameless = listChildren(site.domain, 0, { limit: 9 }).rows.find(({ name }) => name === null)?.object ?? 0
    await renameDirectory(site, nameless, 'named', requireDirectory(site.domain, nameless), ROOT_CALLER)
    assert.equal(resolveParts(site.domain, ['named']), nameless)
  })
})

describe('deleting', () => {
  test('takes a whole tree, when it is as large as was said', async (context) => {
    const site = await served(context)
    const groups = objectAt(site.domain, 'groups')
    const seen = requireDirectory(site.domain, groups)
    assert.equal(countTree(site.domain, groups), 3)
    assert.deepEqual(await failureOf(() => removeTree(site, groups, 2, seen, ROOT_CALLER)), {
      kind: 'countChanged',
      count: 3,
    })
    assert.equal((await failureOf(() => removeTree(site, groups, 3, seen, PIA))).kind, 'denied')
    assert.equal(countTree(site.domain, groups), 3)
    await removeTree(site, groups, 3, seen, ROOT_CALLER)
    assert.equal(resolveParts(site.domain, ['groups']), undefined)
    assert.equal((await failureOf(() => removeTree(site, 0, 9, { instance: 0 }, ROOT_CALLER))).kind, 'misplaced')
  })

  test('takes thousands in a few batches', async (context) => {
    const site = await served(context, { at: [{ name: 'users' }] })
    const users = objectAt(site.domain, 'users')
    const all = Array.from({ length: 2500 }, (_, index) => [{ name: 'name', values: [`u${index}`] }])
    await createChildren(site.domain, users, all, ROOT_CALLER)
    await removeTree(site, users, 2501, requireDirectory(site.domain, users), ROOT_CALLER)
    assert.equal(site.domain.childCount(0), 0)
  })
})

describe('moving', () => {
  test('takes all along to the new place, and nothing stays', async (context) => {
    const site = await served(context)
    const { domain } = site
    const staff = objectAt(domain, 'groups', 'staff')
    const users = objectAt(domain, 'users')
    const { object } = await moveTree(
      site,
      staff,
      { parent: users, before: objectAt(domain, 'users', 'jon') },
      requireDirectory(domain, staff),
      ROOT_CALLER,
    )
    assert.deepEqual(
      listChildren(domain, users, { limit: 9 }).rows.map(({ name }) => name),
      ['pia', 'staff', 'jon'],
    )
    assert.equal(domain.pathOf(domain.childrenOf(object)[0] ?? 0), '/users/staff/inner')
    assert.equal(domain.childCount(objectAt(domain, 'groups')), 0)
  })

  test('changes the order of siblings', async (context) => {
    const site = await served(context)
    const { domain } = site
    const [pia, jon] = [objectAt(domain, 'users', 'pia'), objectAt(domain, 'users', 'jon')]
    const users = objectAt(domain, 'users')
    await moveTree(site, jon, { parent: users, before: pia }, requireDirectory(domain, jon), ROOT_CALLER)
    assert.deepEqual(
      listChildren(domain, users, { limit: 9 }).rows.map(({ name }) => name),
      ['jon', 'pia'],
    )
  })

  test('keeps a password, and is refused where it would go into itself', async (context) => {
    const site = await served(context)
    const { domain } = site
    const users = objectAt(domain, 'users')
    const moved = await moveTree(
      site,
      users,
      { parent: objectAt(domain, 'groups'), before: null },
      requireDirectory(domain, users),
      ROOT_CALLER,
    )
    assert.ok(JSON.stringify(domain.read(domain.childrenOf(moved.object)[0] ?? 0)).includes('$argon2id$secret'))
    const groups = objectAt(domain, 'groups')
    const failure = await failureOf(() =>
      moveTree(site, groups, { parent: moved.object, before: null }, requireDirectory(domain, groups), ROOT_CALLER),
    )
    assert.equal(failure.kind, 'misplaced')
  })

  test('leaves all as it was where the old may not be deleted', async (context) => {
    const site = await served(context, {
      at: [
        { name: 'open', _writers: 'pia' },
        { name: 'shut', at: [{ name: 'kept', at: [{ name: 'inner' }] }] },
      ],
    })
    const { domain } = site
    const kept = objectAt(domain, 'shut', 'kept')
    const to = { parent: objectAt(domain, 'open'), before: null }
    assert.equal((await failureOf(() => moveTree(site, kept, to, requireDirectory(domain, kept), PIA))).kind, 'denied')
    assert.equal(countTree(domain, 0), 5)
  })
})
