/** Import and export of a domain. */
import { html } from 'hono/html'
import * as v from 'valibot'
import { LIMITS, PortolanError, textOf } from '../../../core/index.ts'
import { FORMATS } from '../../../directory/index.ts'
import { exportFlat, exportTree, isTreeFormat } from '../../directory/export.ts'
import type { Exported } from '../../directory/export.ts'
import { DeskError } from '../../directory/failure.ts'
import { IMPORT_MODES, applyImport, planImport } from '../../directory/import.ts'
import type { ImportRequest } from '../../directory/import.ts'
import { directoryHref, readJournalPath, resolveParts } from '../../directory/paths.ts'
import type { WebApp, WebContext } from '../../env.ts'
import { respond } from '../../http/respond.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { answerBarred, answerPage, failureNote, statusOf } from './answer.ts'
import { readForm } from './form-fields.ts'
import type { SentForm } from './form-fields.ts'
import { siteOf } from './place.ts'
import type { Site } from './place.ts'
import { EMPTY_IMPORT, exportPage, importPage, isFormat } from './transfer-page.ts'
import type { ImportForm } from './transfer-page.ts'

const exportSchema = v.object({
  path: v.optional(v.pipe(v.string(), v.maxLength(4096)), '/'),
  format: v.optional(v.pipe(v.string(), v.check(isFormat)), 'json'),
  as: v.optional(v.fallback(v.nullable(v.picklist(['file', 'text'])), null), null),
})
const importSchema = v.object({
  do: v.picklist(['preview', 'apply']),
  format: v.pipe(v.string(), v.check(isFormat)),
  mode: v.picklist(IMPORT_MODES),
  parent: v.pipe(v.string(), v.maxLength(4096)),
  text: v.optional(v.string(), ''),
  data: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/)), ''),
  digest: v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
})
/** The text comes back with the form that applies it, in base64: four characters for three bytes, and some fields beside it. */
const TEXT_BYTES_MAX = (LIMITS.webImportBytes / 4) * 3 - 64 * 1024
const countSchema = v.optional(v.fallback(v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)), 0), '0')

export function addTransfer(app: WebApp, services: WebServices): void {
  app.get('/directory/:tag/export', (c) => {
    const site = siteOf(c, services)
    const query = v.safeParse(exportSchema, c.req.query())
    if (site === null || !query.success) return errorPage(c, services, 'notFound')
    const { path, format, as } = query.output
    return as === null ? answerPage(c, site, exportPage(site, path, '')) : answerExport(c, site, path, format, as)
  })
  app.get('/directory/:tag/import', (c) => {
    const site = siteOf(c, services)
    if (site === null) return errorPage(c, services, 'notFound')
    const counts = v.parse(v.object({ created: countSchema, changed: countSchema }), c.req.query())
    const isDone = c.req.query('done') === 'imported'
    const notice = isDone
      ? html`<p class="note done" role="status">${site.view.t('directory.done.imported', counts)}</p>`
      : ''
    return answerPage(c, site, importPage(site, { ...EMPTY_IMPORT, notice }))
  })
  app.post('/directory/:tag/import', async (c) => {
    const site = siteOf(c, services)
    if (site === null) return errorPage(c, services, 'notFound')
    if (site.bar !== null) return answerBarred(c, site, `${directoryHref(site.served.tag, [])}/import`)
    const form = await readForm(c)
    const sent = form === null ? null : v.safeParse(importSchema, Object.fromEntries(form.fields))
    if (form === null || sent === null || !sent.success) return errorPage(c, services, 'invalid')
    return importSent(c, site, sent.output, form)
  })
}

function answerExport(
  c: WebContext,
  site: Site,
  path: string,
  format: string,
  as: 'file' | 'text',
): Response | Promise<Response> {
  try {
    const exported = exportOf(site, path, format)
    if (exported === null) return answerNothing(c, site, path)
    // Names are of letters, digits, dots and dashes (export.ts): they need no quoting rules.
    if (as === 'file') c.header('content-disposition', `attachment; filename="${exported.fileName}"`)
    const type = as === 'file' ? exported.type : 'text/plain; charset=utf-8'
    return respond(c, exported.text, { type, cacheControl: 'no-store' })
  } catch (error) {
    const failure =
      error instanceof PortolanError ? { kind: 'tooLarge' as const, detail: error.message } : failureIn(error)
    return answerPage(c, site, exportPage(site, path, failureNote(site, failure)), statusOf(failure))
  }
}

function answerNothing(c: WebContext, site: Site, path: string): Promise<Response> {
  const text = site.view.t('directory.export.nothing', { path })
  return answerPage(c, site, exportPage(site, path, html`<p class="note" role="alert">${text}</p>`), 404)
}

function exportOf({ served }: Site, path: string, format: string): Exported | null {
  const flat = FORMATS.get(format)
  if (flat !== undefined) return exportFlat(served.domain, flat)
  const object = resolveParts(served.domain, readJournalPath(path))
  return object === undefined || !isTreeFormat(format) ? null : exportTree(served.domain, object, format)
}

function failureIn(error: unknown): DeskError['failure'] {
  if (error instanceof DeskError) return error.failure
  throw error
}

type SentImport = v.InferOutput<typeof importSchema>

async function importSent(c: WebContext, site: Site, sent: SentImport, form: SentForm): Promise<Response> {
  const { view, served, visitor } = site
  const { format, mode, parent } = sent
  const shown: ImportForm = { ...EMPTY_IMPORT, format, mode, parent, text: sent.text }
  const again = (text: string, status: 413 | 422): Promise<Response> =>
    answerPage(c, site, importPage(site, { ...shown, notice: html`<p class="note" role="alert">${text}</p>` }), status)
  const bytes = await bytesOfImport(sent, form)
  if (bytes.length === 0) return again(view.t('directory.import.empty'), 422)
  if (bytes.length > TEXT_BYTES_MAX) return again(view.t('directory.import.tooLarge'), 413)
  const object = resolveParts(served.domain, readJournalPath(parent))
  if (object === undefined) return again(view.t('directory.import.noParent', { path: parent }), 422)
  const request: ImportRequest = { format, mode, parent: object, text: textOf(bytes) }
  const data = bytes.toString('base64')
  try {
    if (sent.do === 'preview' || visitor === null) {
      const preview = { plan: planImport(served.domain, request), data, isAnew: false }
      return await answerPage(c, site, importPage(site, { ...shown, preview }))
    }
    const outcome = await applyImport(served, request, sent.digest, visitor.caller)
    if ('digest' in outcome)
      return await answerPage(
        c,
        site,
        importPage(site, { ...shown, preview: { plan: outcome, data, isAnew: true } }),
        409,
      )
    const { created, changed } = outcome
    const done = `${directoryHref(served.tag, [])}/import?done=imported&created=${created}&changed=${changed}`
    return c.redirect(view.href(done), 303)
  } catch (error) {
    const failure = failureIn(error)
    return answerPage(c, site, importPage(site, { ...shown, notice: failureNote(site, failure) }), statusOf(failure))
  }
}

/** A file before a text: who chooses one means it. */
async function bytesOfImport({ text, data }: SentImport, form: SentForm): Promise<Buffer> {
  const file = await form.file('file')
  if (file !== null) return Buffer.from(file)
  if (data !== '') return Buffer.from(data, 'base64')
  // A browser ends the lines of a field with CR and LF.
  return Buffer.from(text.replaceAll('\r\n', '\n'))
}
