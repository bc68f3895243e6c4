/** What IANA's registry says of a port: a row for the transports that share an answer, then what each status means. */
import { html } from 'hono/html'
import type { PortReport, ReportedAssignment, ReportedTransport } from '../../../answer/index.ts'
import { sourceOf } from '../../../answer/index.ts'
import { PORT_RANGES } from '../../../registry/index.ts'
import type { PortSpan, Status } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import { english } from '../english.ts'
import type { Markup } from '../layout.ts'

const BOLD = { b: (content: string): string => `<b>${content}</b>` }

interface SharedRow {
  readonly transports: readonly string[]
  readonly row: ReportedTransport
  /** The ports around this one that share the answer on all these transports. */
  readonly run: PortSpan
}

export function registryPart(view: View, { transports, range }: PortReport): Markup {
  const { t } = view
  const rows = shareRows(Object.entries(transports))
  const statuses = [...new Set(rows.map(({ row }) => row.status))]
  const [, , dynamic] = PORT_RANGES
  const meanings: readonly Markup[] =
    range === 'dynamic'
      ? [view.rich('port.meaning.dynamic', BOLD, { first: view.digits(dynamic.first) })]
      : statuses.map((status) => meaningOf(view, status))
  return html`<section class="sheet" aria-labelledby="registry">
    <h2 id="registry">${t('port.registry.title')}</h2>
    <table class="registry">
      <thead>
        <tr>
          <th scope="col">${t('port.registry.transport')}</th>
          <th scope="col">${t('port.registry.status')}</th>
          <th scope="col">${t('port.registry.service')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((each) => sharedRow(view, each))}
      </tbody>
    </table>
    <h3>${t('port.meaning.title')}</h3>
    ${meanings.map((each) => html`<p>${each}</p>`)}
  </section>`
}

function meaningOf(view: View, status: Status): Markup {
  return view.rich(`port.meaning.${status}`, BOLD)
}

/** Transports with the same answer in one row; the order stays that of their first. */
function shareRows(rows: readonly [string, ReportedTransport][]): readonly SharedRow[] {
  const shared = new Map<string, { transports: string[]; row: ReportedTransport; run: PortSpan }>()
  for (const [transport, row] of rows) {
    const key = answerKey(row)
    const known = shared.get(key)
    if (known === undefined) {
      shared.set(key, { transports: [transport], row, run: row.run })
      continue
    }
    known.transports.push(transport)
    known.run = { first: Math.max(known.run.first, row.run.first), last: Math.min(known.run.last, row.run.last) }
  }
  return [...shared.values()]
}

/** All that a row shows, as text: rows with equal keys look the same. */
function answerKey({ status, source, asOf, description, assignments }: ReportedTransport): string {
  const parts: string[] = [status, source, asOf, description]
  for (const each of assignments)
    parts.push(
      each.name ?? '',
      each.description,
      each.assignee ?? '',
      each.contact ?? '',
      each.registrationDate ?? '',
      each.modificationDate ?? '',
      each.unauthorizedUse ?? '',
      each.notes ?? '',
      ...each.references.map(({ label }) => label),
    )
  return parts.join('\0')
}

function sharedRow(view: View, { transports, row, run }: SharedRow): Markup {
  const { t } = view
  const [first, ...others] = row.assignments.filter(({ name }) => name !== null)
  const source = t('port.registry.source', { source: view.isolate(sourceOf(row)), date: view.date(row.asOf) })
  return html`<tr>
    <th scope="row">
      ${transports.map(
        (transport, index) =>
          html`${index === 0 ? '' : view.language.comma}<span
              class="transport"
              data-transport="${transport}"
              data-status="${row.status}"
              >${transport.toUpperCase()}</span
            >`,
      )}
    </th>
    <td><b class="status ${row.status}">${t(`common.status.${row.status}`)}</b></td>
    <td>
      ${first === undefined ? descriptionOf(view, row) : assignmentText(view, first)}
      ${others.length === 0 ? '' : html`<p class="faint">${t('port.registry.alias', { names: view.list(others.map(({ name }) => name ?? '')) })}</p>`}
      <p class="basis">
        ${row.sourceUrl === '' ? source : html`<a href="${row.sourceUrl}" rel="external">${source}</a>`}
      </p>
      ${run.first === run.last ? '' : html`<p class="faint">${t('port.registry.run', { first: view.digits(run.first), last: view.digits(run.last) })}</p>`}
    </td>
  </tr>`
}

/** A row without a name still says why: `Reserved`, `any private mail system`. */
function descriptionOf(view: View, row: ReportedTransport): Markup {
  return row.assignments.length === 0
    ? html`<p class="faint">${view.t('port.registry.none')}</p>`
    : html`<p>${english(view, row.description)}</p>`
}

function assignmentText(view: View, row: ReportedAssignment): Markup {
  const { t } = view
  const facts: (string | null)[] = [
    row.assignee === null ? null : t('port.registry.assignee', { name: view.isolate(row.assignee) }),
    row.contact === null || row.contact === row.assignee
      ? null
      : t('port.registry.contact', { name: view.isolate(row.contact) }),
    row.registrationDate === null ? null : t('port.registry.registered', { date: view.date(row.registrationDate) }),
    row.modificationDate === null ? null : t('port.registry.modified', { date: view.date(row.modificationDate) }),
  ]
  const told = facts.filter((each) => each !== null)
  return html`<p>
      <a href="${view.href(`/search?q=${encodeURIComponent(row.name ?? '')}`)}"
        ><b><bdi>${row.name}</bdi></b></a
      ><br />${english(view, row.description)}
    </p>
    ${
      told.length === 0 && row.references.length === 0
        ? ''
        : html`<ul class="facts">
            ${told.map((each) => html`<li>${each}</li>`)}
            ${row.references.map(
              ({ label, url }) =>
                html`<li><bdi>${url === null ? label : html`<a href="${url}" rel="external">${label}</a>`}</bdi></li>`,
            )}
          </ul>`
    }
    ${row.notes === null ? '' : html`<p class="faint">${t('port.registry.note', { text: view.isolate(row.notes) })}</p>`}`
}
