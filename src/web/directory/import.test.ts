import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { ROOT_CALLER, domainOf, objectAt } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { trees } from '../../../test/support/trees.ts'
import { FORMATS, valuesOf } from '../../directory/index.ts'
import type { Caller } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { exportFlat, exportTree, formatNames } from './export.ts'
import { DeskError } from './failure.ts'
import { applyImport, planImport } from './import.ts'
import type { ImportRequest } from './import.ts'
import { listJournal } from './journal-list.ts'
import { nextFreeNumber } from './next-number.ts'

const PIA: Caller = { kind: 'user', name: 'pia', from: 'test' }
const PLAN: Plan = {
  at: [
    {
      name: 'users',
      _writers: 'admin',
      at: [{ name: 'pia', passwd: '$argon2id$secret', uid: '1001', gid: '20', picture: '/p.png' }],
    },
  ],
}
const PASSWD = 'pia:x:1001:20:Pia Holm:/home/pia:/bin/zsh\njon:x:1002:20:Jon:/home/jon:/bin/sh\nbroken line\n'

async function served(context: TestContext, plan: Plan = PLAN): Promise<ServedDomain> {
  return { tag: 'network', domain: await domainOf(context, 'network', plan), isMaster: true }
}

function requestOf(over: Partial<ImportRequest>): ImportRequest {
  return { format: 'passwd.43', text: PASSWD, mode: 'merge', parent: 0, ...over }
}

describe('importing', () => {
  test('tells first what it would do, then does it', async (context) => {
    const site = await served(context)
    const { domain } = site
    const plan = planImport(domain, requestOf({}))
    assert.deepEqual(
      plan.changes.map(({ kind, path }) => [kind, path]),
      [
        ['change', '/users/pia'],
        ['create', '/users/jon'],
      ],
    )
    assert.deepEqual([plan.created, plan.changed, plan.problems[0]?.line], [1, 1, 3])
    assert.equal(domain.childCount(objectAt(domain, 'users')), 1)
    const counts = await applyImport(site, requestOf({}), plan.digest, ROOT_CALLER)
    assert.deepEqual(counts, { created: 1, changed: 1 })
    const pia = domain.read(objectAt(domain, 'users', 'pia'))?.properties ?? []
    // What the file does not have stays, and so does the password, which an x does not tell.
    assert.deepEqual(valuesOf(pia, 'picture'), ['/p.png'])
    assert.deepEqual(valuesOf(pia, 'passwd'), ['$argon2id$secret'])
    assert.deepEqual(valuesOf(pia, 'shell'), ['/bin/zsh'])
    assert.deepEqual(valuesOf(domain.read(objectAt(domain, 'users', 'jon'))?.properties ?? [], 'passwd'), ['*'])
    assert.deepEqual(valuesOf(domain.read(objectAt(domain, 'users'))?.properties ?? [], '_writers'), ['admin'])
    assert.equal(planImport(domain, requestOf({})).changes.length, 0)
  })

  test('replaces all properties when that is asked for', async (context) => {
    const site = await served(context)
    const request = requestOf({ mode: 'replace' })
    await applyImport(site, request, planImport(site.domain, request).digest, ROOT_CALLER)
    const pia = site.domain.read(objectAt(site.domain, 'users', 'pia'))?.properties ?? []
    assert.deepEqual(valuesOf(pia, 'picture'), [])
    assert.deepEqual(valuesOf(pia, 'passwd'), ['$argon2id$secret'])
  })

  test('does nothing when it would do something else by now', async (context) => {
    const site = await served(context)
    const outcome = await applyImport(site, requestOf({}), 'another', ROOT_CALLER)
    assert.ok('digest' in outcome)
    assert.equal(site.domain.childCount(objectAt(site.domain, 'users')), 1)
  })

  test('does nothing where a part is not allowed', async (context) => {
    const site = await served(context)
    const { digest } = planImport(site.domain, requestOf({}))
    await assert.rejects(applyImport(site, requestOf({}), digest, PIA), DeskError)
    assert.equal(site.domain.childCount(objectAt(site.domain, 'users')), 1)
  })

  test('refuses a text that is not of its format, and names the place', async (context) => {
    const { domain } = await served(context)
    for (const [format, text] of [
      ['json', '{'],
      ['raw', '{ "name" = '],
      ['no-such', ''],
    ] as const) {
      assert.throws(() => planImport(domain, requestOf({ format, text })), DeskError)
    }
  })

  test('takes back what was exported, whatever it is', async (context) => {
    await fc.assert(
      fc.asyncProperty(trees, fc.constantFrom('json', 'raw'), async (tree, format) => {
        const named = { ...tree, properties: [{ name: 'name', values: ['top'] }, ...tree.properties] }
        const site = await served(context, {})
        const { exported } = await putAndExport(site, named, format)
        const other = await served(context, {})
        const request = requestOf({ format, text: exported, mode: 'replace' })
        await applyImport(other, request, planImport(other.domain, request).digest, ROOT_CALLER)
        assert.equal(exportTree(other.domain, objectAt(other.domain, 'top'), format).text, exported)
      }),
      { numRuns: 10 },
    )
  })

  test('any text of any format is planned or refused, and never anything else', async (context) => {
    const { domain } = await served(context)
    fc.assert(
      fc.property(fc.constantFrom(...formatNames()), fc.string({ maxLength: 200 }), (format, text) => {
        try {
          planImport(domain, requestOf({ format, text }))
        } catch (error) {
          assert.ok(error instanceof DeskError, String(error))
        }
      }),
      { numRuns: 500 },
    )
  })
})

