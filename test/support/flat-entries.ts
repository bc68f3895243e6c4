/** Entries for the tests of the flat-file formats: words of any bytes, and the two round trips. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { textOf } from '../../src/core/index.ts'
import type { Format } from '../../src/directory/formats/index.ts'
import type { Properties, Property } from '../../src/directory/index.ts'

const BLANKS = ' \t\n\v\f\r'

/** Bytes as text, UTF-8 or not, without NUL, blanks and the characters named; at least one byte. */
export function words(excluded: string): fc.Arbitrary<string> {
  return fc
    .oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).map((text) => Buffer.from(text, 'utf8')),
      fc.string({ minLength: 1, maxLength: 20 }).map((text) => Buffer.from(text, 'utf8')),
    )
    .map((bytes) => textOf(bytes.map((byte) => (isExcluded(byte, excluded) ? 0x78 : byte))))
}

function isExcluded(byte: number, excluded: string): boolean {
  return byte === 0 || (byte < 0x80 && (BLANKS + excluded).includes(String.fromCharCode(byte)))
}

/** Words with blanks between them, or nothing at all. */
export function fields(excluded: string): fc.Arbitrary<string> {
  return fc.array(words(excluded), { maxLength: 3 }).map((parts) => parts.join(' '))
}

export function one(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Property> {
  return value.map((text) => ({ name, values: [text] }))
}

export function many(
  name: string,
  value: fc.Arbitrary<string>,
  constraints: fc.UniqueArrayConstraints<string, string>,
): fc.Arbitrary<Property> {
  return fc.uniqueArray(value, { maxLength: 6, ...constraints }).map((values) => ({ name, values }))
}

/** An entry of these properties, in this order. */
export function entryOf(...properties: readonly fc.Arbitrary<Property>[]): fc.Arbitrary<Properties> {
  return fc.tuple(...properties)
}

/**
 * Both ways on the entries that a format can express: what was dumped is read as it was, and dumps as the same text again.
 * @param keyOf tells which entries a text cannot hold side by side
 */
export function assertRoundTrips(
  format: Format,
  single: fc.Arbitrary<Properties>,
  keyOf?: (each: Properties) => string,
  maxLength = 8,
): void {
  const lists =
    keyOf === undefined ? fc.array(single, { maxLength }) : fc.uniqueArray(single, { maxLength, selector: keyOf })
  fc.assert(
    fc.property(lists, (entries) => {
      const text = format.dump(entries)
      const parsed = format.parse(text)
      assert.deepEqual(parsed, { entries, problems: [] })
      assert.equal(format.dump(parsed.entries), text)
    }),
    { numRuns: 200 },
  )
}

/** Properties in short: `{ name: 'pia', users: ['a', 'b'] }`. */
export function entry(properties: Readonly<Record<string, string | readonly string[]>>): Properties {
  return Object.entries(properties).map(([name, value]) => ({
    name,
    values: typeof value === 'string' ? [value] : [...value],
  }))
}
