/**
 * Blanks inside a field of fstab and exports, written `\040` as fstab(5) and exports(5) have it.
 *
 * nidump writes them as they are, and no loader can then tell where the field ends.
 */

const ESCAPES: readonly (readonly [character: string, escape: string])[] = [
  [' ', '\\040'],
  ['\t', '\\011'],
  ['\n', '\\012'],
  ['\\', '\\134'],
]
const CHARACTERS = new Map(ESCAPES.map(([character, escape]) => [escape, character]))
const SPELLINGS = new Map(ESCAPES)

/** A backslash is escaped only where it would be read as an escape: others stay as nidump writes them. */
export function escapeOctal(value: string): string {
  return value.replace(/[ \t\n]|\\(?=040|011|012|134)/g, (character) => SPELLINGS.get(character) ?? character)
}

export function unescapeOctal(word: string): string {
  return word.replace(/\\(?:040|011|012|134)/g, (escape) => CHARACTERS.get(escape) ?? escape)
}
