/** Reads `ps -axww -o pid=,ppid=,lstart=,user=,command=` of macOS and the BSDs, in the C locale (ps(1)). */

export interface PsRow {
  readonly pid: number
  readonly parent: number
  /** ISO 8601. */
  readonly startedAt: string | null
  readonly user: string
  readonly command: string
}

export const PS_ARGUMENTS = ['-axww', '-o', 'pid=,ppid=,lstart=,user=,command=']

/** `  812     1 Mon Nov 23 15:09:03 2026     root             /usr/sbin/cupsd -l` */
const ROW =
  /^\s*([1-9]\d{0,9})\s+(\d{1,10})\s+([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})\s+(\S{1,255})\s+(\S.*)$/

/** The processes by pid; lines of another form are passed over. Times are the machine's local ones. */
export function parsePs(text: string): Map<number, PsRow> {
  const rows = new Map<number, PsRow>()
  for (const line of text.split('\n')) {
    const match = ROW.exec(line)
    if (match === null) continue
    const [, pid, parent, started = '', user = '', command = ''] = match
    const time = new Date(started)
    rows.set(Number(pid), {
      pid: Number(pid),
      parent: Number(parent),
      startedAt: Number.isNaN(time.getTime()) ? null : time.toISOString(),
      user,
      command,
    })
  }
  return rows
}
