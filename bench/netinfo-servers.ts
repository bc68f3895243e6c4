/** Servers to measure, each in a process of its own, that ends with its parent's word. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TAG } from './netinfo-users.ts'

export interface RunningServer {
  readonly port: number
  /** What the process holds in memory, in bytes: of its own, and pages of files (those of a store are the kernel's to take). */
  readonly memory: () => { readonly own: number; readonly files: number }
  readonly stop: () => Promise<void>
}

/** Portolan over the domain of a data folder, in one thread: so are its peers, and so is the answer the same on every machine. */
export function startPortolan(portolan: string, folder: string): Promise<RunningServer> {
  const where = ['--data', folder, '--domain', TAG, '--netinfo', '127.0.0.1:0']
  const alone = ['--binder', 'none', '--portmap', 'none', '--workers', '0']
  const ready = new RegExp(String.raw`domain ${TAG}\s+\S+?:(\d+)`)
  return start(process.execPath, [portolan, 'serve', ...where, ...alone], ready)
}

/** The server in C over users in memory. */
export function startPeer(program: string, users: number): Promise<RunningServer> {
  return start(program, [String(users)], /^(\d+)\n/)
}

export function startEcho(): Promise<RunningServer> {
  return start(process.execPath, [join(import.meta.dirname, 'fixtures', 'netinfo-echo.ts')], /^(\d+)\n/)
}

async function start(program: string, args: readonly string[], ready: RegExp): Promise<RunningServer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  let said = ''
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${program} ${args.join(' ')} ended: ${said}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const [, found] = ready.exec(said) ?? []
      if (found !== undefined) resolve(Number(found))
    })
  })
  return {
    port,
    memory: () => memoryOf(child),
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

/** As the kernel counts it (proc_pid_status(5): RssAnon, RssFile). */
function memoryOf(child: ChildProcess): { readonly own: number; readonly files: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const bytes = (name: string): number =>
    Number(new RegExp(String.raw`^${name}:\s+(\d+) kB`, 'm').exec(status)?.[1]) * 1024
  return { own: bytes('RssAnon'), files: bytes('RssFile') }
}
