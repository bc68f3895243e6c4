import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { entry } from '../../../test/support/flat-entries.ts'
import { trees } from '../../../test/support/trees.ts'
import { LIMITS, PortolanError } from '../../core/index.ts'
import { formatTreeJson, parseTreeJson } from './json.ts'
import type { Tree } from './tree.ts'

function errorOf(json: string): PortolanError {
  try {
    parseTreeJson(json)
  } catch (error) {
    assert.ok(error instanceof PortolanError, `not a PortolanError: ${String(error)}`)
    return error
  }
  return assert.fail('nothing was thrown')
}

function documentOf(tree: unknown): string {
  return JSON.stringify({ schemaVersion: 1, tree })
}

describe('trees as JSON', () => {
  test('are documents of one version, with properties in order', () => {
    const tree: Tree = { properties: [...entry({ b: ['1', '2'], a: [] }), ...entry({ b: 'x' })], children: [] }
    assert.deepEqual(JSON.parse(formatTreeJson(tree)), {
      schemaVersion: 1,
      tree: {
        properties: [
          { name: 'b', values: ['1', '2'] },
          { name: 'a', values: [] },
          { name: 'b', values: ['x'] },
        ],
        children: [],
      },
    })
  })

  test('come back as they were, bytes that are not UTF-8 too', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const json = formatTreeJson(tree)
        // What a file or a pipe makes of it.
        assert.deepEqual(parseTreeJson(Buffer.from(json, 'utf8').toString('utf8')), tree)
        assert.equal(formatTreeJson(parseTreeJson(json)), json)
      }),
      { numRuns: 300 },
    )
  })

  test('may have fields that are not known', () => {
    const json = documentOf({ properties: [{ name: 'a', values: [], note: 1 }], children: [], id: 3 })
    assert.deepEqual(parseTreeJson(json), { properties: entry({ a: [] }), children: [] })
  })

  test('have one spelling for the same bytes', () => {
    const json = documentOf({ properties: [{ name: '\udcc3\udca9', values: [] }], children: [] })
    assert.equal(parseTreeJson(json).properties[0]?.name, 'é')
  })

  test('are refused with the place of what is wrong', () => {
    const leaf = { properties: [], children: [] }
    const cases: readonly (readonly [string, RegExp])[] = [
      ['[1,', /^not JSON/],
      ['3', /^the document: /],
      ['{"tree":{}}', /^schemaVersion: /],
      ['{"schemaVersion":2,"tree":{}}', /^schemaVersion: /],
      [documentOf(undefined), /^tree: /],
      [documentOf({ properties: [] }), /^tree\.children: /],
      [
        documentOf({ ...leaf, children: [leaf, { properties: [{ name: 'a' }], children: [] }] }),
        /^tree\.children\.1\.properties\.0\.values: /,
      ],
      [documentOf({ ...leaf, properties: [{ name: 'a', values: [1] }] }), /^tree\.properties\.0\.values\.0: /],
      [documentOf({ ...leaf, properties: [{ name: 'a\0', values: [] }] }), /\.name: a name or value holds a NUL byte$/],
      [
        documentOf({ ...leaf, properties: [{ name: '\ud800', values: [] }] }),
        /\.name: a name or value holds half of a character$/,
      ],
      [documentOf({ ...leaf, properties: [{ name: 'x'.repeat(65_536), values: [] }] }), /more than 65535 bytes$/],
    ]
    for (const [json, message] of cases) {
      const error = errorOf(json)
      assert.match(error.message, message)
      assert.equal(error.code, 'ERR_PORTOLAN_TREE_INVALID')
    }
  })

  test('are refused without a word of what is in them', () => {
    assert.doesNotMatch(errorOf('{"passwd": "secret" oops}').message, /secret|oops/)
  })

  test('are refused when they are too deep, without falling from the stack', () => {
    let tree: Tree = { properties: [], children: [] }
    for (let level = 0; level < LIMITS.treeDepth; level += 1) tree = { properties: [], children: [tree] }
    assert.throws(() => formatTreeJson(tree), { code: 'ERR_PORTOLAN_INPUT_TOO_LARGE' })
    assert.equal(errorOf(documentOf(tree)).code, 'ERR_PORTOLAN_INPUT_TOO_LARGE')
    const deep = 200_000
    const json = `{"schemaVersion":1,"tree":${'{"properties":[],"children":['.repeat(deep)}${']}'.repeat(deep)}}`
    assert.equal(errorOf(json).code, 'ERR_PORTOLAN_INPUT_TOO_LARGE')
  })
})
