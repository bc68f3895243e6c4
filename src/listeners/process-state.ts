/** Single processes, looked up by their pid. */
import { readFileSync } from 'node:fs'
import { systemCode } from '../core/index.ts'
import type { ProcessInfo } from './model.ts'

/** Everything about one process; null when it has ended, or on systems where only sockets lead to a process. */
export async function readProcess(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<ProcessInfo | null> {
  if (platform !== 'linux') return null
  const { ProcessTable } = await import('./linux-processes.ts')
  const { userNames } = await import('./linux-users.ts')
  return new ProcessTable('/proc', userNames('/etc/passwd'), 'all').get(pid)
}

/** False also for a process that has ended and only waits for its parent to collect it: it holds nothing any more. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
  return !isZombie(pid)
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false // no /proc, or just collected
  }
}
