/** Splits a line of nicl into words (tools.md §8). */

const BLANK = /\s/

/**
 * The words of a line; none for an empty one. Blanks stand between words, but not within double quotes; a backslash makes the
 * next character literal, within quotes and without. So a backslash that a path needs is typed twice.
 * @returns null where a quote is never closed, or the line ends in a backslash
 */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = []
  let word: string | null = null
  let isQuoted = false
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index)
    if (character === '\\') {
      index += 1
      if (index === line.length) return null
      word = (word ?? '') + line.charAt(index)
    } else if (character === '"') {
      isQuoted = !isQuoted
      word ??= ''
    } else if (!isQuoted && BLANK.test(character)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + character
  }
  if (isQuoted) return null
  return word === null ? words : [...words, word]
}
