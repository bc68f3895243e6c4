/** The page of a whole scan: its hosts, and what the scan itself was. */
import { printable } from '../../core/index.ts'
import { FIRST_PORTS } from '../../probe/index.ts'
import type { ScanReport } from '../../probe/index.ts'
import { paragraph } from '../style.ts'
import type { Style } from '../style.ts'
import { renderHosts } from './host-page.ts'
import type { MeaningBook } from '../../answer/index.ts'
import type { ToldPort } from './port-row.ts'
import { renderSingle } from './single-page.ts'

export interface PageChoice {
  /** The one port that was asked for, if it was only one: it is told in full. */
  readonly only: ToldPort | null
  /** Of that port, every use with its history. */
  readonly isAll: boolean
}

export function renderReport(
  report: ScanReport,
  book: MeaningBook,
  style: Style,
  { only, isAll }: PageChoice = { only: null, isAll: false },
): string {
  const [host] = report.hosts
  const isSingle = only !== null && host !== undefined && report.hosts.length === 1
  const body = isSingle ? renderSingle(only, host, book, style, isAll) : renderHosts(report, book, style)
  const silent = report.silentHosts ?? 0
  const parts = [
    body,
    silent === 0 ? '' : paragraph(silentText(silent), style.width, '', '  '),
    broken(report, style),
    isSingle ? '' : summary(report, style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

/** What is said of hosts that were looked for and not found. */
export function silentText(count: number): string {
  const hosts = count === 1 ? 'One host' : `${count.toLocaleString('en')} hosts`
  return `${hosts} did not answer at TCP ports ${FIRST_PORTS.join(', ')}, and ${count === 1 ? 'was' : 'were'} not probed further; --all-hosts probes them, too.`
}

function broken({ isWhole, tool }: ScanReport, style: Style): string {
  if (isWhole) return ''
  const why = tool === 'portolan' ? 'The scan was ended before its end' : 'The file ends before the scan does'
  return paragraph(style.yellow(`${why}: what is not told here was not measured.`), style.width, '', '  ')
}

/** `nmap 7.93, 2026-11-24 14:02, 1.2 s: 3 hosts, tcp 1-1024.` */
function summary({ tool, toolVersion, startedMs, endedMs, asked, hosts }: ScanReport, style: Style): string {
  const version = toolVersion === null ? '' : ` ${printable(toolVersion)}`
  const when = startedMs === null ? [] : [`${new Date(startedMs).toISOString().slice(0, 16).replace('T', ' ')}Z`]
  const took = startedMs === null || endedMs === null ? [] : [`${((endedMs - startedMs) / 1000).toFixed(1)} s`]
  const ports = (['tcp', 'udp'] as const).flatMap((transport) => {
    const text = asked[transport]
    return text === null || text === '' ? [] : [`${transport} ${text.length > 40 ? `${countOf(text)} ports` : text}`]
  })
  const head = [`${tool}${version}`, ...when, ...took].join(', ')
  const tail = [`${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`, ...ports.map(printable)].join(', ')
  return style.dim(paragraph(`${head}: ${tail}.`, style.width, '', '  '))
}

/** Of `1-1024,8080`. */
function countOf(text: string): number {
  return text.split(',').reduce((sum, part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return sum + last - first + 1
  }, 0)
}
