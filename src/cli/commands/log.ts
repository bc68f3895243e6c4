import { printable } from '../../core/index.ts'
import type { JournalEntry, PropertyChange } from '../../directory/index.ts'
import { wholeNumber } from '../arguments.ts'
import { JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { DATA_OPTION, DOMAIN_OPTION, withDomain } from '../domain-options.ts'
import { printJson } from '../print-json.ts'
import type { Style } from '../style.ts'

const COUNT_DEFAULT = 20
const COUNT_MAX = 1_000_000
/** Longer lists of values are cut in the text; JSON has them whole. */
const VALUES_SHOWN = 6

export const command: Command = {
  name: 'log',
  summary: 'tell who changed what in a domain, and when',
  usage: ['portolan log [PATH] [OPTION]…'],
  description: [
    "Lists a domain's writes, the newest first: revision, time, who and from where, the directory, and what it was before and after. Passwords are never shown, only that they changed.",
    'With PATH, only the writes to that directory and those below it. The last 100,000 writes are kept.',
  ],
  options: [
    JSON_OPTION,
    { name: 'count', short: 'n', argument: 'COUNT', help: `Tell so many (default ${COUNT_DEFAULT}).` },
    { name: 'since', argument: 'REVISION', help: 'Only what came after this revision.' },
    DATA_OPTION,
    DOMAIN_OPTION,
  ],
  examples: [
    { line: 'portolan log', says: 'the last changes of the local domain' },
    { line: 'portolan log /users/pia', says: 'what happened to one user' },
    { line: 'portolan log --domain network --json', says: 'for a program' },
  ],
  exits: {
    0: 'there are changes',
    1: 'there are none',
    2: 'wrong use',
    3: 'there is no such domain, or it cannot be read',
  },
  run: (args, context) => withDomain(args, context.env, (domain) => tell([...selected(args, domain)], args, context)),
}

function* selected(
  args: Arguments,
  domain: Parameters<Parameters<typeof withDomain>[2]>[0],
): Generator<JournalEntry, void, undefined> {
  const count = wholeNumber(args.value('count') ?? String(COUNT_DEFAULT), '--count', 1, COUNT_MAX)
  const since = args.value('since')
  const afterRevision = since === undefined ? 0 : wholeNumber(since, '--since', 0, Number.MAX_SAFE_INTEGER)
  const path = args.positionals[0]?.replace(/(?<=.)\/+$/, '') ?? '/'
  let told = 0
  for (const entry of domain.journal({ afterRevision, isReverse: true })) {
    if (path !== '/' && entry.path !== path && !entry.path.startsWith(`${path}/`)) continue
    yield entry
    told += 1
    if (told === count) return
  }
}

function tell(entries: readonly JournalEntry[], args: Arguments, context: Context): 0 | 1 {
  if (args.has('json'))
    printJson(
      entries.map(({ timeMs, ...entry }) => ({
        schemaVersion: 1,
        ...entry,
        time: new Date(timeMs).toISOString(),
      })),
      context,
    )
  else for (const entry of entries) context.out(entryText(entry, context.style))
  return entries.length === 0 ? 1 : 0
}

const VERBS: Readonly<Record<JournalEntry['kind'], string>> = {
  create: 'created',
  destroy: 'destroyed',
  write: 'changed',
  createProperty: 'changed',
  destroyProperty: 'changed',
  writeProperty: 'changed',
  renameProperty: 'changed',
  createValue: 'changed',
  destroyValue: 'changed',
  writeValue: 'changed',
  replaceAll: 'replaced by the copy of the master',
}

function entryText({ revision, timeMs, who, from, kind, path, object, changes }: JournalEntry, style: Style): string {
  const time = new Date(timeMs).toISOString().replace('T', ' ').slice(0, 19)
  const head = `${revision}  ${time}Z  ${style.bold(printable(path))} ${VERBS[kind]} by ${printable(who)} from ${printable(from)} (id ${object})\n`
  return head + changes.map((change) => changeText(change, style)).join('')
}

function changeText({ name, at, before, after }: PropertyChange, style: Style): string {
  const place = at === 0 ? '' : ` [after ${at} value${at === 1 ? '' : 's'}]`
  const line = (sign: string, values: readonly string[]): string =>
    `    ${sign} ${printable(name)}${place}: ${values.slice(0, VALUES_SHOWN).map(printable).join(' ')}${
      values.length > VALUES_SHOWN ? ` … (${values.length})` : ''
    }\n`
  return (before === null ? '' : style.red(line('-', before))) + (after === null ? '' : style.green(line('+', after)))
}
