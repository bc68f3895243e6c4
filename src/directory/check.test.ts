import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addTo, domainOf } from '../../test/support/domain-of.ts'
import { encodeAbout } from './about.ts'
import { checkDomain } from './check.ts'
import type { Domain } from './domain.ts'
import { pairOf } from './index-pairs.ts'
import {
  ABOUT_KEY,
  childKey,
  childRange,
  directoryKey,
  freeKey,
  indexKey,
  journalKey,
  overflowKey,
  overflowRange,
  rankAtEnd,
} from './keys.ts'
import { decodeRecord, encodeRecord } from './record.ts'
import type { DirectoryRecord } from './record.ts'
import { objectValue } from './siblings.ts'

const CROWD = 40

async function newDomain(context: Parameters<typeof domainOf>[0]): Promise<Domain> {
  const domain = await domainOf(context, 'check', {
    at: [{ name: 'users', at: [{ name: ['pia', 'all'] }, { name: 'kim' }] }, { name: 'machines' }],
  })
  for (let number = 0; number < CROWD; number += 1) await addTo(domain, 0, { name: ['crowd', String(number)] })
  return domain
}

/** What is wrong after another hand has changed keys of the store. */
async function problemsAfter(
  context: Parameters<typeof domainOf>[0],
  change: (domain: Domain, generation: number) => readonly (readonly [key: Buffer, value: Buffer | null])[],
): Promise<string> {
  const domain = await newDomain(context)
  assert.deepEqual(checkDomain(domain), [])
  await domain.store.commit({ conditions: [], changes: change(domain, domain.about().generation) })
  return checkDomain(domain).join('\n')
}

function recordOf(domain: Domain, object: number): DirectoryRecord {
  const bytes = domain.store.get(directoryKey(domain.about().generation, object))
  assert.ok(bytes !== undefined)
  return decodeRecord(bytes)
}

function rankOf(domain: Domain, object: number): number {
  return recordOf(domain, object).rank
}

test('each sum, link, order and index entry that is wrong is told', async (context) => {
  const users = 1
  const pia = 2
  const crowd = 5
  const about = (domain: Domain, change: object) =>
    [[ABOUT_KEY, encodeAbout({ ...domain.about(), ...change })]] as const
  const record = (domain: Domain, object: number, change: object) =>
    [
      [directoryKey(domain.about().generation, object), encodeRecord({ ...recordOf(domain, object), ...change })],
    ] as const
  const cases: readonly (readonly [RegExp, Parameters<typeof problemsAfter>[1]])[] = [
    [/the checksum is 7 and/, (domain) => about(domain, { checksum: 7 })],
    [/counts 3 directories/, (domain) => about(domain, { count: 3 })],
    [/counts 9 free numbers/, (domain) => about(domain, { free: 9 })],
    [/beyond the highest number, 5/, (domain) => about(domain, { highest: 5 })],
    [/the journal ends with/, (domain) => about(domain, { revision: 1000 })],
    [/the journal goes on with 4 and should with 3/, () => [[journalKey(3), null]]],
    [/calls itself 9/, (domain) => record(domain, pia, { id: { object: 9, instance: 0 } })],
    [/counts 7 children and has 2/, (domain) => record(domain, users, { childCount: 7 })],
    [/beyond its last rank/, (domain) => record(domain, users, { lastRank: 1 })],
    [/which does not say so/, (domain) => record(domain, pia, { parent: 0 })],
    [/which does not say so/, (domain) => record(domain, pia, { rank: 12 })],
    [/places among children/, (domain, g) => [[childKey(g, users, rankOf(domain, pia)), null]]],
    [/which does not say so/, (_, g) => [[childKey(g, users, 3), objectValue(crowd)]]],
    [/number 2 is free and in use/, (_, g) => [[freeKey(g, pia), objectValue(0)]]],
    [/numbers are \d+ in use and 1 free/, (_, g) => [[freeKey(g, 900), objectValue(0)]]],
    [/the index has \d+ keys and/, (_, g) => [[indexKey(g, users, pairOf('name', 'pia')), null]]],
    [/should not be there/, (_, g) => [[indexKey(g, users, pairOf('name', 'zoe')), Buffer.alloc(12)]]],
    [/is not what its children say/, (_, g) => [[indexKey(g, users, pairOf('name', 'pia')), Buffer.alloc(12)]]],
    [/counts 2 of 40/, (_, g) => [[indexKey(g, 0, pairOf('name', 'crowd')), objectValue(2)]]],
    [/lacks 5/, (domain, g) => [[overflowKey(indexKey(g, 0, pairOf('name', 'crowd')), rankOf(domain, crowd)), null]]],
    [
      /keys of its own and should/,
      (_, g) => [[overflowKey(indexKey(g, 0, pairOf('name', 'crowd')), 3), objectValue(crowd)]],
    ],
  ]
  for (const [expected, change] of cases) assert.match(await problemsAfter(context, change), expected)
})

test('a circle that the root does not reach is told', async (context) => {
  const problems = await problemsAfter(context, (domain, generation) => {
    const [users, pia] = [recordOf(domain, 1), recordOf(domain, 2)]
    // Users moves below its own child, and its place below the root is gone.
    return [
      [childKey(generation, 0, users.rank), null],
      [childKey(generation, 2, users.rank), objectValue(1)],
      [directoryKey(generation, 1), encodeRecord({ ...users, parent: 2 })],
      [directoryKey(generation, 2), encodeRecord({ ...pia, childCount: 1, lastRank: users.rank })],
    ]
  })
  assert.match(problems, /directories are there, and \d+ are below the root/)
})

test('a child of an overflowing pair stands there under its rank', async (context) => {
  const domain = await newDomain(context)
  const { generation } = domain.about()
  const ranks = [...domain.store.range(overflowRange(indexKey(generation, 0, pairOf('name', 'crowd'))))].map(
    ({ key }) => rankAtEnd(key),
  )
  const all = [...domain.store.range(childRange(generation, 0))].map(({ key }) => rankAtEnd(key))
  assert.deepEqual(ranks, all.slice(2))
})
