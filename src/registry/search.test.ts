import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { plainSearch } from '../../test/support/plain-search.ts'
import { openLore, openPackagedRegistry } from './open.ts'
import { search } from './search.ts'
import type { SearchHit } from './search.ts'

const { registry } = openPackagedRegistry()
const lore = openLore()

function find(query: string, max = 20): readonly SearchHit[] {
  return search(registry, lore, query, max)
}

function allText({ id, name, description }: SearchHit): string {
  return `${id} ${name} ${description}`.toLowerCase()
}

describe('search', () => {
  test('puts the service of that very name first', () => {
    for (const [query, port] of [
      ['ssh', 22],
      ['SSH', 22],
      [' telnet ', 23],
      ['domain', 53],
    ] as const) {
      const [first] = find(query)
      assert.equal(first?.id, query.trim().toLowerCase())
      assert.equal(first?.ports[0]?.first, port)
      assert.equal(first?.isGuess, false)
    }
  })

  test('finds services of the lore, by name and by other names', () => {
    assert.ok(find('netinfo').some(({ kind, id }) => kind === 'lore' && id === 'netinfo'))
    assert.ok(find('nibindd').some(({ kind, id }) => kind === 'lore' && id === 'netinfo'))
  })

  test('finds words of the description', () => {
    assert.ok(find('Internet Printing Protocol').some(({ id }) => id === 'ipp'))
  })

  test('finds a misspelt word, and marks it as a guess', () => {
    for (const [query, wanted] of [
      ['postgers', 'postgres'],
      ['kuberntes', 'kubernetes'],
      ['gohper', 'gopher'],
    ] as const) {
      const guesses = find(query).filter(({ isGuess }) => isGuess)
      assert.ok(
        guesses.some((hit) => allText(hit).includes(wanted)),
        query,
      )
    }
  })

  test('takes no word of three letters or fewer for misspelt', () => {
    assert.deepEqual(
      find('xqz').filter(({ isGuess }) => isGuess),
      [],
    )
  })

  test('finds only what has every word', () => {
    const hits = find('mail transfer')
    assert.ok(hits.length > 0)
    for (const hit of hits.filter(({ kind, isGuess }) => kind === 'registry' && !isGuess)) {
      assert.match(allText(hit), /mail/)
      assert.match(allText(hit), /transfer/)
    }
    assert.deepEqual(find('ssh zzzzqqqqzzzz'), [])
  })

  test('orders the words of a query as it likes', () => {
    const idsOf = (query: string): readonly string[] =>
      find(query, 1000)
        .map(({ id }) => id)
        .toSorted()
    assert.deepEqual(idsOf('printing internet'), idsOf('internet printing'))
  })

  test('gives no more than asked for, the best first', () => {
    const all = find('http', 1000)
    assert.ok(all.length > 10)
    assert.deepEqual(find('http', 10), all.slice(0, 10))
    assert.deepEqual(find('http', 0), [])
    const scores = all.map(({ score }) => score)
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    )
  })

  test('lists a service once for each port, with all its transports', () => {
    const keys = find('ssh', 1000).map(({ kind, id, ports }) => JSON.stringify([kind, id.toLowerCase(), ports]))
    assert.equal(new Set(keys).size, keys.length)
    const [first] = find('ssh')
    assert.deepEqual(first?.transports, ['tcp', 'udp', 'sctp'])
  })

  test('finds nothing for a query without a letter or digit', () => {
    for (const query of ['', '   ', '!?', '\u0000', '🧭']) assert.deepEqual(find(query), [])
  })

  test('finds nothing for what is nowhere', () => {
    assert.deepEqual(find('zzzzqqqqzzzz'), [])
  })

  test('takes a query as text, not as a pattern', () => {
    for (const query of ['.*', '(', '[', '\\', 'a{1000}', '$&']) assert.ok(Array.isArray(find(query)), query)
    assert.deepEqual(find('.*'), [])
  })

  test('never throws, and orders what it finds, whatever it is asked', () => {
    const query = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.stringMatching(/^[a-z ]{0,200}$/))
    fc.assert(
      fc.property(query, (text) => {
        const hits = find(text, 50)
        assert.ok(hits.length <= 50)
        assert.ok(hits.every(({ score }, index) => score <= (hits[index - 1]?.score ?? Infinity)))
      }),
      { numRuns: 25 },
    )
  })

  test('finds by its index what reading every row finds, in the same order', () => {
    const names = [...registry.texts()].flatMap(({ name, description }) => `${name} ${description}`.split(/\s+/))
    const known = fc.constantFrom(...new Set(names))
    const damaged = fc
      .tuple(known, fc.nat(40), fc.constantFrom('', 'x', 'e'))
      .map(([word, at, put]) => word.slice(0, at % (word.length + 1)) + put + word.slice((at % (word.length + 1)) + 1))
    const query = fc.oneof(
      known,
      damaged,
      fc.tuple(known, damaged).map((words) => words.join(' ')),
    )
    const isSame = (text: string): void =>
      assert.deepEqual(search(registry, lore, text, 20_000), plainSearch(registry, lore, text), text)
    for (const text of ['p', 'in', 'web server', 'postgers', 'x11', 'ssh\nx', 'mal', 'sun rpc', 'tel', 'İ'])
      isSame(text)
    fc.assert(fc.property(query, isSame), { numRuns: 60 })
  })
})
