import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BLANK_ROW, MADE_AT, TEST_SOURCE, compile, rowWith } from '../../test/support/registry-rows.ts'
import { FORMAT_VERSION, HEADER_BYTES, SECTIONS, SECTIONS_AT, openSections, verifyChecksum } from './index-file.ts'
import { PORT_MAX, PORT_RANGES, TRANSPORTS, isSecondaryName, rangeOf } from './model.ts'
import type { PortSpan, RegistryRow, Status, Transport } from './model.ts'
import { parseReferences } from './references.ts'
import { Registry } from './registry.ts'
import type { Assignment } from './registry.ts'

const DAMAGED = { code: 'ERR_PORTOLAN_REGISTRY_DATA_DAMAGED' }
const SAMPLE = compile([
  { name: 'chart', ports: { first: 7000, last: 7003 }, transports: ['tcp'], description: 'Łódź 中文 🧭' },
  { name: 'log', ports: { first: 7002, last: 7002 }, notes: 'Höhe' },
  { name: 'nowhere' },
])

const text = fc.oneof(
  fc.constant(''),
  fc.constantFrom('Łódź', '中文', '🧭', 'Ünïcode', 'x y', '[RFC6335][A_B]', 'Latin-1 is not Łatin'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const notes = fc.oneof(
  { weight: 3, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom('This entry is an alias to "chart".', 'This is a duplicate of the "log" service'),
  },
)
/** Near the borders of the ranges and of pages, so that rows meet, overlap and leave gaps. */
const span = fc
  .tuple(fc.constantFrom(0, 250, 1018, 1020, 1024, 4090, 49_145, 49_150, 49_152, 65_526), fc.nat(6), fc.nat(3))
  .map(([base, offset, length]): PortSpan => ({
    first: base + offset,
    last: Math.min(base + offset + length, PORT_MAX),
  }))
const row: fc.Arbitrary<RegistryRow> = fc
  .record({
    name: fc.oneof(fc.constant(''), fc.constantFrom('chart', 'Chart', 'log', 'ŁÓDŹ'), text),
    ports: fc.option(span, { freq: 8 }),
    transports: fc.subarray([...TRANSPORTS], { maxLength: 2 }),
    description: fc.oneof(fc.constantFrom('Unassigned', 'Reserved', 'any private use', 'RESERVED'), text),
    assignee: text,
    contact: text,
    registrationDate: fc.constantFrom('', '2001-02-03'),
    modificationDate: fc.constantFrom('', '', '2020-01'),
    reference: text,
    serviceCode: text,
    unauthorizedUse: text,
    notes,
  })
  .filter((each) => each.name !== '' || each.ports !== null)
/** Rows that say nothing but a status: their ports form runs. */
const bareRow: fc.Arbitrary<RegistryRow> = fc
  .record({
    ports: span,
    transports: fc.subarray([...TRANSPORTS]),
    description: fc.constantFrom('Unassigned', 'Reserved'),
  })
  .map(rowWith)
const table = fc
  .array(fc.oneof({ weight: 3, arbitrary: row }, { weight: 1, arbitrary: bareRow }), { maxLength: 8 })
  .chain((rows) =>
    // Some rows again with other transports, as the registry lists most services.
    fc
      .tuple(fc.subarray(rows), fc.subarray([...TRANSPORTS]))
      .map(([again, transports]) => rows.concat(again.map((each) => withTransports(each, transports)))),
  )

function withTransports(each: RegistryRow, transports: readonly Transport[]): RegistryRow {
  return { ...each, transports }
}

/** What the rows say of a pair, found by going through all of them. */
interface ModelPair {
  readonly status: Status
  readonly rows: readonly RegistryRow[]
}

function modelOf(rows: readonly RegistryRow[], port: number, transport: Transport): ModelPair {
  const about = rows.filter(
    ({ ports, transports }) =>
      ports !== null &&
      ports.first <= port &&
      port <= ports.last &&
      (transports.length === 0 || transports.includes(transport)),
  )
  const isAssigned = about.some((each) => each.name !== '' || each.description.startsWith('any private '))
  const isReserved = about.some((each) => each.name === '' && !/^(any private |\(?unassigned)/i.test(each.description))
  return {
    status: isAssigned ? 'assigned' : isReserved ? 'reserved' : 'unassigned',
    rows: inOrder(about.filter((each) => !isBare(each))),
  }
}

function isBare(each: RegistryRow): boolean {
  const isSilent = each.name + each.notes + each.unauthorizedUse + each.modificationDate === ''
  return isSilent && ['unassigned', 'reserved'].includes(each.description.toLowerCase())
}

function inOrder(rows: readonly RegistryRow[]): readonly RegistryRow[] {
  const kinds = [false, true].flatMap((isUnnamed) => [false, true].map((isSecond) => ({ isUnnamed, isSecond })))
  return kinds.flatMap(({ isUnnamed, isSecond }) =>
    rows.filter((each) => (each.name === '') === isUnnamed && isSecondaryName(each.notes) === isSecond),
  )
}

function contentOf(each: RegistryRow): string {
  return JSON.stringify({ ...each, transports: null, reference: parseReferences(each.reference) })
}

function contentOfAnswer(each: Assignment): string {
  const { transports: _, references, isHistoric: __, aliasOf: ___, source: ____, detailSource: _____, ...rest } = each
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(BLANK_ROW).map((key) => [key, { ...rest, transports: null, reference: references }[key] ?? null]),
    ),
  )
}

function runInModel(rows: readonly RegistryRow[], port: number, transport: Transport): PortSpan {
  const said = (at: number): string => {
    const pair = modelOf(rows, at, transport)
    // The exact text counts here, not how its references are shown.
    return JSON.stringify([
      pair.rows.length === 0 ? pair.status : '',
      pair.status,
      pair.rows.map((each) => withTransports(each, [])),
    ])
  }
  const range = rangeOf(port)
  // Between the ports where a row begins or ends nothing changes, so only those need a look.
  const edges = rows.flatMap(({ ports }) => (ports === null ? [] : [ports.first, ports.last + 1]))
  const here = said(port)
  const below = edges.filter((edge) => edge > range.first && edge <= port).toSorted((a, b) => b - a)
  const above = edges.filter((edge) => edge > port && edge <= range.last).toSorted((a, b) => a - b)
  return {
    first: below.find((edge) => said(edge - 1) !== here) ?? range.first,
    last: (above.find((edge) => said(edge) !== here) ?? range.last + 1) - 1,
  }
}

function checkPair(registry: Registry, rows: readonly RegistryRow[], port: number, transport: Transport): void {
  const expected = modelOf(rows, port, transport)
  const entry = registry.lookup(port, transport)
  const place = `${port}/${transport}`
  assert.equal(entry.status, expected.status, place)
  assert.equal(registry.status(port, transport), expected.status, place)
  const names = expected.rows.flatMap((each) => (each.name === '' ? [] : [each.name]))
  assert.deepEqual(entry.names, names, place)
  assert.equal(entry.name, names[0] ?? '', place)
  assert.deepEqual(entry.assignments.map(contentOfAnswer), expected.rows.map(contentOf), place)
  for (const assignment of entry.assignments) assert.ok(assignment.transports.includes(transport), place)
  assert.deepEqual(entry.run, runInModel(rows, port, transport), place)
}

describe('a compiled registry', () => {
  test('answers for every pair what a walk through the rows finds', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const registry = new Registry(compile(rows), 'test')
        const touched = rows.flatMap(({ ports }) =>
          ports === null ? [] : [ports.first - 1, ports.first, ports.last, ports.last + 1],
        )
        const ports = new Set([0, 973, PORT_MAX, ...touched].filter((port) => port >= 0 && port <= PORT_MAX))
        for (const port of ports) for (const transport of TRANSPORTS) checkPair(registry, rows, port, transport)
      }),
      { numRuns: 80 },
    )
  })

  test('finds by name every row that bears it, and no other', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const registry = new Registry(compile(rows), 'test')
        for (const { name } of rows) {
          if (name === '') continue
          const expected = new Set(rows.filter((each) => each.name.toLowerCase() === name.toLowerCase()).map(contentOf))
          assert.deepEqual(new Set(registry.byName(name).map(contentOfAnswer)), expected)
        }
        assert.deepEqual(registry.byName('no such name'), [])
      }),
      { numRuns: 40 },
    )
  })

  test('is unassigned everywhere when there are no rows', () => {
    const registry = new Registry(compile([]), 'test')
    assert.deepEqual(registry.lookup(973, 'tcp').run, { first: 0, last: 1023 })
    for (const range of PORT_RANGES) assert.equal(registry.status(range.first, 'udp'), 'unassigned')
    assert.match(registry.lookup(973, 'tcp').source.title, /no row lists the port/)
  })

  test('says of itself when it was made and from what', () => {
    const { meta } = new Registry(SAMPLE, 'test')
    assert.equal(meta.madeAt, MADE_AT)
    assert.deepEqual(meta.sources[0], TEST_SOURCE)
    assert.equal(meta.counts['tcp assigned'], 4)
    assert.equal(meta.counts['portless'], 1)
  })

  test('holds one record for rows that say the same of several transports', () => {
    const one = rowWith({ name: 'chart', ports: { first: 7000, last: 7000 } })
    const rows = (['tcp', 'udp'] as const).map((transport) => withTransports(one, [transport]))
    assert.deepEqual(
      new Registry(compile(rows), 'test').byName('chart').map(({ transports }) => transports),
      [['tcp', 'udp']],
    )
  })

  test('is refused when there are more rows for one pair than a cell can count, rather than built wrong', () => {
    const rows = Array.from({ length: 4096 }, (_, index) => ({
      name: `n${index}`,
      ports: { first: 7000, last: 7000 },
    }))
    assert.equal(new Registry(compile(rows.slice(1)), 'test').lookup(7000, 'tcp').names.length, 4095)
    assert.throws(() => compile(rows), { code: 'ERR_PORTOLAN_REGISTRY_TOO_LARGE' })
  })

  test('is refused when there are more texts than it can number', () => {
    const rows = Array.from({ length: 33_000 }, (_, index) => ({
      name: `n${index}`,
      description: `d${index}`,
    }))
    assert.throws(() => compile(rows), { code: 'ERR_PORTOLAN_REGISTRY_TOO_LARGE', message: /65999|66001/ })
  })
})

