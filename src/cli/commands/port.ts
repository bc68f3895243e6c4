import { openLore, openRegistry, search } from '../../registry/index.ts'
import type { LoreBook, PortSpan, Registry } from '../../registry/index.ts'
import { beginSockets } from '../../listeners/index.ts'
import type { SocketReader, Sockets } from '../../listeners/index.ts'
import { PortolanError, printable } from '../../core/index.ts'
import { JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { NO_DIRECTORY, parseQuery, readDeclared, reportPort } from '../../answer/index.ts'
import type { DeclaredBook, PortQuery } from '../../answer/index.ts'
import { renderPort } from '../port-page.ts'

export const command: Command = {
  name: 'port',
  summary: 'say what a port is for, and what is on it here',
  usage: ['portolan PORT…', 'portolan port [OPTION]… PORT…', 'portolan port -'],
  description: [
    "Joins what IANA's registry says of each port, the unofficial uses and the history that the registry leaves out, and what is on the port on this machine now.",
    'PORT is a number (973), a port of a transport (443/udp), a range (6000-6063) or a service (ssh, netinfo); a dash reads them from standard input, separated by white space or commas.',
    'Each statement names its source and its date. Of unassigned ports no use is official, whatever the lore knows.',
  ],
  options: [
    JSON_OPTION,
    {
      name: 'all',
      short: 'a',
      help: 'Tell everything: every field of the registry, every use with its history, every socket.',
    },
    { name: 'no-sockets', help: 'Leave this machine and its directory out: only the registry and the lore.' },
  ],
  examples: [
    { line: 'portolan 973', says: 'a port' },
    { line: 'portolan 443/udp ssh 6000-6063', says: 'a port of one transport, a service, a range' },
    { line: 'portolan 973 --json | jq .[0].transports.tcp.status', says: 'for scripts' },
    { line: "ss -tlnH | awk '{print $4}' | grep -o '[0-9]*$' | portolan port -", says: 'every port that listens' },
  ],
  exits: {
    0: 'told',
    1: 'a name that neither the registry nor the lore knows, or that has no port',
    2: 'wrong use, or no port at all',
    3: 'the data or this machine could not be read',
  },
  run: runPort,
}

async function runPort(args: Arguments, context: Context): Promise<0 | 1> {
  const reader = args.has('no-sockets') ? null : beginSockets(false)
  const words = await wordsOf(args.positionals, context)
  const { registry } = openRegistry(context.env)
  let lore: LoreBook | null = null
  const book = (): LoreBook => (lore ??= openLore())
  const queries = words.map((word) => parseQuery(word, registry, book))
  const sockets = reader === null ? null : await socketsFor(queries, reader)
  const declared = reader === null ? NO_DIRECTORY : await readDeclared(portsIn(queries), context.env)
  if (args.has('json')) writeJson(queries, registry, book(), sockets, declared, context)
  else await writePages(queries, registry, book(), sockets, declared, args.has('all'), context)
  const unknown = queries.filter((query) => query.spans.length === 0)
  for (const query of unknown) context.err(explainUnknown(query, registry, book()))
  return unknown.length === 0 ? 0 : 1
}

async function wordsOf(positionals: readonly string[], context: Context): Promise<readonly string[]> {
  const isPiped = positionals.length === 0 && !(await context.isInTerminal())
  const words = positionals.flatMap((word) => splitWords(word === '-' ? context.readInput() : word))
  const all = isPiped ? splitWords(context.readInput()) : words
  if (all.length === 0) {
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'which port?', {
      hint: "For example 'portolan 973', or 'portolan port --help'.",
    })
  }
  return all
}

function splitWords(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function socketsFor(queries: readonly PortQuery[], reader: SocketReader): Promise<Sockets> {
  return reader({ ports: portsIn(queries), connections: true })
}

function portsIn(queries: readonly PortQuery[]): ReadonlySet<number> {
  return new Set(queries.flatMap((query) => query.spans.flatMap(portsOf)))
}

export function portsOf({ first, last }: PortSpan): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** Written port by port: all 65,536 together would not fit into one string. */
function writeJson(
  queries: readonly PortQuery[],
  registry: Registry,
  lore: LoreBook,
  sockets: Sockets | null,
  declared: DeclaredBook,
  context: Context,
): void {
  let separator = '[\n'
  for (const { spans, transports } of queries) {
    for (const span of spans) {
      for (const port of portsOf(span)) {
        context.out(
          separator + JSON.stringify(reportPort(port, transports, registry, lore, sockets, declared), null, 2),
        )
        separator = ',\n'
      }
    }
  }
  context.out(separator === '[\n' ? '[]\n' : '\n]\n')
}

async function writePages(
  queries: readonly PortQuery[],
  registry: Registry,
  lore: LoreBook,
  sockets: Sockets | null,
  declared: DeclaredBook,
  all: boolean,
  context: Context,
): Promise<void> {
  let separator = ''
  for (const query of queries) {
    for (const span of query.spans) {
      const page =
        span.first === span.last
          ? renderPort(reportPort(span.first, query.transports, registry, lore, sockets, declared), context.style, {
              all,
              notes: sockets?.notes ?? null,
              declared,
            })
          : (await import('../range-page.ts')).renderRange(span, query, registry, lore, sockets, context.style)
      context.out(separator + page)
      separator = '\n'
    }
  }
}

function explainUnknown(query: PortQuery, registry: Registry, lore: LoreBook): string {
  const isListed = query.name !== null && registry.byName(query.name).length > 0
  if (isListed) return `portolan: '${printable(query.text)}' is a service name that IANA lists without a port\n`
  const near = [...new Set(search(registry, lore, query.name ?? query.text, 5).map((hit) => hit.id))]
  const hint = near.length === 0 ? '' : ` Perhaps you mean ${near.join(', ')}?`
  return `portolan: neither the registry nor the lore knows a service '${printable(query.text)}'.${hint}\n`
}
