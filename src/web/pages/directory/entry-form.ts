/**
 * The form of a directory: fields with labels for what is described, rows of name and values for all else.
 *
 * It works without JavaScript: the buttons that add, remove and move rows send the form, and it comes back changed. The island
 * directory-form does the same in place, with the same buttons.
 */
import { html, raw } from 'hono/html'
import type { DirectoryDescription, PropertyDescription } from '../../../directory/index.ts'
import { PASSWORD_CHARS_MIN } from '../../auth/set-password.ts'
import { PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import { nextFreeNumber } from '../../directory/next-number.ts'
import { findUsualGroup } from '../../directory/usual-group.ts'
import type { View } from '../../i18n/view.ts'
import { csrfField } from '../csrf-field.ts'
import type { Markup, Page } from '../layout.ts'
import { PASSWORD_CHOICES, draftOf, formatBase } from './draft.ts'
import type { Base, Draft, DraftProblem, DraftRow } from './draft.ts'
import { crumbs, plain } from './parts.ts'
import { shownName } from './place.ts'
import type { Place } from './place.ts'
import { descriptionOf, hintOf, labelOf, newWord } from './words.ts'

/** Where the island sets in the number of a row. */
const NUMBER = { number: '{number}' }

export interface EntryForm {
  readonly mode: 'edit' | 'new'
  readonly draft: Draft
  /** Of the directory that is edited, or in which one is made. */
  readonly base: Base
  /** By which the fields are described: `/users` for a user. */
  readonly viewedPath: string
  readonly problem?: DraftProblem | 'form'
  /** Whether only the values of the rows can be changed. */
  readonly isOfValues?: boolean
  /** The name that another one here has already. */
  readonly twin?: string
}

/** The form with which a new entry begins. */
export function newForm({ served, directory }: Place, name: string): EntryForm {
  const viewedPath = directory.parent === null ? '' : directory.path
  const description = descriptionOf(viewedPath)
  const draft = draftOf([], description, true)
  const proposed = proposalOf(viewedPath)
  const number = proposed === null ? null : nextFreeNumber(served.domain, directory.object, proposed)
  const group = proposed === 'uid' ? findUsualGroup(served.domain, directory.object) : null
  const rows = draft.rows.map((row) => {
    if (row.name === 'name') return { ...row, text: name }
    if (row.name === 'gid' && group !== null) return { ...row, text: group }
    return row.name === proposed && number !== null ? { ...row, text: String(number) } : row
  })
  const isFree = description === undefined
  return {
    mode: 'new',
    base: directory,
    viewedPath,
    draft: { ...draft, rows: isFree ? [{ kind: 'free', name: 'name', text: name }, ...rows] : rows },
  }
}

function proposalOf(viewedPath: string): 'uid' | 'gid' | null {
  if (viewedPath === '/users') return 'uid'
  return viewedPath === '/groups' ? 'gid' : null
}

export function entryFormPage(place: Place, form: EntryForm): Page {
  const { view, directory, served, path } = place
  const { t } = view
  const title = titleOf(place, form)
  const description = descriptionOf(form.viewedPath)
  const isEdit = form.mode === 'edit'
  return {
    title,
    description: t('directory.page.description', { path: plain(directory.path), tag: served.tag }),
    path,
    part: 'directory',
    isPrivate: true,
    islands: ['directory-form'],
    main: html`${crumbs(place, view, directory.steps, title)}
      <h1><bdi>${title}</bdi></h1>
      ${problemNote(view, form)}
      <form
        class="entry sheet"
        method="post"
        action="${view.href(path)}"
        id="entry"
        autocomplete="off"
        data-digits="${view.digits('0123456789')}"
      >
        ${csrfField(place.visitor)}
        <input type="hidden" name="base" value="${formatBase(form.base)}" />
        <input type="hidden" name="mode" value="${form.mode}" />
        <button
          type="submit"
          class="hidden"
          tabindex="-1"
          aria-hidden="true"
          name="do"
          value="${isEdit ? 'save' : 'create'}"
        >
          ${t(isEdit ? 'directory.form.save' : 'directory.form.create')}
        </button>
        ${fields(view, form, description)}
        <p class="faint">${t('directory.form.rowsHint')}</p>
        ${form.isOfValues === true ? '' : addButton(view)} ${form.twin === undefined ? '' : twinField(view, form.twin)}
        <p class="buttons">
          <button type="submit" class="main" name="do" value="${isEdit ? 'save' : 'create'}">
            ${t(isEdit ? 'directory.form.save' : 'directory.form.create')}
          </button>
          <a href="${view.href(path)}">${t('directory.form.cancel')}</a>
        </p>
      </form>
      <template id="row-template">${freeRow(view, { kind: 'free', name: '', text: '' }, 0)}</template>`,
  }
}

function addButton(view: View): Markup {
  return html`<p>
    <button type="submit" name="row" value="add" data-row="add">${view.t('directory.form.addRow')}</button>
  </p>`
}

function titleOf({ view, directory, served }: Place, { mode, viewedPath }: EntryForm): string {
  if (mode === 'new') return newWord(view, viewedPath)
  return directory.parent === null
    ? view.t('directory.form.editRoot', { tag: served.tag })
    : view.t('directory.form.edit', { name: plain(shownName(view, directory)) })
}

function problemNote(view: View, { problem }: EntryForm): Markup | '' {
  if (problem === undefined) return ''
  const { t } = view
  return html`<div class="note" role="alert">
    <p><b>${t('directory.problem.title')}</b></p>
    <p>${problem === 'form' ? t('directory.problem.form') : problemText(view, problem)}</p>
  </div>`
}

function problemText(view: View, problem: DraftProblem): string {
  switch (problem.kind) {
    case 'noName':
    case 'passwordLong':
      return view.t(`directory.problem.${problem.kind}`)
    case 'passwordShort':
      return view.t('directory.problem.passwordShort', { count: PASSWORD_CHARS_MIN })
    case 'rowName':
      return view.t('directory.problem.rowName', { number: view.digits(problem.row) })
    case 'required':
      break
  }
  return view.t('directory.problem.required', { label: labelOf(view, problem.name) })
}

function twinField(view: View, name: string): Markup {
  return html`<div class="note" role="alert">
    <p>${view.t('directory.form.twin', { name: plain(name) })}</p>
    <label><input type="checkbox" name="twin" value="yes" /> ${view.t('directory.form.twinAccept')}</label>
  </div>`
}

/** All rows in their order; the fields of one kind of row that follow each other stand together. */
function fields(view: View, form: EntryForm, description: DirectoryDescription | undefined): Markup {
  const described = new Map((description?.properties ?? []).map((property) => [property.name, property]))
  const plainOne = (name: string): PropertyDescription | undefined =>
    form.isOfValues === true ? { name, meaning: '', form: 'text', isList: true, isRequired: false } : undefined
  return html`<div class="rows" id="rows">
    ${form.draft.rows.map((row, index) => {
      if (row.kind === 'secret') return secretRow(view, form, index)
      const property = row.kind === 'described' ? (described.get(row.name) ?? plainOne(row.name)) : undefined
      return property === undefined ? freeRow(view, row, index) : describedRow(view, form, row, property, index)
    })}
  </div>`
}

function hiddenRow({ kind, name }: DraftRow, index: number): Markup {
  return html`<input type="hidden" name="k.${index}" value="${kind}" /><input
      type="hidden"
      name="n.${index}"
      value="${name}"
    />`
}

function describedRow(
  view: View,
  { viewedPath, mode }: EntryForm,
  row: DraftRow,
  { name, isList, isRequired, form }: PropertyDescription,
  index: number,
): Markup {
  const { t } = view
  const isProposed = mode === 'new' && name === proposalOf(viewedPath)
  const hints = [
    hintOf(view, viewedPath, name),
    isList ? t('directory.form.listHint') : null,
    isProposed ? t('directory.form.proposed') : null,
  ].filter((hint) => hint !== null)
  const hasLines = isList || row.text.includes('\n')
  const lines = Math.min(8, Math.max(2, row.text.split('\n').length))
  const describedBy = hints.length === 0 ? '' : raw(`aria-describedby="h${index}"`)
  const isNumber = form === 'number' || form === 'port'
  return html`<div class="row described">
    ${hiddenRow(row, index)}
    <label for="v${index}"
      >${labelOf(view, name)}
      <code>${name}</code
      >${isRequired && mode === 'new' ? html` <small>${t('directory.form.required')}</small>` : ''}</label
    >
    ${
      hasLines
        ? html`<textarea id="v${index}" name="v.${index}" rows="${lines}" dir="auto" spellcheck="false" ${describedBy}>
${row.text}</textarea>`
        : html`<input
            type="text"
            id="v${index}"
            name="v.${index}"
            value="${row.text}"
            dir="auto"
            spellcheck="false"
            ${isNumber ? raw('inputmode="numeric"') : ''}
            ${describedBy}
          />`
    }
    ${hints.length === 0 ? '' : html`<p class="hint" id="h${index}">${hints.join(' ')}</p>`}
  </div>`
}

function freeRow(view: View, row: DraftRow, index: number): Markup {
  const { t } = view
  const number = view.digits(index + 1)
  const lines = Math.min(12, Math.max(1, row.text.split('\n').length))
  const button = (verb: 'up' | 'down' | 'remove', sign: string): Markup =>
    html`<button
      type="submit"
      name="row"
      value="${verb}-${index}"
      data-row="${verb}"
      formnovalidate
      aria-label="${t(`directory.form.${verb}`, { number })}"
      data-label="${t(`directory.form.${verb}`, NUMBER)}"
    >
      ${sign}
    </button>`
  return html`<div class="row free">
    <input type="hidden" name="k.${index}" value="free" />
    <input
      type="text"
      class="row-name"
      name="n.${index}"
      value="${row.name}"
      aria-label="${t('directory.form.rowName', { number })}"
      data-label="${t('directory.form.rowName', NUMBER)}"
      dir="auto"
      spellcheck="false"
      autocapitalize="off"
    />
    <textarea
      name="v.${index}"
      rows="${lines}"
      aria-label="${t('directory.form.rowValues', { number })}"
      data-label="${t('directory.form.rowValues', NUMBER)}"
      dir="auto"
      spellcheck="false"
    >
${row.text}</textarea>
    <div class="row-buttons">${button('up', '↑')}${button('down', '↓')}${button('remove', '×')}</div>
  </div>`
}

function secretRow(view: View, { draft, base, mode }: EntryForm, index: number): Markup {
  const { t } = view
  const isThere = base.properties.some(({ name }) => name === 'passwd')
  const keys = { keep: 'passwordKeep', set: 'passwordSet', lock: 'passwordLock' } as const
  const choices = PASSWORD_CHOICES.filter((choice) => choice !== 'keep' || mode === 'edit')
  return html`<fieldset class="row secret">
    <legend>${t('directory.form.password')}${isThere || mode === 'new' ? '' : html` <code>passwd</code>`}</legend>
    ${hiddenRow({ kind: 'secret', name: 'passwd', text: '' }, index)}
    ${choices.map(
      (choice) =>
        html`<label
          ><input type="radio" name="password" value="${choice}" ${draft.password === choice ? raw('checked') : ''} />
          ${t(`directory.form.${keys[choice]}`)}</label
        >`,
    )}
    <label class="field-label" for="new-password">${t('directory.form.passwordNew')}</label>
    <input
      id="new-password"
      type="password"
      name="newPassword"
      autocomplete="new-password"
      maxlength="${PASSWORD_CHARS_MAX}"
      aria-describedby="password-hint"
    />
    <p class="hint" id="password-hint">
      ${t('directory.form.passwordHint', { count: PASSWORD_CHARS_MIN })}
      ${draft.password === 'set' ? html`<b>${t('directory.form.passwordAgain')}</b>` : ''}
    </p>
  </fieldset>`
}