describe('openSections', () => {
  test('refuses a file cut off at any length', () => {
    for (let length = 0; length < SAMPLE.length; length += 1) {
      assert.throws(() => openSections(SAMPLE.subarray(0, length), 'test'), DAMAGED, `${length} bytes`)
    }
  })

  test('refuses a file with something behind it', () => {
    assert.throws(() => openSections(Buffer.concat([SAMPLE, Buffer.of(0)]), 'test'), DAMAGED)
  })

  test('refuses other files', () => {
    for (const bytes of [Buffer.from('{}'), Buffer.alloc(5000), Buffer.from('PORTLORE'.padEnd(5000, '\0'))]) {
      assert.throws(() => openSections(bytes, 'test'), { ...DAMAGED, message: /^test: not a compiled registry file/ })
    }
  })

  test('refuses another version of the format and names both', () => {
    const bytes = Buffer.from(SAMPLE)
    bytes.writeUInt32LE(FORMAT_VERSION + 1, 8)
    assert.throws(() => openSections(bytes, 'test'), {
      ...DAMAGED,
      message: `test: format version ${FORMAT_VERSION + 1}, and this Portolan reads ${FORMAT_VERSION}`,
    })
  })

  test('refuses sections that lie outside the file, in the header, or at an odd place', () => {
    for (const [index, name] of SECTIONS.entries()) {
      for (const [offset, length] of [
        [SAMPLE.length, 4],
        [0, 4],
        [HEADER_BYTES + 1, 4],
        [HEADER_BYTES, SAMPLE.length],
        [0xfffffffc, 0xffffffff],
      ] as const) {
        const bytes = Buffer.from(SAMPLE)
        bytes.writeUInt32LE(offset, SECTIONS_AT + 8 * index)
        bytes.writeUInt32LE(length, SECTIONS_AT + 4 + 8 * index)
        assert.throws(() => openSections(bytes, 'test'), {
          ...DAMAGED,
          message: `test: section ${name} lies outside the file`,
        })
      }
    }
  })

  test('refuses a description of itself that is not JSON, or of another form', () => {
    const at = SAMPLE.readUInt32LE(SECTIONS_AT)
    const length = SAMPLE.readUInt32LE(SECTIONS_AT + 4)
    for (const content of [
      '{',
      'null',
      '[]',
      '{"madeAt":1,"sources":[],"counts":{}}',
      '{"madeAt":"","sources":[{}],"counts":{}}',
      '{"madeAt":"","sources":[],"counts":{"a":"b"}}',
    ]) {
      const bytes = Buffer.from(SAMPLE)
      bytes.write(content.padEnd(length), at)
      assert.throws(() => openSections(bytes, 'test'), { ...DAMAGED, message: /its description of itself/ })
    }
  })

  test('opens bytes wherever they lie in memory', () => {
    const shifted = Buffer.concat([Buffer.of(0), SAMPLE]).subarray(1)
    assert.equal(new Registry(shifted, 'test').lookup(7000, 'tcp').name, 'chart')
  })
})

