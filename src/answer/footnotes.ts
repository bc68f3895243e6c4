/** Numbered citations of one page: each source once, in the order in which the page first names it. */
import type { Citation } from './port-report.ts'

export class Footnotes {
  readonly #numbers = new Map<string, { readonly number: number; readonly citation: Citation }>()

  readonly #all: boolean

  /** With `all` every source of a statement is named, else the best: one that was read, if there is one. */
  constructor(all: boolean) {
    this.#all = all
  }

  /** The marks to set after a statement: ` [1]`, or ` [2, unverified]` where no source of it was read. */
  mark(citations: readonly Citation[]): string {
    if (citations.length === 0) return ''
    const best = citations.find((citation) => citation.seen) ?? citations[0]
    const numbers = (this.#all ? citations : citations.filter((citation) => citation === best)).map((citation) =>
      this.numberOf(citation),
    )
    const doubt = citations.some((citation) => citation.seen) ? '' : ', unverified'
    return ` [${[...new Set(numbers)].join(', ')}${doubt}]`
  }

  /** The sources, with their numbers. */
  *entries(): Generator<{ readonly number: number; readonly citation: Citation }, void, undefined> {
    yield* this.#numbers.values()
  }

  /** The number of one source; a source that is new to the page gets the next. */
  numberOf(citation: Citation): number {
    const known = this.#numbers.get(citation.url)
    if (known !== undefined) return known.number
    const number = this.#numbers.size + 1
    this.#numbers.set(citation.url, { number, citation })
    return number
  }
}
