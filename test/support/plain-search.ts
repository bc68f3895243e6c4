/** The search without an index: every row is read and scored for every query. What `search` finds must be the same. */
import { LIMITS } from '../../src/core/index.ts'
import { namesOf, parseSpan, TRANSPORTS } from '../../src/registry/index.ts'
import type { LoreBook, Registry, SearchHit } from '../../src/registry/index.ts'
import { editDistance } from '../../src/registry/edit-distance.ts'

interface Row {
  readonly names: readonly string[]
  readonly words: readonly string[]
  readonly hit: (score: number, isGuess: boolean) => SearchHit
}

type Scorer = (row: Row, word: string) => number

export function plainSearch(registry: Registry, lore: LoreBook, query: string): readonly SearchHit[] {
  const wanted = wordsOf(query)
  if (wanted.length === 0) return []
  const rows = [...registryRows(registry), ...loreRows(lore)]
  const hitsBy = (score: Scorer, isGuess: boolean): SearchHit[] =>
    rows.flatMap((row) => hitOf(row, wanted, query.trim().toLowerCase(), score, isGuess))
  const hits = hitsBy(scoreExactly, false)
  if (hits.length < 3) {
    const known = new Set(hits.map(keyOf))
    hits.push(...hitsBy(scoreGuess, true).filter((hit) => !known.has(keyOf(hit))))
  }
  const firstPort = ({ ports }: SearchHit): number => ports[0]?.first ?? 65_536
  return joined(hits).toSorted((a, b) => b.score - a.score || firstPort(a) - firstPort(b) || a.id.localeCompare(b.id))
}

function hitOf(row: Row, wanted: readonly string[], whole: string, score: Scorer, isGuess: boolean): SearchHit[] {
  if (row.names.includes(whole)) return [row.hit(200, isGuess)]
  const scores = wanted.map((word) => score(row, word))
  if (scores.includes(0)) return []
  return [row.hit(scores.reduce((sum, each) => sum + each, 0) / wanted.length, isGuess)]
}

function scoreExactly({ names, words }: Row, word: string): number {
  const isLong = word.length > 2
  if (names.includes(word)) return 100
  if (names.some((name) => name.startsWith(word))) return 70
  if (isLong && names.some((name) => name.includes(word))) return 45
  if (words.includes(word)) return 40
  return isLong && words.some((each) => each.startsWith(word)) ? 25 : 0
}

function scoreGuess(row: Row, word: string): number {
  const exact = scoreExactly(row, word)
  const max = word.length < 4 ? 0 : word.length < 8 ? 1 : LIMITS.searchEdits
  if (exact > 0 || max === 0) return exact
  const isNear = (each: string): boolean =>
    editDistance(word, each, max) <= max || editDistance(word, each.slice(0, word.length), max) <= max
  return row.names.some(isNear) ? 20 : row.words.some(isNear) ? 8 : 0
}

function* registryRows(registry: Registry): Generator<Row, void, undefined> {
  for (const { record, name, description } of registry.texts()) {
    const { ports, transports, isHistoric } = registry.assignment(record)
    const penalty = (isHistoric ? 4 : 0) + (ports === null ? 3 : 0)
    const told = { kind: 'registry', id: name, name, description, ports: ports === null ? [] : [ports] } as const
    yield {
      names: [name.toLowerCase()],
      words: [...wordsOf(name), ...wordsOf(description)],
      hit: (score, isGuess) => ({ ...told, transports, score: score - penalty, isGuess }),
    }
  }
}

function* loreRows(lore: LoreBook): Generator<Row, void, undefined> {
  for (const entry of lore.entries()) {
    const names = namesOf(entry)
    const { id, name, summary, uses, category } = entry
    const ports = uses.flatMap((use) => use.ports.map(parseSpan))
    const transports = TRANSPORTS.filter((each) => uses.some((use) => use.transports.includes(each)))
    yield {
      names,
      words: [...names, summary.text, ...uses.map((use) => use.text), category].flatMap(wordsOf),
      hit: (score, isGuess) => ({
        kind: 'lore',
        id,
        name,
        description: summary.text,
        ports,
        transports,
        score: score + 5,
        isGuess,
      }),
    }
  }
}

function joined(hits: readonly SearchHit[]): SearchHit[] {
  const byKey = new Map<string, SearchHit>()
  for (const hit of hits) {
    const known = byKey.get(keyOf(hit))
    const all = new Set([...(known?.transports ?? []), ...hit.transports])
    const best = known !== undefined && known.score >= hit.score ? known : hit
    byKey.set(keyOf(hit), { ...best, transports: TRANSPORTS.filter((each) => all.has(each)) })
  }
  return [...byKey.values()]
}

function keyOf({ kind, id, ports }: SearchHit): string {
  return `${kind} ${id.toLowerCase()} ${ports.map(({ first, last }) => `${first}-${last}`).join()}`
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
