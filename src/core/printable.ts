/** Characters that have no place in a line of text: controls, and those that reorder what stands around them. */

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

export function isPrintable(text: string): boolean {
  return text.search(HARMFUL) === -1
}

/** Makes text from outside (process names, command lines, registry) harmless to a terminal: what could steer it is escaped. */
export function printable(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
