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
  /** All of standard input, as it is: for what may not be UTF-8. */
  readonly readInputBytes: () => Uint8Array
  /** One line typed by the person, after a question; null at the end of input. */
  readonly ask: (question: string) => Promise<string | null>
  /**
   * One line that is not shown while it is typed. Where there is no terminal it is a line of standard input, unless that holds
   * data. Null at the end of input, or where there is no one to ask.
   */
  readonly askSecret: (question: string, isInputData: boolean) => Promise<string | null>
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
  /** Spelt with one dash, as in the days of NetInfo: `-createprop`. */
  readonly isHistoric?: boolean
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

/** What is said of a command. */
interface CommandText {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly usage: readonly string[]
  readonly description: readonly string[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly Example[]
}

export interface Command extends CommandText {
  readonly isRaw?: false
  /** What each status means here. */
  readonly exits: Readonly<Partial<Record<ExitStatus, string>>>
  readonly run: (args: Arguments, context: Context) => ExitStatus | Promise<ExitStatus>
}

/**
 * A command that reads its words itself, because its options are older than the two dashes, and that ends with statuses of its
 * own. Its record serves help, completion and reference; only `--help` as the first word is taken from it.
 */
export interface RawCommand extends CommandText {
  readonly isRaw: true
  /** What each status means here; the keys may stand for several: `100 + n`. */
  readonly exits: Readonly<Record<string, string>>
  readonly run: (words: readonly string[], context: Context) => Promise<number>
}

export type AnyCommand = Command | RawCommand

export const JSON_OPTION: OptionSpec = {
  name: 'json',
  help: 'Print JSON of the documented, versioned form (docs/reference/json.md).',
}
export const CSV_OPTION: OptionSpec = { name: 'csv', help: 'Print comma-separated values (RFC 4180) with a heading.' }

/** The one option that a raw command leaves to the program. */
const RAW_HELP_OPTION: OptionSpec = { name: 'help', help: 'Say what the command does, and stop; as the first word.' }

/** Options that every command takes, but for the raw ones. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'color',
    argument: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'Colour the output; auto: on a terminal, unless NO_COLOR is set.',
  },
  { name: 'help', short: 'h', help: 'Say what the command does, and stop.' },
]

/** All options of a command, the common ones last. */
export function optionsOf(command: AnyCommand): readonly OptionSpec[] {
  return [...command.options, ...(command.isRaw === true ? [RAW_HELP_OPTION] : COMMON_OPTIONS)]
}

/** An option as it is typed: `--json`, `-createprop`. */
export function spellOption(option: OptionSpec): string {
  return `${option.isHistoric === true ? '-' : '--'}${option.name}`
}
