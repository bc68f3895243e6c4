/** `/domains`: which there are, their journals, and taking them out and in as text. */
import * as v from 'valibot'
import { LIMITS } from '../../../core/index.ts'
import { FORMATS, ROOT_OBJECT } from '../../../directory/index.ts'
import type { JournalEntry } from '../../../directory/index.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebContext } from '../../env.ts'
import { exportFlat, exportTree, formatNames, isTreeFormat } from '../../directory/export.ts'
import type { Exported } from '../../directory/export.ts'
import { IMPORT_MODES, applyImport, planImport } from '../../directory/import.ts'
import type { ImportPlan } from '../../directory/import.ts'
import { listJournal } from '../../directory/journal-list.ts'
import { undoEntry } from '../../directory/undo.ts'
import type { WebServices } from '../../services.ts'
import { NEVER_KEPT, answerJson, answerText } from '../answer-json.ts'
import { answerDesk, callerOf, requireObject } from '../desk-answers.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation, requireScope } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { choice, flag, text, whole } from '../parameters.ts'
import { Problem } from '../problem.ts'
import { domainList, importAnswer, journalPage, written } from '../schemas/directory-schemas.ts'
import { API } from './base.ts'
import { requireDomain } from './event-operations.ts'
import { timeOf } from './machine-operations.ts'

const TAG_CHARS_MAX = 200
const PATH_CHARS_MAX = 4096
const ENTRIES_MAX = 500
const ENTRIES_DEFAULT = 50
/** Changes that an import tells one by one; `created` and `changed` count all. */
const CHANGES_TOLD = 1000
const FORMAT_NAMES = formatNames()

export const tagParameter: v.GenericSchema<string, string> = text(TAG_CHARS_MAX, "The domain's tag.", 'local')
const tagOnly = v.strictObject({ tag: tagParameter })

export function domainOperations(services: WebServices): readonly Operation[] {
  return [listing(services), journal(services), undoing(services), exporting(services), importing(services)]
}

function listing({ domains }: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/domains`,
    id: 'listDomains',
    tag: 'directory',
    summary: 'The domains that this server has',
    description: "This machine's own first. `master` is false for a clone, which is not written to.",
    scope: null,
    parameters: NO_PARAMETERS,
    query: NO_PARAMETERS,
    body: NO_BODY,
    success: [{ status: 200, description: 'The domains.', type: 'application/json', schema: domainList }],
    answer: (c) =>
      answerJson(c, {
        schemaVersion: 1,
        domains: domains.all().map(({ tag, domain, isMaster }) => {
          const { revision, count } = domain.about()
          return { tag, master: isMaster, revision, directories: count }
        }),
      }),
  })
}

function journal(services: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/domains/{tag}/journal`,
    id: 'listJournal',
    tag: 'directory',
    summary: 'Who wrote what',
    description:
      'The newest first, or with `after` the oldest first from that revision on. `next` is what `before` (or `after`) must be for the next page. Passwords are never in it. Where the server is open to a network this needs the scope read.',
    scope: null,
    parameters: tagOnly,
    query: v.strictObject({
      before: v.exactOptional(whole(1, Number.MAX_SAFE_INTEGER, 'Only entries older than this revision.')),
      after: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER, 'Only entries newer than this revision, oldest first.')),
      limit: v.exactOptional(whole(1, ENTRIES_MAX, `At most so many; ${ENTRIES_DEFAULT} where it is left out.`)),
      path: v.exactOptional(text(PATH_CHARS_MAX, 'Only about this directory and those below it.', '/users')),
      who: v.exactOptional(text(TAG_CHARS_MAX, 'Only by this user.')),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The entries.', type: 'application/json', schema: journalPage }],
    problems: ['not-found', 'sign-in-needed', 'refused'],
    answer: (c, { parameters: { tag }, query: { before, after, limit = ENTRIES_DEFAULT, path, who } }) => {
      if (!mayReadMachine(c, services)) requireScope(c, 'read')
      const { domain } = requireDomain(services, tag)
      const revision = domain.revision()
      if (after !== undefined) {
        if (before !== undefined || path !== undefined || who !== undefined)
          throw new Problem('invalid', 'after in the query goes with limit alone.')
        const entries = [...domain.journal({ afterRevision: after, limit })]
        const last = entries.at(-1)?.revision ?? revision
        return answerJson(c, {
          schemaVersion: 1,
          revision,
          entries: entries.map(entryOf),
          next: last < revision ? last : null,
        })
      }
      const page = listJournal(domain, {
        limit,
        ...(before === undefined ? {} : { before }),
        ...(path === undefined ? {} : { path }),
        ...(who === undefined ? {} : { who }),
      })
      return answerJson(c, { schemaVersion: 1, revision, entries: page.entries.map(entryOf), next: page.before })
    },
  })
}

function entryOf({ timeMs, revision, who, from, kind, object, path, changes }: JournalEntry) {
  return { revision, time: timeOf(timeMs), who, from, kind, object, path, changes }
}

