/** `/directory/TAG/journal`: who changed what, when and from where; what can be taken back has a box and a button. */
import { html, raw } from 'hono/html'
import type { JournalEntry } from '../../../directory/index.ts'
import { listJournal } from '../../directory/journal-list.ts'
import type { JournalPage, JournalQuery } from '../../directory/journal-list.ts'
import { directoryHref, readJournalPath, resolveParts, stepsTo } from '../../directory/paths.ts'
import { UndoDesk } from '../../directory/undo.ts'
import { csrfField } from '../csrf-field.ts'
import type { Markup, Page } from '../layout.ts'
import { signInHref } from '../sign-in-href.ts'
import { changeWord, changesList } from './change-part.ts'
import { linkTo, refusalText } from './failure-text.ts'
import { crumbs, domainNav, pageHref, plain } from './parts.ts'
import type { Site } from './place.ts'

export const ENTRIES_SHOWN = 50
export const JOURNAL_KINDS = ['create', 'destroy', 'change'] as const

export type JournalFilter = Omit<JournalQuery, 'limit'>

export function journalPage(site: Site, filter: JournalFilter, notice: Markup | ''): Page {
  const { view, served, mayReadJournal } = site
  const { t } = view
  const path = `${directoryHref(served.tag, [])}/journal`
  const title = t('directory.journal.title', { tag: served.tag })
  return {
    title,
    description: t('directory.journal.description', { tag: served.tag }),
    path,
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(site, view, [], t('directory.nav.journal'))} ${domainNav(site, 'journal')}
      <h1>${title}</h1>
      ${notice}
      ${
        mayReadJournal
          ? list(site, path, filter)
          : html`<p>${view.rich('directory.journal.signIn', linkTo(signInHref(view, path)))}</p>`
      }`,
  }
}

function list(site: Site, path: string, filter: JournalFilter): Markup {
  const { view, served } = site
  const { t } = view
  const page = listJournal(served.domain, { ...filter, limit: ENTRIES_SHOWN })
  return html`${filterForm(site, path, filter)}
  ${page.entries.length === 0 ? html`<p>${t('directory.journal.none')}</p>` : table(site, path, filter, page.entries)}
  ${paging(site, path, filter, page)}`
}

function filterForm({ view }: Site, path: string, { path: below = '', who = '', kind }: JournalFilter): Markup {
  const { t } = view
  return html`<form class="filter sheet" action="${view.href(path)}">
    <label for="below">${t('directory.journal.path')}</label>
    <input type="text" id="below" name="path" value="${below}" maxlength="1000" dir="ltr" spellcheck="false" />
    <label for="who">${t('directory.journal.who')}</label>
    <input type="text" id="who" name="who" value="${who}" maxlength="200" dir="auto" spellcheck="false" />
    <label for="kind">${t('directory.journal.kind')}</label>
    <select id="kind" name="kind">
      <option value="">${t('directory.journal.all')}</option>
      ${JOURNAL_KINDS.map(
        (each) =>
          html`<option value="${each}" ${each === kind ? raw('selected') : ''}>
            ${t(`directory.change.${each}`)}
          </option>`,
      )}
    </select>
    <button type="submit">${t('directory.journal.filter')}</button>
    <a href="${view.href(path)}">${t('directory.children.clear')}</a>
  </form>`
}

function table(site: Site, path: string, filter: JournalFilter, entries: readonly JournalEntry[]): Markup {
  const { view } = site
  const { t } = view
  const undo = site.bar === null ? new UndoDesk(site.served.domain) : null
  const back = pageHref(path, { ...filter })
  const rows = html`<div class="wide">
    <table class="journal">
      <thead>
        <tr>
          ${undo === null ? '' : html`<th scope="col">${t('directory.journal.undoColumn')}</th>`}
          <th scope="col">${t('directory.journal.revision')}</th>
          <th scope="col">${t('directory.journal.when')}</th>
          <th scope="col">${t('directory.journal.who')}</th>
          <th scope="col">${t('directory.journal.where')}</th>
          <th scope="col">${t('directory.journal.what')}</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map((entry) => row(site, undo, entry))}
      </tbody>
    </table>
  </div>`
  if (undo === null) return rows
  return html`<form method="post" action="${view.href(path)}">
    ${csrfField(site.visitor)}
    <input type="hidden" name="back" value="${back}" />
    <input type="hidden" name="lost" value="yes" />
    ${rows}
    <p class="buttons">
      <button type="submit" class="main" name="do" value="undo">${t('directory.journal.undoSelected')}</button>
    </p>
    <p class="faint">${t('directory.undo.withoutPasswordHint')}</p>
  </form>`
}

function row(site: Site, undo: UndoDesk | null, entry: JournalEntry): Markup {
  const { view, served } = site
  const path = html`<code dir="ltr">${plain(entry.path)}</code>`
  const object = resolveParts(served.domain, readJournalPath(entry.path))
  const steps = object === undefined ? undefined : stepsTo(served.domain, object)
  return html`<tr>
    ${undo === null ? '' : html`<td>${undoBox(site, undo, entry)}</td>`}
    <th scope="row">${view.digits(entry.revision)}</th>
    <td>${view.moment(entry.timeMs)}</td>
    <td>
      <bdi>${plain(entry.who)}</bdi><br /><span class="faint"><bdi>${plain(entry.from)}</bdi></span>
    </td>
    <td>
      ${
        steps === undefined
          ? path
          : html`<a
              href="${view.href(
                directoryHref(
                  served.tag,
                  steps.map(({ part }) => part),
                ),
              )}"
              >${path}</a
            >`
      }
    </td>
    <td><b>${changeWord(view, entry)}</b>${changesList(view, entry)}</td>
  </tr>`
}

function undoBox({ view }: Site, undo: UndoDesk, entry: JournalEntry): Markup {
  const plan = undo.plan(entry)
  if (plan.kind === 'refused') return html`<span class="faint">${refusalText(view, plan)}</span>`
  const revision = view.digits(entry.revision)
  return html`<input
    type="checkbox"
    name="revision[]"
    value="${entry.revision}"
    aria-label="${view.t('directory.journal.select', { revision })}"
  />`
}

function paging({ view }: Site, path: string, filter: JournalFilter, { before }: JournalPage): Markup | '' {
  const { t } = view
  const rest = { path: filter.path, who: filter.who, kind: filter.kind }
  if (before === null && filter.before === undefined) return ''
  return html`<nav class="paging" aria-label="${t('directory.paging.label')}">
    ${filter.before === undefined ? '' : html`<a href="${view.href(pageHref(path, rest))}">${t('directory.paging.newest')}</a>`}
    ${before === null ? '' : html`<a rel="next" href="${view.href(pageHref(path, { ...rest, before }))}">${t('directory.paging.older')}</a>`}
  </nav>`
}
