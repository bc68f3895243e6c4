/** Command lines as a reader can take them in. */
import { LIMITS } from '../core/index.ts'

/** Joins arguments, quoting those that a shell would split or change; cut at the limit. */
export function joinArguments(args: readonly string[]): string {
  const text = args
    .map((arg) => (/^[\w@%+=:,./~-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ')
  return text.length > LIMITS.commandChars ? `${text.slice(0, LIMITS.commandChars)}…` : text
}