describe('verifyChecksum', () => {
  test('is content with an unchanged file', async () => {
    await verifyChecksum(SAMPLE, 'test')
  })

  test('finds a changed byte anywhere behind the header', async () => {
    for (let at = HEADER_BYTES; at < SAMPLE.length; at += 1) {
      const bytes = Buffer.from(SAMPLE)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      await assert.rejects(verifyChecksum(bytes, 'test'), DAMAGED, `byte ${at}`)
    }
  })

  test('finds, or opening does, a changed bit anywhere in the header', async () => {
    const unseen: string[] = []
    for (let bit = 0; bit < HEADER_BYTES * 8; bit += 1) {
      const bytes = Buffer.from(SAMPLE)
      bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      const open = async (): Promise<void> => {
        openSections(bytes, 'test')
        await verifyChecksum(bytes, 'test')
      }
      await open().then(
        () => unseen.push(`byte ${bit >>> 3} bit ${bit & 7}`),
        (error: unknown) =>
          assert.throws(() => {
            throw error
          }, DAMAGED),
      )
    }
    assert.deepEqual(unseen, [])
  })

  test('refuses a file cut off at any length', async () => {
    for (let length = 0; length < SAMPLE.length; length += 1) {
      await assert.rejects(verifyChecksum(SAMPLE.subarray(0, length), 'test'), DAMAGED, `${length} bytes`)
    }
  })
})

describe('a damaged file that still opens', () => {
  test('never makes a look-up throw or hang', () => {
    const change = fc.tuple(fc.integer({ min: HEADER_BYTES, max: SAMPLE.length - 1 }), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), (changes) => {
        const bytes = Buffer.from(SAMPLE)
        for (const [at, value] of changes) bytes[at] = value
        let registry: Registry
        try {
          registry = new Registry(bytes, 'test')
        } catch (error) {
          assert.throws(() => {
            throw error
          }, DAMAGED)
          return
        }
        for (const port of [0, 7000, 7002, PORT_MAX]) {
          for (const entry of registry.lookupAll(port)) {
            assert.ok(entry.run.first <= port && port <= entry.run.last)
            assert.equal(entry.names.length <= entry.assignments.length, true)
          }
        }
        assert.ok(registry.byName('chart').length <= [...registry.texts()].length)
      }),
      { numRuns: 500 },
    )
  })
})