function undoing(services: WebServices): Operation {
  return defineOperation({
    method: 'post',
    path: `${API}/domains/{tag}/journal/{revision}/undo`,
    id: 'undo',
    tag: 'directory',
    summary: 'Takes back an entry of the journal',
    description: 'Refused with the reason where something since stands in the way.',
    scope: 'write',
    parameters: v.strictObject({
      tag: tagParameter,
      revision: whole(1, Number.MAX_SAFE_INTEGER, 'Which entry.', '7'),
    }),
    query: v.strictObject({
      acceptLostSecret: v.exactOptional(
        flag('Whether a directory may come back without its password, which no journal keeps.'),
      ),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'What is there now.', type: 'application/json', schema: written }],
    problems: ['not-found', 'conflict', 'changed-meanwhile', 'too-large', 'unavailable'],
    answer: async (c, { parameters: { tag, revision }, query: { acceptLostSecret = false } }) => {
      const served = requireDomain(services, tag)
      return answerDesk(async () => {
        const undone = await undoEntry(served, revision, acceptLostSecret, callerOf(c))
        const { object } = undone
        const instance = object === null ? null : (served.domain.id(object)?.instance ?? null)
        const path = object === null ? null : served.domain.pathOf(object)
        return answerJson(
          c,
          { schemaVersion: 1, object, instance, path, revision: undone.revision },
          { cacheControl: NEVER_KEPT },
        )
      })
    },
  })
}

const pathQuery = v.exactOptional(text(PATH_CHARS_MAX, 'Of `json` and `raw`: only this directory, by names.', 'users'))

function exporting(services: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/domains/{tag}/export/{format}`,
    id: 'export',
    tag: 'directory',
    summary: 'A domain as text',
    description: 'The whole tree as `json` or `raw`, or one of the old files of `/etc`. Passwords are `*`.',
    scope: null,
    parameters: v.strictObject({ tag: tagParameter, format: choice(FORMAT_NAMES, 'The format.') }),
    query: v.strictObject({ path: pathQuery }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The text; JSON for the format `json`.', type: 'text/plain' }],
    problems: ['not-found', 'too-large'],
    answer: (c, { parameters: { tag, format }, query: { path = '' } }) => {
      const { domain } = requireDomain(services, tag)
      return answerDesk(() => {
        const flat = FORMATS.get(format)
        if (flat !== undefined) return answerExport(c, exportFlat(domain, flat))
        if (!isTreeFormat(format)) throw new Problem('not-found', `${format} is no format.`)
        return answerExport(c, exportTree(domain, path === '' ? ROOT_OBJECT : requireObject(domain, path), format))
      })
    },
  })
}

function answerExport(c: WebContext, { text: content, type, fileName }: Exported): Response {
  return answerText(c, content, type, { headers: { 'content-disposition': `attachment; filename="${fileName}"` } })
}

function importing(services: WebServices): Operation {
  return defineOperation({
    method: 'post',
    path: `${API}/domains/{tag}/import`,
    id: 'import',
    tag: 'directory',
    summary: 'Takes text into a domain',
    description:
      'What is missing is created, what is there gets the new properties. With `dryRun` nothing is written; its `digest`, sent along, makes sure that what is done is what was shown.',
    scope: 'write',
    parameters: tagOnly,
    query: v.strictObject({
      format: choice(FORMAT_NAMES, 'The format of the body.'),
      mode: v.exactOptional(
        choice(IMPORT_MODES, 'Whether properties that the text lacks stay (merge, the default) or go.'),
      ),
      path: v.exactOptional(text(PATH_CHARS_MAX, 'Of `json` and `raw`: below which directory.', 'users')),
      dryRun: v.exactOptional(flag('Only tell what would be done.')),
      digest: v.exactOptional(text(100, 'Of the dry run whose changes are to be made.')),
    }),
    body: {
      types: ['text/plain', 'application/octet-stream'],
      description: 'The text, in UTF-8.',
      maxBytes: LIMITS.webImportBytes,
      schema: v.string(),
      example: 'ledger\t973/tcp\n',
    },
    success: [
      { status: 200, description: 'What was, or would be, done.', type: 'application/json', schema: importAnswer },
    ],
    problems: ['not-found', 'conflict', 'changed-meanwhile', 'unavailable'],
    answer: async (c, { parameters: { tag }, query, body }) => {
      const { format, mode = 'merge', path = '', dryRun = false } = query
      const served = requireDomain(services, tag)
      const { domain } = served
      return answerDesk(async () => {
        const parent = path === '' ? ROOT_OBJECT : requireObject(domain, path)
        const request = { format, text: body, mode, parent }
        const plan = planImport(domain, request)
        if (dryRun) return answerJson(c, planOf(plan, false), { cacheControl: NEVER_KEPT })
        const done = await applyImport(served, request, query.digest ?? plan.digest, callerOf(c))
        if ('digest' in done)
          throw new Problem('changed-meanwhile', 'The import would now do something else than the dry run said.', {
            hint: 'Make another dry run.',
            more: { digest: done.digest },
          })
        return answerJson(c, planOf({ ...plan, ...done }, true), { cacheControl: NEVER_KEPT })
      })
    },
  })
}

function planOf({ created, changed, same, digest, changes, problems }: ImportPlan, done: boolean) {
  return { schemaVersion: 1, done, created, changed, same, digest, changes: changes.slice(0, CHANGES_TOLD), problems }
}
