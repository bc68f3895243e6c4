import { PortolanError, printable } from '../../core/index.ts'
import { openLore, openRegistry, search } from '../../registry/index.ts'
import type { SearchHit } from '../../registry/index.ts'
import { wholeNumber } from '../arguments.ts'
import { CSV_OPTION, JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { printJson } from '../print-json.ts'
import { csvRows } from '../csv-rows.ts'
import { spanText } from '../../answer/index.ts'
import { paragraph, table } from '../style.ts'

const HITS_DEFAULT = 20
const HITS_MAX = 10_000

export const command: Command = {
  name: 'search',
  summary: 'find services by name, description or history',
  usage: ['portolan search [OPTION]… WORD…'],
  description: [
    "Searches the registry's service names and descriptions, and the lore. Every word must be found; the best hits come first.",
    'Where little is found, words with one or two typing errors are found too, and are marked so.',
  ],
  options: [
    JSON_OPTION,
    CSV_OPTION,
    { name: 'max', short: 'n', argument: 'COUNT', help: `Show at most so many hits (default ${HITS_DEFAULT}).` },
  ],
  examples: [
    { line: 'portolan search netinfo', says: 'a service' },
    { line: 'portolan search secure shell', says: 'words of a description' },
    { line: 'portolan search postgers', says: 'a word with a typing error' },
  ],
  exits: { 0: 'something was found', 1: 'nothing was found', 2: 'wrong use', 3: 'the data could not be read' },
  run: runSearch,
}

function runSearch(args: Arguments, context: Context): 0 | 1 {
  const query = args.positionals.join(' ')
  if (query.trim() === '')
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'search for what?', {
      hint: "For example 'portolan search netinfo'.",
    })
  const max = wholeNumber(args.value('max') ?? String(HITS_DEFAULT), '--max', 1, HITS_MAX)
  const hits = search(openRegistry(context.env).registry, openLore(), query, max)
  if (args.has('json'))
    printJson(
      hits.map((hit) => ({ schemaVersion: 1, ...hit })),
      context,
    )
  else if (args.has('csv')) context.out(csvOf(hits))
  else if (hits.length > 0) context.out(tableOf(hits, context))
  else
    context.err(paragraph(`Nothing in the registry or the lore fits '${printable(query)}'.`, context.style.width, ''))
  return hits.length === 0 ? 1 : 0
}

function portsText(hit: SearchHit): string {
  const [first, second, ...rest] = hit.ports.map(spanText)
  return first === undefined
    ? 'no port'
    : `${[first, second].filter((each) => each !== undefined).join(', ')}${rest.length === 0 ? '' : ', …'}`
}

function tableOf(hits: readonly SearchHit[], { style }: Context): string {
  return table(
    hits,
    [
      { title: 'PORT', cell: portsText },
      { title: 'TRANSPORTS', cell: (hit) => hit.transports.join(', ') },
      {
        title: 'SERVICE',
        cell: (hit) => printable(hit.name) + (hit.isGuess ? ' ?' : ''),
        paint: (text) => style.bold(text),
      },
      { title: 'FROM', cell: (hit) => hit.kind },
      { title: 'DESCRIPTION', cell: (hit) => printable(hit.description) },
    ],
    style,
  )
}

function csvOf(hits: readonly SearchHit[]): string {
  return csvRows([
    ['kind', 'name', 'ports', 'transports', 'description', 'guess'],
    ...hits.map((hit) => [
      hit.kind,
      hit.name,
      hit.ports.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(' '),
      hit.transports.join(' '),
      hit.description,
      hit.isGuess ? 'yes' : 'no',
    ]),
  ])
}
