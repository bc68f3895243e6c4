/** Writing directories: each write names the state that it changes, and fails where another wrote meanwhile. */
import * as v from 'valibot'
import { LIMITS } from '../../../core/index.ts'
import { MODEL_LIMITS, ROOT_OBJECT } from '../../../directory/index.ts'
import { createDirectory, renameDirectory, writeProperties } from '../../directory/desk.ts'
import type { Written } from '../../directory/desk.ts'
import { resolveParts, stepsTo } from '../../directory/paths.ts'
import { moveTree } from '../../directory/move.ts'
import { countTree, removeTree } from '../../directory/remove.ts'
import type { WebContext } from '../../env.ts'
import type { ServedDomain } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { NEVER_KEPT, answerJson } from '../answer-json.ts'
import { answerDesk, callerOf, requireObject, requireSeenBy, stateOf } from '../desk-answers.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation } from '../operation.ts'
import type { Operation, Success } from '../operation.ts'
import { whole } from '../parameters.ts'
import { Problem } from '../problem.ts'
import { written } from '../schemas/directory-schemas.ts'
import { API } from './base.ts'
import { pathParameter } from './directory-operations.ts'
import { tagParameter } from './domain-operations.ts'
import { requireDomain } from './event-operations.ts'

const PATH = `${API}/domains/{tag}/directories/{path+}`
const parameters = v.strictObject({ tag: tagParameter, path: pathParameter })
const rootParameters = v.strictObject({ tag: tagParameter })

const propertyText = v.pipe(
  v.string(),
  v.check(
    (text) => Buffer.byteLength(text) <= MODEL_LIMITS.stringBytes,
    `it has more than ${MODEL_LIMITS.stringBytes} bytes`,
  ),
)
const properties = v.pipe(
  v.array(
    v.strictObject({ name: propertyText, values: v.pipe(v.array(propertyText), v.maxLength(MODEL_LIMITS.values)) }),
  ),
  v.maxLength(MODEL_LIMITS.properties),
)
const EXAMPLE = [
  { name: 'name', values: ['ledger'] },
  { name: 'port', values: ['973'] },
]

const putSchema = v.strictObject({ properties })
const postSchema = v.strictObject({ properties, before: v.exactOptional(v.pipe(v.string(), v.maxLength(4096))) })
const patchSchema = v.strictObject({
  rename: v.exactOptional(v.pipe(propertyText, v.minLength(1))),
  moveTo: v.exactOptional(
    v.strictObject({
      parent: v.pipe(v.string(), v.maxLength(4096)),
      before: v.exactOptional(v.pipe(v.string(), v.maxLength(4096))),
    }),
  ),
})

const WRITES = { tag: 'directory', scope: 'write', query: NO_PARAMETERS, isConditional: true } as const
const JSON_BODY = { types: ['application/json'], maxBytes: LIMITS.webImportBytes }
const UNAVAILABLE = ['unavailable', 'too-large'] as const

function doneAs(status: 200 | 201, description: string): readonly Success[] {
  const headers = { ETag: 'The state of the directory now.', ...(status === 201 ? { Location: 'Where it is.' } : {}) }
  return [{ status, description, type: 'application/json', schema: written, headers }]
}

export function directoryWriteOperations(services: WebServices): readonly Operation[] {
  return [replacing(services), creating(services), creatingAtRoot(services), changing(services), removing(services)]
}

function replacing(services: WebServices): Operation {
  return defineOperation({
    ...WRITES,
    method: 'put',
    path: PATH,
    id: 'replaceProperties',
    summary: 'Replaces the properties of a directory',
    description: 'All of them, in their order. A `passwd` of `*` stands for the one that is there.',
    parameters,
    body: { ...JSON_BODY, description: 'The properties.', schema: putSchema, example: { properties: EXAMPLE } },
    success: doneAs(200, 'The directory was written.'),
    problems: UNAVAILABLE,
    answer: (c, asked) =>
      answerDesk(async () => {
        const served = requireDomain(services, asked.parameters.tag)
        const object = requireObject(served.domain, asked.parameters.path)
        const seen = requireSeenBy(c, served.domain, object)
        return answerWritten(c, served, await writeProperties(served, object, asked.body.properties, seen, callerOf(c)))
      }),
  })
}

const CREATION = {
  ...WRITES,
  method: 'post',
  description:
    'At the end of its parent, or `before` a child that is named as in an address. If-Match is the state of the parent.',
  body: {
    ...JSON_BODY,
    description: 'The properties of the new directory.',
    schema: postSchema,
    example: { properties: EXAMPLE },
  },
  success: doneAs(201, 'The directory was made.'),
  problems: UNAVAILABLE,
} as const

function creating(services: WebServices): Operation {
  return defineOperation({
    ...CREATION,
    path: PATH,
    id: 'createDirectory',
    summary: 'Makes a directory below another',
    parameters,
    answer: (c, asked) => {
      const served = requireDomain(services, asked.parameters.tag)
      return create(c, served, requireObject(served.domain, asked.parameters.path), asked.body)
    },
  })
}

