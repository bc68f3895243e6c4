/** The part of a port's page that tells who said that the port should be in use. */
import { printable } from '../core/index.ts'
import type { Declaration, PortReport } from '../answer/index.ts'
import { paragraph, section } from './style.ts'
import type { Style } from './style.ts'

/** @param domains the domains that were asked; none where this machine has no directory */
export function declaredPart(
  { declared }: PortReport,
  style: Style,
  domains: readonly string[],
  notes: readonly string[],
): string {
  const asked = domains.map(printable).join(', ')
  const nothing =
    domains.length === 0
      ? "Nothing: this machine has no directory ('portolan serve' makes one)."
      : `Nothing, in ${asked}.`
  const lines =
    declared.length === 0 ? [paragraph(nothing, style.width, '  ')] : declared.map((each) => line(each, style))
  return section('Declared', style, [...lines, ...notes.map((note) => paragraph(note, style.width, '  '))].join(''))
}

function line(declaration: Declaration, style: Style): string {
  const { names, protocols, description, domain, server, path, by } = declaration
  const [name = '', ...aliases] = names.map(printable)
  const also = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`
  const transports = protocols.length === 0 ? '' : `${printable(protocols.join(', '))} `
  const where = server === null ? printable(domain) : `${printable(domain)} at ${server}`
  const who = by === null ? '' : `, by ${printable(by.who)} from ${printable(by.from)}, ${by.time.slice(0, 10)}`
  const what = description === null ? '' : `. ${printable(description)}`
  return paragraph(
    `${transports}${style.bold(name)}${also}: in domain ${where}, ${printable(path)}${who}${what}`,
    style.width,
    '  ',
    '    ',
  )
}
