/** The commands of nicl that concern the domain as a whole (tools.md §8). */
import { STATUS } from '../../directory/index.ts'
import type { JournalEntry, PropertyChange } from '../../directory/index.ts'
import { resync as resyncDomain } from './niutil-reads.ts'
import type { NiclSession } from './nicl-session.ts'
import { NICL_EXIT, NiclError } from './nicl-status.ts'
import { propertyLines, show } from './show.ts'
import { UsageError, isStatus } from './tool-exit.ts'

type Operands = readonly string[]

const VERSION_COLUMNS = 10

export async function statistics(session: NiclSession): Promise<void> {
  refuseRaw(session, 'a server counts what it does')
  show(session.context, propertyLines(await (await session.reader()).statistics()))
}

export async function domainName(session: NiclSession): Promise<void> {
  refuseRaw(session, 'the parent domain knows the name')
  const { client, target, handle } = session.session
  show(session.context, `${await client.domainNameOf(handle, target.options)}\n`)
}

/** That there is no parent is an answer, on standard output as niutil gives it, and yet a failure. */
export async function parentDomain(session: NiclSession): Promise<number> {
  refuseRaw(session, 'a server finds its parent')
  try {
    const { address, tag } = await session.session.handle.rparent()
    show(session.context, `${address}/${tag}\n`)
    return NICL_EXIT.done
  } catch (error) {
    if (!isStatus(error, STATUS.NETROOT)) throw error
    session.context.out('root domain: no parent\n')
    return NICL_EXIT.failed
  }
}

export async function resync(session: NiclSession): Promise<void> {
  refuseRaw(session, 'a server compares itself with its master')
  session.refuseReadOnly()
  await resyncDomain(session.session)
}

/** Nothing is kept here between two commands, so there is nothing to let go. */
export async function flush(): Promise<void> {}

function refuseRaw(session: NiclSession, reason: string): void {
  if (session.raw !== null) throw new NiclError(`${reason}, and with -raw there is none`)
}

const COMPARISONS: Readonly<Record<string, (version: number, wanted: number) => boolean>> = {
  '=': (version, wanted) => version === wanted,
  '<': (version, wanted) => version < wanted,
  '>': (version, wanted) => version > wanted,
}
const COMPARISON_NAMES: Readonly<Record<string, string>> = { eq: '=', lt: '<', gt: '>' }

/** Prints the journal, oldest first: all of it, or the versions that a comparison picks. */
export async function history(session: NiclSession, operands: Operands): Promise<void> {
  const { raw } = session
  if (raw === null) throw new NiclError('the protocol does not tell the history of a domain: open its store with -raw')
  const { compare, wanted } = readComparison(operands)
  for (const entry of raw.journal())
    if (compare(entry.revision, wanted)) show(session.context, historyLines(entry, session.options.verbosity > 0))
}

function readComparison(operands: Operands): {
  readonly compare: (version: number, wanted: number) => boolean
  readonly wanted: number
} {
  if (operands.length === 0) return { compare: () => true, wanted: 0 }
  const [first = '', second] = operands
  const [sign, text] = second === undefined ? ['=', first] : [COMPARISON_NAMES[first] ?? first, second]
  const compare = Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : undefined
  if (compare === undefined) throw new UsageError(`'${first}' is no comparison: <, = or > (lt, eq, gt)`)
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`'${text}' is no version`)
  return { compare, wanted: Number(text) }
}

function historyLines({ revision, timeMs, who, from, kind, path, changes }: JournalEntry, isVerbose: boolean): string {
  const time = new Date(timeMs).toISOString()
  const line = `${String(revision).padEnd(VERSION_COLUMNS)} ${time} ${who} ${from} ${kind} ${path}\n`
  return isVerbose ? line + changes.map(changeLines).join('') : line
}

function changeLines({ name, before, after }: PropertyChange): string {
  const part = (sign: string, values: readonly string[] | null): string =>
    values === null ? '' : `    ${sign} ${propertyLines([{ name, values }])}`
  return part('-', before) + part('+', after)
}

/** attach, detach and parent mended the links of a store of Apple's, where they are kept twice and may differ. */
export async function refuseRepair(session: NiclSession): Promise<void> {
  throw new NiclError(
    session.raw === null
      ? 'this mends a store, and needs -raw'
      : 'there are no such links to mend: this store keeps parent and children together',
  )
}

export async function refuseX500(): Promise<void> {
  throw new NiclError('names in the style of X.500, and what belongs to them, are not supported')
}
