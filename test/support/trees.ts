/** Trees of directories of any names and values, for the tests of what writes and reads them. */
import fc from 'fast-check'
import { textOf } from '../../src/core/index.ts'
import type { Property, Tree } from '../../src/directory/index.ts'

/** Any bytes but NUL, UTF-8 or not, often of the characters that mean something to a format. */
const texts: fc.Arbitrary<string> = fc
  .oneof(
    fc.uint8Array({ min: 1, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc
      .string({ unit: fc.constantFrom('"', '\\', '\n', 'é', '\t', '{', '(', ',', ';', '=', 'a'), maxLength: 8 })
      .map((text) => Buffer.from(text)),
    fc.constantFrom('CHILDREN', 'name', '').map((text) => Buffer.from(text)),
  )
  .map((bytes) => textOf(bytes))

const properties: fc.Arbitrary<Property[]> = fc.array(
  fc.record({ name: texts, values: fc.array(texts, { maxLength: 4 }) }, { noNullPrototype: true }),
  { maxLength: 4 },
)

const LEVELS = 4

function treesOf(levels: number): fc.Arbitrary<Tree> {
  const children = levels === 1 ? fc.constant([]) : fc.array(treesOf(levels - 1), { maxLength: 3 })
  return fc.record({ properties, children }, { noNullPrototype: true })
}

export const trees: fc.Arbitrary<Tree> = treesOf(LEVELS)
