/**
 * Domains over LMDB held to a simple model of the protocol, by random runs of commands: writes of all kinds by all kinds of
 * callers, one by one and many in a turn, crowds of equal values, insertions until the ranks run out, copies, reopening.
 *
 * The rarest events need long runs: PORTOLAN_MODEL_RUNS=2000 node --test test/domain-model.test.ts
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { XdrReader, XdrWriter, bytesOf, textOf } from '../src/core/index.ts'
import { APPEND, DirectoryError, Domain, STATUS, WireReader, checkDomain } from '../src/directory/index.ts'
import type { Caller, Parts, Properties, WriteOperation } from '../src/directory/index.ts'
import { NETINFO } from '../src/netinfo/index.ts'
import type { Codec } from '../src/netinfo/index.ts'
import { LmdbStore } from '../src/store/index.ts'
import { DirectoryModel, firstOf } from './support/directory-model.ts'
import type { ModelResult } from './support/directory-model.ts'
import { spanOf } from './support/span-of.ts'
import { tempFolder } from './support/temp-folder.ts'

const RUNS = Number(process.env['PORTOLAN_MODEL_RUNS'] ?? 20)
const CROWD = 40
const SQUEEZE = 45

const LONG = ['long '.repeat(120), `${'long '.repeat(120)}but another`, textOf(Buffer.alloc(600, 0xe9))]
const NAMES = ['name', 'passwd', 'uid', '_writers', '_writers_passwd', '_writers_name', '_locked', 'serve_crypt', '']
const ODD_NAMES = ['na\0me', 'passwd\0', 'Name', textOf(Buffer.from([0xff, 0x6e])), 'naïve', ...LONG.slice(0, 1)]
const VALUES = ['a', 'b', 'pia', '*', '', 'YES', 'abJnggxhB/yWI', '$6$salt$digest', '$argon2id$v=19$x', '12']
const ODD_VALUES = ['a\0hidden', '\0', '*\0', 'é', '𝄞', textOf(Buffer.from([0xc3, 0x28])), '\uFFFD', ...LONG]

const CALLERS: readonly Caller[] = [
  { kind: 'superuser', name: 'root', from: 'test' },
  { kind: 'superuser', name: 'master', from: 'test', isMaster: true },
  { kind: 'user', name: 'pia', from: 'test' },
  { kind: 'user', name: '*', from: 'test' },
  { kind: 'anonymous', name: 'anonymous', from: 'test' },
]

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('name', 'name', 'passwd', ...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_NAMES) },
)
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_VALUES) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }).map(textOf) },
)
const property = fc.record({ name, values: fc.array(value, { maxLength: 4 }) }, { noNullPrototype: true })
const properties = fc.array(property, { maxLength: 5 })
const where = fc.oneof(fc.nat(4), fc.constant(APPEND), fc.nat(40))
const index = fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constantFrom(5, APPEND) })
const kind = fc.constantFrom(
  'create',
  'create',
  'create',
  'destroy',
  'destroy',
  'write',
  'createProperty',
  'destroyProperty',
  'writeProperty',
  'renameProperty',
  'createValue',
  'destroyValue',
  'writeValue',
)

/** A write whose numbers mean the n-th of what there is when it is made. */
const draft = fc.record(
  {
    kind,
    pick: fc.nat(30),
    isStale: fc.nat(12).map((number) => number === 0),
    caller: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(CALLERS.length - 1) }),
    properties,
    where,
    index,
    at: index,
    name,
    value,
    values: fc.array(value, { maxLength: 4 }),
    isChild: fc.nat(8).map((number) => number > 0),
    target: fc.option(fc.tuple(fc.constantFrom(-2, 0, 1, 4, 200_000), fc.nat(3)), { freq: 12 }),
  },
  { noNullPrototype: true },
)
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never

interface Real {
  domain: Domain
  wire: WireReader
  /** Does what the domain did, as a clone does. */
  readonly clone: Domain
  readonly done: WriteOperation[]
  readonly file: string
}

type Command = fc.AsyncCommand<DirectoryModel, Real>

