/** How every command prints JSON, but for the one whose answer is too long for one text. */
import type { Context } from './command.ts'

export function printJson(value: unknown, { out }: Context): void {
  out(`${JSON.stringify(value, null, 2)}\n`)
}
