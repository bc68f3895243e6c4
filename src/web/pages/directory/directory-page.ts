/** The page of one directory: its properties, what is in it, who may write it and who did. */
import { html } from 'hono/html'
import { findProperty, findWarnings, valuesOf } from '../../../directory/index.ts'
import { directoryHref } from '../../directory/paths.ts'
import { historyOf } from '../../directory/read.ts'
import { UndoDesk } from '../../directory/undo.ts'
import type { Markup, Page } from '../layout.ts'
import { changeWord, changesList, undoPart } from './change-part.ts'
import { childrenPart, wellKnownPart } from './children-part.ts'
import type { ChildrenQuery } from './children-part.ts'
import { warningText } from './warning-text.ts'
import { NAMES, barNote, crumbs, domainNav, pageHref, plain, valuesList } from './parts.ts'
import { changeableIn, mayChange, shownName, viewedPathOf } from './place.ts'
import type { Place } from './place.ts'
import { kindWord, labelOf } from './words.ts'

const HISTORY_SHOWN = 8
const WRITERS = '_writers'

export interface DirectoryPageOptions extends ChildrenQuery {
  /** What was just done, as a line at the top. */
  readonly notice: Markup | ''
}

export function directoryPage(place: Place, options: DirectoryPageOptions): Page {
  const { view, directory, served } = place
  const { t } = view
  const isRoot = directory.parent === null
  const name = plain(shownName(view, directory))
  const viewedPath = viewedPathOf(directory)
  const title = isRoot
    ? t('directory.page.rootTitle', { tag: served.tag })
    : t('directory.page.title', { name, tag: served.tag })
  return {
    title,
    description: t('directory.page.description', { path: plain(directory.path), tag: served.tag }),
    path: place.path,
    part: 'directory',
    isPrivate: true,
    islands: ['directory-live'],
    main: html`${crumbs(place, view, directory.steps)} ${domainNav(place, isRoot ? 'root' : null)}
      <div class="directory-head">
        <h1><bdi>${isRoot ? title : name}</bdi></h1>
        <p class="faint">
          <bdi>${kindWord(view, viewedPath)}</bdi> · <code dir="ltr">${plain(directory.path)}</code> ·
          <bdi>${t('directory.page.number', { number: view.digits(directory.object) })}</bdi>
        </p>
      </div>
      ${options.notice} ${livePart(place)}
      <div class="directory-grid">
        <div>${propertiesPart(place, viewedPath)}${childrenPart(place, options)}${wellKnownPart(place)}</div>
        <div>${accessPart(place)}${historyPart(place)}</div>
      </div>`,
  }
}

/** Shown by the island when the directory changes; it never loads the page by itself. */
function livePart({ view, served, directory, path }: Place): Markup {
  const { t } = view
  return html`<div
    class="live"
    role="status"
    data-events="${pageHref(`${directoryHref(served.tag, [])}/events`, { object: directory.object })}"
    data-instance="${directory.instance}"
  >
    <p class="note" data-live="changed" hidden>
      ${t('directory.live.changed')} <a href="${view.href(path)}">${t('directory.live.reload')}</a>
    </p>
    <p class="note" data-live="gone" hidden>${t('directory.live.gone')}</p>
  </div>`
}

function propertiesPart(place: Place, viewedPath: string): Markup {
  const { view, directory } = place
  const { t } = view
  const { properties } = directory
  const warnings = findWarnings(viewedPath, properties)
  return html`<section class="sheet" aria-labelledby="properties">
    <h2 id="properties">${t('directory.properties.title')}</h2>
    ${
      properties.length === 0
        ? html`<p class="faint">${t('directory.properties.none')}</p>`
        : html`<div class="wide">
            <table class="properties">
              <thead class="hidden">
                <tr>
                  <th scope="col">${t('directory.properties.name')}</th>
                  <th scope="col">${t('directory.properties.values')}</th>
                </tr>
              </thead>
              <tbody>
                ${properties.map(({ name, values }) => {
                  const label = labelOf(view, name)
                  return html`<tr>
                    <th scope="row">
                      ${label === name ? '' : html`${label}<br />`}<code><bdi>${plain(name)}</bdi></code>
                    </th>
                    <td>${valuesList(view, name, values)}</td>
                  </tr>`
                })}
              </tbody>
            </table>
          </div>`
    }
    ${
      warnings.length === 0
        ? ''
        : html`<h3>${t('directory.warnings.title')}</h3>
            <ul class="warnings">
              ${warnings.map((warning) => html`<li>${warningText(view, warning)}</li>`)}
            </ul>`
    }
  </section>`
}

