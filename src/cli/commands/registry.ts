import { PortolanError, printable } from '../../core/index.ts'
import {
  IANA_ADDRESS,
  TRANSPORTS,
  diffRegistries,
  openLore,
  openRegistry,
  openVerified,
  readCandidate,
  revertRegistry,
  updateRegistry,
} from '../../registry/index.ts'
import type { Change, PairState, Source } from '../../registry/index.ts'
import { JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { printJson } from '../print-json.ts'
import { spanText } from '../../answer/index.ts'
import { paragraph } from '../style.ts'
import type { Style } from '../style.ts'

const CHANGES_SHOWN = 60

export const command: Command = {
  name: 'registry',
  summary: "tell about, update or check the registry's data",
  usage: [
    'portolan registry info',
    'portolan registry update [--from FILE-or-URL]',
    'portolan registry check [--from FILE-or-URL]',
    'portolan registry revert',
  ],
  description: [
    'info tells which data is in use, from which source and of which day, and how many assignments it has.',
    `update reads IANA's own file (a path, or an https address; by default ${IANA_ADDRESS}) and replaces the data in use, whole and at once: a kill at any moment leaves the old or the new. It lists what changed, and keeps the data before. A file that is truncated, foreign or malformed is refused with the line named, and nothing is replaced.`,
    'check reads the data in use from end to end; with --from it compares it with that file, and replaces nothing.',
    'revert goes back to the data before the last update, in the end to that which came with Portolan.',
  ],
  options: [
    JSON_OPTION,
    { name: 'from', short: 'f', argument: 'FILE-or-URL', help: "IANA's service-names-port-numbers.csv." },
    { name: 'force', help: 'update: accept a file that lacks more names than IANA ever took back.' },
    {
      name: 'all',
      short: 'a',
      help: `List every change (default: the first ${CHANGES_SHOWN}, without those of descriptions alone).`,
    },
  ],
  examples: [
    { line: 'portolan registry info', says: 'what the answers rest on' },
    { line: 'portolan registry update --from service-names-port-numbers.csv', says: 'from a file fetched before' },
    { line: 'portolan registry check --from service-names-port-numbers.csv', says: 'what an update would change' },
  ],
  exits: {
    0: 'done; check: all is well, and equal',
    1: 'check: it differs; revert: there is nothing to go back to',
    2: 'wrong use',
    3: 'the file could not be had, was refused, or the data is damaged',
  },
  run: runRegistry,
}

function runRegistry(args: Arguments, context: Context): Promise<0 | 1> {
  const [action, ...rest] = args.positionals
  if (rest.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `'${rest[0] ?? ''}' is one word too many`, {
      hint: 'A file is named with --from.',
    })
  switch (action) {
    case 'info':
      return Promise.resolve(info(args, context))
    case 'update':
      return update(args, context)
    case 'check':
      return check(args, context)
    case 'revert':
      return revert(args, context)
    default:
      throw new PortolanError(
        'ERR_PORTOLAN_USAGE',
        action === undefined ? 'info, update, check or revert?' : `the registry has no '${action}'`,
        {
          hint: "'portolan registry --help' tells about info, update, check and revert.",
        },
      )
  }
}

function info(args: Arguments, context: Context): 0 {
  const { registry, file, isUpdated } = openRegistry(context.env)
  const lore = openLore()
  const { madeAt, sources, counts } = registry.meta
  if (args.has('json')) {
    printJson({ schemaVersion: 1, file, updated: isUpdated, madeAt, sources, counts, loreEntries: lore.size }, context)
    return 0
  }
  const { style } = context
  const count = (name: string): string => (counts[name] ?? 0).toLocaleString('en')
  const assigned = TRANSPORTS.map((transport) => `${count(`${transport} assigned`)} ${transport}`).join(', ')
  context.out(
    [
      paragraph(
        `${style.bold('Registry')}: ${isUpdated ? 'your update' : 'as it came with Portolan'}, compiled ${madeAt}, ${file}`,
        style.width,
        '',
        '  ',
      ),
      // The last source only stands for what the others are silent about.
      ...sources.slice(0, -1).map((source) => paragraph(sourceText(source), style.width, '  ', '    ')),
      paragraph(`Assigned ports: ${assigned}. Names without a port: ${count('portless')}.`, style.width, '  '),
      paragraph(`${style.bold('Lore')}: ${lore.size.toLocaleString('en')} services.`, style.width, ''),
    ].join(''),
  )
  return 0
}

function sourceText(source: Source): string {
  return `${source.title}, as of ${source.asOf} (${source.asOfBasis}) <${source.url}>`
}

async function update(args: Arguments, context: Context): Promise<0> {
  const from = args.value('from') ?? IANA_ADDRESS
  const done = await updateRegistry({ from, force: args.has('force'), env: context.env, signal: context.signal })
  const [before, after] = [done.before[0], done.after[0]]
  if (args.has('json')) {
    printJson(
      {
        schemaVersion: 1,
        file: done.file,
        rows: done.rows,
        before: done.before,
        after: done.after,
        changes: done.changes,
      },
      context,
    )
    return 0
  }
  const { style } = context
  context.out(
    paragraph(
      `${done.rows.toLocaleString('en')} rows as of ${after?.asOf ?? ''} now stand in ${done.file}; before, it was ${before?.id ?? ''} as of ${before?.asOf ?? ''}.`,
      style.width,
      '',
    ),
  )
  if (before !== undefined && after !== undefined && after.asOf < before.asOf) {
    context.err(
      paragraph(
        `Note: this file is older than the data before (${after.asOf}, not ${before.asOf}). 'portolan registry revert' goes back.`,
        style.width,
        '',
      ),
    )
  }
  context.out(changesText(done.changes, args.has('all'), style))
  return 0
}

async function check(args: Arguments, context: Context): Promise<0 | 1> {
  const { registry, file } = openRegistry(context.env)
  await openVerified(file)
  const from = args.value('from')
  if (from === undefined) {
    const lore = openLore()
    const entries = lore.entries().length
    if (args.has('json')) printJson({ schemaVersion: 1, file, sound: true, loreEntries: entries }, context)
    else context.out(paragraph(`${file} is sound; so is the lore, with ${entries} services.`, context.style.width, ''))
    return 0
  }
  const candidate = await readCandidate(from, new Date(), context.signal)
  const changes = diffRegistries(registry, candidate.registry)
  if (args.has('json')) printJson({ schemaVersion: 1, file, from, rows: candidate.rows, changes }, context)
  else context.out(changesText(changes, args.has('all'), context.style))
  return changes.length === 0 ? 0 : 1
}

async function revert(args: Arguments, context: Context): Promise<0 | 1> {
  const registry = await revertRegistry(context.env)
  if (registry === null) {
    context.err('The data that came with Portolan is in use: there is nothing to go back to.\n')
    return 1
  }
  const [source] = registry.meta.sources
  if (args.has('json')) printJson({ schemaVersion: 1, sources: registry.meta.sources }, context)
  else context.out(`In use again: ${source?.id ?? ''} as of ${source?.asOf ?? ''}.\n`)
  return 0
}

function changesText(changes: readonly Change[], all: boolean, style: Style): string {
  if (changes.length === 0) return 'Nothing changed.\n'
  const weighty = all ? changes : changes.filter((change) => change.kind !== 'description')
  const shown = all ? weighty : weighty.slice(0, CHANGES_SHOWN)
  const lines = shown.map((change) => {
    const where = `${spanText(change.ports)} ${change.transports.join(', ')}`
    return paragraph(
      printable(`${where}: ${stateText(change.before, change)} → ${stateText(change.after, change)}`),
      style.width,
      '  ',
      '    ',
    )
  })
  const rest = changes.length - shown.length
  const more =
    rest === 0
      ? ''
      : paragraph(
          `… and ${rest} more, ${changes.length - weighty.length} of them in descriptions alone: --all lists them.`,
          style.width,
          '  ',
        )
  return `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}:\n${lines.join('')}${more}`
}

function stateText(state: PairState, { kind }: Change): string {
  if (kind === 'description') return `'${state.description}'`
  const names = state.names.length === 0 ? '' : ` ${state.names.join(', ')}`
  return kind === 'status' ? `${state.status}${names}` : names.trim()
}
