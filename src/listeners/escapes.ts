/** What lsof and systemd write in place of bytes that they do not print. */

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * Undoes `\x20`, `\t` and `\\` (lsof(8), +c; systemd.unit(5)). Each `\x` is one byte of UTF-8, so a run of them is read
 * together.
 */
export function unescapeBytes(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/(?:\\x[0-9a-f]{2})+|\\([bfnrt\\])/gi, (escaped, letter: string | undefined) => {
    if (letter !== undefined) return LETTERS[letter.toLowerCase()] ?? letter
    return Buffer.from(escaped.replace(/\\x/gi, ''), 'hex').toString('utf8')
  })
}
