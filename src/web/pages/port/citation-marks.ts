/** The numbers after a statement that lead to its sources. */
import { html } from 'hono/html'
import type { Citation, CitedText, Footnotes } from '../../../answer/index.ts'
import type { View } from '../../i18n/view.ts'
import { loreText } from '../english.ts'
import type { Markup } from '../layout.ts'

/** Superscript numbers that lead to the list of sources. */
export function citationMarks(view: View, footnotes: Footnotes, citations: readonly Citation[]): Markup {
  const numbers = new Set(citations.map((citation) => footnotes.numberOf(citation)))
  return html`${[...numbers].map((number) => {
    const label = view.t('port.uses.citation', { number: view.digits(number) })
    return html`<a class="cite" href="#source-${number}" aria-label="${label}">[${view.digits(number)}]</a>`
  })}`
}

/** A statement of the lore, with its marks. */
export function citedText(view: View, footnotes: Footnotes, { text, citations }: CitedText): Markup {
  return html`${loreText(view, text)}${citationMarks(view, footnotes, citations)}`
}
