/** The operations of niutil that print (tools.md §1). */
import { lookupService } from 'node:dns/promises'
import { DirectoryError, STATUS, findProperty } from '../../directory/index.ts'
import type { Property } from '../../directory/index.ts'
import type { Context } from '../command.ts'
import { readAt } from './edit.ts'
import { readIndex } from './niutil-writes.ts'
import type { Session } from './session.ts'
import { propertyLines, show, valueWords } from './show.ts'
import { TOOL_EXIT, exitOfStatus, isStatus } from './tool-exit.ts'

type Operands = readonly string[]

export async function read(session: Session, context: Context, [path = '']: Operands): Promise<void> {
  show(context, propertyLines((await readAt(session.handle, path)).properties))
}

/** A child that lacks the property is its number and a TAB. */
export async function list(session: Session, context: Context, [path = '', key = 'name']: Operands): Promise<void> {
  const { object } = await session.handle.resolve(path)
  const { entries } = await session.handle.list(object, key)
  show(context, entries.map((entry) => `${entry.object}\t${valueWords(entry.values ?? [])}\n`).join(''))
}

/** @throws DirectoryError NOPROP */
async function propertyAt(session: Session, path: string, key: string): Promise<Property> {
  const property = findProperty((await readAt(session.handle, path)).properties, key)
  if (property === undefined) throw new DirectoryError(STATUS.NOPROP)
  return property
}

export async function readProperty(session: Session, context: Context, operands: Operands): Promise<void> {
  const [path = '', key = ''] = operands
  show(context, `${(await propertyAt(session, path, key)).values.join(' ')}\n`)
}

/** An index beyond the last value is told, and yet the status is 0: so does the original, and scripts look at the output. */
export async function readValue(session: Session, context: Context, operands: Operands): Promise<void> {
  const [path = '', key = '', text = ''] = operands
  const index = readIndex(text)
  const { values } = await propertyAt(session, path, key)
  const value = values[index]
  if (value === undefined) context.err(`niutil: there is no value ${index}: the property has ${values.length}\n`)
  else show(context, `${value}\n`)
}

/** That there is no parent is an answer, on standard output, and yet the status is that of NETROOT: scripts rely on both. */
export async function printParent(session: Session, context: Context, isNumeric: boolean): Promise<number> {
  try {
    const { address, tag } = await session.handle.rparent()
    show(context, `${isNumeric ? address : await hostOf(address)}/${tag}\n`)
    return TOOL_EXIT.done
  } catch (error) {
    if (!isStatus(error, STATUS.NETROOT)) throw error
    context.out('root domain: no parent\n')
    return exitOfStatus(STATUS.NETROOT)
  }
}

/** The name of an address; the address where it has none. */
async function hostOf(address: string): Promise<string> {
  try {
    return (await lookupService(address, 0)).hostname
  } catch {
    return address
  }
}

/** By name at the master; with -t at the very server that was named. */
export async function resync(session: Session): Promise<void> {
  const handle = session.target.isServer ? session.handle : await session.master()
  await handle.resync()
}

export async function printStatistics(session: Session, context: Context): Promise<void> {
  show(context, propertyLines(await session.handle.statistics()))
}

export async function printDomainName(session: Session, context: Context): Promise<void> {
  show(context, `${await session.client.domainNameOf(session.handle, session.target.options)}\n`)
}
