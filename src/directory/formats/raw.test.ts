import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { entry } from '../../../test/support/flat-entries.ts'
import { trees } from '../../../test/support/trees.ts'
import { LIMITS, PortolanError } from '../../core/index.ts'
import { parseRaw } from './raw-parse.ts'
import { dumpRaw } from './raw.ts'
import type { Tree } from './tree.ts'

const GROUPS: Tree = {
  properties: entry({ name: 'groups' }),
  children: [
    { properties: entry({ name: 'staff', gid: '20', users: ['pia', 'jon'], note: [] }), children: [] },
    { properties: entry({ name: 'wheel' }), children: [] },
  ],
}
const GROUPS_TEXT = `{
  "name" = ( "groups" );
  CHILDREN = (
    {
      "name" = ( "staff" );
      "gid" = ( "20" );
      "users" = ( "pia", "jon" );
      "note" = ( );
    },
    {
      "name" = ( "wheel" );
    }
  )
}
`

function leaf(properties: Readonly<Record<string, string | readonly string[]>>): Tree {
  return { properties: entry(properties), children: [] }
}

function errorOf(text: string): { readonly code: string; readonly message: string } {
  try {
    parseRaw(text)
  } catch (error) {
    assert.ok(error instanceof PortolanError, `not a PortolanError: ${String(error)}`)
    return error
  }
  return assert.fail('nothing was thrown')
}

function chain(levels: number): Tree {
  let tree = leaf({})
  for (let level = 1; level < levels; level += 1) tree = { properties: [], children: [tree] }
  return tree
}

describe('dumpRaw', () => {
  test('writes the sample to the blank', () => {
    assert.equal(dumpRaw(GROUPS), GROUPS_TEXT)
  })

  test('writes a quote and a backslash after a backslash', () => {
    assert.equal(dumpRaw(leaf({ 'a"': 'C:\\' })), '{\n  "a\\"" = ( "C:\\\\" );\n}\n')
  })

  test('refuses a tree that is too deep to be read again', () => {
    assert.deepEqual(parseRaw(dumpRaw(chain(LIMITS.treeDepth))), chain(LIMITS.treeDepth))
    assert.throws(() => dumpRaw(chain(LIMITS.treeDepth + 1)), { code: 'ERR_PORTOLAN_INPUT_TOO_LARGE' })
  })
})

