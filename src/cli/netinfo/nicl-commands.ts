/** The commands of nicl, and how one is run: found, checked, done, and its failure told (tools.md §8). */
import { PortolanError } from '../../core/index.ts'
import { DirectoryError, statusText } from '../../directory/index.ts'
import * as domain from './nicl-domain.ts'
import * as reads from './nicl-reads.ts'
import type { NiclSession } from './nicl-session.ts'
import * as shell from './nicl-shell.ts'
import { NICL_EXIT, NiclError, niclExit } from './nicl-status.ts'
import { splitWords } from './nicl-words.ts'
import * as writes from './nicl-writes.ts'
import { ToolError, UsageError } from './tool-exit.ts'

type Run = (session: NiclSession, operands: readonly string[]) => Promise<number | void>

interface NiclCommand {
  readonly aliases: readonly string[]
  readonly operands: string
  readonly min: number
  readonly max: number
  /** Whether a lone path may be left out where there is a current directory. */
  readonly isHere: boolean
  readonly run: Run
}

const MANY = Number.POSITIVE_INFINITY
/** A script that calls itself would never end. */
const SOURCE_DEPTH_MAX = 16

/** The first operand is a path, and the current directory where that is left out. */
function ofPath(operands: string, max: number, run: Run, aliases: readonly string[] = []): NiclCommand {
  return { aliases, operands, min: 1, max, isHere: true, run }
}

function command(
  operands: string,
  [min, max]: readonly [min: number, max: number],
  run: Run,
  aliases: readonly string[] = [],
): NiclCommand {
  return { aliases, operands, min, max, isHere: false, run }
}

const COMMANDS: Readonly<Record<string, NiclCommand>> = {
  read: ofPath('path [key…]', MANY, reads.read, ['cat', '.']),
  list: ofPath('path [key]', 2, reads.list, ['ls']),
  create: command('[path [key [value…]]]', [0, MANY], writes.create, ['mk', 'createprop']),
  append: command('path key value…', [3, MANY], writes.append),
  merge: command('path key value…', [3, MANY], writes.merge),
  insert: command('path key value index', [4, 4], writes.insert),
  rename: command('path oldkey newkey', [3, 3], writes.rename),
  delete: ofPath('path [key [value…]]', MANY, writes.remove, ['rm', 'destroy', 'destroyprop']),
  copy: command('path newparent', [2, 2], writes.copy, ['cp']),
  move: command('path newparent', [2, 2], writes.move, ['mv']),
  search: command('path min max key value [key value]…', [5, MANY], reads.search),
  path: ofPath('path', 1, reads.showWayUp),
  load: command('delimiter key value… [delimiter key value…]…', [2, MANY], writes.load),
  history: command('[<|=|>] [version]', [0, 2], domain.history, ['hist']),
  statistics: command('', [0, 0], domain.statistics, ['stats']),
  domainname: command('', [0, 0], domain.domainName, ['name']),
  rparent: command('', [0, 0], domain.parentDomain),
  resync: command('', [0, 0], domain.resync),
  flush: command('', [0, 0], domain.flush),
  echo: command('text…', [0, MANY], shell.echo),
  source: command('file', [1, 1], source, ['<']),
  cd: command('[path]', [0, 1], shell.changeDirectory),
  pwd: command('', [0, 0], shell.printDirectory),
  auth: command('[user [password]]', [0, 2], shell.authenticate, ['su']),
  quit: command('', [0, 0], shell.quit, ['q', 'exit']),
  setrdn: command('path key', [0, MANY], domain.refuseX500),
  refs: command('', [0, MANY], domain.refuseX500),
  attach: command('path child', [0, MANY], domain.refuseRepair),
  detach: command('path child', [0, MANY], domain.refuseRepair),
  parent: command('path newparent', [0, MANY], domain.refuseRepair),
}

/** The names of all commands, with their aliases. */
export const COMMAND_NAMES: readonly string[] = Object.entries(COMMANDS).flatMap(([name, { aliases }]) =>
  [name].concat(aliases),
)

function findCommand(word: string): readonly [name: string, command: NiclCommand] | undefined {
  const wanted = word.length > 1 && word.startsWith('-') ? word.slice(1) : word
  return Object.entries(COMMANDS).find(([name, { aliases }]) => name === wanted || aliases.includes(wanted))
}

/**
 * Runs a line, and tells what fails.
 * @returns the exit status; undefined for a line without a word
 */
export async function runLine(session: NiclSession, line: string): Promise<number | undefined> {
  const words = splitWords(line)
  if (words === null) {
    session.note('a quote is not closed, or nothing follows the last backslash')
    return NICL_EXIT.done
  }
  return words.length === 0 ? undefined : runCommand(session, words)
}

/**
 * Runs a command by its words, and tells what fails.
 * @returns the exit status: 0 for wrong use too, as the original gives
 */
export async function runCommand(session: NiclSession, words: readonly string[]): Promise<number> {
  const [word = '', ...given] = words
  // Not the words after them: one may be a password.
  if (session.options.verbosity > 1) session.note(words.slice(0, 2).join(' '))
  const found = findCommand(word)
  if (found === undefined) {
    session.note(`there is no command '${word}'`)
    return NICL_EXIT.done
  }
  const [name, { operands: needs, min, max, isHere, run }] = found
  const operands = isHere && given.length === 0 && session.isShell ? ['.'] : given
  try {
    if (operands.length < min) throw new UsageError(`${name} needs more`)
    if (operands.length > max) throw new UsageError(`${name} takes no more`)
    return (await run(session, operands)) ?? NICL_EXIT.done
  } catch (error) {
    return tellError(session, error, { usage: `${name} ${needs}`.trimEnd(), about: operands[0] ?? name })
  }
}

/** @throws what is neither the user's mistake nor an answer of a directory */
function tellError(
  session: NiclSession,
  error: unknown,
  { usage, about }: { readonly usage: string; readonly about: string },
): number {
  if (error instanceof UsageError) {
    session.note(error.message)
    session.note(`usage: ${usage}`)
    return NICL_EXIT.done
  }
  if (error instanceof DirectoryError) {
    session.note(`${about}: ${statusText(error.status)}`)
    return niclExit(error.status)
  }
  if (error instanceof NiclError) {
    session.note(error.message)
    return error.exit
  }
  if (error instanceof ToolError || error instanceof PortolanError) {
    for (const line of error instanceof ToolError ? error.lines : [error.message]) session.note(line)
    return NICL_EXIT.failed
  }
  throw error
}

/** Runs the commands of a file. */
async function source(session: NiclSession, [file = '']: readonly string[]): Promise<number> {
  const lines = shell.readScript(file)
  if (session.scriptDepth >= SOURCE_DEPTH_MAX) throw new NiclError(`${file}: scripts call each other too deeply`)
  session.scriptDepth += 1
  try {
    return await runLines(session, lines)
  } finally {
    session.scriptDepth -= 1
  }
}

/** Runs lines one after another until they end, or one of them is `quit`. @returns the status of the last command */
export async function runLines(session: NiclSession, lines: Iterable<string> | AsyncIterable<string>): Promise<number> {
  let exit: number = NICL_EXIT.done
  for await (const line of lines) {
    exit = (await runLine(session, line)) ?? exit
    if (session.hasEnded) break
  }
  return exit
}
