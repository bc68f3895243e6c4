/** `/events`: streams of what changes (server-sent events). */
import * as v from 'valibot'
import type { ServedDomain } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { followDomains } from '../directory-feed.ts'
import { ListenerFeed } from '../listener-feed.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { text } from '../parameters.ts'
import { Problem } from '../problem.ts'
import { API } from './base.ts'
import { requireMachineReader } from './machine-operations.ts'

const TYPE = 'text/event-stream'
const TAG_CHARS_MAX = 200
const CUT_OFF =
  'A client that was cut off sends the last id as Last-Event-ID, as browsers do, and misses nothing. A comment comes every 15 s where nothing else does.'

export function eventOperations(services: WebServices): readonly Operation[] {
  const feed = new ListenerFeed(services.sockets)
  return [
    defineOperation({
      method: 'get',
      path: `${API}/events/listeners`,
      id: 'followListeners',
      tag: 'events',
      summary: 'What begins and ends to listen here',
      description: `First \`snapshot\` with all \`listeners\`, then \`change\` with those \`added\`, \`removed\` and \`changed\`, at most one a second. ${CUT_OFF} Where the server is open to a network this needs the scope read.`,
      scope: null,
      parameters: NO_PARAMETERS,
      query: NO_PARAMETERS,
      body: NO_BODY,
      success: [{ status: 200, description: 'The events, until either side ends.', type: TYPE }],
      problems: ['sign-in-needed', 'refused', 'unavailable'],
      answer: async (c) => {
        requireMachineReader(c, services)
        const client = services.access.reach.clientOf(c).key
        return services.streams.open(c, client, await feed.follow(c.req.header('last-event-id')))
      },
    }),
    defineOperation({
      method: 'get',
      path: `${API}/events/directory`,
      id: 'followDirectory',
      tag: 'events',
      summary: 'What is written to the directory',
      description: `\`ready\` with each domain's revision, then \`write\` for each write: domain, revision, time, kind, object, path. \`reset\` says that more has changed than is told: read anew. ${CUT_OFF}`,
      scope: null,
      parameters: NO_PARAMETERS,
      query: v.strictObject({
        domain: v.exactOptional(text(TAG_CHARS_MAX, 'Only this domain, by its tag.', 'local')),
      }),
      body: NO_BODY,
      success: [{ status: 200, description: 'The events, until either side ends.', type: TYPE }],
      problems: ['not-found', 'unavailable'],
      answer: (c, { query: { domain } }) => {
        const served = domain === undefined ? services.domains.all() : [requireDomain(services, domain)]
        const client = services.access.reach.clientOf(c).key
        return services.streams.open(c, client, followDomains(served, c.req.header('last-event-id')))
      },
    }),
  ]
}

/** @throws Problem not-found */
export function requireDomain({ domains }: WebServices, tag: string): ServedDomain {
  const found = domains.get(tag)
  if (found === undefined) throw new Problem('not-found', `This server has no domain ${tag}.`)
  return found
}
