/** The tables of a network namespace, in the folder /proc/net or /proc/PID/net: which of them are worth reading, and their texts. */
import { readFileSync } from 'node:fs'
import { PortolanError, messageOf, systemCode } from '../core/index.ts'
import { readTable } from './read-table.ts'

export const TABLES = [
  { file: 'tcp', transport: 'tcp' },
  { file: 'tcp6', transport: 'tcp' },
  { file: 'udp', transport: 'udp' },
  { file: 'udp6', transport: 'udp' },
] as const

/** The text of each table that the kernel has; null for one that it has not. */
export type TableTexts = readonly (string | null)[]

/** How many sockets of all kinds the kernel counts; 0 where it does not tell. */
export function countSockets(folder: string): number {
  return countOf(readCounts(folder), /^sockets: used (\d+)/m) ?? 0
}

/**
 * Reads the tables that have something in them.
 *
 * The kernel walks its whole hash table to write out a table of TCP, 2 ms even where it finds nothing. It also counts: a
 * family that has no socket in use, and none in time-wait, has an empty table.
 */
export function readTables(folder: string): Promise<TableTexts> {
  const counts = readCounts(folder)
  const waiting = countOf(counts, /^TCP: .*\btw (\d+)/m) ?? 1
  return Promise.all(
    TABLES.map(({ file, transport }) => {
      const inUse = countOf(counts, IN_USE[file])
      const isEmpty = inUse === 0 && (transport === 'udp' || waiting === 0)
      return isEmpty ? Promise.resolve(null) : readTableIfThere(`${folder}/${file}`, file.endsWith('6'))
    }),
  )
}

const IN_USE = {
  tcp: /^TCP: inuse (\d+)/m,
  tcp6: /^TCP6: inuse (\d+)/m,
  udp: /^UDP: inuse (\d+)/m,
  udp6: /^UDP6: inuse (\d+)/m,
} as const

/** The kernel's counts of both families (sockstat, sockstat6); what it does not have is not there. */
function readCounts(folder: string): string {
  return ['sockstat', 'sockstat6'].map((file) => readIfThere(`${folder}/${file}`)).join('')
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** Null where it is not counted. */
function countOf(counts: string, pattern: RegExp): number | null {
  const count = pattern.exec(counts)?.[1]
  return count === undefined ? null : Number(count)
}

/** A kernel without IPv6 has no tcp6 and udp6. */
async function readTableIfThere(path: string, mayLack: boolean): Promise<string | null> {
  try {
    return await readTable(path)
  } catch (error) {
    if (mayLack && systemCode(error) === 'ENOENT') return null
    throw unreadable(path, error)
  }
}

export function unreadable(path: string, cause: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_LISTENERS_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}`, {
    hint: 'Portolan reads sockets from /proc: mount it, or run outside the sandbox that hides it.',
    cause,
  })
}
