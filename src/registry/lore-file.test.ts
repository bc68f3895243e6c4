import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { buildLore } from './lore-build.ts'
import { LoreBook } from './lore-file.ts'
import type { Lore } from './lore-schema.ts'
import { TRANSPORTS, parseSpan } from './model.ts'
import type { Transport } from './model.ts'

const DAMAGED = { code: 'ERR_PORTOLAN_LORE_DAMAGED' }
const cites = [{ source: 'manual', seen: true }]

interface UseSketch {
  readonly ports: string[]
  readonly transports: Transport[]
}

function loreOf(id: string, uses: readonly UseSketch[]): Lore {
  return {
    id,
    name: `Łore of ${id} 🧭`,
    category: 'other',
    state: 'current',
    summary: { text: 'x', cites },
    uses: uses.map((use, index) => ({ ...use, text: `use ${index}`, cites })),
    sources: { manual: { title: 'Manual', publisher: 'Maker', url: 'https://example.org/' } },
  }
}

function bookOf(context: TestContext, entries: readonly Lore[]): LoreBook {
  const file = join(tempFolder(context), 'lore.bin')
  writeFileSync(file, buildLore(entries))
  return new LoreBook(file)
}

function idsOf(found: readonly { readonly lore: Lore }[]): readonly string[] {
  return found.map(({ lore }) => lore.id)
}

const WIDE = loreOf('wide', [{ ports: ['600-1023'], transports: ['tcp', 'udp'] }])
const MIDDLE = loreOf('middle', [{ ports: ['970-979'], transports: ['tcp'] }])
const EXACT = loreOf('exact', [{ ports: ['5', '973'], transports: ['udp'] }])
const ALL = [WIDE, MIDDLE, EXACT]

