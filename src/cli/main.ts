/**
 * The program: finds the command, gives it its arguments, and turns what goes wrong into words and an exit status.
 *
 * Only what `portolan 973` needs is imported at the start; every other command is loaded when it is named.
 */
import { readFileSync } from 'node:fs'
import { PortolanError, printable } from '../core/index.ts'
import type { Environment } from '../core/index.ts'
import { readArguments } from './arguments.ts'
import type { AnyCommand, Context, RawCommand } from './command.ts'
import { COMMAND_LOADERS, findCommand, loadAll } from './commands/index.ts'
import { ReaderGone, isTerminal, messageWriter, writerTo } from './output.ts'
import { makeStyle } from './style.ts'

/** What a shell reports of a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130

/** Runs one command line; never throws, never ends the process. */
export async function main(words: readonly string[], env: Environment): Promise<number> {
  const interrupt = new Interrupt()
  try {
    const status = await dispatch(words, env, interrupt)
    return interrupt.hasCome ? INTERRUPTED : status
  } catch (error) {
    if (error instanceof ReaderGone) return 0
    return explain(error)
  } finally {
    interrupt.release()
  }
}

/** Ctrl-C as a signal for those commands that end their work in order; for all others it ends the process, as it always does. */
class Interrupt {
  #controller: AbortController | null = null
  readonly #listen = (): void => this.#controller?.abort()

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      process.once('SIGINT', this.#listen)
    }
    return this.#controller.signal
  }

  get hasCome(): boolean {
    return this.#controller?.signal.aborted === true
  }

  release(): void {
    if (this.#controller !== null) process.removeListener('SIGINT', this.#listen)
  }
}

async function dispatch(words: readonly string[], env: Environment, interrupt: Interrupt): Promise<number> {
  const [first = '--help', ...rest] = words
  if (first === '--version' || first === '-V') {
    const { versionText } = await import('./version.ts')
    writerTo(1)(versionText())
    return 0
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    const { renderOverview, renderHelp } = await import('./help.ts')
    const named = rest[0] === undefined ? null : await loadNamed(rest[0])
    const { style, out } = await makeContext(env, undefined, interrupt)
    out(named === null ? renderOverview(await loadAll(), style) : renderHelp(named, style))
    return 0
  }
  const load = findCommand(first)
  // What is no command is a port, or meant to be one.
  const command = await (load ?? COMMAND_LOADERS.port)()
  if (command.isRaw === true) return runRaw(command, rest, env, interrupt)
  const args = readArguments(load === null ? words : rest, command.options, command.name)
  const context = await makeContext(env, args.value('color'), interrupt)
  if (args.has('help')) {
    const { renderHelp } = await import('./help.ts')
    context.out(renderHelp(command, context.style))
    return 0
  }
  return command.run(args, context)
}

async function runRaw(
  command: RawCommand,
  words: readonly string[],
  env: Environment,
  interrupt: Interrupt,
): Promise<number> {
  const context = await makeContext(env, undefined, interrupt)
  if (words[0] !== '--help') return command.run(words, context)
  const { renderHelp } = await import('./help.ts')
  context.out(renderHelp(command, context.style))
  return 0
}

async function loadNamed(name: string): Promise<AnyCommand> {
  const load = findCommand(name)
  if (load !== null) return load()
  throw new PortolanError('ERR_PORTOLAN_USAGE', `there is no command '${name}'`, {
    hint: "'portolan --help' lists them.",
  })
}

async function makeContext(env: Environment, colour: string | undefined, interrupt: Interrupt): Promise<Context> {
  const isOutTerminal = await isTerminal(1)
  const mayColour = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const useColour = colour === 'always' || (colour !== 'never' && isOutTerminal && mayColour)
  return {
    out: writerTo(1),
    err: messageWriter(),
    env,
    style: makeStyle({ colour: useColour, columns: isOutTerminal ? process.stdout.columns : null }),
    isOutTerminal,
    isInTerminal: () => isTerminal(0),
    readInput: () => readInputBytes().toString('utf8'),
    readInputBytes,
    ask,
    askSecret: async (question, isInputData) => (await import('./ask-secret.ts')).askSecret(question, isInputData),
    get signal() {
      return interrupt.signal
    },
  }
}

function readInputBytes(): Buffer {
  try {
    return readFileSync(0)
  } catch (error) {
    throw new PortolanError('ERR_PORTOLAN_INPUT_UNREADABLE', 'standard input cannot be read', { cause: error })
  }
}

async function ask(question: string): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } catch {
    return null // end of input, or Ctrl-C
  } finally {
    terminal.close()
  }
}

function explain(error: unknown): number {
  const err = messageWriter()
  if (error instanceof PortolanError) {
    // What the user typed, or a file said, is repeated in messages, and must not steer the terminal.
    err(`portolan: ${printable(error.message)}\n${error.hint === undefined ? '' : `  ${printable(error.hint)}\n`}`)
    return error.exit
  }
  // A mistake of ours, not of the user's: the trace is what a report needs.
  err(
    `portolan: this should not happen; please report it.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 3
}
