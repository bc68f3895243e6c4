/** What the server tells of itself: whether it lives and is ready, what it has counted, what visitors said of its pages. */
import * as v from 'valibot'
import { messageOf } from '../../../core/index.ts'
import { hasScope } from '../../auth/policy.ts'
import type { WebContext } from '../../env.ts'
import { orderWorstFirst } from '../../feedback/worst-first.ts'
import type { WebServices } from '../../services.ts'
import { NEVER_KEPT, answerJson } from '../answer-json.ts'
import { METRICS_TYPE } from '../metrics.ts'
import type { Gauge } from '../metrics.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation, requireScope } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { whole } from '../parameters.ts'
import { alive, feedbackAnswer, readiness } from '../schemas/server-schemas.ts'
import { API } from './base.ts'

const COUNTS_MAX = 1000

const BARE = { scope: null, parameters: NO_PARAMETERS, query: NO_PARAMETERS, body: NO_BODY } as const

export function serverOperations(services: WebServices): readonly Operation[] {
  return [feedbackCounts(services), living(), readying(services), measuring(services)]
}

function feedbackCounts({ feedback }: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/feedback`,
    id: 'listFeedback',
    tag: 'server',
    summary: 'What visitors said of the pages of ports',
    description: 'The least helpful page first.',
    scope: 'operate',
    parameters: NO_PARAMETERS,
    query: v.strictObject({
      from: v.exactOptional(whole(0, 10_000_000, 'Where to begin; 0 where it is left out.')),
      limit: v.exactOptional(whole(1, COUNTS_MAX, `At most so many; ${COUNTS_MAX} where it is left out.`)),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The counts.', type: 'application/json', schema: feedbackAnswer }],
    answer: (c, { query: { from = 0, limit = COUNTS_MAX } }) => {
      const all = orderWorstFirst(feedback.counts())
      const next = from + limit < all.length ? from + limit : null
      const answer = { schemaVersion: 1, total: all.length, counts: all.slice(from, from + limit), next }
      return answerJson(c, answer, { cacheControl: NEVER_KEPT })
    },
  })
}

function living(): Operation {
  return defineOperation({
    ...BARE,
    method: 'get',
    path: '/healthz',
    id: 'isAlive',
    tag: 'server',
    summary: 'Whether the server lives',
    success: [{ status: 200, description: 'It does.', type: 'application/json', schema: alive }],
    answer: (c) => answerJson(c, { status: 'alive' }, { cacheControl: NEVER_KEPT }),
  })
}

function readying(services: WebServices): Operation {
  return defineOperation({
    ...BARE,
    method: 'get',
    path: '/readyz',
    id: 'isReady',
    tag: 'server',
    summary: 'Whether the server can answer',
    description: 'Looks at the registry, the domains and the sockets; 503 where one of them cannot be read.',
    success: [
      { status: 200, description: 'It can.', type: 'application/json', schema: readiness },
      { status: 503, description: 'It cannot, and which part.', type: 'application/json', schema: readiness },
    ],
    answer: async (c) => {
      const checks = await Promise.all([
        checkPart('registry', () => services.registry.lookup(0, 'tcp').source.id),
        checkPart('domains', () => {
          for (const { domain } of services.domains.all()) domain.about()
          if (services.domains.main() === undefined) throw new Error('the main domain is not open')
          return `${services.domains.all().length} open`
        }),
        checkPart('sockets', async () => `${(await services.sockets.current()).sockets.listeners.length} listeners`),
      ])
      const ready = checks.every((each) => each.ready)
      return answerJson(c, { ready, checks }, { status: ready ? 200 : 503, cacheControl: NEVER_KEPT })
    },
  })
}

async function checkPart(name: string, check: () => string | Promise<string>) {
  try {
    return { name, ready: true, detail: await check() }
  } catch (error) {
    return { name, ready: false, detail: messageOf(error) }
  }
}

function measuring(services: WebServices): Operation {
  return defineOperation({
    ...BARE,
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'server',
    summary: 'Counts and gauges for Prometheus',
    description: 'For programs of this machine, and for who has the scope operate.',
    success: [{ status: 200, description: 'The text format, version 0.0.4.', type: 'text/plain' }],
    problems: ['sign-in-needed', 'refused'],
    answer: (c) => {
      if (!isLocalProgram(c, services) && !hasScope(c, 'operate')) requireScope(c, 'operate')
      const text = services.metrics.toText(gaugesOf(services))
      return c.body(text, 200, { 'content-type': METRICS_TYPE, 'cache-control': NEVER_KEPT })
    },
  })
}

/** A proxy of this machine that we were not told of asks for others: what it adds to a request gives it away. */
function isLocalProgram(c: WebContext, { access }: WebServices): boolean {
  const isPassedOn = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(
    (name) => c.req.header(name) !== undefined,
  )
  return access.reach.clientOf(c).isLocal && !isPassedOn
}

function gaugesOf({ sockets, domains, streams }: WebServices): readonly Gauge[] {
  const memory = process.memoryUsage()
  const last = sockets.last?.sockets
  const read: readonly Gauge[] =
    last === undefined
      ? []
      : [
          {
            name: 'portolan_listeners',
            help: 'Listeners at the last reading.',
            values: [{ value: last.listeners.length }],
          },
          {
            name: 'portolan_connections',
            help: 'Connections at the last reading.',
            values: [{ value: last.connections.length }],
          },
        ]
  return [
    { name: 'portolan_event_streams', help: 'Event streams that are open.', values: [{ value: streams.size }] },
    ...read,
    {
      name: 'portolan_domain_revision',
      help: 'Writes that a domain has seen.',
      values: domains.all().map(({ tag, domain }) => ({ labels: { domain: tag }, value: domain.revision() })),
    },
    { name: 'process_resident_memory_bytes', help: 'Memory of the process.', values: [{ value: memory.rss }] },
    { name: 'portolan_heap_bytes', help: 'Memory of JavaScript in use.', values: [{ value: memory.heapUsed }] },
    { name: 'process_uptime_seconds', help: 'Time since the process began.', values: [{ value: process.uptime() }] },
  ]
}
