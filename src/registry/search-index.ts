/**
 * All words and names that a search can find, prepared once for a registry and a lore: about as long as
 * reading every row for one query, which each query took before.
 *
 * Names and words are kept apart, each spelling once, with the candidates that have it. Beginnings and insides are found in
 * one long text of all spellings: `indexOf` looks through its 200 KB in some 50 µs.
 */
import { LIMITS } from '../core/index.ts'
import { editDistance } from './edit-distance.ts'
import { namesOf } from './lore-file.ts'
import type { LoreBook } from './lore-file.ts'
import type { Lore } from './lore-schema.ts'
import type { Registry } from './registry.ts'

export interface Candidate {
  /** The number of the row, or of the entry in the order of the lore. */
  readonly kind: 'registry' | 'lore'
  readonly number: number
}

/** Between spellings in the long text; no word holds it, and no name of the registry or the lore. */
const BETWEEN = '\n'

/** Some spellings, and which candidates have each. */
class Spellings {
  readonly #candidates: Map<string, number | number[]> = new Map()
  #text = ''
  #list: readonly string[] = []
  /** Where each spelling begins in the text. */
  #starts: Uint32Array = new Uint32Array()
  #letters: Uint32Array = new Uint32Array()

  add(spelling: string, candidate: number): void {
    const known = this.#candidates.get(spelling)
    if (known === undefined) this.#candidates.set(spelling, candidate)
    else if (typeof known === 'number') {
      if (known !== candidate) this.#candidates.set(spelling, [known, candidate])
    } else if (known.at(-1) !== candidate) known.push(candidate)
  }

  /** To be called once, when all are added. */
  finish(): void {
    this.#list = [...this.#candidates.keys()]
    this.#starts = new Uint32Array(this.#list.length)
    let at = BETWEEN.length
    for (const [index, spelling] of this.#list.entries()) {
      this.#starts[index] = at
      at += spelling.length + BETWEEN.length
    }
    this.#text = `${BETWEEN}${this.#list.join(BETWEEN)}${BETWEEN}`
  }

  /** The candidates that have a spelling, ascending. */
  of(spelling: string): readonly number[] {
    const found = this.#candidates.get(spelling)
    return found === undefined ? [] : typeof found === 'number' ? [found] : found
  }

  /** Calls back for each spelling that begins with a word. */
  beginningWith(word: string, found: (candidates: readonly number[]) => void): void {
    this.#each(`${BETWEEN}${word}`, BETWEEN.length, found)
  }

  /** Calls back for each spelling that holds a word anywhere. */
  holding(word: string, found: (candidates: readonly number[]) => void): void {
    this.#each(word, 0, found)
  }

