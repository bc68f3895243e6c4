/** nicl (tools.md §8): reads and changes a domain, one command, a script of them, or one after another as a person types. */
import { PortolanError } from '../../core/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { runCommand, runLines } from './nicl-commands.ts'
import { scriptLines, typedLines } from './nicl-lines.ts'
import { NiclSession } from './nicl-session.ts'
import type { NiclOptions, OpenedDomain, Opener } from './nicl-session.ts'
import { NICL_EXIT, NiclError } from './nicl-status.ts'
import { handleOf, openRawDomain } from './raw-domain.ts'
import { Session } from './session.ts'
import { credentialsOf, hidePassword, openOptionsOf } from './target.ts'
import { ToolError, UsageError, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'
import type { Words } from './words.ts'

const TEXT: ToolText = {
  name: 'nicl',
  usage: [
    'nicl [-c] [-ro] [-p] [-u user] [-P password] [-raw | -t] [-v | -vv] [-q] [-i] [-nobold] [-nonotify] datasource [command…]',
  ],
}
const RULES = {
  // -nonotify kept the original from signalling a server whose files it had changed: here a server sees that by itself.
  flags: ['c', 'ro', 'p', 'raw', 't', 'v', 'vv', 'q', 'i', 'nobold', 'nonotify', 'x500'],
  valued: ['u', 'P'],
  operandsBeforeEnd: 1,
}

/** Ends with the status of the last command, its lowest eight bits; wrong use is told and ends with 0, as in the original. */
export async function nicl(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  let isWrongUse = false
  const exit = await runTool(TEXT, context, () =>
    run(words, context, client).catch((error: unknown) => {
      isWrongUse = error instanceof UsageError
      throw error
    }),
  )
  return isWrongUse ? NICL_EXIT.done : exit
}

async function run(words: readonly string[], context: Context, client: Client): Promise<number> {
  const read = readWords(words, RULES)
  hidePassword(read, TEXT.name)
  const [name, ...command] = read.operands
  if (name === undefined) throw new UsageError('which domain?')
  refuseMixed(read)
  const isShell = command.length === 0
  const isInteractive = isShell && (await context.isInTerminal())
  const open = openerOf(read, name, context, client)
  const opened = await open(await credentialsOf(read, context, isShell && !isInteractive))
  const session = new NiclSession(context, optionsOf(read), { isShell, isInteractive }, opened, open)
  try {
    return await runAll(session, command)
  } finally {
    await session.close()
  }
}

async function runAll(session: NiclSession, command: readonly string[]): Promise<number> {
  if (!session.isShell) return runCommand(session, command)
  if (!session.isInteractive) return runLines(session, scriptLines())
  const exit = await runLines(session, typedLines(session))
  if (!session.options.isQuiet) session.context.out('Goodbye\n')
  return exit
}

function optionsOf({ flags }: Words): NiclOptions {
  return {
    isReadOnly: flags.includes('ro'),
    verbosity: flags.includes('vv') ? 2 : flags.filter((flag) => flag === 'v').length,
    isQuiet: flags.includes('q'),
    isAsking: flags.includes('i'),
    isBold: !flags.includes('nobold'),
  }
}

/** @throws UsageError, ToolError */
function refuseMixed({ flags, values }: Words): void {
  if (flags.includes('x500'))
    throw new ToolError(NICL_EXIT.failed, 'names in the style of X.500 (-x500) are not supported')
  const isRaw = flags.includes('raw')
  if (isRaw && flags.includes('t')) throw new UsageError('-raw and -t cannot go together')
  if (flags.includes('c') && !isRaw) throw new UsageError('-c creates a store, and needs -raw')
  if (flags.includes('c') && flags.includes('ro')) throw new UsageError('-c and -ro cannot go together')
  const hasUser = flags.includes('p') || values.has('u') || values.has('P')
  if (isRaw && hasUser) throw new UsageError('with -raw there is no server to prove to who one is')
}

function openerOf(words: Words, name: string, context: Context, client: Client): Opener {
  const { flags } = words
  if (flags.includes('raw')) return () => openRaw(name, flags.includes('c'))
  const options = openOptionsOf(words, context.env)
  return async (credentials) => {
    const target = { name, isServer: flags.includes('t'), options: { ...options, ...credentials } }
    return { session: await openSession(() => Session.open(target, client)), raw: null }
  }
}

async function openRaw(file: string, isNew: boolean): Promise<OpenedDomain> {
  const raw = await openSession(() => openRawDomain(file, isNew))
  const none = (): Promise<never> => Promise.reject(new NiclError('with -raw there is no server'))
  const client: Client = { openDomain: () => Promise.resolve(handleOf(raw)), openServer: none, domainNameOf: none }
  return { session: await Session.open({ name: file, isServer: false, options: {} }, client), raw }
}

/** Whatever keeps a domain from being opened, the status is the general one. */
async function openSession<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof ToolError) throw new ToolError(NICL_EXIT.failed, ...error.lines)
    if (error instanceof NiclError) throw new ToolError(error.exit, error.message)
    if (!(error instanceof PortolanError)) throw error
    const hints = error.hint === undefined ? [] : [error.hint]
    throw new ToolError(NICL_EXIT.failed, error.message, ...hints)
  }
}
