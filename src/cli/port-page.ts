/** The page of one port for a terminal: one screen, unless `all` is asked for. */
import { rangeOf } from '../registry/index.ts'
import { declaredPart } from './page-declared.ts'
import { herePart } from './page-here.ts'
import { registryPart } from './page-registry.ts'
import { usesPart } from './page-uses.ts'
import type { PortReport } from '../answer/index.ts'
import { spanText } from '../answer/index.ts'
import { paragraph, section } from './style.ts'
import type { Style } from './style.ts'

/** Where the commands of the last part begin. */
const CHECK_INDENT = 18

export interface PageOptions {
  /** Every use with its history, every field of the registry, every socket. */
  readonly all: boolean
  /** What the socket reader could not see; null when this machine was not looked at. */
  readonly notes: readonly string[] | null
  /** The domains that were asked what they declare, and what could not be asked. */
  readonly declared?: { readonly domains: readonly string[]; readonly notes: readonly string[] }
}

export function renderPort(report: PortReport, style: Style, { all, notes, declared }: PageOptions): string {
  const parts = [
    header(report, style),
    registryPart(report, style, all),
    usesPart(report, style, all),
    notes === null ? '' : herePart(report, style, all, notes),
    declaredPart(report, style, declared?.domains ?? [], declared?.notes ?? []),
    checksPart(report.port, style),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function header(report: PortReport, style: Style): string {
  const range = rangeOf(report.port)
  const ghost = report.ghost ? ` · ${style.yellow('ghost port')}: what used it is gone` : ''
  const text = `${style.bold(`Port ${report.port}`)} · ${range.name} range ${spanText(range)} (${range.alias})${ghost}`
  return paragraph(text, style.width, '', '  ')
}

function checksPart(port: number, style: Style): string {
  const rows = [
    ['Linux, macOS', `sudo lsof -i :${port}`],
    ['Windows', `netstat -ano | findstr :${port}`],
    ['from elsewhere', `nmap -p ${port} HOST`],
  ]
  return section('To check', style, rows.map(([where = '', command = '']) => checkLine(where, command, style)).join(''))
}

/** A command is never broken over two lines: it is there to be copied. */
function checkLine(where: string, command: string, style: Style): string {
  const isNarrow = CHECK_INDENT + command.length > style.width
  return isNarrow
    ? `  ${where}\n    ${style.cyan(command)}\n`
    : `  ${where.padEnd(CHECK_INDENT - 2)}${style.cyan(command)}\n`
}
