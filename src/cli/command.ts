/** A command as a record: what its help says, which options it takes, and what it does. */
import type { Environment, ExitStatus } from '../core/index.ts'
import type { Write } from './output.ts'
import type { Style } from './style.ts'

/** All that a command may touch, so that a test can stand in for a terminal. */
export interface Context {
  readonly out: Write
  readonly err: Write
  readonly env: Environment
  /** For standard output. */
  readonly style: Style
  readonly isOutTerminal: boolean
  readonly isInTerminal: () => Promise<boolean>
  /** All of standard input. */
  readonly readInput: () => string
  /** One line typed by the person, after a question; null at the end of input. */
  readonly ask: (question: string) => Promise<string | null>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export interface OptionSpec {
  /** The long name, without dashes. */
  readonly name: string
  readonly short?: string
  /** The argument's name in help (`PORT`); without one the option is a switch. */
  readonly argument?: string
  readonly choices?: readonly string[]
  readonly isRepeatable?: boolean
  readonly help: string
}

export interface Example {
  readonly line: string
  readonly says: string
}

/** The values of a command line, validated against the options of its command. */
export interface Arguments {
  readonly positionals: readonly string[]
  readonly has: (name: string) => boolean
  /** The last value given. */
  readonly value: (name: string) => string | undefined
  /** All values given. */
  readonly values: (name: string) => readonly string[]
}

export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly usage: readonly string[]
  readonly description: readonly string[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly Example[]
  /** What each status means here. */
  readonly exits: Readonly<Partial<Record<ExitStatus, string>>>
  readonly run: (args: Arguments, context: Context) => ExitStatus | Promise<ExitStatus>
}

export const JSON_OPTION: OptionSpec = {
  name: 'json',
  help: 'Print JSON of the documented, versioned form (docs/reference/json.md).',
}
export const CSV_OPTION: OptionSpec = { name: 'csv', help: 'Print comma-separated values (RFC 4180) with a heading.' }

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'color',
    argument: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'Colour the output; auto: on a terminal, unless NO_COLOR is set.',
  },
  { name: 'help', short: 'h', help: 'Say what the command does, and stop.' },
]
