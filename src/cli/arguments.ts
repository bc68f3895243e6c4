/** Reads a command line by the options of its command. */
import { parseArgs } from 'node:util'
import { PortolanError, messageOf } from '../core/index.ts'
import { COMMON_OPTIONS } from './command.ts'
import type { Arguments, OptionSpec } from './command.ts'

/**
 * Reads the words after a command's name.
 * @throws ERR_PORTOLAN_USAGE for an unknown option, a missing or a superfluous value
 */
export function readArguments(words: readonly string[], options: readonly OptionSpec[], command: string): Arguments {
  const specs = [...options, ...COMMON_OPTIONS]
  const usage = (message: string): PortolanError =>
    new PortolanError('ERR_PORTOLAN_USAGE', message, { hint: `'portolan ${command} --help' lists the options.` })
  const { values, positionals } = parse(words, specs, usage)
  for (const spec of specs) {
    for (const value of values.get(spec.name) ?? []) {
      if (spec.choices !== undefined && !spec.choices.includes(value)) {
        throw usage(`--${spec.name} takes ${spec.choices.join(', ')}, not '${value}'`)
      }
    }
  }
  return {
    positionals,
    has: (name) => values.has(name),
    value: (name) => values.get(name)?.at(-1),
    values: (name) => values.get(name) ?? [],
  }
}

function parse(
  words: readonly string[],
  specs: readonly OptionSpec[],
  usage: (message: string) => PortolanError,
): { values: Map<string, string[]>; positionals: string[] } {
  const known = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.argument === undefined ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: known, allowPositionals: true })
    const entries = Object.entries(values).map(([name, value]): [string, string[]] => [
      name,
      (Array.isArray(value) ? value : [value]).map(String),
    ])
    return { values: new Map(entries), positionals }
  } catch (error) {
    // Node's own message ends with advice about '--' that fits no command of ours.
    throw usage(
      messageOf(error)
        .split('\n', 1)
        .join('')
        .replace(/\. To specify a positional.*$/s, ''),
    )
  }
}

/**
 * A whole number between bounds.
 * @throws ERR_PORTOLAN_USAGE
 */
export function wholeNumber(text: string, what: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new PortolanError('ERR_PORTOLAN_USAGE', `${what} takes a whole number from ${min} to ${max}, not '${text}'`)
  }
  return value
}
