/** niutil (tools.md §1): one operation on a domain. */
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import * as reads from './niutil-reads.ts'
import * as writes from './niutil-writes.ts'
import { withSession } from './session.ts'
import type { Session } from './session.ts'
import { PASSWORD_FLAGS, PASSWORD_VALUED, credentialsOf, hidePassword, openOptionsOf } from './target.ts'
import type { Target } from './target.ts'
import { TOOL_EXIT, UsageError, doing, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'
import type { Words } from './words.ts'

interface Operation {
  /** What follows the domain; a part in brackets may be left out, one with … may be several. */
  readonly operands: string
  readonly min: number
  readonly max: number
  /** What could not be done, for a message. */
  readonly failure: (operands: readonly string[]) => string
  readonly run: (call: Call) => Promise<number | void>
}

interface Call {
  readonly session: Session
  readonly context: Context
  readonly operands: readonly string[]
  readonly isPatient: boolean
  readonly isNumeric: boolean
}

type Write = (session: Session, isPatient: boolean, operands: readonly string[]) => Promise<void>
type Read = (session: Session, context: Context, operands: readonly string[]) => Promise<void>

const MANY = Number.POSITIVE_INFINITY

function directoryWrite(verb: string, run: Write): Operation {
  return {
    operands: 'path',
    min: 1,
    max: 1,
    failure: ([path = '']) => `can't ${verb} directory ${path}`,
    run: ({ session, isPatient, operands }) => run(session, isPatient, operands),
  }
}

function propertyWrite(operands: string, min: number, max: number, run: Write): Operation {
  return {
    operands,
    min,
    max,
    failure: ([path = '', key = '']) => `can't modify ${key} in directory ${path}`,
    run: ({ session, isPatient, operands: given }) => run(session, isPatient, given),
  }
}

function directoryRead(verb: string, operands: string, max: number, run: Read): Operation {
  return {
    operands,
    min: 1,
    max,
    failure: ([path = '']) => `can't ${verb} directory ${path}`,
    run: ({ session, context, operands: given }) => run(session, context, given),
  }
}

function propertyRead(operands: string, count: number, run: Read): Operation {
  return {
    operands,
    min: count,
    max: count,
    failure: ([path = '', key = '']) => `can't read ${key} in directory ${path}`,
    run: ({ session, context, operands: given }) => run(session, context, given),
  }
}

function ofDomain(failure: string, run: Operation['run']): Operation {
  return { operands: '', min: 0, max: 0, failure: () => failure, run }
}

const STATISTICS = ofDomain("can't read the statistics", ({ session, context }) =>
  reads.printStatistics(session, context),
)

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: directoryWrite('create', writes.create),
  destroy: directoryWrite('destroy', writes.destroy),
  createprop: propertyWrite('path key [value…]', 2, MANY, writes.createProperty),
  appendprop: propertyWrite('path key value…', 3, MANY, writes.appendValues),
  mergeprop: propertyWrite('path key value…', 3, MANY, writes.mergeValues),
  insertval: propertyWrite('path key value index', 4, 4, writes.insertOne),
  destroyprop: propertyWrite('path key…', 2, MANY, writes.destroyProperties),
  destroyval: propertyWrite('path key value…', 3, MANY, writes.destroyValues),
  renameprop: propertyWrite('path oldkey newkey', 3, 3, writes.renameProperty),
  read: directoryRead('read', 'path', 1, reads.read),
  list: directoryRead('list', 'path [key]', 2, reads.list),
  readprop: propertyRead('path key', 2, reads.readProperty),
  readval: propertyRead('path key index', 3, reads.readValue),
  rparent: ofDomain("can't find the parent domain", ({ session, context, isNumeric }) =>
    reads.printParent(session, context, isNumeric),
  ),
  resync: ofDomain("can't resync the domain", ({ session }) => reads.resync(session)),
  statistics: STATISTICS,
  stat: STATISTICS,
  domainname: ofDomain("can't find the name of the domain", ({ session, context }) =>
    reads.printDomainName(session, context),
  ),
}

const TEXT: ToolText = {
  name: 'niutil',
  usage: Object.entries(OPERATIONS)
    .filter(([name]) => name !== 'stat')
    .map(([name, { operands }]) => `niutil -${name} [options] domain ${operands}`.trimEnd()),
}

const RULES = {
  flags: [...Object.keys(OPERATIONS), ...PASSWORD_FLAGS, 't', 'n', 'R'],
  valued: [...PASSWORD_VALUED, 'T'],
  // After the path a word may be a value, whatever it begins with.
  operandsBeforeEnd: 2,
}

/** Does one operation; its statuses are those of tools.md §0. */
export function niutil(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  return runTool(TEXT, context, async () => {
    const read = readWords(words, RULES)
    hidePassword(read, TEXT.name)
    const operation = operationOf(read)
    const [name = '', ...operands] = read.operands
    const target: Target = {
      name,
      isServer: read.flags.includes('t'),
      options: { ...openOptionsOf(read, context.env), ...(await credentialsOf(read, context, false)) },
    }
    return withSession(target, client, async (session) => {
      const [isPatient, isNumeric] = [read.flags.includes('R'), read.flags.includes('n')]
      const run = async (): Promise<number | void> =>
        operation.run({ session, context, operands, isPatient, isNumeric })
      return (await doing(operation.failure(operands), run)) ?? TOOL_EXIT.done
    })
  })
}

/** @throws UsageError when there is none, or more than one, or its operands are too few or too many */
function operationOf({ flags, operands }: Words): Operation {
  const [name, second] = flags.filter((flag) => Object.hasOwn(OPERATIONS, flag))
  const operation = name === undefined ? undefined : OPERATIONS[name]
  if (operation === undefined) throw new UsageError('which operation?')
  if (second !== undefined && second !== name) throw new UsageError(`-${name} and -${second} cannot go together`)
  const count = operands.length - 1
  const needs = `domain ${operation.operands}`.trimEnd()
  if (count < operation.min) throw new UsageError(`-${name} needs more: ${needs}`)
  if (count > operation.max) throw new UsageError(`-${name} takes no more than: ${needs}`)
  return operation
}
