/** Reading directories, at `/domains/{tag}/directories/{path}`. */
import * as v from 'valibot'
import { ROOT_OBJECT } from '../../../directory/index.ts'
import { requireDirectory } from '../../directory/desk.ts'
import { listChildren } from '../../directory/read.ts'
import type { WebContext } from '../../env.ts'
import type { ServedDomain } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { answerJson } from '../answer-json.ts'
import { answerDesk, requireObject, stateOf } from '../desk-answers.ts'
import { NO_BODY, defineOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { text, whole } from '../parameters.ts'
import { directory } from '../schemas/directory-schemas.ts'
import { API } from './base.ts'
import { tagParameter } from './domain-operations.ts'
import { requireDomain } from './event-operations.ts'

const CHILDREN_MAX = 500
const CHILDREN_DEFAULT = 100
const PATH_CHARS_MAX = 4096

export const pathParameter: v.GenericSchema<string, string> = text(
  PATH_CHARS_MAX,
  'Names from the root down, each encoded; `dir:7` is the child of that number.',
  'users/pia',
)

const childQuery = v.strictObject({
  from: v.exactOptional(whole(0, 1_048_576, 'The place of the first child.')),
  limit: v.exactOptional(whole(0, CHILDREN_MAX, `At most so many; ${CHILDREN_DEFAULT} where it is left out.`)),
  filter: v.exactOptional(text(200, 'Only children with this text in a name, in any letter case.')),
})

type ChildQuery = v.InferOutput<typeof childQuery>

const READS = {
  method: 'get',
  tag: 'directory',
  description:
    'Its properties in their order, and a page of its children. Passwords are `*`. The ETag is what a write sends back as If-Match.',
  scope: null,
  query: childQuery,
  body: NO_BODY,
  success: [
    {
      status: 200,
      description: 'The directory.',
      type: 'application/json',
      schema: directory,
      headers: { ETag: 'The state that a write must name.' },
    },
  ],
  problems: ['not-found'],
} as const

export function directoryOperations(services: WebServices): readonly Operation[] {
  return [
    defineOperation({
      ...READS,
      path: `${API}/domains/{tag}/directories`,
      id: 'getRoot',
      summary: 'The root of a domain',
      parameters: v.strictObject({ tag: tagParameter }),
      answer: (c, { parameters: { tag }, query }) =>
        answerDirectory(c, requireDomain(services, tag), ROOT_OBJECT, query),
    }),
    defineOperation({
      ...READS,
      path: `${API}/domains/{tag}/directories/{path+}`,
      id: 'getDirectory',
      summary: 'A directory',
      parameters: v.strictObject({ tag: tagParameter, path: pathParameter }),
      answer: (c, { parameters: { tag, path }, query }) => {
        const served = requireDomain(services, tag)
        return answerDirectory(c, served, requireObject(served.domain, path), query)
      },
    }),
  ]
}

function answerDirectory(
  c: WebContext,
  { tag, domain }: ServedDomain,
  at: number,
  { from = 0, limit = CHILDREN_DEFAULT, filter = '' }: ChildQuery,
): Promise<Response> {
  return answerDesk(() => {
    const { object, instance, revision, path, name, properties, parent } = requireDirectory(domain, at)
    const page = listChildren(domain, at, { from, limit, filter })
    const end = page.from + page.rows.length
    const children = {
      total: page.total,
      matched: page.matched,
      from: page.from,
      rows: page.rows,
      next: end < page.matched && limit > 0 ? end : null,
    }
    const answer = {
      schemaVersion: 1,
      domain: tag,
      path,
      object,
      instance,
      revision,
      name,
      properties,
      parent,
      children,
    }
    return answerJson(c, answer, { state: stateOf({ object, instance }, revision) })
  })
}
