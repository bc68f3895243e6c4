/** The OpenAPI 3.1 document: made from the same records as the routes, so that neither can lack what the other has. */
import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { Method, Operation, ParameterSchema, Success } from './operation.ts'
import { factsOf } from './parameters.ts'
import { PROBLEMS, PROBLEM_TYPE } from './problem.ts'
import type { ProblemKind } from './problem.ts'
import { COMPONENTS, problem } from './schemas/components.ts'

export type Json = Readonly<Record<string, unknown>>

export interface DocumentParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description: string
  readonly schema: Json
  readonly explode?: boolean
  readonly example?: string
}

interface MediaType {
  readonly schema: Json
  readonly example?: unknown
}

export interface DocumentAnswer {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Json }>>
  readonly content?: Readonly<Record<string, MediaType>>
}

export interface DocumentOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters: readonly DocumentParameter[]
  readonly requestBody?: {
    readonly required: true
    readonly description: string
    readonly content: Readonly<Record<string, MediaType>>
  }
  readonly responses: Readonly<Record<string, DocumentAnswer>>
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
}

export interface ApiDocument {
  readonly openapi: '3.1.0'
  readonly info: Json
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, DocumentOperation>>>>>
  readonly components: Readonly<Record<string, Json>>
}

const TAGS = [
  { name: 'ports', description: 'What ports are for: the registry and the lore.' },
  { name: 'machine', description: 'What this machine has open, and what others answer.' },
  { name: 'directory', description: 'Domains of administrative data: read, written, taken in and out.' },
  { name: 'events', description: 'What changes, as it changes.' },
  { name: 'server', description: 'The server itself.' },
] as const

/** What any request can come to. */
const COMMON: readonly ProblemKind[] = ['invalid', 'not-acceptable', 'misdirected', 'too-many', 'failed']

export function makeDocument(operations: readonly Operation[], version: string): ApiDocument {
  const paths: Record<string, Partial<Record<Method, DocumentOperation>>> = {}
  for (const operation of operations) {
    const path = operation.path.replace('+}', '}')
    paths[path] = { ...paths[path], [operation.method]: documentOperation(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portolan',
      version,
      summary: 'What a network port is for, what is really there, and who said it should be.',
      description:
        'Errors are problem details (RFC 9457). Programs send a token, made at /account: `Authorization: Bearer ptl_…`. A field that is not known must be passed over: adding one does not change the version in the path.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths,
    components: {
      schemas: toJsonSchemaDefs(COMPONENTS, SCHEMA_OPTIONS),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token of a program, made at /account.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'portolan-session',
          description: 'A browser that has signed in. With TLS the name begins with `__Host-`.',
        },
      },
    },
  }
}

const SCHEMA_OPTIONS = {
  target: 'draft-2020-12',
  typeMode: 'output',
  definitions: COMPONENTS,
  overrideRef: ({ referenceId }: { readonly referenceId: string }): string => `#/components/schemas/${referenceId}`,
} as const

/** A schema in the document's words; what has a name there is referred to by it. */
function schemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, $defs: __, ...rest } = toJsonSchema(schema, SCHEMA_OPTIONS)
  return rest
}

function documentOperation(operation: Operation): DocumentOperation {
  const { id, tag, summary, description = summary, scope, body, success } = operation
  const conditions = operation.isConditional === true ? [IF_MATCH] : []
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: scope === null ? description : `${description} Needs the scope \`${scope}\`.`,
    parameters: [
      ...parametersOf(operation.parameters, 'path'),
      ...parametersOf(operation.query, 'query'),
      ...conditions,
    ],
    ...(body.types.length === 0
      ? {}
      : {
          requestBody: {
            required: true,
            description: body.description,
            content: Object.fromEntries(
              body.types.map((type) => [type, { schema: inputSchemaOf(body.schema, type), example: body.example }]),
            ),
          },
        }),
    responses: { ...Object.fromEntries(success.map(successAnswer)), ...problemAnswers(operation) },
    security: scope === null ? [{}, { token: [] }, { session: [] }] : [{ token: [] }, { session: [] }],
  }
}

/** A body of JSON is told as it is sent, before anything is made of it. */
function inputSchemaOf(schema: v.GenericSchema, type: string): Json {
  if (type !== 'application/json') return { type: 'string' }
  const {
    $schema: _,
    $defs: __,
    ...rest
  } = toJsonSchema(schema, { ...SCHEMA_OPTIONS, typeMode: 'input', errorMode: 'ignore' })
  return rest
}

const IF_MATCH: DocumentParameter = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of the directory as it was read; `*` for whatever is there.',
  schema: { type: 'string' },
}

function parametersOf(schema: ParameterSchema, place: 'path' | 'query'): readonly DocumentParameter[] {
  return Object.entries(schema.entries).map(([name, entry]) => {
    const inner = unwrap(entry)
    const { json, isRepeatable, example } = factsOf(inner)
    const parameter: DocumentParameter = {
      name,
      in: place,
      required: inner === entry,
      description: v.getDescription(inner) ?? '',
      schema: json,
      explode: isRepeatable,
    }
    return example === undefined ? parameter : Object.assign(parameter, { example })
  })
}

/** What an optional entry holds. */
function unwrap(entry: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in entry && v.is(anySchema, entry.wrapped) ? entry.wrapped : entry
}

const anySchema = v.custom<v.GenericSchema>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema',
)

function successAnswer({
  status,
  description,
  type,
  schema,
  example,
  headers = {},
}: Success): [string, DocumentAnswer] {
  const named = Object.entries(headers).map(([name, told]) => [name, { description: told, schema: { type: 'string' } }])
  const content = {
    [type]: {
      schema: schema === undefined ? { type: 'string' } : schemaOf(schema),
      ...(example === undefined ? {} : { example }),
    },
  }
  return [
    String(status),
    { description, ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }), content },
  ]
}

function problemAnswers(operation: Operation): Readonly<Record<string, DocumentAnswer>> {
  const kinds = problemKindsOf(operation)
  return Object.fromEntries(
    kinds
      .toSorted((a, b) => PROBLEMS[a].status - PROBLEMS[b].status)
      .map((kind) => [
        String(PROBLEMS[kind].status),
        {
          description: `${PROBLEMS[kind].title} (\`${kind}\`).`,
          content: { [PROBLEM_TYPE]: { schema: schemaOf(problem) } },
        },
      ]),
  )
}

function problemKindsOf({ scope, body, isConditional, problems = [] }: Operation): readonly ProblemKind[] {
  const ofScope: readonly ProblemKind[] = scope === null ? [] : ['sign-in-needed', 'refused']
  const ofBody: readonly ProblemKind[] = body.types.length === 0 ? [] : ['too-large', 'unsupported-type']
  const ofWrite: readonly ProblemKind[] =
    isConditional === true ? ['precondition-missing', 'changed-meanwhile', 'conflict', 'not-found'] : []
  return [...new Set([...COMMON, ...ofScope, ...ofBody, ...ofWrite, ...problems])]
}