/** The drafts as writes on the model, with what the model says of each. */
function predict(
  model: DirectoryModel,
  drafts: readonly Draft[],
): { operation: WriteOperation; caller: Caller; expected: ModelResult | number }[] {
  return drafts.map((each) => {
    const operation = operationOf(model, each)
    const caller = CALLERS[each.caller] ?? assert.fail('no such caller')
    try {
      return { operation, caller, expected: model.apply(operation, caller) }
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      return { operation, caller, expected: error.status }
    }
  })
}

function operationOf(model: DirectoryModel, given: Draft): WriteOperation {
  const objects = [...model.directories.keys()]
  const unknown = [model.highest + 3, ...[...model.free.keys()].slice(0, 1)]
  const choices = [...objects, ...unknown]
  const object = choices[given.pick % choices.length] ?? 0
  const fresh = model.idOf(object)
  const id = given.isStale ? { object, instance: fresh.instance + 1 } : fresh
  switch (given.kind) {
    case 'create': {
      const operation = { kind: 'create', parent: id, properties: given.properties, where: given.where } as const
      if (given.target === null) return operation
      const [beyond, instance] = given.target
      return { ...operation, target: { object: Math.max(1, model.highest + beyond), instance } }
    }
    case 'destroy': {
      const parents = objects.filter((each) => (model.directories.get(each)?.children.length ?? 0) > 0)
      const parent = parents[given.pick % Math.max(1, parents.length)] ?? 0
      const children = model.directories.get(parent)?.children ?? []
      const child = given.isChild ? (children[given.where % Math.max(1, children.length)] ?? 0) : object
      const childId = model.idOf(child)
      return {
        kind: 'destroy',
        parent: given.isChild || !given.isStale ? model.idOf(parent) : { object: parent, instance: 0 },
        child: given.isStale ? { object: child, instance: childId.instance + 1 } : childId,
      }
    }
    case 'write':
      return { kind: 'write', id, properties: given.properties }
    case 'createProperty':
      return { kind: 'createProperty', id, property: { name: given.name, values: given.values }, where: given.where }
    case 'destroyProperty':
      return { kind: 'destroyProperty', id, index: given.index }
    case 'writeProperty':
      return { kind: 'writeProperty', id, index: given.index, values: given.values }
    case 'renameProperty':
      return { kind: 'renameProperty', id, index: given.index, name: given.name }
    case 'createValue':
      return { kind: 'createValue', id, index: given.index, value: given.value, where: given.where }
    case 'destroyValue':
      return { kind: 'destroyValue', id, index: given.index, at: given.at }
    case 'writeValue':
      return { kind: 'writeValue', id, index: given.index, at: given.at, value: given.value }
    default:
      return assert.fail(given.kind)
  }
}

/** Writes that all begin in one turn, on what each will find. */
class Writes implements Command {
  readonly #drafts: (model: DirectoryModel) => readonly Draft[]
  readonly #name: string

  constructor(text: string, drafts: (model: DirectoryModel) => readonly Draft[]) {
    this.#name = text
    this.#drafts = drafts
  }

  check(): boolean {
    return true
  }

