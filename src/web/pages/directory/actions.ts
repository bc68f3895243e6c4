/** What the forms of one directory do: save, create, resolve a conflict, move, delete. */
import { html } from 'hono/html'
import { SECRET_NAME, maskProperties, valuesOf } from '../../../directory/index.ts'
import type { Caller, Properties } from '../../../directory/index.ts'
import { createDirectory, isSameProperties, writeProperties, writeValues } from '../../directory/desk.ts'
import type { DeskFailure } from '../../directory/failure.ts'
import { moveTree } from '../../directory/move.ts'
import { childrenNamed, readJournalPath, resolveParts } from '../../directory/paths.ts'
import { readDirectory } from '../../directory/read.ts'
import { removeTree } from '../../directory/remove.ts'
import type { WebContext } from '../../env.ts'
import { answerFailure, answerPage, failureNote, requireFailure, seeOther, statusOf } from './answer.ts'
import { contestedIn, mergeChoice } from './conflict.ts'
import { conflictPage, gonePage } from './conflict-page.ts'
import type { Conflict } from './conflict-page.ts'
import { LOCKED, changeRows, propertiesOf, readBase, readDraft, withValuesOf } from './draft.ts'
import type { Base, Fields, PasswordChoice } from './draft.ts'
import { entryFormPage, newForm } from './entry-form.ts'
import type { EntryForm } from './entry-form.ts'
import { deletePage, movePage } from './move-delete-pages.ts'
import { pageHref } from './parts.ts'
import { changeableIn, hrefOf, mayChange, viewedPathOf } from './place.ts'
import type { Place, Site } from './place.ts'
import { descriptionOf } from './words.ts'

/** A form that was sent about a directory, by who may write. */
export interface Sent {
  readonly c: WebContext
  readonly place: Place
  readonly caller: Caller
  readonly fields: Fields
}

export function doAction(sent: Sent): Promise<Response> {
  const { fields } = sent
  const action = fields.get('do') ?? ''
  if (fields.has('row') || action === 'save' || action === 'create') return doForm(sent)
  if (action === 'resolve') return resolve(sent)
  if (action === 'move') return move(sent)
  if (action === 'delete') return remove(sent)
  return showForm(sent, { ...formOf(sent, null), problem: 'form' }, 422)
}

function showForm({ c, place }: Sent, form: EntryForm, status: 200 | 409 | 422): Promise<Response> {
  return answerPage(c, place, entryFormPage(place, form), status)
}

function isNew({ fields }: Sent): boolean {
  return fields.get('mode') === 'new'
}

function formOf(sent: Sent, base: Base | null): EntryForm {
  const { place, fields } = sent
  const draft = readDraft(fields)
  if (isNew(sent)) return { ...newForm(place, ''), draft }
  const { properties } = place.directory
  const isOfValues = !mayChange(place, properties) && changeableIn(place, properties).size > 0
  return { mode: 'edit', draft, base: base ?? place.directory, viewedPath: viewedPathOf(place.directory), isOfValues }
}

async function doForm(sent: Sent): Promise<Response> {
  const { fields } = sent
  const base = readBase(fields.get('base'))
  const form = formOf(sent, base)
  const row = fields.get('row')
  if (row !== undefined) return showForm(sent, { ...form, draft: changeRows(form.draft, row) }, 200)
  if (base === null) return showForm(sent, { ...form, problem: 'form' }, 422)
  return isNew(sent) ? create(sent, form) : save(sent, form, base)
}

async function save(sent: Sent, form: EntryForm, base: Base): Promise<Response> {
  const { c, place } = sent
  const outcome = await propertiesOf(form.draft, base.properties, [])
  if ('problem' in outcome) return showForm(sent, { ...form, problem: outcome.problem }, 422)
  const properties =
    form.isOfValues === true
      ? withValuesOf(base.properties, outcome.properties, changeableIn(place, place.directory.properties))
      : outcome.properties
  if (isSameProperties(base.properties, properties)) return seeOther(c, place, pageHref(place.path, { done: 'same' }))
  return write(sent, base, properties, form.draft.password, base)
}

/** Writes, or shows both versions where another was quicker. */
async function write(
  { c, place, caller }: Sent,
  seen: Base,
  properties: Properties,
  password: PasswordChoice,
  base: Base,
): Promise<Response> {
  try {
    const isWhole = mayChange(place, place.directory.properties)
    const { object, revision } = isWhole
      ? await writeProperties(place.served, seen.object, properties, seen, caller)
      : await writeValues(place.served, seen.object, changedIn(seen.properties, properties), seen, caller)
    const now = readDirectory(place.served.domain, object)
    const path = now === undefined ? place.path : hrefOf(place, now)
    return seeOther(c, place, pageHref(path, { done: 'saved', revision }))
  } catch (error) {
    const failure = requireFailure(error)
    if (failure.kind !== 'stale') return answerFailure(c, place, failure, place.path)
    return answerConflict(c, place, { ...failure, base, yours: maskProperties(properties), password })
  }
}

/** The properties of a list whose values are not those of another. */
function changedIn(before: Properties, after: Properties): Properties {
  return after.filter(
    ({ name, values }) => !isSameProperties([{ name, values: valuesOf(before, name) }], [{ name, values }]),
  )
}

function answerConflict(
  c: WebContext,
  place: Place,
  {
    current,
    since,
    base,
    yours,
    password,
  }: Omit<Extract<DeskFailure, { kind: 'stale' }>, 'kind'> & Pick<Conflict, 'base' | 'yours' | 'password'>,
): Promise<Response> {
  if (current === null) return answerPage(c, place, gonePage(place, yours, since), 409)
  return answerPage(c, place, conflictPage(place, { base, theirs: current, yours, since, password }), 409)
}

