/** One thing that the API does: how it is asked, what it answers, and the code behind it; route and document are made from it. */
import * as v from 'valibot'
import type { WebContext } from '../env.ts'
import type { Scope } from '../visitor.ts'
import { isAccepted } from './accepts.ts'
import { Problem } from './problem.ts'
import type { ProblemKind } from './problem.ts'
import { mediaTypeOf, readJson, readText } from './read-body.ts'

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof METHODS)[number]

export const TAGS = ['ports', 'machine', 'directory', 'events', 'server'] as const
export type Tag = (typeof TAGS)[number]

type Entries = Readonly<Record<string, v.GenericSchema>>
/** Named parameters; one that is not among them is refused, for it is most often misspelt. */
export type ParameterSchema = v.StrictObjectSchema<Entries, undefined>

/** What may come back when all goes well. */
export interface Success {
  readonly status: 200 | 201 | 503
  readonly description: string
  readonly type: string
  /** Left out for what is not JSON. */
  readonly schema?: v.GenericSchema
  readonly example?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface BodyShape<Output> {
  /** JSON comes to the schema as a value, any other type as text; none for an operation without a body. */
  readonly types: readonly string[]
  readonly description: string
  readonly maxBytes: number
  readonly schema: v.GenericSchema<unknown, Output>
  readonly example: unknown
}

/** What the document tells of an operation, whatever its types. */
export interface OperationFacts {
  readonly method: Method
  /** As OpenAPI writes it; a last part `{path+}` may hold slashes. */
  readonly path: string
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** What the visitor must be allowed; null for what everybody is. */
  readonly scope: Scope | null
  readonly success: readonly Success[]
  /** Those that this operation adds to what each may answer. */
  readonly problems?: readonly ProblemKind[]
  /** A write to the directory: it needs If-Match. */
  readonly isConditional?: boolean
}

export interface Operation extends OperationFacts {
  readonly parameters: ParameterSchema
  readonly query: ParameterSchema
  readonly body: BodyShape<unknown>
  readonly run: (c: WebContext) => Promise<Response>
}

interface Definition<P extends ParameterSchema, Q extends ParameterSchema, B> extends OperationFacts {
  readonly parameters: P
  readonly query: Q
  readonly body: BodyShape<B>
  readonly answer: (
    c: WebContext,
    asked: { readonly parameters: v.InferOutput<P>; readonly query: v.InferOutput<Q>; readonly body: B },
  ) => Response | Promise<Response>
}

export const NO_PARAMETERS: ParameterSchema = v.strictObject({})
export const NO_BODY: BodyShape<null> = {
  types: [],
  description: '',
  maxBytes: 0,
  schema: v.null(),
  example: null,
}

/** Makes an operation: who asks is checked first, then what is asked, and only then is anything done. */
export function defineOperation<P extends ParameterSchema, Q extends ParameterSchema, B>(
  definition: Definition<P, Q, B>,
): Operation {
  const { answer, ...facts } = definition
  const { parameters, query, body, scope, success } = facts
  return {
    ...facts,
    run: async (c) => {
      requireScope(c, scope)
      requireAccepted(c, success)
      const asked = {
        parameters: check(parameters, c.req.param(), 'path', 'not-found'),
        query: check(query, readQuery(c), 'query', 'invalid'),
        body: check(body.schema, await readBody(c, body), 'body', 'invalid'),
      }
      return answer(c, asked)
    },
  }
}

/** @throws Problem sign-in-needed, refused */
export function requireScope(c: WebContext, scope: Scope | null): void {
  if (scope === null) return
  const visitor = c.get('visitor')
  if (visitor === null)
    throw new Problem('sign-in-needed', `This needs the scope ${scope}, and nobody has signed in.`, {
      hint: 'Sign in, or send the token of a program: Authorization: Bearer ptl_…',
    })
  if (!visitor.scopes.has(scope))
    // A token may have less than its owner.
    throw new Problem(
      'refused',
      `This needs the scope ${scope}, which ${visitor.csrf === '' ? 'the token' : visitor.name} does not have.`,
    )
}

function requireAccepted(c: WebContext, success: readonly Success[]): void {
  const types = success.map(({ type }) => type)
  if (types.some((type) => isAccepted(c.req.header('accept'), type))) return
  throw new Problem('not-acceptable', `The answer is ${types.join(' or ')}, which the Accept header does not take.`)
}

function readQuery(c: WebContext): Readonly<Record<string, string | readonly string[]>> {
  const all = new URL(c.req.url).searchParams
  const names = [...new Set(all.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = all.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values] as const
    }),
  )
}

async function readBody<B>(c: WebContext, body: BodyShape<B>): Promise<unknown> {
  const { types, maxBytes } = body
  if (types.length === 0) return null
  const type = mediaTypeOf(c)
  if (!types.includes(type)) {
    const given = type === '' ? 'of no media type' : type
    throw new Problem('unsupported-type', `The body is ${given}, and must be ${types.join(' or ')}.`, {
      headers: { accept: types.join(', ') },
    })
  }
  return type === 'application/json' ? readJson(c, maxBytes) : readText(c, maxBytes)
}

const ISSUES_MAX = 10

/** A part of a request in its checked form; each thing that is wrong with it is told with its place. */
function check<Schema extends v.GenericSchema>(
  schema: Schema,
  given: unknown,
  where: 'path' | 'query' | 'body',
  kind: ProblemKind,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, given)
  if (result.success) return result.output
  const issues = result.issues.slice(0, ISSUES_MAX).map((issue) => ({
    in: where,
    at: v.getDotPath(issue) ?? '',
    message: issue.type === 'strict_object' ? 'it is not known here, or it is missing' : issue.message,
  }))
  const [first] = issues
  const place = first === undefined || first.at === '' ? `The ${where}` : `${first.at} in the ${where}`
  throw new Problem(kind, `${place} is wrong: ${first?.message ?? 'it cannot be read'}.`, { more: { issues } })
}
