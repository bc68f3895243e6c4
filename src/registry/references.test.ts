import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseReferences, readablePeople } from './references.ts'

describe('parseReferences', () => {
  test('has nothing for an empty text', () => {
    assert.deepEqual(parseReferences(''), [])
    assert.deepEqual(parseReferences('[]'), [])
  })

  test('gives an RFC its address', () => {
    assert.deepEqual(parseReferences('[RFC6335]'), [
      { label: 'RFC 6335', url: 'https://www.rfc-editor.org/rfc/rfc6335' },
    ])
  })

  test('splits several, in their order', () => {
    assert.deepEqual(
      parseReferences('[RFC1035][RFC6335][Jane_Doe]').map(({ label }) => label),
      ['RFC 1035', 'RFC 6335', 'Jane_Doe'],
    )
  })

  test('keeps what follows the number of an RFC', () => {
    assert.deepEqual(parseReferences('[RFC6335, Section 8]'), [
      { label: 'RFC 6335, Section 8', url: 'https://www.rfc-editor.org/rfc/rfc6335' },
    ])
  })

  test('gives a draft its address, under each of its spellings', () => {
    const url = 'https://datatracker.ietf.org/doc/draft-ietf-foo-12'
    assert.equal(parseReferences('[draft-ietf-foo-12]')[0]?.url, url)
    assert.equal(parseReferences('[RFC-ietf-foo-12]')[0]?.url, url)
    assert.equal(parseReferences('[RFC-draft-ietf-foo-12]')[0]?.url, url)
  })

  test('links web addresses, and nothing that only looks like one', () => {
    assert.equal(parseReferences('[http://example.org/a?b=c]')[0]?.url, 'http://example.org/a?b=c')
    assert.equal(parseReferences('https://example.org/')[0]?.url, 'https://example.org/')
    for (const text of [
      '[javascript:alert(1)]',
      '[http://a"onclick=x]',
      '[see http://example.org/]',
      '[https://a<b>]',
    ]) {
      assert.equal(parseReferences(text)[0]?.url, null, text)
    }
  })

  test('takes a text without brackets as one reference', () => {
    assert.deepEqual(parseReferences('IESG Approval 2005'), [{ label: 'IESG Approval 2005', url: null }])
  })

  test('gives every address in http or https, whatever the text', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('[', ']', 'RFC12', 'RFC-', 'draft-x', 'http://', 'javascript:'))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const { label, url } of parseReferences(pieces.join(''))) {
          assert.notEqual(label, '')
          if (url !== null) assert.match(url, /^https?:\/\/[^\s"<>]+$/)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('readablePeople', () => {
  test('writes keys as names', () => {
    assert.equal(readablePeople('[Mark_Lottor]'), 'Mark Lottor')
    assert.equal(readablePeople('[Jane_Doe_2]'), 'Jane Doe')
  })

  test('sets commas between several', () => {
    assert.equal(readablePeople('[Jane_Doe][IESG]'), 'Jane Doe, IESG')
  })

  test('leaves other texts as they are', () => {
    assert.equal(readablePeople(''), '')
    assert.equal(readablePeople('Jane Doe'), 'Jane Doe')
    assert.equal(readablePeople('snake_case'), 'snake_case')
  })
})

describe('a text of brackets that never close', () => {
  test('takes no longer than its length warrants', () => {
    // In a process of its own, which can be stopped. In quadratic time a million brackets take some minutes.
    const program = `
      const { parseReferences, readablePeople } = await import(process.argv[1])
      const text = '['.repeat(1_000_000)
      console.log(parseReferences(text).length, readablePeople(text).length)`
    const args = ['--input-type=module', '--eval', program, join(import.meta.dirname, 'references.ts')]
    const { signal, stdout } = spawnSync(process.execPath, args, { timeout: 30_000, encoding: 'utf8' })
    assert.equal(signal, null, 'stopped after half a minute')
    assert.match(stdout, /^\d+ \d+\n$/)
  })
})
