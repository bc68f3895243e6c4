import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { textOf } from '../../../core/index.ts'
import { DIRECTORY_DESCRIPTIONS } from '../../../directory/index.ts'
import { changeRows, draftOf, formatBase, propertiesOf, readBase, readDraft } from './draft.ts'
import type { Draft } from './draft.ts'

const text = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('name', 'uid', 'gid', 'passwd', 'home', 'a\\b', 'two\nlines').map((each) => Buffer.from(each)),
  )
  .map((bytes) => textOf(bytes))
const properties = fc.array(
  fc.record({ name: text, values: fc.array(text, { maxLength: 3 }) }, { noNullPrototype: true }),
  { maxLength: 6 },
)
const description = fc.constantFrom(undefined, ...DIRECTORY_DESCRIPTIONS.values())

/** The draft as a browser sends it. */
function sent({ rows, password, newPassword }: Draft): Draft {
  const fields = new Map<string, string>([
    ['password', password],
    ['newPassword', newPassword],
  ])
  for (const [index, row] of rows.entries()) {
    fields.set(`n.${index}`, row.name)
    fields.set(`v.${index}`, row.text.replaceAll('\n', '\r\n'))
    fields.set(`k.${index}`, row.kind)
  }
  return readDraft(fields)
}

describe('a form', () => {
  test('that nobody has touched saves what was there, but for empty properties with a label', async () => {
    await fc.assert(
      fc.asyncProperty(properties, description, async (before, described) => {
        const outcome = await propertiesOf(sent(draftOf(before, described, false)), before, [])
        assert.ok('properties' in outcome)
        const labelled = new Set((described?.properties ?? []).map(({ name }) => name))
        const isSaid = ({ name, values }: { name: string; values: readonly string[] }): boolean =>
          !labelled.has(name) || values.length > 0
        const secretsFirst = before.filter(isSaid)
        assert.deepEqual(outcome.properties.filter(isSaid), secretsFirst)
      }),
    )
  })

  test('tells what was there from what is typed', () => {
    fc.assert(
      fc.property(properties, fc.nat(), (before, instance) => {
        const base = { object: 3, instance: instance % 0xffff_ffff, revision: 7, properties: before }
        assert.deepEqual(readBase(formatBase(base)), base)
      }),
    )
    assert.equal(readBase(undefined), null)
    assert.equal(readBase('{"instance":-1}'), null)
  })

  test('is read from any fields without failing', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('n.0', 'v.0', 'k.0', 'n.99999', 'password', 'n.123456'))
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string())), (pairs) => {
        assert.ok(Array.isArray(readDraft(new Map(pairs)).rows))
      }),
    )
  })

  test('gains, loses and moves rows', () => {
    const draft = readDraft(
      new Map([
        ['n.0', 'a'],
        ['n.1', 'b'],
      ]),
    )
    const names = (action: string): string =>
      changeRows(draft, action)
        .rows.map(({ name }) => name)
        .join()
    assert.deepEqual(['add', 'remove-0', 'up-1', 'up-0', 'down-0', 'down-1', 'remove-7', 'nonsense'].map(names), [
      'a,b,',
      'b',
      'b,a',
      'a,b',
      'b,a',
      'a,b',
      'a,b',
      'a,b',
    ])
  })

  test('hashes a new password, and never keeps it in text', async () => {
    const draft: Draft = {
      rows: [{ kind: 'secret', name: 'passwd', text: '' }],
      password: 'set',
      newPassword: 'correct horse',
    }
    const outcome = await propertiesOf(draft, [], [])
    assert.ok('properties' in outcome)
    assert.match(outcome.properties[0]?.values[0] ?? '', /^\$(?:argon2id|scrypt)\$/)
    const short = await propertiesOf({ ...draft, newPassword: 'short' }, [], [])
    assert.deepEqual(short, { problem: { kind: 'passwordShort' } })
    const long = await propertiesOf({ ...draft, newPassword: 'x'.repeat(2000) }, [], [])
    assert.deepEqual(long, { problem: { kind: 'passwordLong' } })
  })

  test('locks a user with a value that is no mask', async () => {
    const rows = [{ kind: 'secret', name: 'passwd', text: '' }] as const
    const before = [{ name: 'passwd', values: ['*'] }]
    const locked = await propertiesOf({ rows, password: 'lock', newPassword: '' }, before, [])
    assert.deepEqual(locked, { properties: [{ name: 'passwd', values: ['!'] }] })
  })

  test('says what is missing', async () => {
    const rows = [{ kind: 'free', name: '', text: 'value' }] as const
    assert.deepEqual(await propertiesOf({ rows, password: 'keep', newPassword: '' }, [], []), {
      problem: { kind: 'rowName', row: 1 },
    })
    const empty = { rows: [], password: 'keep', newPassword: '' } as const
    assert.deepEqual(await propertiesOf(empty, [], ['name']), { problem: { kind: 'noName' } })
    assert.deepEqual(await propertiesOf(empty, [], ['uid']), { problem: { kind: 'required', name: 'uid' } })
  })
})
