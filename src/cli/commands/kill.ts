import { setTimeout as sleep } from 'node:timers/promises'
import { PortolanError, messageOf, printable, systemCode } from '../../core/index.ts'
import { UNKNOWN_DETAILS, isRunning, readAncestors, readProcess, readSockets } from '../../listeners/index.ts'
import type { Listener, ProcessInfo } from '../../listeners/index.ts'
import { openLore, openRegistry } from '../../registry/index.ts'
import { wholeNumber } from '../arguments.ts'
import { JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { printJson } from '../print-json.ts'
import { endpointText } from '../page-here.ts'
import { parseQuery } from '../../answer/index.ts'
import { fit, paragraph } from '../style.ts'
import type { Style } from '../style.ts'

const SIGNALS = ['TERM', 'INT', 'HUP', 'QUIT', 'KILL'] as const
const WAIT_SECONDS_DEFAULT = 5
const LOOK_AGAIN_MS = 100

export const command: Command = {
  name: 'kill',
  summary: 'end what holds a port, after asking',
  usage: ['portolan kill [OPTION]… PORT…'],
  description: [
    'Finds the processes that listen on the ports, names each with everything it listens on, asks, and ends them with SIGTERM. Then it waits to see that they are gone.',
    'It never ends pid 1, itself, or the processes it was started from, and it looks again before it acts: a pid that has meanwhile gone to another process is left alone.',
  ],
  options: [
    { name: 'yes', short: 'y', help: 'Do not ask.' },
    { name: 'signal', short: 's', argument: 'SIGNAL', choices: SIGNALS, help: 'Send this signal (default TERM).' },
    {
      name: 'wait',
      argument: 'SECONDS',
      help: `Wait so long for the end (default ${WAIT_SECONDS_DEFAULT}; 0 does not wait).`,
    },
    JSON_OPTION,
  ],
  examples: [
    { line: 'portolan kill 3000', says: 'the development server that was left behind' },
    { line: 'portolan kill 53/udp', says: 'of one transport' },
    {
      line: 'portolan kill 8080 --yes --signal KILL',
      says: 'without asking, and without giving it a chance to tidy up',
    },
  ],
  exits: {
    0: 'ended',
    1: 'nothing listens there, or the answer was no',
    2: 'wrong use, or a process that Portolan will not end',
    3: 'the system does not allow it, or the process did not end',
  },
  run: runKill,
}

interface Target {
  readonly process: ProcessInfo
  /** All that the process listens on, so that the reader knows what else ends. */
  readonly listeners: readonly Listener[]
}

async function runKill(args: Arguments, context: Context): Promise<0 | 1 | 3> {
  if (args.positionals.length === 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'end what holds which port?', {
      hint: "For example 'portolan kill 3000'.",
    })
  const isWanted = wantedPorts(args.positionals, context)
  const waitSeconds = wholeNumber(args.value('wait') ?? String(WAIT_SECONDS_DEFAULT), '--wait', 0, 3600)
  const signal = signalOf(args.value('signal') ?? 'TERM')
  const { listeners } = await readSockets()
  const found = listeners.filter(isWanted)
  if (found.length === 0) {
    if (args.has('json')) context.out('[]\n')
    context.err(`Nothing listens on ${printable(args.positionals.join(', '))}.\n`)
    return 1
  }
  refuseUnseen(found)
  const targets = await targetsOf(found, listeners)
  refuseOwn(targets, await readAncestors())
  context.err(targets.map((target) => describe(target, context.style)).join(''))
  if (!args.has('yes') && !(await isConfirmed(targets, signal, context))) return 1
  const ended = await end(targets, signal, isWanted, waitSeconds)
  report(ended, args.has('json'), signal, waitSeconds, context)
  return ended.every(({ isGone }) => isGone || waitSeconds === 0) ? 0 : 3
}

function wantedPorts(words: readonly string[], context: Context): (listener: Listener) => boolean {
  const { registry } = openRegistry(context.env)
  const queries = words.map((word) => parseQuery(word, registry, openLore))
  const unknown = queries.find((query) => query.spans.length === 0)
  if (unknown !== undefined)
    throw new PortolanError('ERR_PORTOLAN_PORT_INVALID', `'${unknown.text}' is no port and no service with one`, {
      hint: "Give a port (3000), a port of one transport (53/udp) or a service's name (ssh).",
    })
  return (listener) =>
    queries.some(
      (query) =>
        query.transports.includes(listener.transport) &&
        query.spans.some(({ first, last }) => first <= listener.port && listener.port <= last),
    )
}

function refuseUnseen(found: readonly Listener[]): void {
  const unseen = found.find((each) => each.process === null)
  if (unseen === undefined) return
  throw new PortolanError(
    'ERR_PORTOLAN_KILL_DENIED',
    `the process behind ${unseen.transport} ${endpointText(unseen.address, unseen.port)} cannot be seen`,
    {
      hint: unseen.unseen?.hint ?? 'Run the same command with sudo.',
    },
  )
}

/** All holders of the sockets: a socket stays open while one of them lives. */
async function targetsOf(found: readonly Listener[], all: readonly Listener[]): Promise<Target[]> {
  const pids = [...new Set(found.flatMap((each) => each.holders))]
  return Promise.all(
    pids.map(async (pid) => {
      const listeners = all.filter((each) => each.holders.includes(pid))
      const known = listeners.find((each) => each.process?.pid === pid)?.process ?? (await readProcess(pid))
      return { process: known ?? { ...emptyProcess, pid }, listeners }
    }),
  )
}

const emptyProcess = {
  name: 'a process that shares the socket',
  user: null,
  command: null,
  ...UNKNOWN_DETAILS,
} as const

function refuseOwn(targets: readonly Target[], ancestors: readonly number[]): void {
  for (const { process: target } of targets) {
    const refuse = (what: string): never => {
      throw new PortolanError(
        'ERR_PORTOLAN_KILL_REFUSED',
        `${target.name}, pid ${target.pid}, is ${what}: Portolan will not end it`,
        {
          hint: 'Nothing was ended. Use your service manager, or kill(1), if you really mean it.',
        },
      )
    }
    if (target.pid === 1) refuse('the first process, on which the whole system stands')
    if (target.pid === process.pid) refuse('Portolan itself')
    if (ancestors.includes(target.pid)) refuse('what started Portolan')
  }
}

function describe({ process: target, listeners }: Target, style: Style): string {
  const ports = listeners.map((each) => `${each.transport} ${endpointText(each.address, each.port)}`).join(', ')
  const user = target.user === null ? '' : `, user ${target.user}`
  const head = paragraph(
    `${style.bold(printable(target.name))}, pid ${target.pid}${user}, listens on ${ports}`,
    style.width,
    '',
    '  ',
  )
  const line = target.command === null ? '' : `  ${fit(printable(target.command), style.width - 2)}\n`
  const manager = target.origin.kind === 'systemd' || target.origin.kind === 'container'
  const warning = manager
    ? paragraph(
        `It belongs to ${target.origin.kind === 'systemd' ? 'unit' : 'container'} ${target.origin.name ?? ''}, which may start it again.`,
        style.width,
        '  ',
      )
    : ''
  return head + line + warning
}

async function isConfirmed(targets: readonly Target[], signal: string, context: Context): Promise<boolean> {
  if (!(await context.isInTerminal())) {
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'there is no one to ask: standard input is not a terminal', {
      hint: 'Say --yes to end it without asking.',
    })
  }
  const answer = await context.ask(
    `End ${targets.length === 1 ? 'it' : `these ${targets.length}`} with ${signal}? [y/N] `,
  )
  return answer !== null && /^y(es)?$/i.test(answer.trim())
}

