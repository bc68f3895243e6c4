/** The pages of export and import: every format of the directory; an import is shown before it is done. */
import { html, raw } from 'hono/html'
import { FORMATS } from '../../../directory/index.ts'
import type { Property } from '../../../directory/index.ts'
import { isTreeFormat, TREE_FORMATS } from '../../directory/export.ts'
import type { ImportMode, ImportPlan, PlannedChange } from '../../directory/import.ts'
import { IMPORT_MODES } from '../../directory/import.ts'
import { directoryHref } from '../../directory/paths.ts'
import { contestedIn } from './conflict.ts'
import type { View } from '../../i18n/view.ts'
import { csrfField } from '../csrf-field.ts'
import { english } from '../english.ts'
import type { Markup, Page } from '../layout.ts'
import { barNote, crumbs, domainNav, pageHref, pathField, plain, valuesList } from './parts.ts'
import type { Site } from './place.ts'

/** Changes and problems of an import that are shown; all are counted. */
const CHANGES_SHOWN = 100
const PROBLEMS_SHOWN = 20
const VALUES_SHOWN = 8

export interface ImportForm {
  readonly format: string
  readonly mode: ImportMode
  /** A path, as the journal writes it. */
  readonly parent: string
  /** What was typed; empty for a file. */
  readonly text: string
  readonly notice: Markup | ''
  readonly preview: { readonly plan: ImportPlan; readonly data: string; readonly isAnew: boolean } | null
}

export const EMPTY_IMPORT: ImportForm = {
  format: 'json',
  mode: 'merge',
  parent: '/',
  text: '',
  notice: '',
  preview: null,
}

