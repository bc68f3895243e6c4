/** Which pages visitors found least helpful. */
import type { FeedbackCount } from './feedback-book.ts'

/** The 95 % quantile of the normal distribution, two-sided. */
const Z = 1.96

/**
 * How unhelpful a page is at the least, from 0 to 1: the lower end of Wilson's interval (1927) for the share of answers that were
 * no, a "partly" being half of one. A single no so counts for less than thirty of forty.
 */
export function unhelpfulness({ yes, partly, no }: Pick<FeedbackCount, 'yes' | 'partly' | 'no'>): number {
  const total = yes + partly + no
  if (total === 0) return 0
  const share = (no + partly / 2) / total
  const squared = Z * Z
  const centre = share + squared / (2 * total)
  const margin = Z * Math.sqrt((share * (1 - share) + squared / (4 * total)) / total)
  return Math.max(0, (centre - margin) / (1 + squared / total))
}

/** The least helpful first; equal ones by port, then by language. */
export function orderWorstFirst(counts: Iterable<FeedbackCount>): readonly FeedbackCount[] {
  return [...counts].toSorted(
    (a, b) =>
      unhelpfulness(b) - unhelpfulness(a) ||
      a.port - b.port ||
      (a.language < b.language ? -1 : Number(a.language > b.language)),
  )
}