function accessPart(place: Place): Markup {
  const { view, directory, bar } = place
  const { t } = view
  const { properties } = directory
  const writers = valuesOf(properties, WRITERS)
  const isLocked = findProperty(properties, '_locked') !== undefined
  const lists = properties.filter(({ name, values }) => name.startsWith(`${WRITERS}_`) && values.length > 0)
  const may = mayChange(place, properties)
  return html`<section class="sheet" aria-labelledby="access">
    <h2 id="access">${t('directory.access.title')}</h2>
    <ul>
      ${isLocked ? html`<li>${t('directory.access.locked')}</li>` : ''}
      <li>
        ${
          writers.includes('*')
            ? t('directory.access.anyone')
            : writers.length === 0
              ? t('directory.access.nobody')
              : t('directory.access.writers', { names: view.items(writers.map(plain)) })
        }
      </li>
      ${lists.map(({ name, values }) => {
        const property = plain(name.slice(WRITERS.length + 1))
        return html`<li>
          ${
            values.includes('*')
              ? t('directory.access.propertyAnyone', { property })
              : t('directory.access.property', { property, names: view.items(values.map(plain)) })
          }
        </li>`
      })}
    </ul>
    ${directory.childCount > 0 ? html`<p class="faint">${t('directory.access.notInherited')}</p>` : ''}
    ${bar === null ? html`<p>${t(may ? 'directory.access.yes' : 'directory.access.no')}</p>` : barNote(place, place.path)}
    ${actions(place, may)}
  </section>`
}

function actions(place: Place, may: boolean): Markup {
  const { view, path, directory, served } = place
  const { t } = view
  const some = changeableIn(place, directory.properties).size > 0
  const link = (what: 'edit' | 'move' | 'delete'): Markup =>
    html`<li>
      <a class="button" href="${view.href(pageHref(path, { do: what }))}">${t(`directory.actions.${what}`)}</a>
    </li>`
  const exportPath = pageHref(`${directoryHref(served.tag, [])}/export`, { path: directory.path })
  return html`<ul class="actions" aria-label="${t('directory.actions.title')}">
    ${may || some ? link('edit') : ''} ${may && directory.parent !== null ? html`${link('move')}${link('delete')}` : ''}
    <li><a class="button" href="${view.href(exportPath)}">${t('directory.actions.export')}</a></li>
  </ul>`
}

function historyPart(place: Place): Markup | '' {
  const { view, directory, served, mayReadJournal } = place
  const { t } = view
  if (!mayReadJournal) return ''
  const history = historyOf(served.domain, directory.object, HISTORY_SHOWN)
  const [last] = history
  const undo = place.bar === null ? new UndoDesk(served.domain) : null
  const all = pageHref(`${directoryHref(served.tag, [])}/journal`, { path: directory.path })
  return html`<section class="sheet" aria-labelledby="history">
    <h2 id="history">${t('directory.history.title')}</h2>
    ${
      last === undefined
        ? html`<p class="faint">${t('directory.history.none')}</p>`
        : html`<p>
              ${view.rich('directory.history.last', NAMES, {
                who: plain(last.who),
                from: plain(last.from),
                time: view.moment(last.timeMs),
              })}
            </p>
            <ol class="change-log">
              ${history.map(
                (entry) =>
                  html`<li>
                    <p>
                      <b>${changeWord(view, entry)}</b> <span class="faint">${view.moment(entry.timeMs)}</span
                      ><br /><bdi>${plain(entry.who)}</bdi>
                    </p>
                    ${entry.kind === 'create' ? '' : changesList(view, entry)}
                    ${undoPart(place, undo, entry, place.path)}
                  </li>`,
              )}
            </ol>`
    }
    <p><a href="${view.href(all)}">${t('directory.history.all')}</a></p>
  </section>`
}
