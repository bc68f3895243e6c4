/** Writes the compiled lore (layout in lore-file.ts). */
import { LORE_HEADER_BYTES, LORE_MAGIC, LORE_VERSION, checksumOf, maskOf } from './lore-file.ts'
import type { LoreBrief } from './lore-file.ts'
import type { Lore } from './lore-schema.ts'
import { PORT_MAX, parseSpan } from './model.ts'

/** Makes the bytes of the compiled file from entries that `parseLore` passed. */
export function buildLore(entries: readonly Lore[]): Buffer {
  const spans = entries.flatMap((lore, entry) =>
    lore.uses.flatMap((use) =>
      use.ports.map((text): Span => ({ ...parseSpan(text), transports: maskOf(use.transports), entry })),
    ),
  )
  const segments = segmentsOf(spans)
  const bodies = entries.map((lore) => Buffer.from(JSON.stringify(lore)))
  const briefs = Buffer.from(JSON.stringify(entries.map(briefOf)))
  const parts = [
    longs(runningTotals(bodies.map((body) => body.length))),
    longs([...bodies, briefs].map(checksumOf)),
    longs(runningTotals(segments.map((segment) => segment.members.length))),
    words(segments.map((segment) => segment.first)),
    words(spans.flatMap(({ first, last, transports, entry }) => [first, last, transports, entry])),
    words(segments.flatMap((segment) => segment.members)),
    briefs,
    ...bodies,
  ]
  const header = Buffer.alloc(LORE_HEADER_BYTES)
  header.write(LORE_MAGIC, 'latin1')
  const members = segments.reduce((sum, segment) => sum + segment.members.length, 0)
  const length = parts.reduce((sum, part) => sum + part.length, header.length)
  const numbers = [LORE_VERSION, length, entries.length, segments.length, spans.length, members, briefs.length]
  for (const [index, number] of numbers.entries()) header.writeUInt32LE(number, 8 + 4 * index)
  return Buffer.concat([header, ...parts])
}

interface Span {
  readonly first: number
  readonly last: number
  readonly transports: number
  readonly entry: number
}

/** Ports that the same spans cover, up to the next segment's first. */
interface Segment {
  readonly first: number
  /** The numbers of the spans. */
  readonly members: readonly number[]
}

/** Sweeps over the ports at which a span begins or ends. */
function segmentsOf(spans: readonly Span[]): readonly Segment[] {
  const edges = [...new Set(spans.flatMap(({ first, last }) => [first, last + 1]))].toSorted((a, b) => a - b)
  const waiting = [...spans.entries()].toSorted(([, a], [, b]) => b.first - a.first)
  const segments: Segment[] = []
  let active: number[] = []
  for (const first of edges.filter((edge) => edge <= PORT_MAX)) {
    active = active.filter((number) => (spans[number]?.last ?? 0) >= first)
    for (let next = waiting.at(-1); next !== undefined && next[1].first === first; next = waiting.at(-1)) {
      active.push(next[0])
      waiting.pop()
    }
    segments.push({ first, members: active })
  }
  return segments
}

function briefOf({ name, category, state, registryNames = [] }: Lore): LoreBrief {
  return { name, category, state, registryNames }
}

function runningTotals(numbers: readonly number[]): number[] {
  let total = 0
  return numbers.map((number) => (total += number))
}

function words(numbers: readonly number[]): Buffer {
  return Buffer.from(Uint16Array.from(numbers).buffer)
}

function longs(numbers: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(numbers).buffer)
}