async function putAndExport(
  site: ServedDomain,
  tree: Parameters<typeof JSON.stringify>[0],
  format: 'json' | 'raw',
): Promise<{ readonly exported: string }> {
  const request = requestOf({ format: 'json', text: JSON.stringify({ schemaVersion: 1, tree }), mode: 'replace' })
  await applyImport(site, request, planImport(site.domain, request).digest, ROOT_CALLER)
  return { exported: exportTree(site.domain, objectAt(site.domain, 'top'), format).text }
}

describe('exporting', () => {
  test('writes every format, and no password', async (context) => {
    const { domain } = await served(context)
    const texts = [
      ...[...FORMATS.values()].map((format) => exportFlat(domain, format).text),
      exportTree(domain, 0, 'json').text,
      exportTree(domain, 0, 'raw').text,
    ]
    assert.ok(texts.every((text) => !text.includes('argon2id')))
    assert.ok(texts.some((text) => text.startsWith('pia:*:1001:20:')))
    assert.equal(exportTree(domain, objectAt(domain, 'users'), 'json').fileName, 'network-users.json')
  })
})

describe('the number of a new user', () => {
  test('is the next after the largest that people have', async (context) => {
    const { domain } = await served(context)
    assert.equal(nextFreeNumber(domain, objectAt(domain, 'users'), 'uid'), 1002)
    assert.equal(nextFreeNumber(domain, 0, 'uid'), 1000)
  })

  test('is the lowest free one when the largest is the last', async (context) => {
    const { domain } = await served(context, {
      at: [
        { name: 'a', uid: '60000' },
        { name: 'b', uid: '1000' },
      ],
    })
    assert.equal(nextFreeNumber(domain, 0, 'uid'), 1001)
  })
})

describe('the journal', () => {
  test('comes a page at a time, the newest first, as far as it is asked for', async (context) => {
    const site = await served(context)
    await applyImport(site, requestOf({}), planImport(site.domain, requestOf({})).digest, ROOT_CALLER)
    const revision = site.domain.revision()
    const first = listJournal(site.domain, { limit: 2 })
    assert.deepEqual(
      first.entries.map((entry) => entry.revision),
      [revision, revision - 1],
    )
    const rest = listJournal(site.domain, { limit: 100, before: first.before ?? 0 })
    assert.equal(rest.entries.length, revision - 2)
    assert.equal(rest.before, null)
    assert.deepEqual(
      listJournal(site.domain, { limit: 9, path: '/users/jon' }).entries.map(({ kind }) => kind),
      ['create'],
    )
    assert.equal(listJournal(site.domain, { limit: 9, who: 'nobody' }).entries.length, 0)
    assert.equal(listJournal(site.domain, { limit: 9, kind: 'destroy' }).entries.length, 0)
  })
})