  async run(model: DirectoryModel, { domain }: Real): Promise<void> {
    const writes = predict(model, this.#drafts(model))
    const ends = await Promise.allSettled(writes.map(({ operation, caller }) => domain.write(operation, caller)))
    for (const [at, end] of ends.entries()) {
      const { expected, operation } = writes[at] ?? assert.fail('more ends than writes')
      if (end.status === 'fulfilled') assert.deepEqual(end.value, expected, JSON.stringify(operation))
      else if (end.reason instanceof DirectoryError)
        assert.equal(end.reason.status, expected, JSON.stringify(operation))
      else throw end.reason
    }
    assert.equal(domain.revision(), model.revision)
    assert.equal(domain.checksum(), model.checksum)
  }

  toString(): string {
    return this.#name
  }
}

const PLAIN = {
  isStale: false,
  caller: 0,
  index: 0,
  at: 0,
  name: '',
  value: '',
  isChild: true,
  target: null,
} as const

const writes = fc
  .array(draft, { minLength: 1, maxLength: 8 })
  .map((drafts) => new Writes(`write ${JSON.stringify(drafts)}`, () => drafts))
/** More children with one value than stand together in the index. */
const crowd = fc.tuple(fc.nat(30), value, fc.nat(CROWD)).map(([pick, each, at]) => {
  const make = (number: number): Draft => ({
    ...PLAIN,
    values: [],
    kind: 'create',
    // The choices grow by each creation: the n-th stays the same one.
    pick,
    where: number % 3 === 0 ? at : APPEND,
    properties: [{ name: 'name', values: [each, String(number % 5)] }],
  })
  return new Writes(`crowd ${pick} ${each} ${at}`, (model) =>
    Array.from({ length: CROWD }, (_, number) => ({ ...make(number), pick: pick % model.directories.size })),
  )
})
/** Children put at one place again and again, each between the same two: the ranks there come to an end. */
const squeeze = fc.tuple(fc.nat(30), fc.nat(5), fc.boolean()).map(([pick, at, isMoving]) => {
  const make = (number: number): Draft => ({
    ...PLAIN,
    values: [],
    kind: 'create',
    pick,
    where: isMoving ? at + (number % 2) : at,
    properties: [{ name: 'name', values: ['squeezed', `s${number}`] }],
  })
  return new Writes(`squeeze ${pick} ${at} ${isMoving}`, (model) =>
    Array.from({ length: SQUEEZE }, (_, number) => ({ ...make(number), pick: pick % model.directories.size })),
  )
})
/** Many children that go: the index comes back from where it had them each under a key. */
const thin = fc.tuple(fc.nat(30), fc.nat(60), fc.nat(40)).map(([pick, count, at]) => {
  const drafts: Draft[] = Array.from({ length: count }, () => ({
    ...PLAIN,
    values: [],
    kind: 'destroy',
    pick,
    where: at,
    properties: [],
  }))
  return new Writes(`thin ${pick} ${count} ${at}`, () => drafts)
})

class Reopen implements Command {
  check(): boolean {
    return true
  }

  async run(_: DirectoryModel, real: Real): Promise<void> {
    await real.domain.close()
    await openAgain(real)
  }

  toString(): string {
    return 'reopen'
  }
}

async function openAgain(real: Real): Promise<void> {
  real.domain = await Domain.open(LmdbStore.open(real.file), { tag: 'model' })
  real.wire = new WireReader(real.domain)
  real.domain.onWrite((operation) => real.done.push(operation))
}

class Copy implements Command {
  check(): boolean {
    return true
  }

  async run(model: DirectoryModel, { domain }: Real): Promise<void> {
    const objects = [...domain.objects()]
    async function* sent() {
      yield* objects
    }
    await domain.replaceAll(sent(), domain.checksum(), 'test')
    model.copy()
    assert.deepEqual([...domain.objects()], objects)
  }

  toString(): string {
    return 'copy'
  }
}

class Compare implements Command {
  check(): boolean {
    return true
  }

  async run(model: DirectoryModel, real: Real): Promise<void> {
    compare(model, real)
  }

