import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ROOT_CALLER, domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import { APPEND } from '../../directory/index.ts'
import type { Domain, JournalEntry } from '../../directory/index.ts'
import { JournalIndex, journalIndexOf } from './journal-index.ts'

/** The same by going through the whole journal. */
function searched(domain: Domain, object: number): readonly JournalEntry[] {
  const found: JournalEntry[] = []
  for (const entry of domain.journal({ isReverse: true })) {
    if (entry.object !== object) continue
    if (entry.kind === 'destroy') break
    found.push(entry)
  }
  return found
}

test('the index says what a search of the journal says, after any writes', async (context) => {
  const domain = await domainOf(context, 'network', { at: [{ name: 'a' }, { name: 'b' }] })
  const step = fc.record({ kind: fc.constantFrom('create', 'destroy', 'change'), pick: fc.nat() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      for (const { kind, pick } of steps) {
        const children = domain.childrenOf(0)
        const child = domain.id(children[pick % Math.max(1, children.length)] ?? 0)
        const parent = domain.id(0)
        if (parent === undefined || child === undefined) continue
        if (kind === 'create')
          await domain.write(
            { kind, parent, properties: [{ name: 'name', values: ['c'] }], where: APPEND },
            ROOT_CALLER,
          )
        else if (kind === 'destroy' && child.object !== 0) await domain.write({ kind, parent, child }, ROOT_CALLER)
        else await setProperty(domain, child.object, 'note', String(pick))
      }
      const index = journalIndexOf(domain)
      for (const object of [0, ...domain.childrenOf(0)]) {
        assert.deepEqual(index.entriesOf(object, 1000), searched(domain, object))
        assert.deepEqual(index.newestOf(object), searched(domain, object)[0] ?? null)
      }
    }),
    { numRuns: 25 },
  )
})

test('what came before a copy of the master is of another domain', async (context) => {
  const domain = await domainOf(context, 'network', { at: [{ name: 'a' }] })
  const a = objectAt(domain, 'a')
  const index = new JournalIndex(domain)
  index.update()
  assert.equal(index.entriesOf(a, 9).length, 1)
  const objects = [...domain.objects()]
  // A copy comes as it is sent: one directory after another.
  await domain.replaceAll(streamOf(objects), domain.checksum(), 'ada/network')
  index.update()
  assert.deepEqual(index.entriesOf(a, 9), [])
  assert.equal(index.replacedAt, domain.revision())
})

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  for (const item of items) yield await Promise.resolve(item)
}
