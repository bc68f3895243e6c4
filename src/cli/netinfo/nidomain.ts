/** nidomain (tools.md §7): what a host serves, and the making and unmaking of its databases, by its binder. */
import { DirectoryError, statusText } from '../../directory/index.ts'
import { openBinder } from '../../netinfo/index.ts'
import type { BinderHandle, OpenOptions } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import { show } from './show.ts'
import { addressOf, binderOptions, readServerName } from './target.ts'
import { TOOL_EXIT, ToolError, UsageError, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'

const THIS_HOST = '127.0.0.1'

interface Operation {
  /** The operands before the host. */
  readonly operands: readonly string[]
  /** The status when no binder runs on this machine: the original answers those that only ask with 0. */
  readonly exitWithoutBinder: number
  readonly run: (binder: BinderHandle, operands: readonly string[], context: Context) => Promise<void>
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  l: { operands: [], exitWithoutBinder: TOOL_EXIT.done, run: list },
  g: { operands: ['tag'], exitWithoutBinder: TOOL_EXIT.done, run: printOne },
  m: {
    operands: ['tag'],
    exitWithoutBinder: TOOL_EXIT.usage,
    run: (binder, [tag = '']) => binder.createMaster(tag),
  },
  c: { operands: ['tag', 'master/tag'], exitWithoutBinder: TOOL_EXIT.usage, run: createClone },
  d: {
    operands: ['tag'],
    exitWithoutBinder: TOOL_EXIT.usage,
    run: (binder, [tag = '']) => binder.destroyDomain(tag),
  },
  u: { operands: ['tag'], exitWithoutBinder: TOOL_EXIT.usage, run: (binder, [tag = '']) => binder.unregister(tag) },
  a: { operands: ['tag', 'alias'], exitWithoutBinder: TOOL_EXIT.usage, run: addAlias },
}

const TEXT: ToolText = {
  name: 'nidomain',
  usage: Object.entries(OPERATIONS).map(([name, { operands }]) =>
    ['nidomain', `-${name}`, ...operands, '[host]'].join(' '),
  ),
}
const RULES = {
  flags: Object.keys(OPERATIONS),
  valued: [],
  operandsBeforeEnd: Number.POSITIVE_INFINITY,
}

/** Ends with 0 or 1. */
export async function nidomain(words: readonly string[], context: Context): Promise<number> {
  const exit = await runTool(TEXT, context, async () => {
    const { flags, operands } = readWords(words, RULES)
    const [flag = '', second] = flags
    const operation = Object.hasOwn(OPERATIONS, flag) ? OPERATIONS[flag] : undefined
    if (operation === undefined) throw new UsageError('which operation?')
    if (second !== undefined) throw new UsageError(`-${flag} and -${second} cannot go together`)
    const count = operation.operands.length
    if (operands.length < count) throw new UsageError(`-${flag} needs ${operation.operands.join(' and ')}`)
    if (operands.length > count + 1) throw new UsageError(`-${flag} takes no more than ${count} and a host`)
    const binder = await open(operands[count], context)
    if (binder === null) return operation.exitWithoutBinder
    try {
      await operation.run(binder, operands.slice(0, count), context)
    } catch (error) {
      throw asFailure(error)
    } finally {
      binder.close()
    }
    return TOOL_EXIT.done
  })
  return exit === TOOL_EXIT.done ? exit : TOOL_EXIT.usage
}

/** Null, when that has been told, where no host was named and no binder runs here. */
async function open(host: string | undefined, context: Context): Promise<BinderHandle | null> {
  const options = binderOptions(context.env)
  try {
    return await openAnswering(host ?? THIS_HOST, options)
  } catch (error) {
    if (host !== undefined || !(error instanceof DirectoryError)) throw asFailure(error)
    context.err(
      "nidomain: no NetInfo binder runs on this machine\nnidomain: 'portolan serve' starts one; for another machine name its host\n",
    )
    return null
  }
}

/** What takes a connection may yet be no binder. */
async function openAnswering(host: string, options: OpenOptions): Promise<BinderHandle> {
  const binder = await openBinder(host, options)
  try {
    await binder.ping()
    return binder
  } catch (error) {
    binder.close()
    throw error
  }
}

function asFailure(error: unknown): unknown {
  return error instanceof DirectoryError
    ? new ToolError(TOOL_EXIT.usage, `operation failed - ${statusText(error.status)}`)
    : error
}

async function list(binder: BinderHandle, _: readonly string[], context: Context): Promise<void> {
  const lines = (await binder.list()).map(({ tag, udpPort, tcpPort }) => line(tag, udpPort, tcpPort))
  show(context, lines.join(''))
}

async function printOne(binder: BinderHandle, [tag = '']: readonly string[], context: Context): Promise<void> {
  const { udpPort, tcpPort } = await binder.getRegister(tag)
  show(context, line(tag, udpPort, tcpPort))
}

function line(tag: string, udpPort: number, tcpPort: number): string {
  return `tag=${tag} udp=${udpPort} tcp=${tcpPort}\n`
}

/** The binder is told the master's address, so that a clone can be made where names are not yet known. */
async function createClone(binder: BinderHandle, [tag = '', master = '']: readonly string[]): Promise<void> {
  const server = readServerName(master)
  await binder.createClone(tag, server.host, await addressOf(server.host), server.tag)
}

/** The alias leads to the ports of the tag as they are now. */
async function addAlias(binder: BinderHandle, [tag = '', alias = '']: readonly string[]): Promise<void> {
  const { udpPort, tcpPort } = await binder.getRegister(tag)
  await binder.register(alias, udpPort, tcpPort)
}
