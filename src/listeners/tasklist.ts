/**
 * Reads `tasklist /v /fo csv /nh` of Windows: image, pid, session, session number, memory, status, user, time, title.
 * The order of the columns is the same in all languages; without a heading nothing translated is relied on.
 */
import { CsvError, readCsv } from '../core/index.ts'

export interface Task {
  readonly pid: number
  readonly name: string
  /** Null where Windows says `N/A` (in its language), as it does of other users' processes. */
  readonly user: string | null
}

/** The processes by pid; lines of another form are passed over. */
export function parseTasklist(text: string): Map<number, Task> {
  const tasks = new Map<number, Task>()
  for (const line of text.split(/\r?\n/)) {
    const fields = fieldsOf(line)
    const [name = '', pid = ''] = fields
    if (!/^[1-9]\d{0,9}$/.test(pid) || name === '') continue
    const user = fields[6] ?? ''
    tasks.set(Number(pid), { pid: Number(pid), name, user: user.includes('\\') ? user : null })
  }
  return tasks
}

/** A title may hold a quote that Windows does not double: such a line is cut there, past all that is needed. */
function fieldsOf(line: string): readonly string[] {
  try {
    return readCsv(line).next().value?.fields ?? []
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const fields = line.split('","').map((field) => field.replace(/^"|"$/g, ''))
    return fields.length > 2 ? fields : [] // else the pid itself may be cut
  }
}
