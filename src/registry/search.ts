/**
 * Free-text search over the registry's names and descriptions and over the lore, ranked, tolerant of typing errors.
 *
 * Every word of the query must be found. A word counts most as a whole name, then as the beginning of one, inside one,
 * as a word of the description, as the beginning of such a word. Only where little is found are misspelt words tried.
 */
import { LIMITS } from '../core/index.ts'
import { editDistance } from './edit-distance.ts'
import { namesOf } from './lore-file.ts'
import type { LoreBook } from './lore-file.ts'
import type { Lore } from './lore-schema.ts'
import { TRANSPORTS, parseSpan } from './model.ts'
import type { PortSpan, Transport } from './model.ts'
import type { Registry } from './registry.ts'

export interface SearchHit {
  readonly kind: 'registry' | 'lore'
  /** The service's name; for lore, its id. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly ports: readonly PortSpan[]
  readonly transports: readonly Transport[]
  /** Higher is better; comparable within one answer only. */
  readonly score: number
  /** True when a word was found only by assuming a typing error. */
  readonly isGuess: boolean
}

interface Candidate {
  readonly names: readonly string[]
  readonly words: readonly string[]
  readonly make: (score: number, isGuess: boolean) => SearchHit
}

const SCORES = { name: 100, namePrefix: 70, nameInside: 45, word: 40, wordPrefix: 25, nameGuess: 20, wordGuess: 8 }
/** With fewer hits than this, misspelt words are tried too. */
const FEW = 3
/** A service that the lore knows is one that somebody once looked for. */
const LORE_BONUS = 5

/** Searches; the best `max` hits come back, best first. Time grows with the size of the registry: some 10 ms. */
export function search(registry: Registry, lore: LoreBook, query: string, max: number): readonly SearchHit[] {
  const wanted = wordsOf(query)
  if (wanted.length === 0) return []
  const whole = query.trim().toLowerCase()
  const candidates = [...registryCandidates(registry), ...loreCandidates(lore)]
  const hits = candidates.flatMap((each) => hitOf(each, wanted, whole, scoreExactly, false))
  if (hits.length < FEW) {
    const known = new Set(hits.map(keyOf))
    const guesses = candidates.flatMap((each) => hitOf(each, wanted, whole, scoreGuess, true))
    hits.push(...guesses.filter((hit) => !known.has(keyOf(hit))))
  }
  return joinTransports(hits)
    .toSorted(
      (a, b) =>
        b.score - a.score || (a.ports[0]?.first ?? 65_536) - (b.ports[0]?.first ?? 65_536) || a.id.localeCompare(b.id),
    )
    .slice(0, max)
}

function hitOf(
  candidate: Candidate,
  wanted: readonly string[],
  whole: string,
  scoreWord: (candidate: Candidate, word: string) => number,
  isGuess: boolean,
): SearchHit[] {
  if (candidate.names.includes(whole)) return [candidate.make(2 * SCORES.name, isGuess)]
  let total = 0
  for (const word of wanted) {
    const score = scoreWord(candidate, word)
    if (score === 0) return []
    total += score
  }
  return [candidate.make(total / wanted.length, isGuess)]
}

function scoreExactly({ names, words }: Candidate, word: string): number {
  let best = 0
  for (const name of names) {
    if (name === word) return SCORES.name
    if (name.startsWith(word)) best = Math.max(best, SCORES.namePrefix)
    else if (word.length > 2 && name.includes(word)) best = Math.max(best, SCORES.nameInside)
  }
  if (best > 0) return best
  if (words.includes(word)) return SCORES.word
  return word.length > 2 && words.some((each) => each.startsWith(word)) ? SCORES.wordPrefix : 0
}

function scoreGuess(candidate: Candidate, word: string): number {
  const exact = scoreExactly(candidate, word)
  const max = word.length < 4 ? 0 : word.length < 8 ? 1 : LIMITS.searchEdits
  if (exact > 0 || max === 0) return exact
  // The beginning counts too: 'postgers' should find 'postgresql'.
  const isNear = (each: string): boolean =>
    editDistance(word, each, max) <= max || editDistance(word, each.slice(0, word.length), max) <= max
  if (candidate.names.some(isNear)) return SCORES.nameGuess
  return candidate.words.some(isNear) ? SCORES.wordGuess : 0
}

function* registryCandidates(registry: Registry): Generator<Candidate, void, undefined> {
  for (const { record, name, description } of registry.texts()) {
    yield {
      names: [name.toLowerCase()],
      words: [...wordsOf(name), ...wordsOf(description)],
      make: (score, isGuess) => {
        const { ports, transports, isHistoric } = registry.assignment(record)
        const penalty = (isHistoric ? 4 : 0) + (ports === null ? 3 : 0)
        return {
          kind: 'registry',
          id: name,
          name,
          description,
          ports: ports === null ? [] : [ports],
          transports,
          score: score - penalty,
          isGuess,
        }
      },
    }
  }
}

function* loreCandidates(lore: LoreBook): Generator<Candidate, void, undefined> {
  for (const entry of lore.entries()) {
    const names = namesOf(entry)
    yield {
      names,
      words: [...names, entry.summary.text, ...entry.uses.map((use) => use.text), entry.category].flatMap(wordsOf),
      make: (score, isGuess) => ({ ...loreFields(entry), score: score + LORE_BONUS, isGuess }),
    }
  }
}

function loreFields(entry: Lore): Omit<SearchHit, 'score' | 'isGuess'> {
  return {
    kind: 'lore',
    id: entry.id,
    name: entry.name,
    description: entry.summary.text,
    ports: entry.uses.flatMap((use) => use.ports.map(parseSpan)),
    transports: TRANSPORTS.filter((transport) => entry.uses.some((use) => use.transports.includes(transport))),
  }
}

/** The same name on the same port is one hit, whatever its transports and the words about each. */
function joinTransports(hits: readonly SearchHit[]): SearchHit[] {
  const joined = new Map<string, SearchHit>()
  for (const hit of hits) {
    const known = joined.get(keyOf(hit))
    if (known === undefined) joined.set(keyOf(hit), hit)
    else {
      const transports = TRANSPORTS.filter((each) => known.transports.includes(each) || hit.transports.includes(each))
      joined.set(keyOf(hit), { ...(known.score >= hit.score ? known : hit), transports })
    }
  }
  return [...joined.values()]
}

function keyOf(hit: SearchHit): string {
  return `${hit.kind} ${hit.id.toLowerCase()} ${hit.ports.map(({ first, last }) => `${first}-${last}`).join()}`
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
