/** `/listeners` and `/connections`: what this machine has open. */
import * as v from 'valibot'
import type { Connection, Listener } from '../../../listeners/index.ts'
import { readSpan } from '../../../registry/index.ts'
import type { PortSpan } from '../../../registry/index.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebContext } from '../../env.ts'
import type { SocketSnapshot } from '../../live/socket-watch.ts'
import { REACHES } from '../../live/reaches.ts'
import type { WebServices } from '../../services.ts'
import { answerJson } from '../answer-json.ts'
import { NO_BODY, NO_PARAMETERS, defineOperation, requireScope } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { choice, many, text, whole } from '../parameters.ts'
import { Problem } from '../problem.ts'
import { connectionList, listenerList } from '../schemas/machine-schemas.ts'
import { API } from './base.ts'

const FILTERS_MAX = 64
const FILTER_CHARS_MAX = 200
/** Connections of one answer: 600 bytes each. */
const CONNECTIONS_MAX = 10_000
const CONNECTIONS_DEFAULT = 1000

const socketFilters = {
  port: v.exactOptional(many(text(11, 'Only these ports: a number or a range.', '8000-8999'), FILTERS_MAX)),
  process: v.exactOptional(
    many(
      text(FILTER_CHARS_MAX, 'Only processes whose name or command line holds this text, or with this pid.'),
      FILTERS_MAX,
    ),
  ),
  user: v.exactOptional(many(text(FILTER_CHARS_MAX, 'Only sockets of this user.'), FILTERS_MAX)),
  transport: v.exactOptional(many(choice(['tcp', 'udp'], 'Only this transport.'), 2)),
}

type SocketFilters = v.InferOutput<v.StrictObjectSchema<typeof socketFilters, undefined>>

export function machineOperations(services: WebServices): readonly Operation[] {
  return [listing(services), connecting(services)]
}

function listing(services: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/listeners`,
    id: 'listListeners',
    tag: 'machine',
    summary: 'What listens on this machine',
    description:
      'In the order of ports. Filters of one name widen each other, of different names narrow. Where the server is open to a network this needs the scope read.',
    scope: null,
    parameters: NO_PARAMETERS,
    query: v.strictObject({
      ...socketFilters,
      reach: v.exactOptional(many(choice(REACHES, 'Only listeners that can be reached from there.'), REACHES.length)),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The listeners.', type: 'application/json', schema: listenerList }],
    problems: ['sign-in-needed', 'refused', 'unavailable'],
    answer: async (c, { query }) => {
      const { sockets, takenAtMs } = await readMachine(c, services)
      const fits = makeFilter(query)
      const { reach } = query
      const listeners = sockets.listeners.filter(
        (each) => fits(each, [each.port]) && (reach === undefined || reach.includes(each.reach)),
      )
      return answerJson(c, { schemaVersion: 1, takenAt: timeOf(takenAtMs), listeners, notes: sockets.notes })
    },
  })
}

function connecting(services: WebServices): Operation {
  return defineOperation({
    method: 'get',
    path: `${API}/connections`,
    id: 'listConnections',
    tag: 'machine',
    summary: "This machine's connections",
    description:
      'Sockets with a peer. A port fits at either end. Where the server is open to a network this needs the scope read.',
    scope: null,
    parameters: NO_PARAMETERS,
    query: v.strictObject({
      ...socketFilters,
      limit: v.exactOptional(
        whole(
          1,
          CONNECTIONS_MAX,
          `At most so many; ${CONNECTIONS_DEFAULT} where it is left out. \`total\` counts all.`,
        ),
      ),
    }),
    body: NO_BODY,
    success: [{ status: 200, description: 'The connections.', type: 'application/json', schema: connectionList }],
    problems: ['sign-in-needed', 'refused', 'unavailable'],
    answer: async (c, { query }) => {
      const { sockets, takenAtMs } = await readMachine(c, services)
      const fits = makeFilter(query)
      const all = sockets.connections.filter((each) => fits(each, [each.port, each.remotePort]))
      return answerJson(c, {
        schemaVersion: 1,
        takenAt: timeOf(takenAtMs),
        total: all.length,
        connections: all.slice(0, query.limit ?? CONNECTIONS_DEFAULT),
        notes: sockets.notes,
      })
    },
  })
}

/** @throws Problem sign-in-needed, refused */
export function requireMachineReader(c: WebContext, services: WebServices): void {
  if (!mayReadMachine(c, services)) requireScope(c, 'read')
}

async function readMachine(c: WebContext, services: WebServices): Promise<SocketSnapshot> {
  requireMachineReader(c, services)
  return services.sockets.current()
}

export function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

type Socket = Listener | Connection

function makeFilter({ port, process, user, transport }: SocketFilters): (socket: Socket, ports: number[]) => boolean {
  const spans = port?.map(readPorts)
  return (socket, ports) =>
    (spans === undefined || spans.some(({ first, last }) => ports.some((each) => first <= each && each <= last))) &&
    (process === undefined || process.some((each) => isOfProcess(socket, each))) &&
    (user === undefined || user.includes(socket.process?.user ?? socket.socketUser ?? '')) &&
    (transport === undefined || transport.includes(socket.transport))
}

function readPorts(spelt: string): PortSpan {
  const span = readSpan(spelt)
  if (span === null) throw new Problem('invalid', `${spelt} in the query is neither a port nor a range of ports.`)
  return span
}

function isOfProcess({ process, holders }: Socket, wanted: string): boolean {
  if (process === null) return false
  return process.name.includes(wanted) || (process.command ?? '').includes(wanted) || holders.includes(Number(wanted))
}
