/**
 * The HTTP API: `/api/v1`, its document and reference, and what operators watch.
 *
 * One list of operations makes the routes and the document. Whatever goes wrong under these addresses is answered as problem
 * details, also where another part of the site refused the request.
 */
import type { MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { messageOf } from '../../core/index.ts'
import type { WebApp, WebContext, WebEnv } from '../env.ts'
import type { WebServices } from '../services.ts'
import { answerJson } from './answer-json.ts'
import { makeDocument } from './document.ts'
import type { ApiDocument } from './document.ts'
import { measure } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation } from './operation.ts'
import type { Operation } from './operation.ts'
import { PROBLEMS, PROBLEM_TYPE, Problem, answerProblem, problemOf } from './problem.ts'
import type { ProblemKind } from './problem.ts'
import { answerReference } from './reference-page.ts'
import { API } from './routes/base.ts'
import { directoryOperations } from './routes/directory-operations.ts'
import { directoryWriteOperations } from './routes/directory-write-operations.ts'
import { domainOperations } from './routes/domain-operations.ts'
import { eventOperations } from './routes/event-operations.ts'
import { machineOperations } from './routes/machine-operations.ts'
import { portOperations } from './routes/port-operations.ts'
import { probeOperations } from './routes/probe-operations.ts'
import { serverOperations } from './routes/server-operations.ts'
import { apiIndex } from './schemas/server-schemas.ts'

export interface Api {
  readonly operations: readonly Operation[]
  readonly document: () => ApiDocument
  readonly metrics: Metrics
}

/** Addresses of the API, without a language before them. */
function isApiPath(path: string): boolean {
  return path === '/api' || path.startsWith('/api/') || path === '/healthz' || path === '/readyz' || path === '/metrics'
}

export function makeApi(services: WebServices): Api {
  const { metrics } = services
  const listed = [
    ...portOperations(services),
    ...machineOperations(services),
    ...probeOperations(services),
    ...domainOperations(services),
    ...directoryOperations(services),
    ...directoryWriteOperations(services),
    ...eventOperations(services),
    ...serverOperations(services),
  ]
  let made: ApiDocument | null = null
  const document = (): ApiDocument => (made ??= makeDocument(operations, services.frame.version))
  const operations: readonly Operation[] = [
    ...listed,
    ...documentOperations(() => operations, document, services.frame.version),
  ]
  return { operations, document, metrics }
}

/** Measures every request; and, in front of the guard, sees to it that a refusal has the form that programs expect. */
export function watchApi({ metrics }: Api, { frame }: WebServices): readonly MiddlewareHandler<WebEnv>[] {
  return [
    measure(metrics),
    async (c, next) => {
      await next()
      const { status } = c.res
      const isOurs = c.res.headers.get('content-type') === PROBLEM_TYPE && c.res.headers.has('x-problem')
      c.res.headers.delete('x-problem')
      if (status < 400 || isOurs || !isApiPath(c.req.path) || !c.req.path.startsWith('/api/')) return
      c.res = await asProblem(c, frame.origin)
    },
  ]
}

export function addApi(app: WebApp, services: WebServices, { operations, document }: Api): void {
  app.get('/api', (c) => answerReference(c, services, document()))
  app.all('/api', (c) => answerOther(c, services, 'GET, HEAD, OPTIONS'))
  const byPath = Map.groupBy(operations, ({ path }) => path)
  for (const operation of operations) {
    const { method, path } = operation
    app.on(method.toUpperCase(), honoPath(path), (c) => runOperation(c, services, operation))
  }
  for (const [path, some] of byPath) {
    const methods = some.map(({ method }) => method.toUpperCase())
    const allowed = [
      ...(methods.includes('GET') ? ['GET', 'HEAD'] : []),
      ...methods.filter((each) => each !== 'GET'),
      'OPTIONS',
    ]
    app.all(honoPath(path), (c) => answerOther(c, services, allowed.join(', ')))
  }
  app.all('/api/*', (c) => marked(answerProblem(c, services.frame.origin, nothingAt(c))))
}

