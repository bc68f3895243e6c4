/** Compares two scans that files hold: `portolan probe diff`. */
import { PortolanError, printable } from '../../core/index.ts'
import type { ExitStatus } from '../../core/index.ts'
import { diffReports } from '../../probe/index.ts'
import type { HostDiff, PortChange, PortFacts, ReportDiff, UnlistedChange } from '../../probe/index.ts'
import type { Arguments, Context } from '../command.ts'
import { printJson } from '../print-json.ts'
import { paragraph } from '../style.ts'
import type { Style } from '../style.ts'
import { hostText, portText } from './host-page.ts'
import { PROBE_SCHEMA_VERSION } from './port-row.ts'
import { readScanFile } from './read-scan-file.ts'

/** Options of the command that mean something here. */
const OPTIONS = new Set(['json', 'color', 'help'])

/** @returns 1 where there is a difference */
export function runDiff(args: Arguments, optionNames: readonly string[], context: Context): ExitStatus {
  const [, before, after, ...more] = args.positionals
  if (before === undefined || after === undefined || more.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'diff compares two files', {
      hint: "For example 'portolan probe diff monday.xml today.xml'; a host of that name is probed as 'diff.'.",
    })
  const foreign = optionNames.find((name) => args.has(name) && !OPTIONS.has(name))
  if (foreign !== undefined)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `diff does not take --${foreign}`, { hint: 'It takes --json.' })
  if (before === '-' && after === '-')
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'standard input is one file, not two', { hint: 'Name the other.' })
  const diff = diffReports(readScanFile(before, context), readScanFile(after, context))
  if (args.has('json'))
    printJson(
      diff.hosts.map((host) => ({ schemaVersion: PROBE_SCHEMA_VERSION, ...host })),
      context,
    )
  else context.out(renderDiff(diff, context.style))
  if (diff.uncompared > 0)
    context.err(
      paragraph(
        `Not compared: ${diff.uncompared} of the ports. One of the scans did not ask for such a port, did not measure it, or broke off before.`,
        context.style.width,
        '',
      ),
    )
  return diff.hosts.length === 0 ? 0 : 1
}

export function renderDiff({ hosts, hostsCompared }: ReportDiff, style: Style): string {
  if (hosts.length === 0)
    return `No difference, in ${hostsCompared} ${hostsCompared === 1 ? 'host' : 'hosts'} that both have.\n`
  return hosts.map((host) => renderHost(host, style)).join('\n')
}

function renderHost(host: HostDiff, style: Style): string {
  const what = {
    appeared: style.green('is new'),
    vanished: style.red('is gone'),
    changed: host.wasUp !== host.isUp && host.isUp !== null ? (host.isUp ? 'is up now' : 'is down now') : 'changed',
  }[host.kind]
  const lines = [
    ...host.ports.map((change) => changeText(change, host.kind, style)),
    ...host.unlisted.map((change) => ({ mark: '~', text: unlistedText(change) })),
  ]
  return (
    paragraph(`${style.bold(hostText(host))} ${what}`, style.width, '', '  ') +
    lines.map(({ mark, text }) => paragraph(printable(text), style.width, `  ${mark} `, '      ')).join('')
  )
}

/** Marks as of a diff: what came, what went, what is otherwise. */
function changeText(
  change: PortChange,
  kind: HostDiff['kind'],
  style: Style,
): { readonly mark: string; readonly text: string } {
  const { before, after } = change
  const port = portText(change)
  if (before !== null && after !== null) {
    const mark =
      after.state === 'open' && before.state !== 'open'
        ? '+'
        : before.state === 'open' && after.state !== 'open'
          ? '-'
          : '~'
    return { mark: paintMark(mark, style), text: `${port} ${factsText(before)} → ${factsText(after)}` }
  }
  const [facts, mark] = after === null ? [before, '-'] : [after, '+']
  const gone = after === null && kind === 'changed' ? ', and nothing is said of it now' : ''
  return { mark: paintMark(mark, style), text: `${port} ${facts === null ? '' : factsText(facts)}${gone}` }
}

function paintMark(mark: string, style: Style): string {
  return mark === '+' ? style.green(mark) : mark === '-' ? style.red(mark) : style.yellow(mark)
}

function factsText({ state, service, product, version }: PortFacts): string {
  const said = [service, [product, version].filter((part) => part !== null).join(' ')].filter(
    (part) => part !== null && part !== '',
  )
  return said.length === 0 ? state : `${state} (${said.join(': ')})`
}

function unlistedText({ count, transport, before, after }: UnlistedChange): string {
  return `${count} ${transport} ${count === 1 ? 'port' : 'ports'} that neither lists: ${before} → ${after}`
}
