/** Reads processes from /proc: who holds which socket, and what each process is (proc_pid(5)). */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { LIMITS, systemCode } from '../core/index.ts'
import { parseCgroup } from './cgroup.ts'
import { joinArguments } from './command-line.ts'
import type { ParentProcess, ProcessInfo } from './model.ts'
import { originOf } from './origin.ts'

/** Ticks in a second in all that the kernel tells user space (USER_HZ; 100 on every architecture that Node runs on). */
const TICKS_PER_SECOND = 100

export interface Holders {
  /** The pids, ascending, by the inode of the socket they hold. */
  readonly byInode: ReadonlyMap<number, readonly number[]>
  /** How many processes did not let us look. */
  readonly deniedCount: number
}

/** The numbers of all processes, ascending. */
export function listPids(proc: string): number[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

/** Finds the holders of the sockets wanted: one walk over all open files, however many sockets there are. */
export function findHolders(proc: string, pids: readonly number[], wanted: ReadonlySet<number>): Holders {
  const byInode = new Map<number, number[]>()
  let deniedCount = 0
  if (wanted.size === 0) return { byInode, deniedCount }
  for (const pid of pids) {
    const folder = `${proc}/${pid}/fd`
    let descriptors: string[]
    try {
      descriptors = readdirSync(folder)
    } catch (error) {
      if (systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM') deniedCount += 1
      continue // otherwise it ended while we looked
    }
    for (const descriptor of descriptors) {
      const inode = socketInode(`${folder}/${descriptor}`)
      if (inode === null || !wanted.has(inode)) continue
      const known = byInode.get(inode)
      if (known === undefined) byInode.set(inode, [pid])
      else if (known.at(-1) !== pid) known.push(pid)
    }
  }
  return { byInode, deniedCount }
}

function socketInode(path: string): number | null {
  try {
    const target = readlinkSync(path)
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : null
  } catch {
    return null // closed while we looked
  }
}

/** What /proc/PID/stat and status say of a process. */
interface Vitals {
  readonly name: string
  readonly parent: number
  readonly startTicks: number
  readonly uid: number | null
}

/** The processes of a machine; each is read once, when it is asked for. */
export class ProcessTable {
  readonly #proc: string
  readonly #userName: (uid: number) => string
  readonly #vitals: Map<number, Vitals | null> = new Map()
  readonly #infos: Map<number, ProcessInfo | null> = new Map()
  readonly #details: boolean
  #bootSeconds: number | null = null

  constructor(proc: string, userName: (uid: number) => string, details: boolean) {
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
    const args = this.#text(pid, 'cmdline')?.replace(/\0+$/, '').split('\0') ?? []
    const command = args.join('') === '' ? null : joinArguments(args)
    const brief = {
      pid,
      name: fullName(vitals.name, args[0] ?? ''),
      user: vitals.uid === null ? null : this.#userName(vitals.uid),
      command,
    }
    if (!this.#details) return { ...brief, startedAt: null, workingDirectory: null, origin: { kind: 'unknown', name: null }, parents: [] }
    const parents = this.#parentsOf(vitals)
    return {
      ...brief,
      startedAt: this.#startOf(vitals),
      workingDirectory: readLink(`${this.#proc}/${pid}/cwd`),
      origin: originOf(parseCgroup(this.#text(pid, 'cgroup') ?? ''), parents),
      parents,
    }
  }

  #vitalsOf(pid: number): Vitals | null {
    let vitals = this.#vitals.get(pid)
    if (vitals === undefined) {
      vitals = parseVitals(this.#text(pid, 'stat') ?? '', this.#text(pid, 'status') ?? '')
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

  #startOf(vitals: Vitals): string | null {
    this.#bootSeconds ??= bootSeconds(readText(`${this.#proc}/stat`) ?? '')
    if (this.#bootSeconds === 0) return null
    return new Date((this.#bootSeconds + vitals.startTicks / TICKS_PER_SECOND) * 1000).toISOString()
  }

  #text(pid: number, file: string): string | null {
    return readText(`${this.#proc}/${pid}/${file}`)
  }
}

/** `pid (name) state parent … start …`: the name may hold anything, even `)`. Null for another form. */
export function parseVitals(stat: string, status: string): Vitals | null {
  const open = stat.indexOf('(')
  const close = stat.lastIndexOf(')')
  if (open === -1 || close < open) return null
  const fields = stat.slice(close + 2).split(' ')
  const parent = Number(fields[1])
  const startTicks = Number(fields[19])
  if (!Number.isSafeInteger(parent) || !Number.isSafeInteger(startTicks)) return null
  const effective = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1]
  return { name: stat.slice(open + 1, close), parent, startTicks, uid: effective === undefined ? null : Number(effective) }
}

/**
 * The kernel keeps 15 bytes of a name; the command line has the rest, unless the process renamed itself.
 * Node renames its main thread to `node-MainThread`, by which no one knows it.
 */
function fullName(name: string, command: string): string {
  const base = basename(command)
  const isCut = Buffer.byteLength(name) === 15 && base.startsWith(name)
  return isCut || name === `${base}-MainThread`.slice(0, 15) ? base : name
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
