/** Runs of numbers: what addresses (IPv4 as numbers, IPv6 as bigints) and ports are kept as, whatever they span. */

export interface Span<N extends number | bigint> {
  readonly first: N
  /** Inclusive. */
  readonly last: N
}

/** The numbers beside one; addresses end long before the greatest of their type. */
export interface Steps<N extends number | bigint> {
  readonly next: (value: N) => N
  readonly previous: (value: N) => N
}

export const NUMBER_STEPS: Steps<number> = { next: (value) => value + 1, previous: (value) => value - 1 }
export const BIGINT_STEPS: Steps<bigint> = { next: (value) => value + 1n, previous: (value) => value - 1n }

/** The same numbers in ascending runs that neither overlap nor touch. */
export function mergeSpans<N extends number | bigint>(spans: readonly Span<N>[], { next }: Steps<N>): Span<N>[] {
  const ordered = spans.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const merged: Span<N>[] = []
  for (const span of ordered) {
    const before = merged.at(-1)
    if (before === undefined || span.first > next(before.last)) merged.push(span)
    else if (span.last > before.last) merged[merged.length - 1] = { first: before.first, last: span.last }
  }
  return merged
}

/** What is left of some merged runs without those of another merged list. */
export function subtractSpans<N extends number | bigint>(
  spans: readonly Span<N>[],
  away: readonly Span<N>[],
  { next, previous }: Steps<N>,
): Span<N>[] {
  const left: Span<N>[] = []
  let at = 0
  for (const span of spans) {
    let { first } = span
    let hole = away[at]
    while (hole !== undefined && hole.last < first) hole = away[(at += 1)]
    while (hole !== undefined && hole.first <= span.last) {
      if (hole.first > first) left.push({ first, last: previous(hole.first) })
      first = next(hole.last)
      if (hole.last >= span.last) break
      hole = away[(at += 1)]
    }
    if (first <= span.last) left.push({ first, last: span.last })
  }
  return left
}

/** The numbers of a run, each: for runs that are known to be short. */
export function listNumbers({ first, last }: Span<number>): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
