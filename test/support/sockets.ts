/** Starts processes with sockets (fixtures/open-sockets.ts), and ends them when the test is over. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Opened, Plan } from '../fixtures/open-sockets.ts'

const FIXTURE = fileURLToPath(new URL('../fixtures/open-sockets.ts', import.meta.url))

export interface Holder extends Opened {
  readonly child: ChildProcess
}

export interface StartOptions {
  /** Another program that runs it (`unshare -n`), with its arguments. */
  readonly through?: readonly string[]
  readonly cwd?: string
}

export async function openSockets(
  context: Pick<TestContext, 'after'>,
  plan: Plan,
  options: StartOptions = {},
): Promise<Holder> {
  const [program, ...args] = [...(options.through ?? []), process.execPath, FIXTURE, JSON.stringify(plan)]
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  context.after(() => endProcess(child))
  // It may have been killed before its input ends.
  child.stdin.on('error', () => undefined)
  const line = await firstLine(child)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fixture prints nothing else
  return { ...(JSON.parse(line) as Opened), child }
}

/** Ends a process, and waits until it is gone. */
export function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const end = text.indexOf('\n')
      if (end !== -1) resolve(text.slice(0, end))
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the process with sockets ended at once, with ${code}`)))
  })
}
