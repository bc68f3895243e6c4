/** "Was this page helpful?": three faces, each a button of a form that works without JavaScript. */
import { html, raw } from 'hono/html'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'

export const VERDICTS = ['yes', 'partly', 'no'] as const
export type Verdict = (typeof VERDICTS)[number]

const MOUTHS: Readonly<Record<Verdict, string>> = {
  yes: 'M8 14q4 4 8 0',
  partly: 'M8 15h8',
  no: 'M8 16q4-4 8 0',
}

const face = (verdict: Verdict): Markup =>
  raw(
    `<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="1.6"/><circle cx="8.7" cy="9.5" r="1.3" fill="currentColor"/><circle cx="15.3" cy="9.5" r="1.3" fill="currentColor"/><path d="${MOUTHS[verdict]}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/></svg>`,
  )

export function helpfulPart(view: View, port: number): Markup {
  const { t } = view
  return html`<section class="sheet helpful" aria-labelledby="helpful">
    <h2 id="helpful">${t('port.helpful.title')}</h2>
    <form class="faces" method="post" action="${view.href(`/ports/${port}/feedback`)}">
      ${VERDICTS.map((each) => html`<button name="verdict" value="${each}">${face(each)}${t(`port.helpful.${each}`)}</button>`)}
    </form>
    <p class="faint">${t('port.helpful.privacy')}</p>
  </section>`
}