function creatingAtRoot(services: WebServices): Operation {
  return defineOperation({
    ...CREATION,
    path: `${API}/domains/{tag}/directories`,
    id: 'createAtRoot',
    summary: 'Makes a directory below the root',
    parameters: rootParameters,
    answer: (c, asked) => create(c, requireDomain(services, asked.parameters.tag), ROOT_OBJECT, asked.body),
  })
}

function create(
  c: WebContext,
  served: ServedDomain,
  parent: number,
  body: v.InferOutput<typeof postSchema>,
): Promise<Response> {
  return answerDesk(async () => {
    const { domain } = served
    const seen = requireSeenBy(c, domain, parent)
    const place =
      body.before === undefined ? -1 : domain.childrenOf(parent).indexOf(requireChild(domain, parent, body.before))
    const options = place === -1 ? { seen } : { seen, where: place }
    return answerWritten(c, served, await createDirectory(served, parent, body.properties, callerOf(c), options), 201)
  })
}

function requireChild(domain: ServedDomain['domain'], parent: number, part: string): number {
  const steps = stepsTo(domain, parent) ?? []
  const object = resolveParts(domain, [...steps.map((step) => step.part), part])
  if (object === undefined) throw new Problem('not-found', `${domain.pathOf(parent)} has no child ${part}.`)
  return object
}

function changing(services: WebServices): Operation {
  return defineOperation({
    ...WRITES,
    method: 'patch',
    path: PATH,
    id: 'renameOrMove',
    summary: 'Gives a directory another name, or another place',
    description:
      'One of `rename` and `moveTo`. A move makes the directory anew at its new place, with another number, and then takes the old away.',
    parameters,
    body: {
      ...JSON_BODY,
      description: 'The new first name, or the path of the new parent and the child before which it shall stand.',
      schema: patchSchema,
      example: { rename: 'ledger' },
    },
    success: doneAs(200, 'The directory is changed.'),
    problems: UNAVAILABLE,
    answer: (c, { parameters: { tag, path }, body: { rename, moveTo } }) =>
      answerDesk(async () => {
        const served = requireDomain(services, tag)
        const { domain } = served
        const object = requireObject(domain, path)
        const seen = requireSeenBy(c, domain, object)
        if (rename !== undefined && moveTo === undefined)
          return answerWritten(c, served, await renameDirectory(served, object, rename, seen, callerOf(c)))
        if (moveTo === undefined || rename !== undefined)
          throw new Problem('invalid', 'The body must have one of rename and moveTo.')
        const parent = requireObject(domain, moveTo.parent)
        const before = moveTo.before === undefined ? null : requireChild(domain, parent, moveTo.before)
        return answerWritten(c, served, await moveTree(served, object, { parent, before }, seen, callerOf(c)))
      }),
  })
}

function removing(services: WebServices): Operation {
  return defineOperation({
    ...WRITES,
    method: 'delete',
    path: PATH,
    id: 'removeDirectory',
    summary: 'Removes a directory',
    description: 'With children only where `count` says how many directories go in all.',
    parameters,
    query: v.strictObject({
      count: v.exactOptional(
        whole(1, LIMITS.webTreeDirectories, 'How many directories go, this one included; 1 where it is left out.'),
      ),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'It is gone.', type: 'application/json', schema: written }],
    problems: UNAVAILABLE,
    answer: (c, { parameters: { tag, path }, query: { count = 1 } }) =>
      answerDesk(async () => {
        const served = requireDomain(services, tag)
        const { domain } = served
        const object = requireObject(domain, path)
        const seen = requireSeenBy(c, domain, object)
        const there = countTree(domain, object)
        if (there !== count)
          throw new Problem('conflict', `${there} directories would go, and the request says ${count}.`, {
            code: 'conflict',
            hint: `Send count=${there} where that is meant.`,
            more: { count: there },
          })
        const revision = await removeTree(served, object, count, seen, callerOf(c))
        const answer = { schemaVersion: 1, object: null, instance: null, path: null, revision }
        return answerJson(c, answer, { cacheControl: NEVER_KEPT })
      }),
  })
}

function answerWritten(
  c: WebContext,
  { tag, domain }: ServedDomain,
  { object, instance, revision }: Written,
  status: 200 | 201 = 200,
): Response {
  const path = domain.pathOf(object)
  const place = `${API}/domains/${encodeURIComponent(tag)}/directories/${stepsHref(domain, object)}`
  return answerJson(
    c,
    { schemaVersion: 1, object, instance, path, revision },
    {
      status,
      cacheControl: NEVER_KEPT,
      state: stateOf({ object, instance }, revision),
      ...(status === 201 ? { headers: { location: place } } : {}),
    },
  )
}

function stepsHref(domain: ServedDomain['domain'], object: number): string {
  return (stepsTo(domain, object) ?? []).map(({ part }) => encodeURIComponent(part)).join('/')
}
