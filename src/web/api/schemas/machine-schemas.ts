/** Sockets of this machine, and ports of others that were probed. */
import * as v from 'valibot'
import type { Connection, Listener } from '../../../listeners/index.ts'
import { REMARK_KINDS } from '../../../answer/index.ts'
import type { Remark } from '../../../answer/index.ts'
import { PORT_STATES, PROBE_TRANSPORTS, REASONS } from '../../../probe/index.ts'
import { REACHES } from '../../live/reaches.ts'
import { citation, declaration } from './statement-schemas.ts'
import { count, flag, port, status, text, textOrNull, texts, time, version } from './words.ts'

const socketTransport = v.picklist(['tcp', 'udp'])

const processInfo: v.GenericSchema<unknown, NonNullable<Listener['process']>> = v.object({
  pid: count,
  name: text,
  user: textOrNull,
  command: textOrNull,
  startedAt: v.nullable(time),
  workingDirectory: textOrNull,
  origin: v.object({
    kind: v.picklist(['systemd', 'container', 'cron', 'shell', 'init', 'unknown']),
    name: textOrNull,
  }),
  parents: v.array(v.object({ pid: count, name: text })),
})

const socket = {
  transport: socketTransport,
  address: text,
  port,
  process: v.nullable(processInfo),
  holders: v.array(count),
  unseen: v.nullable(v.object({ reason: v.picklist(['permission', 'kernel', 'gone']), hint: text })),
  socketUser: textOrNull,
  namespace: textOrNull,
}

export const listener: v.GenericSchema<unknown, Listener> = v.pipe(
  v.object({ ...socket, reach: v.picklist(REACHES) }),
  v.description('A TCP socket that listens, or a bound UDP socket without a peer.'),
)

export const connection: v.GenericSchema<unknown, Connection> = v.pipe(
  v.object({ ...socket, remoteAddress: text, remotePort: port, state: text }),
  v.description('A socket with a peer.'),
)

export const listenerList: v.GenericSchema = v.object({
  schemaVersion: version,
  takenAt: time,
  listeners: v.array(listener),
  notes: texts,
})

export const connectionList: v.GenericSchema = v.object({
  schemaVersion: version,
  takenAt: time,
  total: count,
  connections: v.array(connection),
  notes: texts,
})

export const banner: v.GenericSchema = v.pipe(
  v.object({
    service: textOrNull,
    product: textOrNull,
    version: textOrNull,
    text: textOrNull,
    tls: v.nullable(
      v.object({
        protocol: text,
        alpn: textOrNull,
        subject: text,
        issuer: text,
        names: texts,
        validFrom: text,
        validTo: text,
      }),
    ),
    details: v.record(v.string(), v.string()),
  }),
  v.description('What a service says of itself.'),
)

const remark: v.GenericSchema<unknown, Remark> = v.pipe(
  v.object({ kind: v.picklist(REMARK_KINDS), text, citation: v.nullable(citation) }),
  v.description('Something unexpected about what was found, in one sentence.'),
)

export const probedPort: v.GenericSchema = v.pipe(
  v.object({
    host: text,
    port,
    transport: v.picklist(PROBE_TRANSPORTS),
    state: v.picklist(PORT_STATES),
    reason: v.picklist(REASONS),
    rttMs: v.nullable(v.number()),
    attempts: count,
    status,
    service: textOrNull,
    ghost: flag,
    banner: v.nullable(banner),
    declared: v.pipe(v.array(declaration), v.description('What the directory declares there for this machine.')),
    remarks: v.array(remark),
  }),
  v.description('A port that was probed, and what the registry and the directory say of it.'),
)

export const probeAnswer: v.GenericSchema = v.object({
  schemaVersion: version,
  host: text,
  whole: flag,
  elapsedMs: count,
  ports: v.array(probedPort),
})
