/** What is in a directory: a page of it at a time, a filter by name, and links to make what is not there yet. */
import { html } from 'hono/html'
import { DIRECTORY_DESCRIPTIONS } from '../../../directory/index.ts'
import { directoryHref } from '../../directory/paths.ts'
import { listChildren } from '../../directory/read.ts'
import type { ChildPage, ChildRow } from '../../directory/read.ts'
import type { Markup } from '../layout.ts'
import { pageHref, plain } from './parts.ts'
import { mayChange, shownName, summaryOf } from './place.ts'
import type { Place } from './place.ts'
import { descriptionOf, newWord } from './words.ts'

const CHILDREN_SHOWN = 100
/** Fewer are found by the eye. */
const FILTER_FROM = 12

export interface ChildrenQuery {
  readonly from: number
  readonly filter: string
}

export function childrenPart(place: Place, query: ChildrenQuery): Markup {
  const { view, directory, served } = place
  const { t } = view
  const page = listChildren(served.domain, directory.object, { ...query, limit: CHILDREN_SHOWN })
  const isTyped = summaryOf(directory.path, page.rows[0]?.properties ?? []) !== ''
  return html`<section class="sheet" aria-labelledby="children">
    <div class="sheet-head">
      <h2 id="children">${t('directory.children.title')}</h2>
      <p class="faint">
        ${page.total === 0 ? t('directory.children.none') : t('directory.children.count', { count: page.total })}
      </p>
      ${
        mayChange(place, directory.properties)
          ? html`<a class="button" href="${view.href(pageHref(place.path, { do: 'new' }))}"
              >${newWord(view, directory.path)}</a
            >`
          : ''
      }
    </div>
    ${page.total >= FILTER_FROM || query.filter !== '' ? filterForm(place, query, page) : ''}
    ${page.rows.length === 0 ? '' : table(place, page, isTyped)} ${paging(place, query, page)}
  </section>`
}

function filterForm({ view, path }: Place, { filter }: ChildrenQuery, page: ChildPage): Markup {
  const { t } = view
  return html`<form class="filter" action="${view.href(path)}">
      <label for="filter">${t('directory.children.filter')}</label>
      <input id="filter" name="q" type="search" value="${filter}" maxlength="200" autocomplete="off" dir="auto" />
      <button type="submit">${t('directory.children.filterButton')}</button>
      ${filter === '' ? '' : html`<a href="${view.href(path)}">${t('directory.children.clear')}</a>`}
    </form>
    ${filter === '' ? '' : html`<p>${t('directory.children.matched', { count: page.matched, filter: plain(filter) })}</p>`}`
}

function table(place: Place, { rows }: ChildPage, isTyped: boolean): Markup {
  const { t } = place.view
  return html`<div class="wide">
    <table class="children">
      <thead>
        <tr>
          <th scope="col">${t('directory.children.name')}</th>
          ${isTyped ? html`<th scope="col">${t('directory.children.about')}</th>` : ''}
          <th scope="col">${t('directory.children.below')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => childRow(place, row, isTyped))}
      </tbody>
    </table>
  </div>`
}

function childRow({ view, directory, served }: Place, row: ChildRow, isTyped: boolean): Markup {
  const parts = [...directory.steps.map(({ part }) => part), row.part]
  return html`<tr>
    <th scope="row">
      <a href="${view.href(directoryHref(served.tag, parts))}"><bdi>${plain(shownName(view, row))}</bdi></a>
    </th>
    ${isTyped ? html`<td><bdi>${plain(summaryOf(directory.path, row.properties))}</bdi></td>` : ''}
    <td>${row.childCount === 0 ? '' : view.count(row.childCount)}</td>
  </tr>`
}

function paging({ view, path }: Place, { filter }: ChildrenQuery, { from, matched, rows }: ChildPage): Markup | '' {
  const { t } = view
  if (matched <= CHILDREN_SHOWN) return ''
  const to = (start: number): string => view.href(pageHref(path, { q: filter, from: start === 0 ? undefined : start }))
  return html`<nav class="paging" aria-label="${t('directory.paging.label')}">
    ${from === 0 ? '' : html`<a rel="prev" href="${to(Math.max(0, from - CHILDREN_SHOWN))}">${t('directory.paging.previous')}</a>`}
    <span
      >${t('directory.children.range', {
        first: view.count(from + 1),
        last: view.count(from + rows.length),
        total: view.count(matched),
      })}</span
    >
    ${from + rows.length >= matched ? '' : html`<a rel="next" href="${to(from + CHILDREN_SHOWN)}">${t('directory.paging.next')}</a>`}
  </nav>`
}

/** At the top of a domain, for who may write: the directories that programs look for and that are not there. */
export function wellKnownPart(place: Place): Markup | '' {
  const { view, directory, served } = place
  if (directory.parent !== null || !mayChange(place, directory.properties)) return ''
  const missing = [...DIRECTORY_DESCRIPTIONS.values()].filter(
    ({ path, holds }) =>
      holds === 'children' &&
      path.lastIndexOf('/') === 0 &&
      descriptionOf(path) !== undefined &&
      served.domain.find(directory.object, 'name', path.slice(1)).length === 0,
  )
  if (missing.length === 0) return ''
  return html`<section class="sheet" aria-labelledby="well-known">
    <h2 id="well-known">${view.t('directory.new.wellKnown')}</h2>
    <p class="faint">${view.t('directory.new.wellKnownLead')}</p>
    <ul class="chips">
      ${missing.map(
        ({ path }) =>
          html`<li>
            <a href="${view.href(pageHref(place.path, { do: 'new', name: path.slice(1) }))}"><code>${path}</code></a>
          </li>`,
      )}
    </ul>
  </section>`
}