describe('parseRaw', () => {
  test('reads the sample', () => {
    assert.deepEqual(parseRaw(GROUPS_TEXT), GROUPS)
  })

  test('gives back every tree that was dumped, and every text', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const text = dumpRaw(tree)
        assert.deepEqual(parseRaw(text), tree)
        assert.equal(dumpRaw(parseRaw(text)), text)
      }),
      { numRuns: 500 },
    )
  })

  test('takes words without quotes, values without lists, and lists without commas', () => {
    assert.deepEqual(parseRaw('name = groups; gid =( 1 2,3 );'), leaf({ name: 'groups', gid: ['1', '2', '3'] }))
  })

  test('takes an equals sign for one only where a token begins', () => {
    assert.deepEqual(parseRaw('{ opts = ( a=b, "c=d" ); e =f=g; }'), leaf({ opts: ['a=b', 'c=d'], e: 'f=g' }))
    assert.equal(errorOf('{ a=b; }').message, 'line 1: = is missing after a name')
  })

  test('takes braces or none, and CHILDREN with or without its brackets', () => {
    const expected = { properties: entry({ a: '1' }), children: [leaf({ b: '2' }), leaf({ c: '3' })] }
    for (const text of [
      'a = 1; CHILDREN = ( { b = 2; }, { c = 3; } )',
      '{ a = 1; CHILDREN = ( { b = 2; }, { c = 3; } ); }',
      '{ a = 1; CHILDREN = { b = 2; }, { c = 3; }; }',
      '{ CHILDREN = ( { b = 2; }, { c = 3; }; a = 1; }',
      '{ a = 1; CHILDREN = ( b = 2; , c = 3; ) }',
      '{ CHILDREN = ( { b = 2; } ) a = 1; CHILDREN = ( { c = 3; } ) }',
    ]) {
      assert.deepEqual(parseRaw(text), expected, text)
    }
  })

  test('takes no children and no properties', () => {
    assert.deepEqual(parseRaw('{ CHILDREN = ( ) }'), leaf({}))
    assert.deepEqual(parseRaw('{}'), leaf({}))
    assert.deepEqual(parseRaw('{ CHILDREN = ( {} ) }'), { properties: [], children: [leaf({})] })
  })

  test('takes a quoted CHILDREN for a property', () => {
    assert.deepEqual(parseRaw('{ "CHILDREN" = ( CHILDREN ); }'), leaf({ CHILDREN: 'CHILDREN' }))
  })

  test('takes a backslash together with the next character, whatever it is', () => {
    assert.deepEqual(parseRaw('{ a = "\\n\\\\\\"\\\n\\é"; }'), leaf({ a: 'n\\"\né' }))
  })

  test('names the line of what is wrong', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['', 'line 1: there is no directory: the text is empty'],
      ['{\n  "a" = ( "b" )\n}', 'line 3: ; is missing after the values of a property'],
      ['{\n  "a" = ( "b";\n}', 'line 2: ) is missing after a list of values'],
      ['{\n  "a" ( "b" );\n}', 'line 2: = is missing after a name'],
      ['{ "a" = ; }', 'line 1: a value is missing after ='],
      ['{ "a" = ( b, ); }', 'line 1: a value is missing after a comma'],
      ['{ "a" = ( "b\n\n', 'line 1: a quote is not closed: the text is cut off'],
      ['{ "a" = ( "b\n\\', 'line 1: a quote is not closed: the text is cut off'],
      ['{ CHILDREN = ( {\n} }', 'line 2: ) is missing at the end of CHILDREN'],
      ['{ CHILDREN = ( {}\n, ) }', 'line 2: a directory is missing'],
      ['{}\n{}', 'line 2: something follows the end of the directory'],
      ['{\n"a" = ( "\0" ); }', 'line 2: a name or value holds a NUL byte'],
      [`{ a = "${'x'.repeat(65_536)}"; }`, 'line 1: a name or value has more than 65535 bytes'],
    ]
    for (const [text, message] of cases) {
      const error = errorOf(text)
      assert.equal(error.message, message)
      assert.equal(error.code, 'ERR_PORTOLAN_TREE_INVALID')
    }
  })

  test('takes no text that is cut off for a whole one', () => {
    for (let end = 0; end < GROUPS_TEXT.length - 2; end += 1) {
      assert.equal(errorOf(GROUPS_TEXT.slice(0, end)).code, 'ERR_PORTOLAN_TREE_INVALID')
    }
  })

  test('refuses what is too deep, without falling from the stack', () => {
    assert.equal(errorOf('CHILDREN =('.repeat(1_000_000)).code, 'ERR_PORTOLAN_INPUT_TOO_LARGE')
    assert.equal(errorOf('{CHILDREN =('.repeat(1_000_000)).code, 'ERR_PORTOLAN_INPUT_TOO_LARGE')
  })

  test('refuses more values than a property can have', () => {
    assert.equal(errorOf(`{ a = (${' x'.repeat(65_536)}); }`).code, 'ERR_PORTOLAN_INPUT_TOO_LARGE')
    assert.equal(parseRaw(`{ a = (${' x'.repeat(65_535)}); }`).properties[0]?.values.length, 65_535)
  })

  test('reads or refuses whatever it is given', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      ',',
      ';',
      '=',
      '"',
      '\\',
      ' ',
      '\n',
      'a',
      'CHILDREN',
      '\udc80',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        try {
          const tree = parseRaw(tokens.join(''))
          assert.deepEqual(parseRaw(dumpRaw(tree)), tree)
        } catch (error) {
          assert.ok(error instanceof PortolanError, String(error))
        }
      }),
      { numRuns: 5000 },
    )
  })
})
