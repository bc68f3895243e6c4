/** A second, independent reading of IANA's CSV, by which the first is judged: it shares no code with src/registry. */

/** What the file says of one pair of port and transport. */
export interface PairReading {
  readonly status: 'assigned' | 'reserved' | 'unassigned'
  /** The first name that is not marked as standing beside another; empty where there is none. */
  readonly name: string
}

/** Below this ports are assigned; every one of them is in the file on some row. */
export const PORTS_BELOW_DYNAMIC = 49_152

interface Row {
  readonly name: string
  readonly port: string
  readonly transport: string
  readonly description: string
  readonly notes: string
}

/** A state machine over characters: slow and plain. */
function rowsOf(text: string): readonly Row[] {
  const rows: string[][] = [[]]
  let field = ''
  let isQuoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (isQuoted) {
      if (character !== '"') field += character
      else if (text[index + 1] === '"') {
        field += '"'
        index += 1
      } else isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === ',' || character === '\n') {
      rows.at(-1)?.push(field)
      field = ''
      if (character === '\n') rows.push([])
    } else if (character !== '\r') field += character
  }
  return rows
    .slice(1, -1)
    .map(([name = '', port = '', transport = '', description = '', , , , , , , , notes = '']) => ({
      name,
      port,
      transport,
      description,
      notes,
    }))
}

function statusOf({ name, description }: Row): PairReading['status'] {
  if (name !== '') return 'assigned'
  const words = description.trim().toLowerCase()
  // One row of 2025, that of port 2825, sets the word in parentheses.
  if (words.startsWith('unassigned') || words.startsWith('(unassigned)')) return 'unassigned'
  return words.startsWith('any private ') ? 'assigned' : 'reserved'
}

function isBeside({ notes }: Row): boolean {
  return /\ban alias to\b|\ba duplicate of\b|\bnow historic\b|\brecords an unassigned\b/.test(
    notes.replaceAll(/\s+/g, ' '),
  )
}

/** Reads a whole file for one transport: the answer for each port below 49152. */
export function readIana(text: string, transport: string): readonly PairReading[] {
  const perPort: Row[][] = Array.from({ length: PORTS_BELOW_DYNAMIC }, () => [])
  for (const row of rowsOf(text)) {
    if (row.port === '' || (row.transport !== '' && row.transport !== transport)) continue
    const [first = 0, last = first] = row.port.split('-').map(Number)
    for (let port = first; port <= last; port += 1) perPort[port]?.push(row)
  }
  return perPort.map((rows) => {
    const statuses = new Set(rows.map(statusOf))
    const named = rows.filter(({ name }) => name !== '')
    return {
      status: statuses.has('assigned') ? 'assigned' : statuses.has('reserved') ? 'reserved' : 'unassigned',
      name: (named.find((row) => !isBeside(row)) ?? named[0])?.name ?? '',
    }
  })
}
