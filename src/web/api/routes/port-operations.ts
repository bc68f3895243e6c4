/** `/ports`, `/search`, `/services`: what ports are for. */
import * as v from 'valibot'
import { reportAssignment, reportPort } from '../../../answer/index.ts'
import {
  PORT_MAX,
  STATUSES,
  TRANSPORTS,
  isGhost,
  namesOf,
  rangeOf,
  relateUse,
  search,
} from '../../../registry/index.ts'
import type { Lore } from '../../../registry/index.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import { declaredIn } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { KEPT_A_WHILE, answerJson } from '../answer-json.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { choice, many, portParameter, text, whole } from '../parameters.ts'
import { Problem } from '../problem.ts'
import { portList, portReport, searchAnswer, service } from '../schemas/port-schemas.ts'
import { API } from './base.ts'

/** Ports of one answer: 200 bytes each, and 40 µs. */
const PORTS_MAX = 1024
const HITS_MAX = 100
const HITS_DEFAULT = 20
/** IANA's longest service name has 15 characters (RFC 6335 §5.1); the lore's names have up to 80. */
const NAME_CHARS_MAX = 80
const QUERY_CHARS_MAX = 200

export function portOperations(services: WebServices): readonly Operation[] {
  return [onePort(services), manyPorts(services), searching(services), oneService(services)]
}

function onePort(services: WebServices): Operation {
  const { registry, lore, sockets } = services
  const declared = declaredIn(services.domains)
  return defineOperation({
    method: 'get',
    path: `${API}/ports/{port}`,
    id: 'getPort',
    tag: 'ports',
    summary: 'All that is known of a port',
    description:
      'The registry, unofficial uses with their citations, what listens here, and what the directory declares. Processes are left out for who may not see those of this machine.',
    scope: null,
    parameters: v.strictObject({ port: portParameter('0 to 65535, without leading zeros.') }),
    query: v.strictObject({
      transport: v.exactOptional(many(choice(TRANSPORTS, 'Only these transports.'), TRANSPORTS.length)),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The port report.', type: 'application/json', schema: portReport }],
    problems: ['not-found'],
    answer: async (c, { parameters: { port }, query: { transport } }) => {
      const snapshot = mayReadMachine(c, services) ? await sockets.current() : null
      const here =
        snapshot === null
          ? null
          : { listeners: snapshot.listenersOn(port), connections: snapshot.connectionsOn(port), notes: [] }
      return answerJson(c, reportPort(port, transport ?? TRANSPORTS, registry, lore, here, declared))
    },
  })
}

function manyPorts(services: WebServices): Operation {
  const { registry, lore, sockets } = services
  return defineOperation({
    method: 'get',
    path: `${API}/ports`,
    id: 'listPorts',
    tag: 'ports',
    summary: 'Ports in a few words',
    description: `Up to ${PORTS_MAX} ports at once, in order; \`next\` is where to go on from.`,
    scope: null,
    parameters: NO_PARAMETERS,
    query: v.strictObject({
      from: v.exactOptional(portParameter('The first port; 0 where it is left out.')),
      to: v.exactOptional(portParameter('The last port; 65535 where it is left out.')),
      status: v.exactOptional(choice(STATUSES, 'Only ports with this status on some transport.')),
      limit: v.exactOptional(whole(1, PORTS_MAX, `At most so many; ${PORTS_MAX} where it is left out.`)),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The ports.', type: 'application/json', schema: portList }],
    answer: async (c, { query: { from = 0, to = PORT_MAX, status, limit = PORTS_MAX } }) => {
      if (to < from) throw new Problem('invalid', `The query ends at ${to}, before it begins at ${from}.`)
      const snapshot = mayReadMachine(c, services) ? await sockets.current() : null
      const ports = []
      let port = from
      for (; port <= to && ports.length < limit; port += 1) {
        const entries = registry.lookupAll(port)
        if (status !== undefined && entries.every((entry) => entry.status !== status)) continue
        const [tcp, udp, sctp, dccp] = entries.map((entry) => entry.status)
        const covered = lore.covers(port)
        const uses = covered ? lore.forPort(port).map((use) => relateUse(registry, port, use)) : []
        ports.push({
          port,
          range: rangeOf(port).name,
          status: { tcp, udp, sctp, dccp },
          name: entries.map(({ name }) => name).find((name) => name !== '') ?? null,
          ghost:
            covered &&
            isGhost(
              uses,
              entries.some((entry) => entry.status === 'assigned'),
            ),
          lore: covered,
          listening: (snapshot?.listenersOn(port).length ?? 0) > 0,
        })
      }
      return answerJson(c, { schemaVersion: 1, from, to, ports, next: port <= to ? port : null })
    },
  })
}

function searching({ registry, lore }: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/search`,
    id: 'search',
    tag: 'ports',
    summary: 'Services by name and description',
    description:
      'Every word must be found, in the registry or in the lore. Misspelt words are tried where little is found.',
    scope: null,
    parameters: NO_PARAMETERS,
    query: v.strictObject({
      q: text(QUERY_CHARS_MAX, 'What to look for.', 'netinfo'),
      limit: v.exactOptional(whole(1, HITS_MAX, `At most so many hits; ${HITS_DEFAULT} where it is left out.`)),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The hits, best first.', type: 'application/json', schema: searchAnswer }],
    answer: (c, { query: { q, limit = HITS_DEFAULT } }) =>
      answerJson(c, { schemaVersion: 1, hits: search(registry, lore, q, limit) }, { cacheControl: KEPT_A_WHILE }),
  })
}

function oneService({ registry, lore }: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/services/{name}`,
    id: 'getService',
    tag: 'ports',
    summary: 'A service by its name',
    description: 'All rows of the registry with that name, in any letter case, and what the lore calls so.',
    scope: null,
    parameters: v.strictObject({ name: text(NAME_CHARS_MAX, "A service's name, or an alias.", 'ssh') }),
    query: NO_PARAMETERS,
    body: NO_BODY,
    success: [{ status: 200, description: 'The service.', type: 'application/json', schema: service }],
    problems: ['not-found'],
    answer: (c, { parameters: { name } }) => {
      const assignments = registry.byName(name).map(reportAssignment)
      const wanted = name.toLowerCase()
      const known = lore
        .entries()
        .filter((entry) => [entry.id, ...namesOf(entry)].some((each) => each.toLowerCase() === wanted))
        .map(briefOf)
      if (assignments.length === 0 && known.length === 0)
        throw new Problem('not-found', `Neither the registry nor the lore has a service ${name}.`, {
          hint: `Look for it with ${API}/search?q=`,
        })
      const answer = {
        schemaVersion: 1,
        name: assignments[0]?.name ?? known[0]?.name ?? name,
        assignments,
        lore: known,
      }
      return answerJson(c, answer, { cacheControl: KEPT_A_WHILE })
    },
  })
}

function briefOf({ id, name, aliases = [], category, state, summary, uses }: Lore) {
  const ports = [...new Set(uses.flatMap((use) => use.ports))]
  return { id, name, aliases, category, state, summary: summary.text, ports }
}
