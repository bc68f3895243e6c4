/** The part of a port's page that tells its unofficial uses and its history, with numbered sources. */
import { Footnotes } from '../answer/index.ts'
import type { PortReport, ReportedUse } from '../answer/index.ts'
import { paragraph, section } from './style.ts'
import type { Style } from './style.ts'

/** How many uses are told before the rest is only named, and how many are named before they are only counted. */
const SHOWN = { uses: 3, names: 12 }

export function usesPart(report: PortReport, style: Style, all: boolean): string {
  const notes = new Footnotes(all)
  const groups: [string, readonly ReportedUse[]][] = [
    ['Unofficial uses', report.unofficialUses],
    ['More of its registered use', report.registeredUses],
  ]
  const parts = groups.map(([title, uses]) => {
    const shown = all ? uses : uses.slice(0, SHOWN.uses)
    const rest = uses.slice(shown.length).map((use) => use.name)
    const named =
      rest.slice(0, SHOWN.names).join(', ') +
      (rest.length > SHOWN.names ? ` and ${rest.length - SHOWN.names} more` : '')
    const others = rest.length === 0 ? '' : paragraph(`Also ${named}: --all tells.`, style.width, '  ')
    return section(title, style, shown.map((use) => renderUse(use, style, all, notes)).join('') + others)
  })
  const sources = [...notes.entries()]
    .map(({ number, citation }) => {
      const date = citation.date === null ? '' : `, ${citation.date}`
      return paragraph(
        `[${number}] ${citation.title}, ${citation.publisher}${date} <${citation.url}>`,
        style.width,
        '  ',
        '      ',
      )
    })
    .join('')
  return parts.filter((part) => part !== '').join('\n') + style.dim(sources)
}

function renderUse(use: ReportedUse, style: Style, all: boolean, notes: Footnotes): string {
  const state =
    use.category === 'malware'
      ? style.red('malware')
      : use.state === 'extinct'
        ? style.yellow('extinct')
        : 'in use today'
  const era = use.era === null ? '' : eraText(use.era) + notes.mark(use.era.citations)
  const title = paragraph(
    `${style.bold(use.name)}, ${state}${era}. ${use.summary.text}${notes.mark(use.summary.citations)}`,
    style.width,
    '  ',
    '    ',
  )
  const uses = use.uses.map(
    (each) => `${each.transports.join(', ')} ${each.ports.join(', ')}: ${each.text}${notes.mark(each.citations)}`,
  )
  const conflict =
    use.relation === 'conflict' ? [`Conflict: IANA assigned ${conflictText(use)}; what answers may be either.`] : []
  const successors = use.successors.map(
    (each) =>
      `${each.name}${each.ports.length === 0 ? '' : ` (${each.ports.join(', ')})`}${notes.mark(each.citations)}`,
  )
  const after = successors.length === 0 ? [] : [`Succeeded by ${successors.join('; ')}.`]
  const told = all ? [...use.history, ...use.security] : use.security.slice(0, 1)
  const lines = [...uses, ...conflict, ...after, ...told.map((each) => `${each.text}${notes.mark(each.citations)}`)]
  return title + lines.map((line) => paragraph(line, style.width, '    ', '      ')).join('')
}

function eraText(era: NonNullable<ReportedUse['era']>): string {
  if (era.from !== null && era.until !== null) return `, ${era.from} to ${era.until}`
  if (era.until !== null) return `, until ${era.until}`
  if (era.from !== null) return `, since ${era.from}`
  return era.text === null ? '' : `, ${era.text.replace(/\.$/, '')}`
}

function conflictText(use: ReportedUse): string {
  const byName = new Map<string, string[]>()
  for (const { transport, name } of use.conflictsWith) byName.set(name, [...(byName.get(name) ?? []), transport])
  return [...byName].map(([name, transports]) => `${transports.join(', ')} to ${name}`).join(' and ')
}
