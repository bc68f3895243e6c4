/** `/directory`: the domains of this server, their directories, journals, import and export. */
import { html } from 'hono/html'
import * as v from 'valibot'
import { mayReadMachine } from '../../auth/policy.ts'
import { directoryHref } from '../../directory/paths.ts'
import type { WebApp, WebContext } from '../../env.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import type { Markup } from '../layout.ts'
import { answerGone, doAction } from './actions.ts'
import { answerBarred, answerPage } from './answer.ts'
import { directoryPage } from './directory-page.ts'
import { domainsPage } from './domains-page.ts'
import { draftOf, draftOfValues } from './draft.ts'
import { entryFormPage, newForm } from './entry-form.ts'
import { addDirectoryEvents } from './events.ts'
import { readForm } from './form-fields.ts'
import { addJournal, undoNotice } from './journal-routes.ts'
import { deletePage, movePage } from './move-delete-pages.ts'
import { pageHref } from './parts.ts'
import { changeableIn, mayChange, placeOf, siteOf, viewedPathOf } from './place.ts'
import type { Place } from './place.ts'
import { addTransfer } from './transfer-routes.ts'
import { descriptionOf } from './words.ts'

const DONE = ['created', 'saved', 'same', 'moved', 'deleted', 'undone'] as const

const whole = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))
const querySchema = v.object({
  do: v.optional(v.fallback(v.picklist(['', 'edit', 'new', 'move', 'delete']), ''), ''),
  q: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  from: v.optional(v.fallback(whole, 0), '0'),
  name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  done: v.optional(v.fallback(v.nullable(v.picklist(DONE)), null), null),
  revision: v.optional(v.fallback(v.nullable(whole), null), null),
})

export function addDirectory(app: WebApp, services: WebServices): void {
  app.get('/directory', (c) => {
    const site = { services, view: c.get('view'), visitor: c.get('visitor') }
    return answerPage(c, site, domainsPage(site.view, services.domains, mayReadMachine(c, services)))
  })
  addDirectoryEvents(app, services)
  addJournal(app, services)
  addTransfer(app, services)
  app.get('/directory/:path{.+}', async (c) => {
    const place = placeOf(c, services)
    const query = v.safeParse(querySchema, c.req.query())
    if (place === null || !query.success) return errorPage(c, services, 'notFound')
    return show(c, place, query.output)
  })
  app.post('/directory/:path{.+}', async (c) => {
    const site = siteOf(c, services)
    if (site === null) return errorPage(c, services, 'notFound')
    const root = directoryHref(site.served.tag, [])
    if (site.bar !== null || site.visitor === null) return answerBarred(c, site, root)
    const form = await readForm(c)
    if (form === null) return errorPage(c, services, 'invalid')
    const place = placeOf(c, services)
    if (place === null) return answerGone(c, site, form.fields)
    return doAction({ c, place, caller: site.visitor.caller, fields: form.fields })
  })
}

type Query = v.InferOutput<typeof querySchema>

function show(c: WebContext, place: Place, query: Query): Promise<Response> {
  const { directory } = place
  const isForm = query.do !== ''
  if (isForm && place.bar !== null) return answerBarred(c, place, place.path)
  // A form that its list of writers does not let them send is not shown: the page says who may.
  const page = !isForm
    ? null
    : mayChange(place, directory.properties)
      ? formPage(place, query)
      : valuesPage(place, query)
  if (page !== null) return answerPage(c, place, page)
  const options = { from: query.from, filter: query.q, notice: noticeOf(place, query) }
  return answerPage(c, place, directoryPage(place, options))
}

function formPage(place: Place, query: Query): ReturnType<typeof movePage> | null {
  const { directory } = place
  if (query.do === 'new') return entryFormPage(place, newForm(place, query.name))
  if (query.do === 'edit') {
    const viewedPath = viewedPathOf(directory)
    const draft = draftOf(directory.properties, descriptionOf(viewedPath), false)
    return entryFormPage(place, { mode: 'edit', draft, base: directory, viewedPath })
  }
  if (directory.parent === null) return null
  if (query.do === 'delete') return deletePage(place, '')
  const parent = `/${directory.path.split('/').slice(1, -1).join('/')}`
  return movePage(place, { to: parent, before: '', notice: '' })
}

/** The form of who may change the values of some properties alone. */
function valuesPage(place: Place, query: Query): ReturnType<typeof movePage> | null {
  const { properties } = place.directory
  const names = changeableIn(place, properties)
  if (query.do !== 'edit' || names.size === 0) return null
  const draft = draftOfValues(properties, names)
  const viewedPath = viewedPathOf(place.directory)
  return entryFormPage(place, { mode: 'edit', draft, base: place.directory, viewedPath, isOfValues: true })
}

function noticeOf(place: Place, { done, revision }: Query): Markup | '' {
  if (done === null) return ''
  return html`<div class="note done" role="status">
    <p>${place.view.t(`directory.done.${done}`)}</p>
    ${revision === null || done === 'same' ? '' : undoNotice(place, revision)}
    ${done === 'deleted' && revision === null ? journalLink(place) : ''}
  </div>`
}

/** Several that were deleted are taken back from the journal. */
function journalLink({ view, served, directory }: Place): Markup {
  const path = pageHref(`${directoryHref(served.tag, [])}/journal`, { path: directory.path })
  return html`<p><a href="${view.href(path)}">${view.t('directory.nav.journal')}</a></p>`
}
