/** How text looks: colour, width, wrapping, columns. Meaning is never carried by colour alone. */

export type Paint = (text: string) => string

export interface Style {
  /** Columns to use. */
  readonly width: number
  /** No colour, and nothing bold: painting changes nothing. */
  readonly isPlain: boolean
  readonly bold: Paint
  readonly dim: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly red: Paint
  readonly cyan: Paint
}

/** Piped output does not depend on anyone's window. */
export const PIPE_WIDTH = 100
const WIDTH_MIN = 40
const WIDTH_MAX = 110

const plain: Paint = (text) => text

export function makeStyle(options: { readonly colour: boolean; readonly columns: number | null }): Style {
  const paint = (open: number, close: number): Paint =>
    options.colour ? (text) => `\u001b[${open}m${text}\u001b[${close}m` : plain
  return {
    width: options.columns === null ? PIPE_WIDTH : Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, options.columns)),
    isPlain: !options.colour,
    bold: paint(1, 22),
    dim: paint(2, 22),
    green: paint(32, 39),
    yellow: paint(33, 39),
    red: paint(31, 39),
    cyan: paint(36, 39),
  }
}

/** Breaks text at spaces into lines of at most `width` columns; words longer than that stand alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

/** Wraps text with the first line after one indent and the rest after another. */
export function paragraph(text: string, width: number, first: string, rest: string = first): string {
  return wrap(text, width - rest.length)
    .map((line, index) => `${index === 0 ? first : rest}${line}\n`)
    .join('')
}

/** The columns a text takes on a terminal: escapes take none, wide characters (East Asian, emoji) two. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  // oxlint-disable-next-line no-control-regex -- colour begins with an escape
  const bare = text.includes('\u001b') ? text.replace(/\u001b\[\d+m/g, '') : text
  let columns = 0
  for (const character of bare) {
    if (/\p{M}/u.test(character)) continue
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1
  }
  return columns
}

/** Cuts text to a number of columns, with an ellipsis where something is lost. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let cut = ''
  for (const character of text) {
    if (columnsOf(cut + character) > columns - 1) break
    cut += character
  }
  return `${cut}…`
}

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** True where every cell is ASCII: its columns need not be counted. */
  readonly isAscii?: boolean
  /** Applied after padding, so that it does not disturb the widths. */
  readonly paint?: (text: string, row: Row) => string
}

const GAP = '  '
const BLANKS = Array.from({ length: 64 }, (_, count) => ' '.repeat(count))
const LAST_COLUMNS_MIN = 8

function blanksOf(count: number): string {
  return BLANKS[count] ?? ' '.repeat(count)
}

function lengthOf(text: string): number {
  return text.length
}

/** Lines of aligned columns; the last column takes what room is left and is cut there. `fitLast` false leaves it whole. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
  fitLast = true,
): string {
  const last = columns.length - 1
  const cells = columns.map((column) => rows.map((row) => column.cell(row)))
  const lengths = cells.map((column, index) => column.map(columns[index]?.isAscii === true ? lengthOf : columnsOf))
  const widths = columns.map((column, index) =>
    (lengths[index] ?? []).reduce((width, each) => Math.max(width, each), columnsOf(column.title)),
  )
  const used = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0)
  const room = fitLast ? Math.max(LAST_COLUMNS_MIN, style.width - used) : Infinity
  const pad = (text: string, length: number, index: number): string => {
    const isRight = columns[index]?.align === 'right'
    if (index === last && !isRight) return length > room ? fit(text, room) : text
    const blanks = blanksOf((widths[index] ?? 0) - length)
    return isRight ? blanks + text : text + blanks
  }
  const head = columns.map((column, index) => style.bold(pad(column.title, columnsOf(column.title), index))).join(GAP)
  let out = `${head}\n`
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]
    let line = ''
    for (let index = 0; index <= last; index += 1) {
      const text = pad(cells[index]?.[at] ?? '', lengths[index]?.[at] ?? 0, index)
      const paint = style.isPlain ? undefined : columns[index]?.paint
      line += (index === 0 ? '' : GAP) + (paint === undefined || row === undefined ? text : paint(text, row))
    }
    out += `${line.endsWith(' ') ? line.trimEnd() : line}\n`
  }
  return out
}

/** A heading and what stands under it; nothing where that is nothing. */
export function section(title: string, style: Style, body: string): string {
  return body === '' ? '' : `${style.bold(title)}\n${body}`
}