export function exportPage(site: Site, path: string, notice: Markup | ''): Page {
  const { view, served } = site
  const { t } = view
  const here = `${directoryHref(served.tag, [])}/export`
  const title = t('directory.export.title', { tag: served.tag })
  return {
    title,
    description: title,
    path: here,
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(site, view, [], t('directory.nav.export'))} ${domainNav(site, 'export')}
      <h1>${title}</h1>
      ${notice}
      <p>${t('directory.export.lead')}</p>
      <section class="sheet" aria-labelledby="tree">
        <h2 id="tree">${t('directory.export.tree')}</h2>
        <form class="filter" action="${view.href(here)}">
          <label for="export-path">${t('directory.export.path')}</label>
          <input type="text" id="export-path" name="path" value="${path}" dir="ltr" spellcheck="false" />
          <label for="export-format">${t('directory.export.format')}</label>
          <select id="export-format" name="format">
            ${TREE_FORMATS.map((format) => html`<option value="${format}">${t(`directory.import.${format}`)}</option>`)}
          </select>
          <button type="submit" class="main" name="as" value="file">${t('directory.export.button')}</button>
          <button type="submit" name="as" value="text">${t('directory.export.show')}</button>
        </form>
      </section>
      <section class="sheet" aria-labelledby="flat">
        <h2 id="flat">${t('directory.export.flat')}</h2>
        <p class="faint">${t('directory.export.flatLead')}</p>
        <ul class="formats">
          ${[...FORMATS.values()].map(({ name, directory }) => {
            const to = (as: string): string => view.href(pageHref(here, { format: name, as }))
            return html`<li>
              <a href="${to('file')}" download><code>${name}</code></a>
              <span class="faint">${t('directory.export.fromDirectory', { path: directory })}</span>
              <a href="${to('text')}" aria-label="${t('directory.export.show')}: ${name}"
                >${t('directory.export.show')}</a
              >
            </li>`
          })}
        </ul>
      </section>`,
  }
}

export function importPage(site: Site, form: ImportForm): Page {
  const { view, served } = site
  const { t } = view
  const path = `${directoryHref(served.tag, [])}/import`
  const title = t('directory.import.title', { tag: served.tag })
  return {
    title,
    description: t('directory.import.lead'),
    path,
    part: 'directory',
    isPrivate: true,
    main: html`${crumbs(site, view, [], t('directory.nav.import'))} ${domainNav(site, 'import')}
      <h1>${title}</h1>
      ${form.notice}
      <p>${t('directory.import.lead')}</p>
      ${
        site.bar === null
          ? html`${form.preview === null ? '' : previewPart(site, form, form.preview, path)}
            ${importForm(site, form, path)}`
          : barNote(site, path)
      }`,
  }
}

function importForm({ view, visitor }: Site, { format, mode, parent, text }: ImportForm, path: string): Markup {
  const { t } = view
  const formatOption = (name: string, label: string): Markup =>
    html`<option value="${name}" ${name === format ? raw('selected') : ''}>${label}</option>`
  return html`<form class="sheet entry" method="post" action="${view.href(path)}" enctype="multipart/form-data">
    ${csrfField(visitor)}
    <div class="row described">
      <label for="format">${t('directory.import.format')}</label>
      <select id="format" name="format">
        ${TREE_FORMATS.map((name) => formatOption(name, t(`directory.import.${name}`)))}
        ${[...FORMATS.values()].map(({ name, directory }) =>
          formatOption(name, t('directory.import.flat', { format: name, path: directory })),
        )}
      </select>
    </div>
    ${pathField({
      name: 'parent',
      label: t('directory.import.parent'),
      value: parent,
      hint: t('directory.import.parentHint'),
    })}
    <fieldset class="row">
      <legend>${t('directory.import.mode')}</legend>
      ${IMPORT_MODES.map(
        (each) =>
          html`<label
            ><input type="radio" name="mode" value="${each}" ${each === mode ? raw('checked') : ''} />
            ${t(each === 'merge' ? 'directory.import.modeMerge' : 'directory.import.modeReplace')}</label
          >`,
      )}
    </fieldset>
    <div class="row described">
      <label for="file">${t('directory.import.file')}</label>
      <input id="file" name="file" type="file" />
    </div>
    <div class="row described">
      <label for="text">${t('directory.import.text')}</label>
      <textarea id="text" name="text" rows="10" dir="ltr" spellcheck="false">${text}</textarea>
    </div>
    <p class="buttons">
      <button type="submit" class="main" name="do" value="preview">${t('directory.import.preview')}</button>
    </p>
  </form>`
}

function previewPart(
  { view, visitor }: Site,
  form: ImportForm,
  { plan, data, isAnew }: NonNullable<ImportForm['preview']>,
  path: string,
): Markup {
  const { t } = view
  const { changes, created, changed, same, problems, digest } = plan
  const shown = changes.slice(0, CHANGES_SHOWN)
  return html`<section class="sheet preview" aria-labelledby="preview">
    <h2 id="preview">${t('directory.import.previewTitle')}</h2>
    ${isAnew ? html`<p class="note">${t('directory.import.changedSince')}</p>` : ''}
    <p>
      ${changes.length === 0 ? t('directory.import.nothing') : t('directory.import.counts', { created, changed, same })}
    </p>
    ${
      problems.length === 0
        ? ''
        : html`<p><b>${t('directory.import.problems', { count: problems.length })}</b></p>
            <ul class="warnings">
              ${problems
                .slice(0, PROBLEMS_SHOWN)
                .map(
                  ({ line, message }) =>
                    html`<li>
                      ${t('directory.import.line', { line: view.digits(line) })}: ${english(view, plain(message))}
                    </li>`,
                )}
            </ul>
            ${moreNote(view, problems.length - PROBLEMS_SHOWN)}`
    }
    <ol class="change-log">
      ${shown.map((change) => plannedItem(view, change))}
    </ol>
    ${moreNote(view, changes.length - shown.length)}
    ${
      changes.length === 0
        ? ''
        : html`<form method="post" action="${view.href(path)}" enctype="multipart/form-data">
            ${csrfField(visitor)}
            <input type="hidden" name="format" value="${form.format}" />
            <input type="hidden" name="mode" value="${form.mode}" />
            <input type="hidden" name="parent" value="${form.parent}" />
            <input type="hidden" name="digest" value="${digest}" />
            <input type="hidden" name="data" value="${data}" />
            <p class="buttons">
              <button type="submit" class="main" name="do" value="apply">${t('directory.import.apply')}</button>
            </p>
          </form>`
    }
  </section>`
}

function moreNote(view: View, count: number): Markup | '' {
  return count > 0 ? html`<p class="faint">${view.t('directory.import.more', { count })}</p>` : ''
}

function plannedItem(view: View, { kind, path, before, after }: PlannedChange): Markup {
  const head = html`<b>${view.t(`directory.change.${kind}`)}</b> <code dir="ltr">${plain(path)}</code>`
  const list = html`<dl class="changes">
    ${contestedIn([], before ?? [], after).map(
      ({ name, theirs, yours }) =>
        html`<dt>
            <code><bdi>${plain(name)}</bdi></code>
          </dt>
          ${side(view, 'before', theirs)}${side(view, 'after', yours)}`,
    )}
  </dl>`
  return before === null
    ? html`<li>
        <details>
          <summary>${head}</summary>
          ${list}
        </details>
      </li>`
    : html`<li>
        <p>${head}</p>
        ${list}
      </li>`
}

function side(view: View, which: 'before' | 'after', property: Property | null): Markup | '' {
  if (property === null) return ''
  const values = property.values.slice(0, VALUES_SHOWN)
  return html`<dd class="${which}">
    <span class="hidden">${view.t(`directory.change.${which}`)}: </span>${valuesList(view, property.name, values)}${
      property.values.length > VALUES_SHOWN
        ? html`<p class="faint">
            ${view.t('directory.properties.more', { count: property.values.length - VALUES_SHOWN })}
          </p>`
        : ''
    }
  </dd>`
}

/** Whether a format is one that this page offers. */
export function isFormat(name: string): boolean {
  return isTreeFormat(name) || FORMATS.has(name)
}
