/** `/listeners`: a table that works by links and a form; its island makes the same table live. */
import { html, raw } from 'hono/html'
import type { View } from '../../i18n/view.ts'
import { REACHES } from '../../live/reaches.ts'
import type { Markup, Page } from '../layout.ts'
import { SORT_COLUMNS } from './listener-choice.ts'
import type { SortColumn } from './listener-choice.ts'
import type { ListenerRow } from './listener-form.ts'
import { queryText } from './listener-query.ts'
import type { ReadQuery } from './listener-query.ts'
import { wordsOf } from './listener-words.ts'

/** Rows of one page where there is no JavaScript. */
export const PAGE_ROWS = 500

export interface ListenersFacts {
  readonly read: ReadQuery
  /** What was asked for, in order. */
  readonly rows: readonly ListenerRow[]
  readonly all: number
  /** The first row shown, from 0. */
  readonly from: number
  readonly takenAtMs: number
}

const COLUMNS = [
  'port',
  'transport',
  'address',
  'service',
  'process',
  'user',
  'since',
  'reach',
  'declared',
  'connections',
] as const

export function listenersPage(view: View, facts: ListenersFacts): Page {
  const { t } = view
  const { rows, all, from, takenAtMs, read } = facts
  const shown = rows.slice(from, from + PAGE_ROWS)
  const words = wordsOf(view)
  const count = { shown: view.count(rows.length), all: view.count(all) }
  return {
    title: t('listeners.title'),
    description: t('listeners.description'),
    path: '/listeners',
    part: 'listeners',
    islands: ['listeners'],
    main: html`<h1>${t('listeners.title')}</h1>
      <p>${t('listeners.lead', { time: view.moment(takenAtMs) })}</p>
      ${filterForm(view, read)}
      <div class="live-bar" hidden>
        <p role="status" class="live-state"></p>
        <button type="button" class="live-pause" aria-pressed="false">${t('listeners.live.pause')}</button>
        <figure class="live-chart">
          <svg
            viewBox="0 0 240 40"
            role="img"
            aria-label="${t('listeners.chart.text')}"
            preserveAspectRatio="none"
          ></svg>
          <figcaption>
            <span class="line-listeners">${t('listeners.chart.listeners')}</span>
            <span class="line-connections">${t('listeners.chart.connections')}</span>
          </figcaption>
        </figure>
      </div>
      <p class="listener-count">
        ${rows.length === all ? t('listeners.count', count) : t('listeners.count.of', count)}
      </p>
      <div class="wide listener-table" role="region" aria-label="${t('listeners.title')}" tabindex="0">
        <table data-events="${view.href('/listeners/events')}" data-page="${view.href('/listeners')}">
          <thead>
            <tr>
              ${COLUMNS.map((column) => headCell(view, column, read))}
            </tr>
          </thead>
          <tbody>
            ${shown.map((row) => rowOf(view, row))}
          </tbody>
        </table>
      </div>
      ${nothing(view, facts)} ${pager(view, facts)}
      <script type="application/json" id="listener-words">
        ${raw(JSON.stringify(words).replaceAll('<', '\\u003c'))}
      </script>`,
  }
}

/** Hidden where there are rows: the island shows it when its filter leaves none. */
function nothing(view: View, { rows, all }: ListenersFacts): Markup {
  const { t } = view
  if (all === 0) return html`<p class="listener-none">${t('listeners.none')}</p>`
  return html`<p class="listener-none" ${rows.length === 0 ? '' : raw('hidden')}>
    ${t('listeners.none.filtered')} <a href="${view.href('/listeners')}">${t('listeners.none.reset')}</a>
  </p>`
}

function filterForm(view: View, { query, isGood }: ReadQuery): Markup {
  const { t } = view
  const option = (value: string, label: string, chosen: string): Markup =>
    html`<option value="${value}" ${value === chosen ? raw('selected') : ''}>${label}</option>`
  return html`<form class="listener-filter sheet" action="${view.href('/listeners')}">
    <div>
      <label for="f-port">${t('listeners.filter.port')}</label>
      <input
        id="f-port"
        name="port"
        value="${query.port}"
        inputmode="numeric"
        placeholder="${view.digits(973)}"
        maxlength="100"
        dir="ltr"
        ${isGood ? '' : raw('aria-invalid="true" aria-describedby="f-wrong"')}
      />
      ${isGood ? '' : html`<p id="f-wrong" class="malware">${t('listeners.filter.wrong')}</p>`}
    </div>
    <div>
      <label for="f-text">${t('listeners.filter.text')}</label>
      <input id="f-text" name="text" value="${query.text}" type="search" maxlength="100" dir="auto" />
    </div>
    <div>
      <label for="f-user">${t('listeners.filter.user')}</label>
      <input
        id="f-user"
        name="user"
        value="${query.user}"
        maxlength="100"
        dir="auto"
        autocomplete="off"
        autocapitalize="none"
      />
    </div>
    <div>
      <label for="f-transport">${t('listeners.filter.transport')}</label>
      <select id="f-transport" name="transport">
        ${option('', t('listeners.filter.any'), query.transport)} ${option('tcp', 'TCP', query.transport)}
        ${option('udp', 'UDP', query.transport)}
      </select>
    </div>
    <div>
      <label for="f-reach">${t('listeners.filter.reach')}</label>
      <select id="f-reach" name="reach">
        ${option('', t('listeners.filter.any'), query.reach)}
        ${REACHES.map((reach) => option(reach, t(`listeners.reach.${reach}`), query.reach))}
      </select>
    </div>
    <input type="hidden" name="sort" value="${query.sort}" />
    <input type="hidden" name="order" value="${query.order}" />
    <button class="main">${t('listeners.filter.apply')}</button>
  </form>`
}

