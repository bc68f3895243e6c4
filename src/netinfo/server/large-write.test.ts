import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ROOT_CALLER, domainOf, idOf, objectAt } from '../../../test/support/domain-of.ts'
import { DecodeError, LIMITS, XdrReader, XdrWriter } from '../../core/index.ts'
import { APPEND, DirectoryError, MODEL_LIMITS, STATUS } from '../../directory/index.ts'
import type { Caller, Domain, Id, Properties, WriteOperation } from '../../directory/index.ts'
import { decodeWrite, encodeWrite } from '../codec-write.ts'
import { isLargeWrite, requireWritable, skimWrite } from './large-write.ts'

const NOBODY: Caller = { kind: 'anonymous', name: 'anonymous', from: 'test' }
const PIA: Caller = { kind: 'user', name: 'pia', from: 'test' }

function argsOf(operation: WriteOperation): Buffer {
  const writer = new XdrWriter()
  encodeWrite(writer, operation)
  return writer.toBytes()
}

const id = fc.record({ object: fc.nat(9), instance: fc.nat(9) })
const values = fc.array(fc.string({ maxLength: 9, unit: 'binary' }), { maxLength: 5 })
const property = fc.record({ name: fc.string({ maxLength: 5 }), values })
const properties = fc.array(property, { maxLength: 4 })
const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), parent: id, properties, where: fc.nat(9), target: id }),
  fc.record({ kind: fc.constant('write' as const), id, properties }),
  fc.record({ kind: fc.constant('createProperty' as const), id, property, where: fc.nat(9) }),
  fc.record({ kind: fc.constant('writeProperty' as const), id, index: fc.nat(9), values }),
)

/** What became of the arguments: their length, or the error. */
function outcomeOf(decode: (reader: XdrReader) => WriteOperation, bytes: Buffer): string {
  try {
    return Object.keys(decode(new XdrReader(bytes))).join()
  } catch (error) {
    assert.ok(error instanceof DecodeError)
    return error.message
  }
}

test('to skim is to decode but for the strings, and refuses the same at the same byte', () => {
  const edits = fc.array(fc.tuple(fc.nat(200), fc.constantFrom(0, 1, 3, 127, 255)), { maxLength: 3 })
  fc.assert(
    fc.property(operation, edits, fc.nat(250), (given, changes, length) => {
      const bytes = argsOf(given).subarray(0, length)
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
      assert.equal(
        outcomeOf((reader) => skimWrite(given.kind, reader), bytes),
        outcomeOf((reader) => decodeWrite(given.kind, reader), bytes),
      )
    }),
    { numRuns: 2000 },
  )
})

test('skimmed arguments can be decoded afterwards', () => {
  const given: WriteOperation = { kind: 'write', id: { object: 1, instance: 2 }, properties: namesOnly('a', 'b') }
  const reader = new XdrReader(Buffer.concat([Buffer.alloc(4), argsOf(given)]), 4)
  assert.deepEqual(skimWrite('write', reader), { ...given, properties: namesOnly('', '') })
  assert.deepEqual(decodeWrite('write', reader), given)
})

function namesOnly(...names: readonly string[]): Properties {
  return names.map((name) => ({ name, values: [] }))
}

test('more names and values than a server takes at once are refused before the rest is read', () => {
  const most = Array.from({ length: MODEL_LIMITS.properties }, () => ({ name: '', values: [''] }))
  const whole: WriteOperation = { kind: 'write', id: { object: 0, instance: 0 }, properties: most }
  assert.deepEqual(decodeWrite('write', new XdrReader(argsOf(whole))), whole)
  const list = { name: '', values: Array.from({ length: MODEL_LIMITS.values }, () => '') }
  const more = argsOf({ kind: 'create', parent: whole.id, properties: [list, list, ...most.slice(2)], where: APPEND })
  const reader = new XdrReader(more)
  assert.throws(() => decodeWrite('create', reader), new RegExp(`more than ${LIMITS.writeStrings} names and values`))
  assert.ok(reader.left > 8 * most.length)
})

test('only lists of values make a write large', () => {
  const longest = 'x'.repeat(MODEL_LIMITS.stringBytes)
  const none = { object: 0, instance: 0 }
  const small: WriteOperation = { kind: 'writeValue', id: none, index: 0, at: 0, value: longest }
  assert.equal(isLargeWrite(new XdrReader(argsOf(small))), false)
  const large: WriteOperation = { kind: 'writeProperty', id: none, index: 0, values: [longest, longest] }
  assert.equal(isLargeWrite(new XdrReader(argsOf(large))), true)
})

test('what is refused early is what the domain refuses, with the same status', async (context) => {
  const domain = await domainOf(context, 'local', {
    name: 'root',
    at: [
      { name: 'open', _writers: '*' },
      { name: 'own', _writers: ['pia'], shell: 'x' },
      { name: 'part', _writers_shell: ['pia'], shell: 'x' },
      { name: 'shut', _locked: '', shell: 'x' },
    ],
  })
  const writesTo = (target: Id): readonly WriteOperation[] => [
    { kind: 'create', parent: target, properties: namesOnly('new'), where: APPEND },
    { kind: 'createProperty', id: target, property: { name: 'new', values: [] }, where: APPEND },
    ...[0, 1, 2, 9].map((index) => ({ kind: 'writeProperty', id: target, index, values: ['y'] }) as const),
    { kind: 'write', id: target, properties: namesOnly('new') },
  ]
  const seen = new Set<number>()
  for (const caller of [NOBODY, PIA, ROOT_CALLER])
    for (const name of ['open', 'own', 'part', 'shut', null])
      for (const isStale of [false, true])
        for (let which = 0; which < writesTo({ object: 0, instance: 0 }).length; which += 1) {
          const object = name === null ? 99 : objectAt(domain, name)
          const { instance } = name === null ? { instance: 0 } : idOf(domain, object)
          const write = writesTo({ object, instance: isStale ? instance + 1 : instance })[which]
          assert.ok(write !== undefined)
          const early = await statusOf(async () => requireWritable(domain, write, caller))
          seen.add(early)
          // One that is done would change what the others meet.
          if (early !== STATUS.OK) assert.equal(await statusOf(() => domain.write(write, caller)), early)
        }
  assert.deepEqual(
    [...seen].toSorted((a, b) => a - b),
    [STATUS.OK, STATUS.STALE, STATUS.NODIR, STATUS.NOPROP, STATUS.PERM, STATUS.RDONLY].toSorted((a, b) => a - b),
  )
  await assertDone(domain)
})

/** And what is not refused early, the domain does. */
async function assertDone(domain: Domain): Promise<void> {
  for (const [name, caller] of [
    ['open', NOBODY],
    ['own', PIA],
    ['part', ROOT_CALLER],
  ] as const) {
    const write: WriteOperation = { kind: 'write', id: idOf(domain, objectAt(domain, name)), properties: [] }
    requireWritable(domain, write, caller)
    await domain.write(write, caller)
  }
}

async function statusOf(write: () => Promise<unknown>): Promise<number> {
  try {
    await write()
    return STATUS.OK
  } catch (error) {
    assert.ok(error instanceof DirectoryError)
    return error.status
  }
}
