import { readSockets } from '../../listeners/index.ts'
import type { Listener, Sockets } from '../../listeners/index.ts'
import { wholeNumber } from '../arguments.ts'
import { CSV_OPTION, JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { printJson } from '../print-json.ts'
import { csvRows } from '../csv-rows.ts'
import { FILTER_OPTIONS, SORT_OPTION, readFilter, sortListeners } from '../listener-filter.ts'
import { labeller, listenerTable } from '../listener-table.ts'
import { paragraph } from '../style.ts'

const WATCH_SECONDS_DEFAULT = 2

export const command: Command = {
  name: 'listeners',
  aliases: ['ls'],
  summary: 'list every listener here, with its process and what its port is for',
  usage: ['portolan listeners [OPTION]… [PORT]…', 'portolan ls --user www-data --sort process', 'portolan ls --watch'],
  description: [
    'Lists the TCP sockets that listen on this machine and the UDP sockets that are bound: address, port, what the port is for, process, pid, user, and from where the listener can be reached by its address (a firewall may allow less).',
    'SERVICE is the name that IANA lists; after a tilde, an unofficial use that the lore knows. It says what the port is for, not what really answers there.',
    'Processes of other users can be seen by root only; those not seen are said to be so. Root also sees the sockets in other network namespaces (containers).',
  ],
  options: [
    JSON_OPTION,
    CSV_OPTION,
    ...FILTER_OPTIONS,
    SORT_OPTION,
    {
      name: 'watch',
      short: 'w',
      help: 'Stay and show what changes: on a terminal the list itself, elsewhere a line for each listener that comes (+) or goes (-).',
    },
    {
      name: 'interval',
      argument: 'SECONDS',
      help: `With --watch, look every so many seconds (default ${WATCH_SECONDS_DEFAULT}).`,
    },
  ],
  examples: [
    { line: 'sudo portolan ls', says: 'everything that listens, with all processes' },
    { line: 'portolan ls --port 8000-8999 --process node', says: 'what a development server left behind' },
    { line: 'portolan ls --reach everywhere --csv', says: 'what the whole network can reach, for a spreadsheet' },
    { line: "portolan ls --json | jq '.[].process.pid'", says: 'for scripts' },
  ],
  exits: {
    0: 'something listens',
    1: 'nothing that fits listens',
    2: 'wrong use',
    3: "this machine's sockets could not be read",
  },
  run: runListeners,
}

async function runListeners(args: Arguments, context: Context): Promise<0 | 1> {
  const filter = readFilter(args)
  const sort = args.value('sort') ?? 'port'
  // A table shows little of a process; JSON tells all.
  const details = args.has('json') ? 'all' : args.has('csv') || args.has('process') ? 'commands' : 'names'
  const look = async (): Promise<Sockets> => {
    const sockets = await readSockets({ details })
    const found = sockets.listeners.filter(filter)
    // By port is how they come.
    return { ...sockets, listeners: sort === 'port' ? found : sortListeners(found, sort) }
  }
  if (args.has('watch')) {
    const interval = wholeNumber(args.value('interval') ?? String(WATCH_SECONDS_DEFAULT), '--interval', 1, 86_400)
    const { watchListeners } = await import('../watch-listeners.ts')
    await watchListeners(look, interval * 1000, listenerTable(context), context)
    return 0
  }
  stopOptimizing()
  const { listeners, notes } = await look()
  if (args.has('json'))
    printJson(
      listeners.map((each) => ({ schemaVersion: 1, ...each })),
      context,
    )
  else if (args.has('csv')) context.out(listenersCsv(listeners, context))
  else if (listeners.length === 0) context.err('Nothing that fits listens on this machine.\n')
  else context.out(listenerTable(context)(listeners))
  if (!args.has('json')) for (const note of notes) context.err(paragraph(note, context.style.width, ''))
  return listeners.length === 0 ? 1 : 0
}

/**
 * For one list, V8's optimizing compiler never earns back what it takes, least of all on two threads of one core: with 10,000
 * sockets a run is 10 ms shorter without it.
 */
function stopOptimizing(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-opt')
}

function listenersCsv(listeners: readonly Listener[], context: Context): string {
  const label = labeller(context)
  return csvRows([
    ['transport', 'address', 'port', 'service', 'process', 'pid', 'user', 'command', 'reach', 'namespace'],
    ...listeners.map((each) => [
      each.transport,
      each.address,
      each.port,
      label(each),
      each.process?.name ?? null,
      each.process?.pid ?? null,
      each.process?.user ?? each.socketUser,
      each.process?.command ?? null,
      each.reach,
      each.namespace,
    ]),
  ])
}
