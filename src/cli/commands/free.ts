import { readFileSync } from 'node:fs'
import { PortolanError } from '../../core/index.ts'
import { readSockets } from '../../listeners/index.ts'
import { PORT_RANGES, openLore, openRegistry, readSpan } from '../../registry/index.ts'
import type { LoreBook, PortSpan, Registry, Transport } from '../../registry/index.ts'
import { wholeNumber } from '../arguments.ts'
import { CSV_OPTION, JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { readDeclared } from '../../answer/index.ts'
import { portsOf } from './port.ts'
import { printJson } from '../print-json.ts'
import { csvRows } from '../csv-rows.ts'
import { paragraph } from '../style.ts'

const COUNT_DEFAULT = 10
/** A use of more ports than these claims none of them in particular: iTunes played radio from anywhere in 8000–8999. */
const WIDE = 64

export const command: Command = {
  name: 'free',
  summary: 'find ports that are free here, unassigned at IANA and undeclared',
  usage: ['portolan free [OPTION]…'],
  description: [
    "Names ports on which nothing listens on this machine, which IANA has assigned to no one, which no declaration claims, and for which the lore knows no use: a new service there is in nobody's way.",
    'Ports that the kernel lends to outgoing connections (on Linux net.ipv4.ip_local_port_range) are left out: a program could hold one at any moment.',
  ],
  options: [
    JSON_OPTION,
    CSV_OPTION,
    { name: 'count', short: 'n', argument: 'COUNT', help: `Name so many (default ${COUNT_DEFAULT}).` },
    { name: 'range', argument: 'RANGE', help: 'Look among these: system, user (default), dynamic, or FROM-TO.' },
    {
      name: 'transport',
      short: 't',
      argument: 'TRANSPORT',
      choices: ['tcp', 'udp'],
      isRepeatable: true,
      help: 'Free on this transport (default: on both tcp and udp).',
    },
    { name: 'random', help: 'Pick at random, so that two who ask do not get the same.' },
    { name: 'ephemeral', help: 'Also name ports that the kernel lends to outgoing connections.' },
  ],
  examples: [
    { line: 'portolan free', says: 'ten ports of the user range' },
    { line: 'PORT=$(portolan free -n 1 --random)', says: 'one for a script' },
    { line: 'portolan free --range 8000-8999', says: 'near the usual ones' },
  ],
  exits: {
    0: 'named as many as asked for',
    1: 'there are fewer',
    2: 'wrong use',
    3: 'the data or this machine could not be read',
  },
  run: runFree,
}

async function runFree(args: Arguments, context: Context): Promise<0 | 1> {
  const count = wholeNumber(args.value('count') ?? String(COUNT_DEFAULT), '--count', 1, 65_536)
  const span = parseRange(args.value('range') ?? 'user')
  const named = args.values('transport')
  const transports = (['tcp', 'udp'] as const).filter((each) => named.length === 0 || named.includes(each))
  const { registry } = openRegistry(context.env)
  const { listeners, connections } = await readSockets({ connections: true, details: 'names' })
  const taken = new Set(
    [...listeners, ...connections].filter((each) => transports.includes(each.transport)).map((each) => each.port),
  )
  const declared = await readDeclared(new Set(portsOf(span)), context.env)
  const lent = args.has('ephemeral') || span.first >= PORT_RANGES[2].first ? null : ephemeralSpan()
  const candidates = freePorts(
    span,
    transports,
    registry,
    openLore(),
    (port) =>
      taken.has(port) ||
      declared.forPort(port).length > 0 ||
      (lent !== null && lent.first <= port && port <= lent.last),
  )
  const ports = (args.has('random') ? shuffled(candidates) : candidates).slice(0, count)
  if (args.has('json'))
    printJson(
      ports.map((port) => ({ schemaVersion: 1, port, transports })),
      context,
    )
  else if (args.has('csv'))
    context.out(csvRows([['port', 'transports'], ...ports.map((port) => [port, transports.join(' ')])]))
  else context.out(ports.map((port) => `${port}\n`).join(''))
  if (ports.length < count) context.err(paragraph(tooFew(ports.length, span, lent), context.style.width, ''))
  return ports.length < count ? 1 : 0
}

function tooFew(found: number, span: PortSpan, lent: PortSpan | null): string {
  const isLent = lent !== null && lent.first <= span.last && span.first <= lent.last
  const why = isLent
    ? ` Left out are ${lent.first}–${lent.last}, which the kernel lends to connections: --ephemeral names these too.`
    : ''
  return `Only ${found} of ${span.first}–${span.last} are free here, unassigned, undeclared and unknown to the lore.${why}`
}

function freePorts(
  span: PortSpan,
  transports: readonly Transport[],
  registry: Registry,
  lore: LoreBook,
  isTaken: (port: number) => boolean,
): number[] {
  const free: number[] = []
  // Port 0 is no port to listen on: it asks the system for any.
  for (let port = Math.max(1, span.first); port <= span.last; port += 1) {
    if (isTaken(port) || lore.covers(port, { transports, portsMax: WIDE })) continue
    if (transports.every((transport) => isBare(registry, port, transport))) free.push(port)
  }
  return free
}

/** Unassigned, and nothing is noted about it (`Possibly assigned`, unauthorised uses). */
function isBare(registry: Registry, port: number, transport: Transport): boolean {
  const entry = registry.lookup(port, transport)
  return entry.status === 'unassigned' && entry.assignments.length === 0
}

function parseRange(text: string): PortSpan {
  const range = PORT_RANGES.find((each) => each.name === text)
  if (range !== undefined) return range
  const span = text.includes('-') ? readSpan(text) : null
  if (span === null) {
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--range takes system, user, dynamic or FROM-TO, not '${text}'`)
  }
  return span
}

/** Null where the system does not say. */
function ephemeralSpan(): PortSpan | null {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number)
    return first === undefined || last === undefined ? null : { first, last }
  } catch {
    return null
  }
}

/** Fisher and Yates. */
function shuffled(ports: readonly number[]): number[] {
  const all = [...ports]
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1))
    const held = all[at] ?? 0
    all[at] = all[other] ?? 0
    all[other] = held
  }
  return all
}
