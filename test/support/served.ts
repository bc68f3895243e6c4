/** `portolan serve` as a process of its own, on ports of its own, and the tools that ask it. */
import type { ChildProcess } from 'node:child_process'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'
import { outcomeOf, runCli, startCli } from './run-cli.ts'
import type { Outcome } from './run-cli.ts'
import { until } from './until.ts'

export interface Served {
  readonly child: ChildProcess
  /** What it has printed. */
  readonly output: () => string
  readonly binderPort: number
  /** Runs another command with the environment that finds this server. */
  readonly run: (...words: readonly string[]) => Promise<Outcome>
  /** Sends a signal, and waits for the end. */
  readonly end: (signal?: NodeJS.Signals) => Promise<Outcome>
}

const OWN_PORTS = ['--netinfo', '127.0.0.1:0', '--binder', '127.0.0.1:0', '--portmap', 'none']

/** Starts a server and waits until it says that it is ready. */
export async function startServed(context: TestContext, data: string, ...words: readonly string[]): Promise<Served> {
  const child = startCli(['serve', '--data', data, ...OWN_PORTS, ...words])
  const ended = outcomeOf(child)
  let output = ''
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<Outcome> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return ended
  }
  atEnd(context, () => end('SIGKILL'))
  await until('the server is ready', () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${errors}`)
    return output.includes('Ctrl-C ends it.') ? true : null
  })
  const binderPort = Number(/binder\s+127\.0\.0\.1:(\d+)/.exec(output)?.[1])
  const env = { PORTOLAN_BINDER_PORT: String(binderPort) }
  const run = (...args: readonly string[]): Promise<Outcome> => runCli(args, { env })
  return { child, output: () => output, binderPort, run, end }
}
