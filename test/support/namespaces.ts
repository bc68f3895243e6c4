/**
 * Machines on a network of their own: Linux network namespaces, joined by a bridge that stands in a namespace, too. Nothing is left of them
 * outside, and what runs in them ends with the test.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'
import { CLI, cliEnvironment, runCli } from './run-cli.ts'
import type { Outcome } from './run-cli.ts'

const PREFIX_LENGTH = 24
/** The interface of each machine. */
const INTERFACE = 'eth0'

export interface Machine {
  readonly name: string
  readonly address: string
  /** Words that run a command on this machine. */
  readonly through: readonly string[]
  /** Runs the program there, as a person would. */
  readonly portolan: (...words: readonly string[]) => Promise<Outcome>
  /** Starts the program there; it is killed at the end of the test. */
  readonly start: (...words: readonly string[]) => ChildProcess
  /** Plugs the machine's cable in, or pulls it out. */
  readonly plug: (isIn: boolean) => void
}

/** The names that a test's namespaces have are its process's own. */
function namespaceOf(name: string): string {
  return `portolan-${process.pid}-${name}`
}

/** Makes a network of machines by their names and addresses, and takes it away at the end of the test. */
export function buildNetwork<Name extends string>(
  context: Pick<TestContext, 'after'>,
  addresses: Readonly<Record<Name, string>>,
): Record<Name, Machine> {
  const bridge = namespaceOf('bridge')
  atEnd(context, () => remove(bridge))
  ip('netns', 'add', bridge)
  ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge')
  ip('-n', bridge, 'link', 'set', 'br0', 'up')
  const machines: Partial<Record<Name, Machine>> = {}
  for (const name of namesOf(addresses)) machines[name] = buildMachine(context, bridge, name, addresses[name])
  if (!isWhole(machines, namesOf(addresses))) throw new Error('a machine is missing')
  return machines
}

function buildMachine(context: Pick<TestContext, 'after'>, bridge: string, name: string, address: string): Machine {
  const namespace = namespaceOf(name)
  atEnd(context, () => remove(namespace))
  ip('netns', 'add', namespace)
  // The end at the bridge has the machine's name; it goes when the other end does.
  ip('-n', bridge, 'link', 'add', name, 'type', 'veth', 'peer', 'name', INTERFACE, 'netns', namespace)
  ip('-n', bridge, 'link', 'set', name, 'master', 'br0', 'up')
  ip('-n', namespace, 'link', 'set', 'lo', 'up')
  ip('-n', namespace, 'addr', 'add', `${address}/${PREFIX_LENGTH}`, 'broadcast', '+', 'dev', INTERFACE)
  ip('-n', namespace, 'link', 'set', INTERFACE, 'up')
  const through = ['ip', 'netns', 'exec', namespace]
  return {
    name,
    address,
    through,
    portolan: (...words) => runCli(words, { through }),
    start: (...words) => {
      const [program = '', ...rest] = [...through, process.execPath, CLI, ...words]
      const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'], env: cliEnvironment() })
      atEnd(context, () => end(child, 'SIGKILL'))
      return child
    },
    plug: (isIn) => ip('-n', bridge, 'link', 'set', name, isIn ? 'up' : 'down'),
  }
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** The first line that a process writes. What it writes afterwards is taken, too, so that it never waits for a reader. */
export async function lineOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('close', () => reject(new Error(`it ended without a line: ${text} (exit status ${child.exitCode})`)))
  })
}

function ip(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`)
}

function remove(namespace: string): void {
  spawnSync('ip', ['netns', 'delete', namespace])
}

function namesOf<Name extends string>(addresses: Readonly<Record<Name, string>>): Name[] {
  return Object.keys(addresses).filter((name): name is Name => Object.hasOwn(addresses, name))
}

function isWhole<Name extends string>(
  machines: Partial<Record<Name, Machine>>,
  names: readonly Name[],
): machines is Record<Name, Machine> {
  return names.every((name) => machines[name] !== undefined)
}