function headCell(view: View, column: (typeof COLUMNS)[number], { query }: ReadQuery): Markup {
  const name = view.t(`listeners.column.${column}`)
  const sortable = SORT_COLUMNS.find((each): each is SortColumn => each === column)
  if (sortable === undefined) return html`<th scope="col" class="c-${column}">${name}</th>`
  const isSorted = query.sort === sortable
  const order = isSorted && query.order === 'up' ? 'down' : 'up'
  const address = view.href(`/listeners${queryText({ ...query, sort: sortable, order })}`)
  const sort = isSorted ? (query.order === 'up' ? 'ascending' : 'descending') : 'none'
  return html`<th scope="col" class="c-${column}" aria-sort="${sort}">
    <a href="${address}" data-sort="${sortable}" title="${view.t('listeners.sort.by', { column: name })}">${name}</a>
  </th>`
}

function rowOf(view: View, row: ListenerRow): Markup {
  const { t } = view
  const details = t('listeners.details', {
    transport: row.transport.toUpperCase(),
    port: view.digits(row.port),
    address: view.isolate(row.address),
  })
  const process =
    row.process === null
      ? html`<span class="faint">${t('listeners.process.unseen')}</span>`
      : html`<bdi>${row.process}</bdi>
          <span class="faint">${t('listeners.process.pid', { pid: view.digits(row.pid ?? 0) })}</span>`
  return html`<tr data-id="${row.id}">
    <th scope="row" class="c-port"><a href="${view.href(`/ports/${row.port}`)}">${view.digits(row.port)}</a></th>
    <td class="c-transport">${row.transport.toUpperCase()}</td>
    <td class="c-address"><bdi>${row.address}</bdi></td>
    <td class="c-service"><bdi>${row.service}</bdi></td>
    <td class="c-process">
      <a href="${view.href(detailPath(row))}" title="${details}">${process}</a>
    </td>
    <td class="c-user"><bdi>${row.user ?? ''}</bdi></td>
    <td class="c-since">${row.startedMs === null ? '' : view.shortMoment(row.startedMs)}</td>
    <td class="c-reach">${t(`listeners.reach.${row.reach}`)}</td>
    <td class="c-declared">${t(row.isDeclared ? 'listeners.declared.yes' : 'listeners.declared.no')}</td>
    <td class="c-connections">${view.count(row.connections)}</td>
  </tr>`
}

/** `/listeners/tcp/22`, with the address where it is not the only one. */
function detailPath({ transport, port, address }: Pick<ListenerRow, 'transport' | 'port' | 'address'>): string {
  return `/listeners/${transport}/${port}?address=${encodeURIComponent(address)}`
}

function pager(view: View, { read, rows, from }: ListenersFacts): Markup {
  const { t } = view
  const link = (to: number, key: 'listeners.page.next' | 'listeners.page.previous'): Markup => {
    const query = queryText(read.query)
    const address = view.href(`/listeners${query}${query === '' ? '?' : '&'}from=${to}`)
    return html`<a href="${address}">${t(key, { count: view.count(PAGE_ROWS) })}</a>`
  }
  if (rows.length <= PAGE_ROWS) return html``
  return html`<p class="listener-pager">
    ${from > 0 ? link(Math.max(from - PAGE_ROWS, 0), 'listeners.page.previous') : ''}
    ${from + PAGE_ROWS < rows.length ? link(from + PAGE_ROWS, 'listeners.page.next') : ''}
  </p>`
}

/** Where a page begins that an address names; 0 for anything that is no place in the list. */
export function readFrom(text: string | undefined, rows: number): number {
  const from = /^\d{1,6}$/.test(text ?? '') ? Number(text) : 0
  return from < rows ? from : 0
}
