/** What IANA's registry says of a port: a row for each transport, then what its status means. */
import { html, raw } from 'hono/html'
import type { PortReport, ReportedAssignment, ReportedTransport } from '../../../answer/index.ts'
import { PORT_RANGES } from '../../../registry/index.ts'
import type { Status } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import { english } from '../english.ts'
import type { Markup } from '../layout.ts'

const BOLD = { b: (content: string): string => `<b>${content}</b>` }

export function registryPart(view: View, { transports, range }: PortReport): Markup {
  const { t } = view
  const rows = Object.entries(transports)
  const statuses = [...new Set(rows.map(([, { status }]) => status))]
  const [, , dynamic] = PORT_RANGES
  const meanings: readonly Markup[] =
    range === 'dynamic'
      ? [view.rich('port.meaning.dynamic', BOLD, { first: view.digits(dynamic.first) })]
      : statuses.map((status) => meaningOf(view, status))
  return html`<section class="sheet" aria-labelledby="registry">
    <h2 id="registry">${t('port.registry.title')}</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('port.registry.transport')}</th>
            <th scope="col">${t('port.registry.status')}</th>
            <th scope="col">${t('port.registry.service')}</th>
            <th scope="col">${t('port.registry.basis')}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(([transport, row]) => transportRow(view, transport, row))}
        </tbody>
      </table>
    </div>
    ${runNote(view, rows)}
    <h3>${t('port.meaning.title')}</h3>
    ${meanings.map((each) => html`<p>${each}</p>`)}
  </section>`
}

function meaningOf(view: View, status: Status): Markup {
  return view.rich(`port.meaning.${status}`, BOLD)
}

function transportRow(view: View, transport: string, row: ReportedTransport): Markup {
  const { t } = view
  const [first, ...others] = row.assignments.filter(({ name }) => name !== null)
  const source = t('port.registry.source', { source: row.source, date: view.date(row.asOf) })
  return html`<tr>
    <th scope="row">${transport.toUpperCase()}</th>
    <td><b class="${row.status}" data-status="${row.status}">${t(`common.status.${row.status}`)}</b></td>
    <td>
      ${first === undefined ? descriptionOf(view, row) : assignmentText(view, first)}
      ${others.length === 0 ? '' : html`<p class="faint">${t('port.registry.alias', { names: others.map(({ name }) => name ?? '').join(', ') })}</p>`}
    </td>
    <td>${row.sourceUrl === '' ? source : html`<a href="${row.sourceUrl}" rel="external">${source}</a>`}</td>
  </tr>`
}

/** A row without a name still says why: `Reserved`, `any private mail system`. */
function descriptionOf(view: View, row: ReportedTransport): Markup {
  return row.assignments.length === 0
    ? html`<span class="faint">${view.t('port.registry.none')}</span>`
    : html`<span>${english(view, row.description)}</span>`
}

function assignmentText(view: View, row: ReportedAssignment): Markup {
  const { t } = view
  const facts: (string | null)[] = [
    row.assignee === null ? null : t('port.registry.assignee', { name: row.assignee }),
    row.contact === null || row.contact === row.assignee ? null : t('port.registry.contact', { name: row.contact }),
    row.registrationDate === null ? null : t('port.registry.registered', { date: view.date(row.registrationDate) }),
    row.modificationDate === null ? null : t('port.registry.modified', { date: view.date(row.modificationDate) }),
  ]
  const told = facts.filter((each) => each !== null)
  return html`<a href="${view.href(`/search?q=${encodeURIComponent(row.name ?? '')}`)}"
      ><b><bdi>${row.name}</bdi></b></a
    >
    <br />${english(view, row.description)}
    ${
      told.length === 0 && row.references.length === 0
        ? ''
        : html`<br /><span class="faint"
              >${told.join(' · ')}${told.length === 0 ? '' : ' '}${row.references.map(
                ({ label, url }) => html`${url === null ? label : html`<a href="${url}" rel="external">${label}</a>`} `,
              )}</span
            >`
    }
    ${row.unauthorizedUse === null ? '' : html`<br /><span class="faint">${t('port.registry.unauthorized', { text: row.unauthorizedUse })}</span>`}
    ${row.notes === null ? '' : html`<br /><span class="faint">${t('port.registry.note', { text: row.notes })}</span>`}`
}

/** How far the answer of TCP and UDP holds, where it holds for more than this port. */
function runNote(view: View, rows: readonly [string, ReportedTransport][]): Markup {
  const run = rows[0]?.[1].run
  if (run === undefined || run.first === run.last) return raw('')
  return html`<p class="faint">
    ${view.t('port.registry.run', { first: view.digits(run.first), last: view.digits(run.last) })}
  </p>`
}
