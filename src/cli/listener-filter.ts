/** The filters and the orders of a list of listeners. */
import { PortolanError } from '../core/index.ts'
import type { Listener } from '../listeners/index.ts'
import { readSpan } from '../registry/index.ts'
import type { PortSpan } from '../registry/index.ts'
import type { Arguments, OptionSpec } from './command.ts'

export const FILTER_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'port',
    short: 'p',
    argument: 'PORT',
    isRepeatable: true,
    help: 'Only these ports: a number, a range (8000-8999), or several with commas.',
  },
  {
    name: 'process',
    argument: 'NAME',
    isRepeatable: true,
    help: 'Only processes whose name or command line holds this text, or with this pid.',
  },
  { name: 'user', short: 'u', argument: 'USER', isRepeatable: true, help: 'Only sockets of this user.' },
  {
    name: 'transport',
    short: 't',
    argument: 'TRANSPORT',
    choices: ['tcp', 'udp'],
    isRepeatable: true,
    help: 'Only this transport.',
  },
  {
    name: 'address',
    argument: 'ADDRESS',
    isRepeatable: true,
    help: 'Only sockets bound to an address that begins with this text.',
  },
  {
    name: 'reach',
    argument: 'REACH',
    choices: ['machine', 'network', 'everywhere', 'namespace'],
    isRepeatable: true,
    help: 'Only listeners that can be reached from there.',
  },
]

const SORT_KEYS = ['port', 'process', 'user', 'address', 'pid', 'reach'] as const
type SortKey = (typeof SORT_KEYS)[number]

export const SORT_OPTION: OptionSpec = {
  name: 'sort',
  argument: 'KEY',
  choices: SORT_KEYS,
  help: 'Order by this (default port).',
}

export type Filter = (listener: Listener) => boolean

/** @throws ERR_PORTOLAN_PORT_INVALID */
export function readFilter(args: Arguments): Filter {
  const spans = [...args.positionals, ...args.values('port')].flatMap((text) => text.split(',')).map(parsePorts)
  const tests: Filter[] = []
  if (spans.length > 0) tests.push(({ port }) => spans.some(({ first, last }) => first <= port && port <= last))
  const add = (option: string, test: (listener: Listener, value: string) => boolean): void => {
    const values = args.values(option)
    if (values.length > 0) tests.push((listener) => values.some((value) => test(listener, value)))
  }
  add('process', (listener, value) => isProcess(listener, value))
  add('user', (listener, value) => (listener.process?.user ?? listener.socketUser) === value)
  add('transport', (listener, value) => listener.transport === value)
  add('address', (listener, value) => listener.address.startsWith(value))
  add('reach', (listener, value) => listener.reach === value)
  return (listener) => tests.every((test) => test(listener))
}

function isProcess(listener: Listener, value: string): boolean {
  const { process } = listener
  if (process === null) return false
  return (
    process.name.includes(value) || (process.command ?? '').includes(value) || listener.holders.includes(Number(value))
  )
}

function parsePorts(text: string): PortSpan {
  const span = readSpan(text.trim())
  if (span === null) {
    throw new PortolanError('ERR_PORTOLAN_PORT_INVALID', `'${text}' is not a port or a range of ports`, {
      hint: 'For example 8080, 8000-8999, or 80,443.',
    })
  }
  return span
}

/** Orders a list; equal ones stay in the order of their ports. */
export function sortListeners(listeners: readonly Listener[], key: string): readonly Listener[] {
  const keys: Readonly<Record<SortKey, (listener: Listener) => string | number>> = {
    port: (listener) => listener.port,
    process: (listener) => listener.process?.name.toLowerCase() ?? '\uffff',
    user: (listener) => listener.process?.user ?? listener.socketUser ?? '\uffff',
    address: (listener) => listener.address,
    pid: (listener) => listener.process?.pid ?? Infinity,
    reach: (listener) => ['everywhere', 'network', 'machine', 'namespace'].indexOf(listener.reach),
  }
  const keyOf = keys[SORT_KEYS.find((each) => each === key) ?? 'port']
  return listeners.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)]
    return left < right ? -1 : left > right ? 1 : 0
  })
}
