/** "Was this page helpful?": three faces, each a button of a form that works without JavaScript. */
import { html, raw } from 'hono/html'
import { VERDICTS } from '../../feedback/verdict.ts'
import type { Verdict } from '../../feedback/verdict.ts'
import type { View } from '../../i18n/view.ts'
import type { Visitor } from '../../visitor.ts'
import { csrfField } from '../csrf-field.ts'
import type { Markup } from '../layout.ts'

const MOUTHS: Readonly<Record<Verdict, string>> = {
  yes: 'M8 14q4 4 8 0',
  partly: 'M8 15h8',
  no: 'M8 16q4-4 8 0',
}

const face = (verdict: Verdict): Markup =>
  raw(
    `<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="1.6"/><circle cx="8.7" cy="9.5" r="1.3" fill="currentColor"/><circle cx="15.3" cy="9.5" r="1.3" fill="currentColor"/><path d="${MOUTHS[verdict]}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/></svg>`,
  )

/** `given`: what the visitor has answered; their face is then the pressed one. */
export function helpfulPart(view: View, port: number, given: Verdict | null, visitor: Visitor | null): Markup {
  const { t } = view
  return html`<section class="sheet helpful" aria-labelledby="helpful">
    <h2 id="helpful">${t('port.helpful.title')}</h2>
    <form method="post" action="${view.href(`/ports/${port}/feedback`)}">
      ${csrfField(visitor)}
      <p class="trap" aria-hidden="true">
        <label>${t('port.helpful.trap')}<input type="text" name="website" tabindex="-1" autocomplete="off" /></label>
      </p>
      <div class="faces">
        ${VERDICTS.map(
          (each) =>
            html`<button
              type="submit"
              name="verdict"
              value="${each}"
              ${given === null ? '' : raw(`aria-pressed="${each === given}"`)}
            >
              ${face(each)}${t(`port.helpful.${each}`)}
            </button>`,
        )}
      </div>
    </form>
    ${given === null ? '' : html`<p class="thanks" role="status">${t('port.helpful.thanks')}</p>`}
    <p class="faint">${t('port.helpful.privacy')}</p>
    ${
      visitor?.scopes.has('operate') === true
        ? html`<p><a href="${view.href('/feedback')}">${t('port.feedback.title')}</a></p>`
        : ''
    }
  </section>`
}