async function resolve(sent: Sent): Promise<Response> {
  const { c, place, fields } = sent
  const base = readBase(fields.get('base'))
  const theirs = readBase(fields.get('theirs'))
  const yours = readBase(fields.get('yours'))
  if (base === null || theirs === null || yours === null)
    return answerFailure(c, place, { kind: 'stale', current: place.directory, since: [] }, place.path)
  const keys = contestedIn(base.properties, theirs.properties, yours.properties).map(({ key }) => key)
  const merged = mergeChoice(base.properties, theirs.properties, yours.properties, ({ key, proposed }) => {
    const choice = fields.get(`choice.${keys.indexOf(key)}`)
    return choice === 'theirs' || choice === 'yours' ? choice : proposed
  })
  const { password } = readDraft(fields)
  const secret = await chosenSecret(password, fields.get('newPassword') ?? '')
  const properties =
    secret === null
      ? merged
      : merged.map((each) => (each.name === SECRET_NAME ? { name: each.name, values: [secret] } : each))
  if (isSameProperties(theirs.properties, properties)) return seeOther(c, place, pageHref(place.path, { done: 'same' }))
  return write(sent, theirs, properties, password, theirs)
}

async function chosenSecret(password: PasswordChoice, typed: string): Promise<string | null> {
  if (password === 'lock') return LOCKED
  const draft = { rows: [{ kind: 'secret', name: SECRET_NAME, text: '' }], password, newPassword: typed } as const
  const outcome = password === 'set' ? await propertiesOf(draft, [], []) : null
  return outcome === null || 'problem' in outcome ? null : (outcome.properties[0]?.values[0] ?? null)
}

async function create(sent: Sent, form: EntryForm): Promise<Response> {
  const { c, place, caller, fields } = sent
  const { served, directory } = place
  const required = (descriptionOf(form.viewedPath)?.properties ?? [])
    .filter(({ isRequired }) => isRequired)
    .map(({ name }) => name)
  const outcome = await propertiesOf(form.draft, [], required.length === 0 ? ['name'] : required)
  if ('problem' in outcome) return showForm(sent, { ...form, problem: outcome.problem }, 422)
  const { properties } = outcome
  const name = properties.find((property) => property.name === 'name')?.values[0] ?? ''
  const isTwin = fields.get('twin') !== 'yes' && childrenNamed(served.domain, directory.object, name).length > 0
  if (isTwin) return showForm(sent, { ...form, twin: name }, 409)
  try {
    const { object, revision } = await createDirectory(served, directory.object, properties, caller)
    const made = readDirectory(served.domain, object)
    const path = made === undefined ? place.path : hrefOf(place, made)
    return seeOther(c, place, pageHref(path, { done: 'created', revision }))
  } catch (error) {
    return answerFailure(c, place, requireFailure(error), place.path)
  }
}

async function move(sent: Sent): Promise<Response> {
  const { c, place, caller, fields } = sent
  const { view, served } = place
  const { domain } = served
  const [to, before] = [fields.get('to') ?? '', fields.get('before') ?? '']
  const again = (text: string): Promise<Response> =>
    answerPage(c, place, movePage(place, { to, before, notice: html`<p class="note" role="alert">${text}</p>` }), 422)
  const parent = resolveParts(domain, readJournalPath(to))
  if (parent === undefined) return again(view.t('directory.move.noTarget', { path: to }))
  const sibling = before === '' ? undefined : (childrenNamed(domain, parent, before)[0] ?? null)
  if (sibling === null) return again(view.t('directory.move.noBefore', { name: before }))
  const base = readBase(fields.get('base')) ?? place.directory
  try {
    const target = { parent, before: sibling ?? null }
    const { object } = await moveTree(served, base.object, target, base, caller)
    const moved = readDirectory(domain, object)
    const path = moved === undefined ? place.path : hrefOf(place, moved)
    return seeOther(c, place, pageHref(path, { done: 'moved' }))
  } catch (error) {
    const failure = requireFailure(error)
    return answerPage(c, place, movePage(place, { to, before, notice: failureNote(place, failure) }), statusOf(failure))
  }
}

async function remove(sent: Sent): Promise<Response> {
  const { c, place, caller, fields } = sent
  const { served, directory } = place
  const base = readBase(fields.get('base')) ?? place.directory
  const count = Number(fields.get('count') ?? 0)
  try {
    const revision = await removeTree(served, base.object, count, base, caller)
    const parent = directory.parent === null ? undefined : readDirectory(served.domain, directory.parent)
    const path = parent === undefined ? `/directory/${encodeURIComponent(served.tag)}` : hrefOf(place, parent)
    // Several are taken back from the journal: the last to go is the first to come back.
    return seeOther(c, place, pageHref(path, { done: 'deleted', revision: count === 1 ? revision : undefined }))
  } catch (error) {
    const failure = requireFailure(error)
    const now = readDirectory(served.domain, directory.object)
    if (now === undefined) return answerFailure(c, place, failure, `/directory/${encodeURIComponent(served.tag)}`)
    const again = deletePage({ ...place, directory: now }, failureNote(place, failure))
    return answerPage(c, place, again, statusOf(failure))
  }
}

/** A form about a directory that is no longer where it was: what was typed is shown, so that it is not lost. */
export function answerGone(c: WebContext, site: Site, fields: Fields): Promise<Response> {
  const draft = readDraft(fields)
  const typed = draft.rows.map(({ name, text }) => ({ name, values: [text] }))
  return answerPage(c, site, gonePage(site, typed, []), 409)
}
