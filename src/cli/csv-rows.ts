/** Writes comma-separated values (RFC 4180): CRLF, quotes only where needed. */

/** A field that begins with one of these is run as a formula by spreadsheets; a quote in front keeps it text. */
const FORMULA = /^[=+\-@\t\r](?!\d*$)/

export function csvRows(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('')
}

function csvField(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'number' ? String(value) : value.replace(FORMULA, "'$&")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
