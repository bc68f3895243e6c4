/** What is wrong with a report of a scan, and on which line; `readReport` makes it an error that names the file. */
export class FormatError extends Error {
  override readonly name: string = 'FormatError'
  /** Counted from 1; null where it is the whole that is wrong. */
  readonly line: number | null
  readonly kind: 'invalid' | 'too-large'

  constructor(line: number | null, message: string, kind: 'invalid' | 'too-large' = 'invalid') {
    super(message)
    this.line = line
    this.kind = kind
  }
}

/** The line of an offset, counted from 1. Looked for only where something is wrong. */
export function findLine(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
