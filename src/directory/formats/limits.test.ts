/** What holds for every flat-file format: limits, the table, and that nothing at all makes one fail. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, byteLengthOf, textOf } from '../../core/index.ts'
import { MODEL_LIMITS } from '../model.ts'
import type { Properties } from '../model.ts'
import { EntryCollector } from './entry-collector.ts'
import type { Format, Parsed } from './format.ts'
import { GROUP } from './group.ts'
import { FORMATS } from './index.ts'
import { PRINTCAP } from './printcap.ts'

const LINE_TOO_LONG = `longer than ${LIMITS.flatLineChars} characters: left out`

function assertWhole({ entries, problems }: Parsed, text: string): void {
  const lines = text.split('\n').length
  for (const { line, message } of problems) {
    assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`)
    assert.doesNotMatch(message, /\n/)
  }
  for (const { name, values } of entries.flat()) {
    for (const each of [name, ...values])
      assert.ok(!each.includes('\0') && byteLengthOf(each) <= MODEL_LIMITS.stringBytes)
  }
}

function parseAndDump(format: Format, text: string): void {
  const parsed = format.parse(text)
  assertWhole(parsed, text)
  const dumped = format.dump(parsed.entries)
  assertWhole(format.parse(dumped), dumped)
}

/** Texts made of what formats are made of, or of any bytes. */
const texts = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...Array.from('ab1:#\t \n\\,/=|-"+%;.\r\0'), '\n%%\n', '\udc80', 'é', 'nameserver ', '1/tcp'),
    maxLength: 120,
  }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => textOf(bytes)),
)

describe('FORMATS', () => {
  test('has the formats of nidump and niload, each by its name', () => {
    const names =
      'aliases bootptab bootparams ethers exports fstab group hosts networks passwd passwd.43 printcap protocols resolv.conf rpc services'
    assert.deepEqual([...FORMATS.keys()], names.split(' '))
    for (const [name, format] of FORMATS) assert.equal(format.name, name)
    assert.deepEqual(
      [...FORMATS.values()].filter(({ holds }) => holds === 'itself').map(({ name }) => name),
      ['resolv.conf'],
    )
  })

  for (const format of FORMATS.values()) {
    test(`${format.name} reads any text, and dumps what it read`, () => {
      fc.assert(
        fc.property(texts, (text) => parseAndDump(format, text)),
        { numRuns: 1500 },
      )
    })

    test(`${format.name} reads nothing as nothing`, () => {
      for (const text of ['', '\n', ' \t\n\n', '# a comment', '#\n# b\n']) {
        assert.deepEqual(format.parse(text), { entries: [], problems: [] })
      }
    })

    test(`${format.name} reads long runs of one character, in time that grows with them`, () => {
      for (const character of ':# \t\n\\,/=|-"+a') {
        for (const text of [character.repeat(200_000), `a ${character}`.repeat(60_000)]) {
          assertWhole(format.parse(text), text)
        }
      }
    })

    test(`${format.name} dumps entries of any form`, () => {
      const names = fc.constantFrom('name', 'users', 'port', 'opts', 'ip_address', 'members', 'a', ':')
      const values = fc.array(fc.string({ unit: fc.constantFrom(...Array.from('a:\n\t ,#\\'), '\udcff') }), {
        maxLength: 3,
      })
      const entry = fc.array(fc.record({ name: names, values }), { maxLength: 5 })
      fc.assert(
        fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
          const text = format.dump(entries)
          assert.ok(text === '' || text.endsWith('\n'))
          assertWhole(format.parse(text), text)
        }),
      )
    })
  }

  test('let no value of a format of one line an entry make a second line', () => {
    const hostile: Properties = ['name', 'gid', 'ip_address', 'en_address', 'port', 'protocol', 'number', 'dir'].map(
      (name) => ({ name, values: ['x\nroot::0:0::0:0::/:/bin/sh'] }),
    )
    for (const name of [
      'passwd',
      'passwd.43',
      'group',
      'hosts',
      'ethers',
      'networks',
      'services',
      'rpc',
      'fstab',
      'exports',
    ]) {
      assert.equal(FORMATS.get(name)?.dump([hostile]).split('\n').length, 2, name)
    }
  })
})

describe('the limits of a flat file', () => {
  test('leave out a line that is too long, and read the rest', () => {
    const text = `a::1:${'x'.repeat(LIMITS.flatLineChars)}\nb::2:c\n`
    const { entries, problems } = GROUP.parse(text)
    assert.equal(entries.length, 1)
    assert.deepEqual(problems, [{ line: 1, message: LINE_TOO_LONG }])
  })

  test('hold for lines that were joined too', () => {
    const part = `${':sf'.repeat(10_000)}\\\n`
    const { entries, problems } = PRINTCAP.parse(`a\\\n${part.repeat(50)}:\nb:sf:\n`)
    assert.equal(entries.length, 1)
    assert.deepEqual(problems, [{ line: 1, message: LINE_TOO_LONG }])
  })

  test('leave out values that are too long, too many, or hold a NUL', () => {
    const users = Array.from({ length: MODEL_LIMITS.values + 1 }, () => 'u').join(',')
    const { entries, problems } = GROUP.parse(`a::1:${'x'.repeat(65_536)}\nb::1:${users}\nc::1:\0\nd::1:e\n`)
    assert.equal(entries.length, 1)
    assert.deepEqual(problems, [
      { line: 1, message: 'a name or value has more than 65535 bytes' },
      { line: 2, message: '"users" has more than 65535 values' },
      { line: 3, message: 'a name or value holds a NUL byte' },
    ])
  })

  test('list a thousand problems and count the rest', () => {
    const { problems } = GROUP.parse('x\n'.repeat(LIMITS.flatProblems + 5))
    assert.equal(problems.length, LIMITS.flatProblems + 1)
    assert.deepEqual(problems.at(-1), { line: LIMITS.flatProblems, message: '5 more problems are not listed' })
  })

  test('end the reading at as many entries as a directory can have', () => {
    const collector = new EntryCollector()
    for (let line = 1; line <= LIMITS.flatEntries + 2; line += 1) collector.add(line, [])
    const { entries, problems } = collector.finish()
    assert.equal(entries.length, LIMITS.flatEntries)
    assert.deepEqual(problems, [
      { line: LIMITS.flatEntries + 1, message: `more than ${LIMITS.flatEntries} entries: the rest is left out` },
    ])
  })

  test('refuse a text that is too long at all', () => {
    assert.throws(() => GROUP.parse('x'.repeat(LIMITS.flatFileChars + 1)), { code: 'ERR_PORTOLAN_INPUT_TOO_LARGE' })
  })
})
