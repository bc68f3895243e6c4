/** Runs the whole program as a person would: a process of its own, from the source as it is written. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const CLI: string = fileURLToPath(new URL('../../bin/portolan.cjs', import.meta.url))

/** A folder that is never made: no update of this user's own changes what the tests see. */
const NO_DATA = join(tmpdir(), `portolan-test-no-data-${process.pid}`)

export interface Outcome {
  /** Null when a signal ended it. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export const NOBODY = 65_534
/** What runs another program as a user who is nobody; it needs root, and util-linux. */
export const AS_NOBODY: readonly string[] = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']

export interface RunOptions {
  /** The file that is run; bin/portolan.cjs when left out. */
  readonly program?: string
  /** What it reads from standard input; without it there is none. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Another program that runs it (`setpriv …`), with its arguments. */
  readonly through?: readonly string[]
  readonly cwd?: string
}

/** Only what is named here, so that no setting of whoever runs the tests changes what they see. */
export function cliEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', HOME = '/', NODE_COMPILE_CACHE } = process.env
  return {
    PATH,
    HOME,
    PORTOLAN_DATA: NO_DATA,
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    ...extra,
  }
}

export function startCli(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { through = [], program = CLI } = options
  const [first = '', ...rest] = [...through, process.execPath, program, ...args]
  return spawn(first, rest, {
    env: cliEnvironment(options.env),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
}

export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = startCli(args, options)
  // It may end without having read it.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.input)
  return outcomeOf(child)
}

/** Waits for a process to end; the promise must be made before it can have. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
    child.once('error', reject)
    child.once('close', (status) =>
      resolve({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
  })
}
