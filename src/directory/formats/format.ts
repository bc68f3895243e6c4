/** What a flat-file format is: how the entries of one well-known directory stand in one of the old files of `/etc`. */
import type { Properties } from '../model.ts'

/** A line, or a part of one, that was not understood; the rest of the text was. */
export interface FormatProblem {
  /** Counted from 1; of lines that were joined, the first. */
  readonly line: number
  readonly message: string
}

export interface Parsed {
  /** In the order of the text. */
  readonly entries: readonly Properties[]
  /** Empty when every line was understood whole. */
  readonly problems: readonly FormatProblem[]
}

export interface Format {
  /** As nidump and niload call it: `passwd`, `resolv.conf`. */
  readonly name: string
  /** Where the entries are: `/users`. */
  readonly directory: string
  /** Whether an entry is a child of the directory, or the directory itself (`/locations/resolver`). */
  readonly holds: 'children' | 'itself'
  /**
   * Writes entries as nidump does (tools.md §2), but for one thing: a line break inside a value, and a colon inside a field
   * that ends at a colon, is written as a blank. nidump writes it as it is, and a user who may change the own `realname` or
   * `passwd` could so make a second line, or another uid, of it.
   */
  readonly dump: (entries: Iterable<Properties>) => string
  /**
   * Reads a text as niload does (tools.md §3.1), and what niload loses besides. Nothing is dropped silently but comments,
   * empty lines and, in passwd and group, the `+` lines of NIS.
   * @throws ERR_PORTOLAN_INPUT_TOO_LARGE for a text longer than `LIMITS.flatFileChars`
   */
  readonly parse: (text: string) => Parsed
}
