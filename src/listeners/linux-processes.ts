/** Reads from /proc what each process is (proc_pid(5)). */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { LIMITS } from '../core/index.ts'
import { parseCgroup } from './cgroup.ts'
import { joinArguments } from './command-line.ts'
import { UNKNOWN_DETAILS } from './model.ts'
import type { ParentProcess, ProcessInfo, SocketQuery } from './model.ts'
import { originOf } from './origin.ts'

/** Ticks in a second in all that the kernel tells user space (USER_HZ; 100 on every architecture that Node runs on). */
const TICKS_PER_SECOND = 100

/** The numbers of all processes, ascending. */
export function listPids(proc: string): number[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b)
}

type Details = NonNullable<SocketQuery['details']>

/** What the kernel keeps of a name (TASK_COMM_LEN, less the NUL). */
const NAME_BYTES = 15

/** What /proc/PID/status says of a process. */
interface Vitals {
  readonly name: string
  readonly parent: number
  readonly uid: number
}

/** The processes of a machine; each is read once, when it is asked for. */
export class ProcessTable {
  readonly #proc: string
  readonly #userName: (uid: number) => string
  readonly #vitals: Map<number, Vitals | null> = new Map()
  readonly #infos: Map<number, ProcessInfo | null> = new Map()
  readonly #details: Details
  #bootSeconds: number | null = null

  constructor(proc: string, userName: (uid: number) => string, details: Details) {
    this.#proc = proc
    this.#userName = userName
    this.#details = details
  }

  /** Null when the process has ended. */
  get(pid: number): ProcessInfo | null {
    let info = this.#infos.get(pid)
    if (info === undefined) {
      info = this.#read(pid)
      this.#infos.set(pid, info)
    }
    return info
  }

  #read(pid: number): ProcessInfo | null {
    const vitals = this.#vitalsOf(pid)
    if (vitals === null) return null
    const isCut = Buffer.byteLength(vitals.name) >= NAME_BYTES
    // The command line tells the whole of a name that the kernel cut.
    const args =
      this.#details === 'names' && !isCut ? [] : (this.#text(pid, 'cmdline') ?? '').replace(/\0+$/, '').split('\0')
    const brief = {
      pid,
      name: fullName(vitals.name, args[0] ?? ''),
      user: this.#userName(vitals.uid),
      command: args.join('') === '' ? null : joinArguments(args),
    }
    if (this.#details !== 'all') return { ...brief, ...UNKNOWN_DETAILS }
    const parents = this.#parentsOf(vitals)
    return {
      ...brief,
      startedAt: this.#startOf(pid),
      workingDirectory: readLink(`${this.#proc}/${pid}/cwd`),
      origin: originOf(parseCgroup(this.#text(pid, 'cgroup') ?? ''), parents),
      parents,
    }
  }

  #vitalsOf(pid: number): Vitals | null {
    let vitals = this.#vitals.get(pid)
    if (vitals === undefined) {
      vitals = parseVitals(this.#text(pid, 'status') ?? '')
      this.#vitals.set(pid, vitals)
    }
    return vitals
  }

  #parentsOf(vitals: Vitals): ParentProcess[] {
    const parents: ParentProcess[] = []
    let pid = vitals.parent
    while (pid > 0 && parents.length < LIMITS.parentDepth) {
      const parent = this.#vitalsOf(pid)
      if (parent === null) break
      parents.push({ pid, name: parent.name })
      pid = parent.parent
    }
    return parents
  }

  #startOf(pid: number): string | null {
    const ticks = parseStartTicks(this.#text(pid, 'stat') ?? '')
    this.#bootSeconds ??= bootSeconds(readText(`${this.#proc}/stat`) ?? '')
    if (ticks === null || this.#bootSeconds === 0) return null
    return new Date((this.#bootSeconds + ticks / TICKS_PER_SECOND) * 1000).toISOString()
  }

  #text(pid: number, file: string): string | null {
    return readText(`${this.#proc}/${pid}/${file}`)
  }
}

/** Reads /proc/PID/status. Null for another form. */
export function parseVitals(status: string): Vitals | null {
  const name = /^Name:\t(.*)$/m.exec(status)?.[1]
  const parent = /^PPid:\t(\d{1,10})$/m.exec(status)?.[1]
  const effective = /^Uid:\t\d+\t(\d{1,10})\t/m.exec(status)?.[1]
  if (name === undefined || parent === undefined || effective === undefined) return null
  return {
    name: name.replace(/\\(n|\\)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : '\\')),
    parent: Number(parent),
    uid: Number(effective),
  }
}

/** The start in ticks since boot, field 22 of /proc/PID/stat; the name, field 2, may hold anything, even `)`. */
export function parseStartTicks(stat: string): number | null {
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19]
  return ticks !== undefined && /^\d{1,15}$/.test(ticks) ? Number(ticks) : null
}

/**
 * The kernel keeps 15 bytes of a name; the command line has the rest, unless the process renamed itself.
 * Node renames its main thread to `node-MainThread`, by which no one knows it.
 */
function fullName(name: string, command: string): string {
  const base = basename(command)
  const isCut = Buffer.byteLength(name) === NAME_BYTES && base.startsWith(name)
  return isCut || name === `${base}-MainThread`.slice(0, NAME_BYTES) ? base : name
}

function bootSeconds(stat: string): number {
  return Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0)
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // it ended, or may not be read: the caller says what is missing
  }
}

/** Where a link leads; null where it may not be read. */
export function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
