/** The journal of a domain, and taking back what is in it. */
import { html } from 'hono/html'
import * as v from 'valibot'
import { DeskError } from '../../directory/failure.ts'
import { directoryHref } from '../../directory/paths.ts'
import { readDirectory } from '../../directory/read.ts'
import { UndoDesk, undoEntry } from '../../directory/undo.ts'
import type { Undone } from '../../directory/undo.ts'
import type { WebApp, WebContext } from '../../env.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import type { Markup } from '../layout.ts'
import { answerBarred, answerFailure, answerPage, seeOther } from './answer.ts'
import { undoPart } from './change-part.ts'
import { readForm } from './form-fields.ts'
import type { SentForm } from './form-fields.ts'
import { ENTRIES_SHOWN, JOURNAL_KINDS, journalPage } from './journal-page.ts'
import { pageHref } from './parts.ts'
import { hrefOf, siteOf } from './place.ts'
import type { Place, Site } from './place.ts'

const whole = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))
const text = v.optional(v.fallback(v.pipe(v.string(), v.maxLength(1000)), ''), '')
const querySchema = v.object({
  path: text,
  who: text,
  kind: v.optional(v.fallback(v.nullable(v.picklist(JOURNAL_KINDS)), null), null),
  before: v.optional(v.fallback(v.nullable(whole), null), null),
  undone: v.optional(v.fallback(v.nullable(whole), null), null),
})
const revisionsSchema = v.pipe(v.array(whole), v.minLength(1), v.maxLength(ENTRIES_SHOWN))

export function addJournal(app: WebApp, services: WebServices): void {
  app.get('/directory/:tag/journal', (c) => {
    const site = siteOf(c, services)
    const query = v.safeParse(querySchema, c.req.query())
    if (site === null || !query.success) return errorPage(c, services, 'notFound')
    const { path, who, kind, before, undone } = query.output
    const filter = {
      ...(path === '' ? {} : { path }),
      ...(who === '' ? {} : { who }),
      ...(kind === null ? {} : { kind }),
      ...(before === null ? {} : { before }),
    }
    const notice =
      undone === null
        ? ''
        : html`<p class="note done" role="status">${site.view.t('directory.done.undoneMany', { count: undone })}</p>`
    return answerPage(c, site, journalPage(site, filter, notice))
  })
  app.post('/directory/:tag/journal', async (c) => {
    const site = siteOf(c, services)
    if (site === null) return errorPage(c, services, 'notFound')
    const journal = `${directoryHref(site.served.tag, [])}/journal`
    if (site.bar !== null) return answerBarred(c, site, journal)
    const form = await readForm(c)
    if (form === null) return errorPage(c, services, 'invalid')
    return undo(c, site, form, journal)
  })
}

/** Takes back what was chosen, the newest first, until one cannot be. */
async function undo(c: WebContext, site: Site, { fields, all }: SentForm, journal: string): Promise<Response> {
  const revisions = v.safeParse(revisionsSchema, all('revision[]'))
  const back = backOf(site, fields.get('back'), journal)
  if (!revisions.success || site.visitor === null) return seeOther(c, site, back)
  const acceptsLostSecret = fields.get('lost') === 'yes'
  let done = 0
  let last: Undone | null = null
  try {
    for (const revision of new Set(revisions.output.toSorted((a, b) => b - a))) {
      last = await undoEntry(site.served, revision, acceptsLostSecret, site.visitor.caller)
      done += 1
    }
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    const { failure } = error
    return answerFailure(c, site, done === 0 ? failure : { kind: 'partly', done, cause: failure }, back)
  }
  if (fields.get('do') === 'undo') return seeOther(c, site, `${back}${back.includes('?') ? '&' : '?'}undone=${done}`)
  // What came back, or was changed, is shown; from what went, the page it was asked from is left, if it was that one's.
  const object = last?.object ?? null
  const now = object === null ? undefined : readDirectory(site.served.domain, object)
  const path = now === undefined ? journal : hrefOf(site, now)
  return seeOther(
    c,
    site,
    pageHref(path, now === undefined ? { undone: done } : { done: 'undone', revision: last?.revision }),
  )
}

/** Only a page of this domain: what a form names may be anybody's. */
function backOf(site: Site, back: string | undefined, journal: string): string {
  const root = directoryHref(site.served.tag, [])
  const isOurs = back !== undefined && (back === root || back.startsWith(`${root}/`) || back.startsWith(`${root}?`))
  return isOurs && !/[\\\r\n]/.test(back) ? back : journal
}

/** The button that takes back what was just done. */
export function undoNotice(place: Place, revision: number): Markup | '' {
  const { domain } = place.served
  const entry = domain.entryAt(revision)
  return entry === undefined ? '' : undoPart(place, new UndoDesk(domain), entry, place.path)
}
