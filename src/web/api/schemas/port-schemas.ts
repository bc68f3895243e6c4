/** Ports and services as the API tells them; the port report is that of docs/reference/json.md. */
import * as v from 'valibot'
import type { SearchHit } from '../../../registry/index.ts'
import { connection, listener } from './machine-schemas.ts'
import { citation, cited, declaration, statement } from './statement-schemas.ts'
import { day, dayOrNull, flag, port, span, status, text, textOrNull, texts, transport, version } from './words.ts'

export const assignment: v.GenericSchema = v.pipe(
  v.object({
    name: textOrNull,
    description: text,
    ports: v.nullable(span),
    transports: v.array(transport),
    historic: flag,
    aliasOf: textOrNull,
    assignee: textOrNull,
    contact: textOrNull,
    registrationDate: dayOrNull,
    modificationDate: dayOrNull,
    references: v.array(v.object({ label: text, url: textOrNull })),
    serviceCode: textOrNull,
    unauthorizedUse: textOrNull,
    notes: textOrNull,
    source: text,
    asOf: day,
    detailSource: text,
    detailAsOf: day,
  }),
  v.description("A row of IANA's registry."),
)

export const use: v.GenericSchema = v.pipe(
  v.object({
    id: text,
    name: text,
    category: text,
    state: v.picklist(['current', 'extinct']),
    relation: v.picklist(['unofficial', 'conflict', 'registered']),
    conflictsWith: v.array(v.object({ transport, name: text })),
    summary: statement,
    uses: v.array(v.object({ ...cited, ports: texts, transports: v.array(transport) })),
    era: v.nullable(v.object({ from: dayOrNull, until: dayOrNull, text: textOrNull, citations: v.array(citation) })),
    successors: v.array(v.object({ name: text, ports: texts, citations: v.array(citation) })),
    history: v.array(statement),
    security: v.array(statement),
  }),
  v.description('A use of a port that the lore knows.'),
)

const reportedTransport = v.object({
  status,
  names: texts,
  description: text,
  source: text,
  asOf: day,
  asOfBasis: text,
  sourceUrl: text,
  run: span,
  assignments: v.array(assignment),
})

export const portReport: v.GenericSchema = v.pipe(
  v.object({
    schemaVersion: version,
    port,
    range: v.picklist(['system', 'user', 'dynamic']),
    ghost: flag,
    assigned: flag,
    transports: v.object({
      tcp: v.exactOptional(reportedTransport),
      udp: v.exactOptional(reportedTransport),
      sctp: v.exactOptional(reportedTransport),
      dccp: v.exactOptional(reportedTransport),
    }),
    unofficialUses: v.array(use),
    registeredUses: v.array(use),
    listeners: v.array(listener),
    connections: v.array(connection),
    declared: v.array(declaration),
  }),
  v.description('All that is known of a port.'),
)

export const portSummary: v.GenericSchema = v.pipe(
  v.object({
    port,
    range: v.picklist(['system', 'user', 'dynamic']),
    status: v.object({ tcp: status, udp: status, sctp: status, dccp: status }),
    name: textOrNull,
    ghost: flag,
    lore: flag,
    listening: flag,
  }),
  v.description('A port in a list: `name` is the primary one on the first transport that has one.'),
)

export const portList: v.GenericSchema = v.object({
  schemaVersion: version,
  from: port,
  to: port,
  ports: v.array(portSummary),
  next: v.nullable(port),
})

export const searchHit: v.GenericSchema<unknown, SearchHit> = v.object({
  kind: v.picklist(['registry', 'lore']),
  id: text,
  name: text,
  description: text,
  ports: v.array(span),
  transports: v.array(transport),
  score: v.number(),
  isGuess: flag,
})

export const searchAnswer: v.GenericSchema = v.object({ schemaVersion: version, hits: v.array(searchHit) })

export const loreBrief: v.GenericSchema = v.object({
  id: text,
  name: text,
  aliases: texts,
  category: text,
  state: v.picklist(['current', 'extinct']),
  summary: text,
  ports: texts,
})

export const service: v.GenericSchema = v.pipe(
  v.object({ schemaVersion: version, name: text, assignments: v.array(assignment), lore: v.array(loreBrief) }),
  v.description('What the registry and the lore have under a name.'),
)