describe('LoreBook', () => {
  test('gives back every entry, in the order it was given', (context) => {
    const book = bookOf(context, ALL)
    assert.equal(book.size, 3)
    assert.deepEqual(book.entries(), ALL)
  })

  test('opens a file without entries', (context) => {
    const book = bookOf(context, [])
    assert.equal(book.size, 0)
    assert.deepEqual(book.entries(), [])
    assert.deepEqual(book.forPort(973), [])
    assert.equal(book.covers(973), false)
  })

  test('lists the most particular use of a port first', (context) => {
    const book = bookOf(context, ALL)
    assert.deepEqual(idsOf(book.forPort(973)), ['exact', 'middle', 'wide'])
    assert.deepEqual(idsOf(book.forPort(971)), ['middle', 'wide'])
    assert.deepEqual(idsOf(book.forPort(600)), ['wide'])
    assert.deepEqual(book.forPort(599), [])
  })

  test('judges an entry by its narrowest use of the port', (context) => {
    const both = loreOf('both', [
      { ports: ['600-1023'], transports: ['tcp'] },
      { ports: ['973'], transports: ['tcp'] },
    ])
    assert.deepEqual(idsOf(bookOf(context, [MIDDLE, both]).forPort(973)), ['both', 'middle'])
  })

  test('gives of each entry the uses that cover the port', (context) => {
    const many = loreOf('many', [
      { ports: ['1-10'], transports: ['tcp'] },
      { ports: ['20', '5'], transports: ['tcp'] },
      { ports: ['6-9'], transports: ['tcp'] },
    ])
    const [found] = bookOf(context, [many]).forPort(5)
    assert.deepEqual(
      found?.uses.map((use) => use.text),
      ['use 0', 'use 1'],
    )
  })

  test('leaves out entries without a use of the transports asked for', (context) => {
    const book = bookOf(context, ALL)
    assert.deepEqual(idsOf(book.forPort(973, { transports: ['tcp'] })), ['middle', 'wide'])
    assert.deepEqual(idsOf(book.forPort(973, { transports: ['udp'] })), ['exact', 'wide'])
    assert.deepEqual(book.forPort(973, { transports: ['sctp'] }), [])
    assert.equal(book.covers(5, { transports: ['udp'] }), true)
    assert.equal(book.covers(5, { transports: ['tcp'] }), false)
  })

  test('leaves out entries whose use spans more ports than asked for', (context) => {
    const book = bookOf(context, ALL)
    assert.deepEqual(idsOf(book.forPort(973, { portsMax: 10 })), ['exact', 'middle'])
    assert.deepEqual(idsOf(book.forPort(973, { portsMax: 9 })), ['exact'])
    assert.equal(book.covers(601, { portsMax: 423 }), false)
    assert.equal(book.covers(601, { portsMax: 424 }), true)
  })

  test('leaves out of an entry the uses that the filter excludes', (context) => {
    const both = loreOf('both', [
      { ports: ['600-1023'], transports: ['tcp'] },
      { ports: ['973'], transports: ['udp'] },
      { ports: ['973'], transports: ['tcp'] },
    ])
    const book = bookOf(context, [both])
    const textsOf = (filter: Parameters<LoreBook['forPort']>[1]): readonly (readonly string[])[] =>
      book.forPort(973, filter).map(({ uses }) => uses.map((use) => use.text))
    assert.deepEqual(textsOf({ transports: ['udp'] }), [['use 1']])
    assert.deepEqual(textsOf({ portsMax: 1 }), [['use 1', 'use 2']])
    assert.deepEqual(textsOf({ transports: ['tcp'], portsMax: 1 }), [['use 2']])
  })

  test('tells the same entries in brief, by the same filter', (context) => {
    const book = bookOf(context, ALL)
    for (const filter of [{}, { transports: ['udp'] }, { portsMax: 10 }] as const) {
      const expected = book
        .forPort(973, filter)
        .map(({ lore: { name, category, state, registryNames = [] } }) => ({ name, category, state, registryNames }))
      assert.ok(expected.length > 0)
      assert.deepEqual(book.briefsForPort(973, filter), expected)
    }
    assert.deepEqual(book.briefsForPort(599), [])
  })

  test('answers alike however often it is asked', (context) => {
    const book = bookOf(context, ALL)
    const first = book.forPort(973)
    for (let count = 0; count < 40; count += 1) assert.deepEqual(book.forPort(973), first)
    assert.deepEqual(book.entries(), ALL)
  })

  test('finds for every port what a walk through the entries finds', (context) => {
    const span = fc
      .tuple(fc.constantFrom(0, 250, 500, 65_000), fc.nat(12), fc.constantFrom(0, 1, 5, 254, 255, 256, 300, 520))
      .map(([base, offset, length]) =>
        length === 0 ? `${base + offset}` : `${base + offset}-${base + offset + length}`,
      )
    const use = fc.record({
      ports: fc.array(span, { minLength: 1, maxLength: 3 }),
      transports: fc.subarray([...TRANSPORTS], { minLength: 1 }),
    })
    const file = join(tempFolder(context), 'lore.bin')
    fc.assert(
      fc.property(fc.array(fc.array(use, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), (sketches) => {
        const entries = sketches.map((uses, index) => loreOf(`lore-${index}`, uses))
        writeFileSync(file, buildLore(entries))
        const book = new LoreBook(file)
        const edges = entries
          .flatMap((each) => each.uses.flatMap(({ ports }) => ports.map(parseSpan)))
          .flatMap(({ first, last }) => [first - 1, first, last, last + 1])
        for (const port of new Set([0, 65_535, ...edges.filter((edge) => edge >= 0)])) {
          const widthOf = (each: Lore): number =>
            Math.min(
              ...each.uses
                .flatMap(({ ports }) => ports.map(parseSpan))
                .filter(({ first, last }) => first <= port && port <= last)
                .map(({ first, last }) => last - first),
            )
          const expected = entries
            .filter((each) => widthOf(each) < Infinity)
            .toSorted((a, b) => widthOf(a) - widthOf(b))
          assert.deepEqual(idsOf(book.forPort(port)), idsOf(expected.map((lore) => ({ lore }))), `port ${port}`)
          assert.equal(book.covers(port), expected.length > 0, `port ${port}`)
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('LoreBook refuses', () => {
  test('a file that is not there', (context) => {
    assert.throws(() => new LoreBook(join(tempFolder(context), 'lore.bin')), DAMAGED)
  })

  test('a file cut off at any length', (context) => {
    const file = join(tempFolder(context), 'lore.bin')
    const bytes = buildLore(ALL)
    for (let length = 0; length < bytes.length; length += 1) {
      writeFileSync(file, bytes.subarray(0, length))
      assert.throws(() => new LoreBook(file), DAMAGED, `${length} bytes`)
    }
  })

  test('a file with something behind it', (context) => {
    const file = join(tempFolder(context), 'lore.bin')
    writeFileSync(file, Buffer.concat([buildLore(ALL), Buffer.of(0)]))
    assert.throws(() => new LoreBook(file), DAMAGED)
  })

  test('a foreign file, and another version', (context) => {
    const file = join(tempFolder(context), 'lore.bin')
    const newer = buildLore(ALL)
    newer.writeUInt32LE(99, 8)
    for (const bytes of [Buffer.from('{}'), Buffer.alloc(100), Buffer.from('PORTOLAN'.padEnd(100, '\0')), newer]) {
      writeFileSync(file, bytes)
      assert.throws(() => new LoreBook(file), { ...DAMAGED, message: new RegExp(`^${file}: `) })
    }
  })

  test('counts that no file could hold, without making room for them', (context) => {
    const file = join(tempFolder(context), 'lore.bin')
    for (const at of [16, 20, 24]) {
      const bytes = buildLore(ALL)
      bytes.writeUInt32LE(0xffffffff, at)
      writeFileSync(file, bytes)
      assert.throws(() => new LoreBook(file), DAMAGED)
    }
  })

  test('entries that were changed behind its back, when it comes to read them', (context) => {
    const file = join(tempFolder(context), 'lore.bin')
    const bytes = buildLore(ALL)
    for (const [good, bad] of [
      ['"id"', '"id'],
      ['"uses":[', '"usez":['],
      ['"ports":[', '"portz":['],
    ] as const) {
      const changed = Buffer.from(bytes)
      changed.write(bad.padEnd(good.length), changed.indexOf(good), 'latin1')
      writeFileSync(file, changed)
      // The first entry, `wide`, is the one that was changed.
      assert.throws(() => new LoreBook(file).forPort(601), DAMAGED, good)
    }
  })
})

describe('parseSpan', () => {
  test('reads a port and a range', () => {
    assert.deepEqual(parseSpan('973'), { first: 973, last: 973 })
    assert.deepEqual(parseSpan('600-1023'), { first: 600, last: 1023 })
  })
})
