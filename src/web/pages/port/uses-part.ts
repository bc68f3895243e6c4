/** What the lore knows of a port: uses with their eras, each statement with its citation; conflicts and risks. */
import { html, raw } from 'hono/html'
import type { CitedText, Citation, Footnotes, PortReport, ReportedUse } from '../../../answer/index.ts'
import type { View } from '../../i18n/view.ts'
import { english } from '../english.ts'
import type { Markup } from '../layout.ts'

export function usesPart(view: View, report: PortReport, footnotes: Footnotes): Markup {
  const { t } = view
  const services = report.unofficialUses
  const list = (uses: readonly ReportedUse[]): Markup => html`${uses.map((use) => useText(view, use, footnotes))}`
  return html`<section class="sheet" aria-labelledby="uses">
      <h2 id="uses">${t('port.uses.title')}</h2>
      ${services.length === 0 ? html`<p>${t('port.uses.none')}</p>` : list(services)}
    </section>
    ${
      report.registeredUses.length === 0
        ? ''
        : html`<section class="sheet" aria-labelledby="more">
            <h2 id="more">${t('port.uses.registered')}</h2>
            ${list(report.registeredUses)}
          </section>`
    }`
}

function useText(view: View, use: ReportedUse, footnotes: Footnotes): Markup {
  const { t } = view
  const state = use.category === 'malware' ? 'malware' : use.state
  const cite = (citations: readonly Citation[]): Markup => citationMarks(view, footnotes, citations)
  const cited = ({ text, citations }: CitedText): Markup => html`${english(view, text)}${cite(citations)}`
  const era = eraText(view, use)
  return html`<article class="use">
    <h3>
      <bdi>${use.name}</bdi>
      <span class="badge ${state === 'extinct' ? 'ghost' : state === 'malware' ? 'malware' : 'assigned'}"
        >${t(`port.uses.${state}`)}</span
      >
    </h3>
    <p>${cited(use.summary)}</p>
    ${era === '' ? '' : html`<p class="faint">${era}${cite(use.era?.citations ?? [])}</p>`}
    <ul>
      ${use.uses.map(
        (each) =>
          html`<li>
            <bdi
              >${each.transports.map((name) => name.toUpperCase()).join(', ')}
              ${each.ports.map((ports) => view.digits(ports)).join(', ')}</bdi
            >: ${cited(each)}
          </li>`,
      )}
    </ul>
    ${conflictText(view, use)}
    ${
      use.successors.length === 0
        ? ''
        : html`<p>
            ${t('port.uses.successors', { names: use.successors.map(successorText).join('; ') })}${cite(use.successors.flatMap(({ citations }) => citations))}
          </p>`
    }
    ${
      use.history.length === 0
        ? ''
        : html`<details>
            <summary>${t('port.uses.history')}</summary>
            ${use.history.map((each) => html`<p>${cited(each)}</p>`)}
          </details>`
    }
    ${use.security.map((each) => html`<p>${cited(each)}</p>`)}
  </article>`
}

function successorText({ name, ports }: ReportedUse['successors'][number]): string {
  return ports.length === 0 ? name : `${name} (${ports.join(', ')})`
}

function eraText(view: View, { era }: ReportedUse): string {
  const { t } = view
  if (era === null) return ''
  const day = (text: string): string => view.date(text)
  if (era.from !== null && era.until !== null)
    return t('port.uses.between', { from: day(era.from), until: day(era.until) })
  if (era.until !== null) return t('port.uses.until', { until: day(era.until) })
  return era.from === null ? '' : t('port.uses.from', { from: day(era.from) })
}

function conflictText(view: View, { relation, conflictsWith, name }: ReportedUse): Markup {
  if (relation !== 'conflict') return raw('')
  const { t } = view
  const names = [...new Set(conflictsWith.map((each) => each.name))].join(', ')
  return html`<p class="note"><b>${t('port.conflict.title')}:</b> ${t('port.conflict.text', { names, use: name })}</p>`
}

/** Superscript numbers that lead to the list of sources; one that nobody of us has read is marked. */
function citationMarks(view: View, footnotes: Footnotes, citations: readonly Citation[]): Markup {
  const { t } = view
  return html`${citations.map((citation) => {
    const number = footnotes.numberOf(citation)
    const label = t('port.uses.citation', { number: view.digits(number) })
    return html`<a class="cite" href="#source-${number}" aria-label="${label}">[${view.digits(number)}]</a>`
  })}`
}

/** What a reader should be warned of: malware that has used the port. */
export function risksPart(view: View, report: PortReport): Markup {
  const { t } = view
  const malware = [...report.unofficialUses, ...report.registeredUses].filter(({ category }) => category === 'malware')
  if (malware.length === 0) return raw('')
  return html`<section class="sheet" aria-labelledby="risk">
    <h2 id="risk">${t('port.risk.title')}</h2>
    <p>${t('port.risk.malware', { names: malware.map(({ name }) => name).join(', ') })}</p>
  </section>`
}

/** Every source that the page has cited, in the order of their numbers. */
export function sourcesPart(view: View, footnotes: Footnotes): Markup {
  const { t } = view
  const entries = [...footnotes.entries()]
  if (entries.length === 0) return raw('')
  return html`<section class="sheet" aria-labelledby="sources">
    <h2 id="sources">${t('port.sources.title')}</h2>
    <ol>
      ${entries.map(
        ({ number, citation }) =>
          html`<li id="source-${number}">
            <a href="${citation.url}" rel="external"
              >${t('port.sources.entry', { title: citation.title, publisher: citation.publisher })}</a
            >
            ${citation.date === null ? '' : html`<span class="faint">${view.date(citation.date)}</span>`}
            ${citation.seen ? '' : html`<span class="faint">(${t('port.uses.unverified')})</span>`}
          </li>`,
      )}
    </ol>
  </section>`
}