/** `{port}` as `:port`, and `{path+}` as what may hold slashes. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\+\}/g, ':$1{.+}').replaceAll(/\{(\w+)\}/g, ':$1')
}

function nothingAt(c: WebContext): Problem {
  return new Problem('not-found', `There is nothing at ${c.req.path.slice(0, 200)}.`, {
    hint: `${API}/openapi.json lists what there is.`,
  })
}

async function runOperation(c: WebContext, { frame, log }: WebServices, operation: Operation): Promise<Response> {
  try {
    return await operation.run(c)
  } catch (error) {
    const problem = problemOf(error)
    if (problem !== null) return marked(answerProblem(c, frame.origin, problem))
    if (c.req.raw.signal.aborted)
      return marked(answerProblem(c, frame.origin, new Problem('unavailable', 'The client has gone.')))
    log('error', 'request-failed', { path: c.req.path, message: messageOf(error) })
    const told = new Problem('failed', 'What happened is in the log of the server.')
    return marked(answerProblem(c, frame.origin, told))
  }
}

function answerOther(c: WebContext, { frame }: WebServices, allow: string): Response {
  if (c.req.method === 'OPTIONS') return c.body(null, 204, { allow, 'cache-control': 'no-store' })
  const problem = new Problem('method-not-allowed', `${c.req.method} is not one of ${allow}.`, { headers: { allow } })
  return marked(answerProblem(c, frame.origin, problem))
}

/** Told apart from what other parts of the site refuse. */
function marked(response: Response): Response {
  response.headers.set('x-problem', '1')
  return response
}

const KINDS: readonly ProblemKind[] = Object.keys(PROBLEMS).filter((each): each is ProblemKind => each in PROBLEMS)
const refusalSchema = v.looseObject({ detail: v.string() })
/** Headers of a refusal that go along with it. */
const KEPT_HEADERS = ['retry-after', 'www-authenticate', 'connection', 'allow'] as const

/** What another part of the site refused, in our words; its own sentence is kept, which is in the reader's language. */
async function asProblem(c: WebContext, origin: string): Promise<Response> {
  const { res } = c
  const kind = KINDS.find((each) => PROBLEMS[each].status === res.status) ?? (res.status >= 500 ? 'failed' : 'invalid')
  const isProblem = (res.headers.get('content-type') ?? '').startsWith(PROBLEM_TYPE)
  const told = isProblem ? v.safeParse(refusalSchema, await res.json()) : null
  const detail = told?.success === true ? told.output.detail : `${PROBLEMS[kind].title}.`
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = res.headers.get(name)
      return value === null ? [] : [[name, value] as const]
    }),
  )
  // Hono keeps the headers of the answer before, where that is not taken away.
  c.res = undefined
  return answerProblem(c, origin, new Problem(kind, detail, { headers }))
}

function documentOperations(
  all: () => readonly Operation[],
  document: () => ApiDocument,
  version: string,
): readonly Operation[] {
  const bare = {
    method: 'get',
    tag: 'server',
    scope: null,
    parameters: NO_PARAMETERS,
    query: NO_PARAMETERS,
    body: NO_BODY,
  } as const
  return [
    defineOperation({
      ...bare,
      path: API,
      id: 'getIndex',
      summary: 'What is here',
      success: [{ status: 200, description: 'The addresses.', type: 'application/json', schema: apiIndex }],
      answer: (c) =>
        answerJson(c, {
          version,
          document: `${API}/openapi.json`,
          reference: '/api',
          paths: [...new Set(all().map(({ path }) => path.replace('+}', '}')))],
        }),
    }),
    defineOperation({
      ...bare,
      path: `${API}/openapi.json`,
      id: 'getDocument',
      summary: 'This document',
      success: [
        {
          status: 200,
          description: 'OpenAPI 3.1.',
          type: 'application/json',
          schema: v.looseObject({ openapi: v.string() }),
        },
      ],
      answer: (c) => answerJson(c, document()),
    }),
  ]
}
