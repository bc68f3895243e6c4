/**
 * Finds which processes hold which sockets: one walk over the open files of all processes, however many sockets there are.
 *
 * On a machine with thousands of sockets the walk is most of the work (a readlink each), so a second thread shares it: both
 * take the next process from one counter until none is left.
 */
import { readdirSync, readlinkSync } from 'node:fs'
import { extname, join } from 'node:path'
import { systemCode } from '../core/index.ts'

/** The pids, ascending, by the inode of the socket they hold. */
export interface Holders {
  readonly byInode: ReadonlyMap<number, readonly number[]>
  /** How many processes did not let us look. */
  readonly deniedCount: number
}

/** What one thread found: inode, pid, inode, pid, … */
export interface Found {
  readonly pairs: readonly number[]
  readonly deniedCount: number
}

/** What both threads work on. */
export interface Walk {
  readonly proc: string
  readonly pids: readonly number[]
  /** The number of processes taken so far, in shared memory. */
  readonly taken: Int32Array<SharedArrayBuffer>
}

export function newWalk(proc: string, pids: readonly number[]): Walk {
  return { proc, pids, taken: new Int32Array(new SharedArrayBuffer(4)) }
}

/** Takes processes until none is left, and returns the sockets they hold. */
export function walkProcesses({ proc, pids, taken }: Walk): Found {
  const pairs: number[] = []
  let deniedCount = 0
  for (let index = Atomics.add(taken, 0, 1); index < pids.length; index = Atomics.add(taken, 0, 1)) {
    const pid = pids[index] ?? 0
    const folder = `${proc}/${pid}/fd/`
    let descriptors: string[]
    try {
      descriptors = readdirSync(folder)
    } catch (error) {
      if (systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM') deniedCount += 1
      continue // otherwise it ended while we looked
    }
    for (const descriptor of descriptors) {
      const inode = socketInode(folder + descriptor)
      if (inode !== 0) pairs.push(inode, pid)
    }
  }
  return { pairs, deniedCount }
}

/** 0 for what is no socket. */
function socketInode(path: string): number {
  try {
    const target = readlinkSync(path)
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : 0
  } catch {
    return 0 // closed while we looked
  }
}

/** Joins what the threads found of the sockets wanted. Sockets with the same one holder share its list. */
export function joinFound(all: readonly Found[], wanted: ReadonlySet<number>): Holders {
  const byInode = new Map<number, readonly number[]>()
  const alone = new Map<number, readonly number[]>()
  for (const { pairs } of all) {
    for (let at = 0; at < pairs.length; at += 2) {
      const inode = pairs[at] ?? 0
      const pid = pairs[at + 1] ?? 0
      if (!wanted.has(inode)) continue
      const known = byInode.get(inode)
      if (known === undefined) byInode.set(inode, listOf(pid, alone))
      else if (!known.includes(pid))
        byInode.set(
          inode,
          [...known, pid].toSorted((a, b) => a - b),
        )
    }
  }
  return { byInode, deniedCount: all.reduce((sum, each) => sum + each.deniedCount, 0) }
}

function listOf(pid: number, alone: Map<number, readonly number[]>): readonly number[] {
  let list = alone.get(pid)
  if (list === undefined) {
    list = [pid]
    alone.set(pid, list)
  }
  return list
}

/** Starts the second thread. What it found comes when no process is left; null when it could not do its work. */
export function startHelper(walk: Walk): Promise<Found | null> {
  // Not by import: that would start it only when the caller, who walks too, waits.
  const threads = process.getBuiltinModule('node:worker_threads')
  // Beside this file, as source or as bundled.
  const file = join(import.meta.dirname, `holders-worker${extname(import.meta.filename)}`)
  return new Promise((resolve) => {
    const worker = new threads.Worker(file, { workerData: walk, env: threads.SHARE_ENV })
    worker.once('message', (found: Found) => resolve(found))
    worker.once('error', () => resolve(null))
    worker.once('exit', () => resolve(null))
  })
}
