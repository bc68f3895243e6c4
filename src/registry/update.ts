/** `registry update`: IANA's own file replaces the registry in use, whole and atomically. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PortolanError, userDataFolder } from '../core/index.ts'
import type { Environment } from '../core/index.ts'
import { diffRegistries } from './diff.ts'
import type { Change } from './diff.ts'
import { fetchCsv } from './fetch-csv.ts'
import { parseIanaCsv } from './iana-csv.ts'
import { buildIndex } from './index-build.ts'
import type { Source } from './model.ts'
import { PREVIOUS_FILE, REGISTRY_FILE, openPackagedRegistry, openRegistry, openVerified } from './open.ts'
import { Registry } from './registry.ts'
import { replaceFile } from './replace-file.ts'
import { tableOfRows } from './table.ts'

/** Where IANA publishes the registry. */
export const IANA_ADDRESS = 'https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv'

/** The share of the names in use that a new file may lack: IANA takes back a dozen of 12,000 in a year. */
const LOST_NAMES_MAX = 0.02

/** A registry read from IANA's CSV, not yet in use. */
export interface Candidate {
  readonly registry: Registry
  readonly bytes: Buffer
  readonly rows: number
  /** The line on which the last row begins. */
  readonly lastLine: number
}

export interface Update {
  readonly before: readonly Source[]
  readonly after: readonly Source[]
  readonly rows: number
  readonly changes: readonly Change[]
  readonly file: string
}

export interface UpdateOptions {
  /** A path or an https address. */
  readonly from: string
  /** Accept a file that lacks more names than IANA ever took back. */
  readonly force?: boolean
  readonly env?: Environment
  readonly now?: Date
  readonly signal?: AbortSignal
}

/**
 * Reads IANA's CSV and compiles it, without putting it to use.
 * @throws ERR_PORTOLAN_INPUT_UNREADABLE, ERR_PORTOLAN_FETCH_FAILED, ERR_PORTOLAN_CSV_REFUSED
 */
export async function readCandidate(from: string, now: Date, signal?: AbortSignal): Promise<Candidate> {
  const { text, lastModified } = await fetchCsv(from, signal)
  const { rows, newestDate } = parseIanaCsv(text, from)
  const source: Source = {
    id: 'iana-csv',
    title: "IANA's registry (CSV)",
    asOf: lastModified ?? newestDate,
    asOfBasis: lastModified === null ? 'newest date in its rows' : 'day the server says it last changed',
    url: IANA_ADDRESS,
  }
  const bytes = buildIndex(tableOfRows(rows, source), now.toISOString())
  return { registry: new Registry(bytes, from), bytes, rows: rows.length, lastLine: rows.at(-1)?.line ?? 1 }
}

/**
 * Replaces the registry in use and keeps the one before it.
 * @throws what `readCandidate` throws; ERR_PORTOLAN_CSV_REFUSED also for a file that lacks too much of what is in use;
 *   ERR_PORTOLAN_WRITE_FAILED. Nothing is replaced then.
 */
export async function updateRegistry(options: UpdateOptions): Promise<Update> {
  const { from, force = false, env = process.env, now = new Date(), signal } = options
  const current = openForUpdate(env)
  const candidate = await readCandidate(from, now, signal)
  if (!force) refuseLoss(current, candidate, from)
  const file = join(userDataFolder(env), REGISTRY_FILE)
  const changes = diffRegistries(current, candidate.registry)
  replaceFile(file, candidate.bytes, PREVIOUS_FILE)
  return { before: current.meta.sources, after: candidate.registry.meta.sources, rows: candidate.rows, changes, file }
}

/**
 * Goes back to the registry that was in use before the last update: the one kept, else the one that came with Portolan.
 * @returns null when no update is in use.
 * @throws ERR_PORTOLAN_REGISTRY_DATA_DAMAGED when the one kept is damaged: it stays kept, and the one in use in use.
 */
export async function revertRegistry(env: Environment = process.env): Promise<Registry | null> {
  const folder = userDataFolder(env)
  const file = join(folder, REGISTRY_FILE)
  const previous = join(folder, PREVIOUS_FILE)
  if (!existsSync(file)) return null
  if (!existsSync(previous)) {
    rmSync(file)
    return openPackagedRegistry().registry
  }
  const registry = await openVerified(previous)
  // In one step: whoever reads at this moment finds the one or the other.
  renameSync(previous, file)
  return registry
}

/** A damaged file in use must not stand in the way of the update that mends it. */
function openForUpdate(env: Environment): Registry {
  try {
    return openRegistry(env).registry
  } catch (error) {
    if (error instanceof PortolanError && error.code === 'ERR_PORTOLAN_REGISTRY_DATA_DAMAGED')
      return openPackagedRegistry().registry
    throw error
  }
}

/** A file cut off between two rows is well-formed; that many known names are missing gives it away. */
function refuseLoss(current: Registry, candidate: Candidate, from: string): void {
  const now = new Set([...candidate.registry.texts()].map(({ name }) => name.toLowerCase()))
  const known = new Set([...current.texts()].map(({ name }) => name.toLowerCase()))
  const lost = [...known].filter((name) => !now.has(name))
  if (lost.length <= known.size * LOST_NAMES_MAX) return
  throw new PortolanError(
    'ERR_PORTOLAN_CSV_REFUSED',
    `${from}: the rows end at line ${candidate.lastLine}, and ${lost.length} of the ${known.size} service names in use are missing (${lost.slice(0, 3).join(', ')}, …)`,
    { hint: 'The file seems cut off. If IANA really took them back, say --force. Nothing was replaced.' },
  )
}
