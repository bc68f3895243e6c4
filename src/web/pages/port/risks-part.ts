/** What a reader should look out for: others on the same port, unauthorized uses that IANA knows of, malware, weak services. */
import { html, raw } from 'hono/html'
import type { Footnotes, PortReport, ReportedUse } from '../../../answer/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import { citedText } from './citation-marks.ts'

/** Nothing where there is nothing to look out for. */
export function risksPart(view: View, report: PortReport, footnotes: Footnotes): Markup {
  const { t } = view
  const uses = [...report.unofficialUses, ...report.registeredUses]
  const malware = uses.filter(({ category }) => category === 'malware')
  const conflicts = report.unofficialUses.filter(
    ({ relation, category }) => relation === 'conflict' && category !== 'malware',
  )
  const unauthorized = unauthorizedUses(report)
  const told = uses.filter(({ security }) => security.length > 0)
  if (malware.length + conflicts.length + unauthorized.length + told.length === 0) return raw('')
  return html`<section class="sheet risks" aria-labelledby="risk">
    <h2 id="risk">${t('port.risk.title')}</h2>
    ${malware.length === 0 ? '' : html`<p class="note">${t('port.risk.malware', { names: view.list(malware.map(({ name }) => name)) })}</p>`}
    ${
      conflicts.length === 0
        ? ''
        : html`<h3>${t('port.conflict.title')}</h3>
            ${sharedText(view, conflicts)}`
    }
    ${unauthorized.map((text) => html`<p>${t('port.registry.unauthorized', { text: view.isolate(text) })}</p>`)}
    ${told.map(
      (use) =>
        html`<h3>${t('port.risk.security', { name: view.isolate(use.name) })}</h3>
          <ul>
            ${use.security.map((each) => html`<li>${citedText(view, footnotes, each)}</li>`)}
          </ul>`,
    )}
  </section>`
}

function unauthorizedUses({ transports }: PortReport): readonly string[] {
  const texts = Object.values(transports).flatMap(({ assignments }) =>
    assignments.flatMap(({ unauthorizedUse }) => unauthorizedUse ?? []),
  )
  return [...new Set(texts)]
}

/** Uses of a port that is somebody else's, by those to whom it was given; on another transport it may be another's. */
function sharedText(view: View, conflicts: readonly ReportedUse[]): Markup {
  const groups = Map.groupBy(conflicts, ({ conflictsWith }) =>
    view.list([...new Set(conflictsWith.map((each) => each.name))]),
  )
  return html`${[...groups].map(
    ([names, uses]) =>
      html`<p>${view.t('port.conflict.shared', { names, uses: view.list(uses.map(({ name }) => name)) })}</p>`,
  )}`
}