interface Ended {
  readonly target: Target
  readonly isGone: boolean
}

async function end(
  targets: readonly Target[],
  signal: NodeJS.Signals,
  isWanted: (listener: Listener) => boolean,
  waitSeconds: number,
): Promise<Ended[]> {
  // While the person thought, a process may have ended and its pid gone to another.
  const { listeners } = await readSockets()
  const still = targets.filter(({ process: target }) =>
    listeners.some((each) => isWanted(each) && each.holders.includes(target.pid) && isSame(each, target)),
  )
  for (const { process: target } of still) send(target, signal)
  const deadline = Date.now() + waitSeconds * 1000
  while (still.some(({ process: target }) => isRunning(target.pid)) && Date.now() < deadline) await sleep(LOOK_AGAIN_MS)
  return targets.map((target) => ({ target, isGone: !still.includes(target) || !isRunning(target.process.pid) }))
}

function isSame(listener: Listener, target: ProcessInfo): boolean {
  return listener.process?.pid !== target.pid || listener.process.startedAt === target.startedAt
}

function send(target: ProcessInfo, signal: NodeJS.Signals): void {
  try {
    process.kill(target.pid, signal)
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return // ended by itself
    throw new PortolanError(
      'ERR_PORTOLAN_KILL_DENIED',
      `${target.name}, pid ${target.pid}, cannot be ended: ${messageOf(error)}`,
      {
        hint:
          target.user === null
            ? 'Run the same command with sudo.'
            : `It belongs to ${target.user}: run the same command with sudo.`,
        cause: error,
      },
    )
  }
}

function report(ended: readonly Ended[], asJson: boolean, signal: string, waitSeconds: number, context: Context): void {
  if (asJson) {
    const rows = ended.map(({ target, isGone }) => ({
      schemaVersion: 1,
      pid: target.process.pid,
      name: target.process.name,
      signal,
      ended: isGone,
    }))
    printJson(rows, context)
    return
  }
  for (const { target, isGone } of ended) {
    const who = `${printable(target.process.name)}, pid ${target.process.pid}`
    const waited = waitSeconds === 0 ? 'was sent the signal' : `still runs after ${waitSeconds} s: try --signal KILL`
    context.out(`${who}, ${isGone ? 'is gone' : waited}.\n`)
  }
}

function signalOf(name: string): NodeJS.Signals {
  const known = SIGNALS.find((each) => each === name) ?? 'TERM'
  return `SIG${known}`
}
