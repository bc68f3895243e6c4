/** The table that `npm run bench` prints: every claim is a ratio, both sides measured in this run. */

export interface Row {
  readonly work: string
  readonly ours: number
  readonly peer: string
  readonly theirs: number
  readonly unit: 'ms' | 'ns' | 'kB'
  /** The greatest ratio that we want. */
  readonly aim: number
}

export function renderRows(rows: readonly Row[]): string {
  const lines = rows.map(({ work, ours, peer, theirs, unit, aim }) => {
    const ratio = ours / theirs
    const number = (value: number): string => `${value.toFixed(unit === 'kB' ? 0 : 1)} ${unit}`
    return `| ${work} | ${number(ours)} | ${peer} | ${number(theirs)} | ${ratio.toFixed(2)} | ${aim} | ${ratio <= aim ? 'met' : 'missed'} |`
  })
  return [
    '| work | Portolan | peer | peer takes | ratio | aim | |',
    '| --- | ---: | --- | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n')
}

/** A table of any columns; `left` of them, the first ones, hold words, and the others numbers. */
export function renderTable(heads: readonly string[], left: number, rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map((_, index) => (index < left ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** A number as people read it, in thousands: 1,234. */
export function inThousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