  #each(wanted: string, skipped: number, found: (candidates: readonly number[]) => void): void {
    for (let at = this.#text.indexOf(wanted); at !== -1;) {
      const index = this.#indexAt(at + skipped)
      const spelling = this.#list[index] ?? ''
      found(this.of(spelling))
      at = this.#text.indexOf(wanted, (this.#starts[index] ?? 0) + spelling.length)
    }
  }

  /** Calls back for each spelling, or each beginning of one, that is a word with at most so many typing errors. */
  near(word: string, max: number, found: (candidates: readonly number[]) => void): void {
    if (this.#letters.length === 0) this.#letters = Uint32Array.from(this.#list, lettersOf)
    const wanted = lettersOf(word)
    for (const [index, spelling] of this.#list.entries()) {
      // Each error takes away one letter of the word at the most: what lacks more of them is further off.
      if (spelling.length < word.length - max || countBits(wanted & ~(this.#letters[index] ?? 0)) > max) continue
      // The beginning counts too: 'postgers' should find 'postgresql'.
      const isNear =
        editDistance(word, spelling, max) <= max ||
        (spelling.length > word.length && editDistance(word, spelling.slice(0, word.length), max) <= max)
      if (isNear) found(this.of(spelling))
    }
  }

  #indexAt(at: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] ?? 0) <= at) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** A bit for each character that is there; several share a bit, which makes the sieve coarser and no less right. */
function lettersOf(word: string): number {
  let letters = 0
  for (let index = 0; index < word.length; index += 1) letters |= 1 << (word.charCodeAt(index) & 31)
  return letters >>> 0
}

function countBits(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1
  return count
}

const SCORES = { name: 100, namePrefix: 70, nameInside: 45, word: 40, wordPrefix: 25, nameGuess: 20, wordGuess: 8 }

export class SearchIndex {
  readonly candidates: readonly Candidate[]
  readonly loreEntries: readonly Lore[]
  readonly #names: Spellings = new Spellings()
  readonly #words: Spellings = new Spellings()

  constructor(registry: Registry, lore: LoreBook) {
    const candidates: Candidate[] = []
    for (const { record, name, description } of registry.texts()) {
      const candidate = candidates.push({ kind: 'registry', number: record }) - 1
      this.#names.add(name.toLowerCase(), candidate)
      for (const word of wordsOf(`${name} ${description}`)) this.#words.add(word, candidate)
    }
    this.loreEntries = lore.entries()
    for (const [number, entry] of this.loreEntries.entries()) {
      const candidate = candidates.push({ kind: 'lore', number }) - 1
      const names = namesOf(entry)
      for (const name of names) this.#names.add(name, candidate)
      const texts = [...names, entry.summary.text, ...entry.uses.map((use) => use.text), entry.category]
      for (const word of wordsOf(texts.join(' '))) this.#words.add(word, candidate)
    }
    this.#names.finish()
    this.#words.finish()
    this.candidates = candidates
  }

  /** The candidates that have all words, with the mean of the words' scores; those of that very name score twice a name. */
  find(wanted: readonly string[], whole: string, isGuess: boolean): ReadonlyMap<number, number> {
    const totals = new Map<number, number>()
    for (const [index, word] of wanted.entries()) {
      const scores = isGuess ? this.#guess(word) : this.#exact(word)
      if (index === 0) for (const [candidate, score] of scores) totals.set(candidate, score)
      else
        for (const [candidate, total] of totals) {
          const score = scores.get(candidate)
          if (score === undefined) totals.delete(candidate)
          else totals.set(candidate, total + score)
        }
    }
    for (const [candidate, total] of totals) totals.set(candidate, total / wanted.length)
    for (const candidate of this.#names.of(whole)) totals.set(candidate, 2 * SCORES.name)
    return totals
  }

  #exact(word: string): Map<number, number> {
    const scores = new Map<number, number>()
    // From the least to the most: what comes later overwrites.
    const give = (score: number) => (candidates: readonly number[]) => {
      for (const candidate of candidates) scores.set(candidate, score)
    }
    const isLong = word.length > 2
    if (isLong) this.#words.beginningWith(word, give(SCORES.wordPrefix))
    give(SCORES.word)(this.#words.of(word))
    if (isLong) this.#names.holding(word, give(SCORES.nameInside))
    this.#names.beginningWith(word, give(SCORES.namePrefix))
    give(SCORES.name)(this.#names.of(word))
    return scores
  }

  #guess(word: string): Map<number, number> {
    const scores = new Map<number, number>()
    const max = word.length < 4 ? 0 : word.length < 8 ? 1 : LIMITS.searchEdits
    const give = (score: number) => (candidates: readonly number[]) => {
      for (const candidate of candidates) scores.set(candidate, score)
    }
    if (max > 0) {
      this.#words.near(word, max, give(SCORES.wordGuess))
      this.#names.near(word, max, give(SCORES.nameGuess))
    }
    for (const [candidate, score] of this.#exact(word)) scores.set(candidate, score)
    return scores
  }
}

const INDEXES: WeakMap<Registry, WeakMap<LoreBook, SearchIndex>> = new WeakMap()

/** The index of a registry and a lore; it is made when it is first asked for, and goes when they go. */
export function indexOf(registry: Registry, lore: LoreBook): SearchIndex {
  let byLore = INDEXES.get(registry)
  if (byLore === undefined) {
    byLore = new WeakMap()
    INDEXES.set(registry, byLore)
  }
  let index = byLore.get(lore)
  if (index === undefined) {
    index = new SearchIndex(registry, lore)
    byLore.set(lore, index)
  }
  return index
}

/** Letters and digits are words, all else stands between them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
