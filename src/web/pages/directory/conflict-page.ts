/** Another was quicker: what was there, what is there now, and what was typed, to choose from property by property. */
import { html, raw } from 'hono/html'
import type { JournalEntry, Properties, Property } from '../../../directory/index.ts'
import { PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import { directoryHref } from '../../directory/paths.ts'
import type { DeskDirectory } from '../../directory/read.ts'
import type { View } from '../../i18n/view.ts'
import { csrfField } from '../csrf-field.ts'
import type { Markup, Page } from '../layout.ts'
import { changesList, changeWord } from './change-part.ts'
import { contestedIn } from './conflict.ts'
import type { Contested, Side } from './conflict.ts'
import { formatBase } from './draft.ts'
import type { Base, PasswordChoice } from './draft.ts'
import { crumbs, plain, valuesList } from './parts.ts'
import type { Place, Site } from './place.ts'
import { labelOf } from './words.ts'

export interface Conflict {
  readonly base: Base
  readonly theirs: DeskDirectory
  /** Masked: a new password must be typed again. */
  readonly yours: Properties
  readonly since: readonly JournalEntry[]
  /** What was to become of the password. */
  readonly password: PasswordChoice
}

export function conflictPage(place: Place, conflict: Conflict): Page {
  const { view, directory, path, served } = place
  const { t } = view
  const title = t('directory.conflict.title')
  return {
    title,
    description: t('directory.page.description', { path: plain(directory.path), tag: served.tag }),
    path,
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(place, view, directory.steps, title)}
      <h1>${title}</h1>
      <p>${t('directory.conflict.lead')}</p>
      ${sinceList(view, conflict.since)} ${choiceForm(place, conflict)}`,
  }
}

/** The directory was deleted meanwhile: what was typed is shown, so that it can be copied. */
export function gonePage(site: Site, yours: Properties, since: readonly JournalEntry[]): Page {
  const { view, served } = site
  const title = view.t('directory.conflict.title')
  return {
    title,
    description: title,
    path: directoryHref(served.tag, []),
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(site, view, [], title)}
      <h1>${title}</h1>
      <p>${view.t('directory.conflict.gone')}</p>
      ${sinceList(view, since)} ${yoursAlone(view, yours)}`,
  }
}

function sinceList(view: View, since: readonly JournalEntry[]): readonly Markup[] {
  return since.map(
    (entry) =>
      html`<div class="sheet">
        <p>
          ${view.t('directory.conflict.who', {
            who: plain(entry.who),
            from: plain(entry.from),
            time: view.moment(entry.timeMs),
          })}
          <b>${changeWord(view, entry)}</b>
        </p>
        ${changesList(view, entry)}
      </div>`,
  )
}

function yoursAlone(view: View, yours: Properties): Markup {
  return html`<table class="properties sheet">
    <thead class="hidden">
      <tr>
        <th scope="col">${view.t('directory.properties.name')}</th>
        <th scope="col">${view.t('directory.properties.values')}</th>
      </tr>
    </thead>
    <tbody>
      ${yours.map(
        ({ name, values }) =>
          html`<tr>
            <th scope="row">
              <code><bdi>${plain(name)}</bdi></code>
            </th>
            <td>${valuesList(view, name, values)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function choiceForm({ view, path, visitor }: Place, conflict: Conflict): Markup {
  const { t } = view
  const { base, theirs, yours, password } = conflict
  const contested = contestedIn(base.properties, theirs.properties, yours)
  return html`<form class="conflict" method="post" action="${view.href(path)}">
    ${csrfField(visitor)}
    <input type="hidden" name="base" value="${formatBase(base)}" />
    <input type="hidden" name="theirs" value="${formatBase(theirs)}" />
    <input type="hidden" name="yours" value="${formatBase({ ...base, properties: yours })}" />
    ${
      contested.length === 0
        ? html`<p>${t('directory.conflict.same')}</p>`
        : html`<div class="wide">
            <table>
              <thead>
                <tr>
                  <th scope="col">${t('directory.properties.name')}</th>
                  <th scope="col">${t('directory.conflict.base')}</th>
                  <th scope="col">${t('directory.conflict.theirs')}</th>
                  <th scope="col">${t('directory.conflict.yours')}</th>
                </tr>
              </thead>
              <tbody>
                ${contested.map((each, index) => choiceRow(view, each, index))}
              </tbody>
            </table>
          </div>`
    }
    <input type="hidden" name="password" value="${password}" />
    ${
      password === 'set'
        ? html`<div class="note">
            <label class="field-label" for="new-password">${t('directory.form.passwordNew')}</label>
            <input
              id="new-password"
              type="password"
              name="newPassword"
              autocomplete="new-password"
              maxlength="${PASSWORD_CHARS_MAX}"
            />
            <p class="hint">${t('directory.form.passwordAgain')}</p>
          </div>`
        : ''
    }
    <p class="buttons">
      <button type="submit" class="main" name="do" value="resolve">${t('directory.conflict.save')}</button>
      <a href="${view.href(path)}">${t('directory.conflict.discard')}</a>
    </p>
  </form>`
}

function choiceRow(view: View, each: Contested, index: number): Markup {
  const { t } = view
  const property = labelOf(view, plain(each.name))
  const side = (which: Side, value: Property | null, label: string): Markup =>
    html`<td>
      <label class="choice"
        ><input
          type="radio"
          name="choice.${index}"
          value="${which}"
          aria-label="${label}"
          ${each.proposed === which ? raw('checked') : ''}
        />
        ${valueCell(view, value)}</label
      >
    </td>`
  return html`<tr>
    <th scope="row">
      ${property === each.name ? '' : html`${property}<br />`}<code><bdi>${plain(each.name)}</bdi></code>
    </th>
    <td>${valueCell(view, each.base)}</td>
    ${side('theirs', each.theirs, t('directory.conflict.keepTheirs', { property }))}
    ${side('yours', each.yours, t('directory.conflict.keepYours', { property }))}
  </tr>`
}

/** Inline, for it stands in a label. */
function valueCell(view: View, property: Property | null): Markup {
  if (property === null) return html`<span class="faint">${view.t('directory.conflict.absent')}</span>`
  if (property.name === 'passwd') return html`<span class="faint">${view.t('directory.properties.secret')}</span>`
  if (property.values.length === 0) return html`<span class="faint">${view.t('directory.properties.noValues')}</span>`
  return html`${property.values
    .slice(0, 20)
    .map((value, index) => html`${index === 0 ? '' : raw('<br />')}<bdi>${plain(value)}</bdi>`)}`
}
