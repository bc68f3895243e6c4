/**
 * A property's values as the text of a field: a line for each, so that they can be edited without JavaScript.
 *
 * A backslash is written twice; `\n` and `\r` are line ends within a value, `\t` is a tab, `\e` alone is an empty value, and
 * `\xHH` is a byte that is not UTF-8 or a character that no field may hold. Empty lines say nothing.
 */
import { textOf } from '../../core/index.ts'

const EMPTY = String.raw`\e`
// oxlint-disable-next-line no-control-regex -- they are what is escaped
const SPECIAL = /[\\\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g
const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const PLAIN: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\r', t: '\t', e: '' }
const ESCAPE_BASE = 0xdc00

/** One value as a line. */
export function formatValue(value: string): string {
  if (value === '') return EMPTY
  return value.replace(SPECIAL, (character) => {
    if (character.length > 1) return character
    const named = NAMED[character]
    if (named !== undefined) return named
    const code = character.charCodeAt(0)
    if (code >= ESCAPE_BASE && code < ESCAPE_BASE + 256) return hexByte(code - ESCAPE_BASE)
    return [...Buffer.from(character, 'utf8')].map(hexByte).join('')
  })
}

/** All values, a line each. */
export function formatValues(values: readonly string[]): string {
  return values.map(formatValue).join('\n')
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

/** The value of a line; an escape that is none stands for itself. */
export function parseValue(line: string): string {
  if (!line.includes('\\')) return line
  const bytes: Buffer[] = []
  let hasBytes = false
  for (const part of line.match(/\\x[0-9a-fA-F]{2}|\\[\\nrte]|[^\\]+|\\/g) ?? []) {
    const hex = /^\\x([0-9a-fA-F]{2})$/.exec(part)?.[1]
    if (hex !== undefined) {
      hasBytes = true
      bytes.push(Buffer.from(hex, 'hex'))
    } else bytes.push(Buffer.from(part.length === 2 && part.startsWith('\\') ? (PLAIN[part.slice(1)] ?? part) : part))
  }
  const whole = Buffer.concat(bytes)
  return hasBytes ? textOf(whole) : whole.toString('utf8')
}

/** The values of a text. */
export function parseValues(text: string): readonly string[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .map(parseValue)
}