  toString(): string {
    return 'compare'
  }
}

/** The value of an answer; a number is a status other than 0. */
function answer<T>(
  { result }: { readonly result: Codec<{ readonly status: number; readonly value: T | null }> },
  ask: (out: XdrWriter) => Parts | null | void,
): T | number {
  const out = new XdrWriter()
  const parts = ask(out)
  const reader = new XdrReader(parts ? Buffer.concat([...parts]) : out.toBytes())
  const { status, value: found } = result.decode(reader)
  reader.finish('answer')
  return found ?? status
}

function compare(model: DirectoryModel, { domain, wire }: Real): void {
  assert.equal(domain.revision(), model.revision)
  assert.equal(domain.checksum(), model.checksum)
  assert.equal(domain.highestId(), model.highest)
  assert.deepEqual(checkDomain(domain), [])
  for (const object of [...model.directories.keys(), model.highest + 1, ...[...model.free.keys()].slice(0, 3)])
    compareDirectory(model, domain, wire, object)
  const all = answer(NETINFO.readall, () => wire.readAll(true))
  const masked = answer(NETINFO.readall, () => wire.readAll(false))
  assert.ok(typeof all === 'object' && typeof masked === 'object')
  const inOrder: number[] = []
  const visit = (object: number): void => {
    inOrder.push(object)
    for (const child of model.directories.get(object)?.children ?? []) visit(child)
  }
  visit(0)
  const objectOf = (object: number, seen: Properties) => ({
    id: model.idOf(object),
    properties: seen,
    parent: model.directories.get(object)?.parent,
    children: model.directories.get(object)?.children,
  })
  const real = inOrder.map((object) => objectOf(object, model.directories.get(object)?.properties ?? []))
  assert.deepEqual(all, { checksum: model.checksum, highestId: model.highest + 1, objects: real })
  assert.deepEqual([...domain.objects()], real)
  assert.deepEqual(
    masked.objects,
    inOrder.map((object) => objectOf(object, model.visible(object))),
  )
}

function compareDirectory(model: DirectoryModel, domain: Domain, wire: WireReader, object: number): void {
  const found = model.directories.get(object)
  if (found === undefined) {
    assert.equal(domain.read(object), undefined)
    assert.deepEqual(domain.childrenOf(object), [])
    for (const status of [
      answer(NETINFO.read, (out) => wire.read(out, object)),
      answer(NETINFO.self, (out) => wire.self(out, object)),
      answer(NETINFO.parent, (out) => wire.parent(out, object)),
      answer(NETINFO.children, (out) => wire.children(out, object)),
      answer(NETINFO.list, (out) => wire.list(out, object, bytesOf('name'))),
      answer(NETINFO.listall, (out) => wire.listAll(out, object)),
      answer(NETINFO.listprops, (out) => wire.listProperties(out, object)),
      answer(NETINFO.readprop, (out) => wire.readProperty(out, object, 0)),
      answer(NETINFO.readname, (out) => wire.readValue(out, object, 0, 0)),
      answer(NETINFO.lookup, (out) => wire.lookup(out, object, spanOf(bytesOf('name')), spanOf(bytesOf('a')))),
      answer(NETINFO.lookupread, (out) => wire.lookupRead(out, object, spanOf(bytesOf('name')), spanOf(bytesOf('a')))),
    ])
      assert.equal(status, STATUS.NODIR)
    return
  }
  const id = model.idOf(object)
  const { children, parent } = found
  const seen = model.visible(object)
  assert.deepEqual(domain.read(object), { id, properties: found.properties })
  assert.deepEqual(domain.childrenOf(object), children)
  assert.equal(domain.childCount(object), children.length)
  assert.equal(domain.parentOf(object), parent)
  assert.deepEqual(
    answer(NETINFO.read, (out) => wire.read(out, object)),
    { id, properties: seen },
  )
  assert.deepEqual(
    answer(NETINFO.self, (out) => wire.self(out, object)),
    id,
  )
  assert.deepEqual(
    answer(NETINFO.parent, (out) => wire.parent(out, object)),
    { parent, id },
  )
  assert.deepEqual(
    answer(NETINFO.children, (out) => wire.children(out, object)),
    { objects: children, id },
  )
  assert.deepEqual(
    answer(NETINFO.listprops, (out) => wire.listProperties(out, object)),
    { names: seen.map((each) => each.name), id },
  )
  assert.deepEqual(
    answer(NETINFO.listall, (out) => wire.listAll(out, object)),
    { id, children: children.map((child) => model.visible(child)) },
  )
  for (let at = 0; at <= seen.length; at += 1) {
    const values = seen[at]?.values
    assert.deepEqual(
      answer(NETINFO.readprop, (out) => wire.readProperty(out, object, at)),
      values === undefined ? STATUS.NOPROP : { values, id },
    )
    for (let valueAt = 0; valueAt <= (values?.length ?? 0); valueAt += 1) {
      const one = values?.[valueAt]
      const status = values === undefined ? STATUS.NOPROP : STATUS.NONAME
      assert.deepEqual(
        answer(NETINFO.readname, (out) => wire.readValue(out, object, at, valueAt)),
        one === undefined ? status : { id, value: one },
      )
    }
  }
  if (children.length > 0 || object === 0) compareSearches(model, domain, wire, object)
}

function compareSearches(model: DirectoryModel, domain: Domain, wire: WireReader, object: number): void {
  const id = model.idOf(object)
  const { children } = model.directories.get(object) ?? assert.fail('it was there')
  const real = (each: number): Properties => model.directories.get(each)?.properties ?? []
  const visible = new Map(children.map((child) => [child, model.visible(child)]))
  const see = (child: number): Properties => visible.get(child) ?? []
  const names = new Set([...NAMES, ...ODD_NAMES])
  for (const key of names) {
    const entries = children.map((child) => {
      const values = firstOf(see(child), key.split('\0', 1)[0] ?? '') ?? []
      return { object: child, values: values.length === 0 ? null : values }
    })
    assert.deepEqual(
      answer(NETINFO.list, (out) => wire.list(out, object, bytesOf(key))),
      { entries, id },
    )
    const there = children.slice(0, 8).flatMap((child) => firstOf(real(child), key) ?? [])
    for (const wanted of new Set([...VALUES, ...ODD_VALUES, ...there])) {
      const hits = model.lookup(object, key, wanted, see)
      const [first] = hits
      assert.deepEqual(
        answer(NETINFO.lookup, (out) => wire.lookup(out, object, spanOf(bytesOf(key)), spanOf(bytesOf(wanted)))),
        first === undefined ? STATUS.NODIR : { objects: hits, id },
        `LOOKUP ${JSON.stringify([key, wanted])}`,
      )
      assert.deepEqual(
        answer(NETINFO.lookupread, (out) =>
          wire.lookupRead(out, object, spanOf(bytesOf(key)), spanOf(bytesOf(wanted))),
        ),
        first === undefined ? STATUS.NODIR : { id, properties: see(first) },
      )
      if (!key.includes('\0') && !wanted.includes('\0'))
        assert.deepEqual(domain.find(object, key, wanted), model.lookup(object, key, wanted, real))
    }
  }
}

const commands = fc.commands(
  [
    writes,
    writes,
    writes,
    writes,
    crowd,
    squeeze,
    thin,
    fc.constant(new Reopen()),
    fc.constant(new Copy()),
    fc.constant(new Compare()),
  ],
  { maxCommands: 25, size: 'max' },
)

test('a domain does and answers what the model says, whatever is written, in whatever order', async (context) => {
  const folder = tempFolder(context)
  let run = 0
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      run += 1
      const files = ['domain', 'clone'].map((each) => join(folder, `${each} ${run}.mdb`))
      const [file = '', cloneFile = ''] = files
      const clone = await Domain.open(LmdbStore.open(cloneFile), { tag: 'clone' })
      const domain = await Domain.open(LmdbStore.open(file), { tag: 'model' })
      const real: Real = { domain, wire: new WireReader(domain), clone, done: [], file }
      domain.onWrite((operation) => real.done.push(operation))
      const model = new DirectoryModel()
      try {
        await fc.asyncModelRun(() => ({ model, real }), list)
        compare(model, real)
        await openAgain(Object.assign(real, { domain: await closed(real.domain) }))
        compare(model, real)
        const master: Caller = { kind: 'superuser', name: 'master', from: 'test', isMaster: true }
        await Promise.all(real.done.map((operation) => clone.write(operation, master)))
        assert.deepEqual([...clone.objects()], [...real.domain.objects()], 'a clone came to something else')
        assert.equal(clone.checksum(), model.checksum)
      } finally {
        await real.domain.close()
        await clone.close()
        for (const each of files) {
          rmSync(each)
          rmSync(`${each}-lock`)
        }
      }
    }),
    { numRuns: RUNS },
  )
})

async function closed(domain: Domain): Promise<Domain> {
  await domain.close()
  return domain
}
