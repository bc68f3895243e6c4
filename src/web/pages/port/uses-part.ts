/** What the lore knows of a port: uses with their eras, each statement with its citation; and all the sources. */
import { html, raw } from 'hono/html'
import type { Footnotes, PortReport, ReportedUse } from '../../../answer/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import { citationMarks, citedText } from './citation-marks.ts'
import { eraLine } from './era-line.ts'

/** `lastYear`: where the lines of eras end. */
export function usesPart(view: View, report: PortReport, footnotes: Footnotes, lastYear: number): Markup {
  const { t } = view
  const services = report.unofficialUses
  const list = (uses: readonly ReportedUse[]): Markup =>
    html`${uses.map((use) => useText(view, use, footnotes, lastYear))}`
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

function useText(view: View, use: ReportedUse, footnotes: Footnotes, lastYear: number): Markup {
  const { t } = view
  const state = use.category === 'malware' ? 'malware' : use.state
  const cite = (citations: Parameters<typeof citationMarks>[2]): Markup => citationMarks(view, footnotes, citations)
  const cited = (statement: Parameters<typeof citedText>[2]): Markup => citedText(view, footnotes, statement)
  const era = eraText(view, use)
  return html`<article class="use">
    <h3>
      <bdi>${use.name}</bdi>
      <span class="badge ${state === 'extinct' ? 'ghost' : state === 'malware' ? 'malware' : 'assigned'}"
        >${t(`port.uses.${state}`)}</span
      >
    </h3>
    <p>${cited(use.summary)}</p>
    ${era === '' ? '' : html`<p class="years"><b>${era}</b>${cite(use.era?.citations ?? [])}</p>`}
    ${eraLine(view, use, lastYear)}
    <ul>
      ${use.uses.map(
        (each) =>
          html`<li>
            <bdi class="on"
              >${view.items(each.transports.map((name) => name.toUpperCase()))}
              ${view.items(each.ports.map((ports) => view.digits(ports.replace('-', '–'))))}</bdi
            >
            ${cited(each)}
          </li>`,
      )}
    </ul>
    ${
      use.successors.length === 0
        ? ''
        : html`<p>
            ${t('port.uses.successors', { names: view.list(use.successors.map((each) => successorText(view, each))) })}${cite(use.successors.flatMap(({ citations }) => citations))}
          </p>`
    }
    ${
      use.history.length === 0
        ? ''
        : html`<details class="history">
            <summary>${t('port.uses.history')}</summary>
            ${use.history.map((each) => html`<p>${cited(each)}</p>`)}
          </details>`
    }
  </article>`
}

function successorText(view: View, { name: english, ports }: ReportedUse['successors'][number]): string {
  const name = view.lore(english) ?? english
  return ports.length === 0 ? name : `${name} (${view.items(ports.map((each) => view.digits(each)))})`
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

/** Every source that the page has cited, in the order of their numbers. */
export function sourcesPart(view: View, footnotes: Footnotes): Markup {
  const { t } = view
  const entries = [...footnotes.entries()]
  if (entries.length === 0) return raw('')
  return html`<section class="sheet" aria-labelledby="sources">
    <h2 id="sources">${t('port.sources.title')}</h2>
    <ol class="sources">
      ${entries.map(
        ({ number, citation }) =>
          html`<li id="source-${number}">
            <a href="${citation.url}" rel="external"
              >${t('port.sources.entry', { title: view.isolate(citation.title), publisher: view.isolate(citation.publisher) })}</a
            >
            ${citation.date === null ? '' : html`<span class="faint">${view.date(citation.date)}</span>`}
            ${citation.seen ? '' : html`<span class="faint">(${t('port.uses.unverified')})</span>`}
          </li>`,
      )}
    </ol>
  </section>`
}
