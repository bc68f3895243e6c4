/** The pages before a directory is moved or deleted: they say what that means, and count what goes. */
import { html } from 'hono/html'
import { listTree } from '../../directory/remove.ts'
import { csrfField } from '../csrf-field.ts'
import type { Markup, Page } from '../layout.ts'
import { formatBase } from './draft.ts'
import { crumbs, pathField, plain } from './parts.ts'
import { shownName } from './place.ts'
import type { Place } from './place.ts'

const PATHS_SHOWN = 20

function pageOf(place: Place, title: string, main: Markup): Page {
  const { view, directory, served, path } = place
  return {
    title,
    description: view.t('directory.page.description', { path: plain(directory.path), tag: served.tag }),
    path,
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(place, view, directory.steps, title)}
      <h1><bdi>${title}</bdi></h1>
      ${main}`,
  }
}

export function deletePage(place: Place, notice: Markup | ''): Page {
  const { view, directory, served, path } = place
  const { t } = view
  const { domain } = served
  const all = listTree(domain, directory.object)
  const count = all.length
  const paths = all
    .slice(-PATHS_SHOWN)
    .toReversed()
    .map(({ id }) => domain.pathOf(id.object))
  const title = t('directory.delete.title', { name: plain(shownName(view, directory)) })
  return pageOf(
    place,
    title,
    html`${notice}
      <form class="sheet" method="post" action="${view.href(path)}">
        ${csrfField(place.visitor)}
        <input type="hidden" name="base" value="${formatBase(directory)}" />
        <input type="hidden" name="count" value="${count}" />
        <p><b>${t('directory.delete.lead', { count })}</b></p>
        ${
          count === 1
            ? ''
            : html`<p>${t('directory.delete.first')}</p>
                <ul>
                  ${paths.map((each) => html`<li><code dir="ltr">${plain(each)}</code></li>`)}
                </ul>`
        }
        <p class="faint">${t('directory.delete.undoHint')}</p>
        <p class="buttons">
          <button type="submit" class="danger" name="do" value="delete">
            ${t('directory.delete.button', { count })}
          </button>
          <a href="${view.href(path)}">${t('directory.form.cancel')}</a>
        </p>
      </form>`,
  )
}

export interface MoveForm {
  readonly to: string
  readonly before: string
  readonly notice: Markup | ''
}

export function movePage(place: Place, { to, before, notice }: MoveForm): Page {
  const { view, directory, path } = place
  const { t } = view
  const title = t('directory.move.title', { name: plain(shownName(view, directory)) })
  return pageOf(
    place,
    title,
    html`${notice}
      <form class="sheet entry" method="post" action="${view.href(path)}">
        ${csrfField(place.visitor)}
        <input type="hidden" name="base" value="${formatBase(directory)}" />
        <p>${t('directory.move.lead')}</p>
        ${pathField({
          name: 'to',
          label: t('directory.move.to'),
          value: to,
          hint: t('directory.move.toHint'),
          isRequired: true,
        })}
        ${pathField({
          name: 'before',
          label: t('directory.move.before'),
          value: before,
          hint: t('directory.move.beforeHint'),
        })}
        <p class="buttons">
          <button type="submit" class="main" name="do" value="move">${t('directory.move.button')}</button>
          <a href="${view.href(path)}">${t('directory.form.cancel')}</a>
        </p>
      </form>`,
  )
}
