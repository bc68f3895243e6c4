/** The whole answer for one port of one host, when no other was asked for. */
import type { ReportedHost } from '../../probe/index.ts'
import { NO_DIRECTORY, reportPort } from '../../answer/index.ts'
import { declaredPart } from '../page-declared.ts'
import { registryPart } from '../page-registry.ts'
import { usesPart } from '../page-uses.ts'
import { paragraph } from '../style.ts'
import type { Style } from '../style.ts'
import { foundSentence } from './found-text.ts'
import { directoryNote, hostText, portText, unexpected } from './host-page.ts'
import type { MeaningBook } from '../../answer/index.ts'
import type { ToldPort } from './port-row.ts'
import { explainState } from './state-words.ts'

export function renderSingle(
  told: ToldPort,
  host: ReportedHost,
  book: MeaningBook,
  style: Style,
  isAll: boolean,
): string {
  const meaning = book.meaningOf(told, told.host, told.names)
  const paint = { open: style.green, closed: style.red, filtered: style.yellow, 'open|filtered': style.yellow }
  const word = told.state === 'unmeasured' ? 'was not measured' : `is ${paint[told.state](told.state)}`
  const head = paragraph(
    `${style.bold(`Port ${portText(told)}`)} of ${style.bold(hostText(host))} ${word} (${told.reason})`,
    style.width,
    '',
    '  ',
  )
  const says = told.banner === null ? '' : paragraph(`It answers ${foundSentence(told.banner)}`, style.width, '  ')
  // Where it is open, that is among what is unexpected.
  const ghost = meaning.isGhost && told.state !== 'open' ? ' It is a ghost port: what used it is gone.' : ''
  const { declared } = book.machines
  const report = {
    ...reportPort(told.port, [told.transport], book.registry, book.lore, null, NO_DIRECTORY),
    declared: meaning.declared,
  }
  const parts = [
    head + paragraph(`${explainState(told)}${ghost}`, style.width, '  ') + says,
    unexpected([{ port: told, meaning }], style),
    registryPart(report, style, isAll),
    usesPart(report, style, isAll),
    declared.domains.length === 0 ? '' : declaredPart(report, style, declared.domains, []),
    directoryNote(host, book, style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}
