/** Reads masscan's list (-oL): `open tcp 80 10.0.0.1 1390380064`, `banner tcp 22 10.0.0.1 1390380064 ssh SSH-2.0-…`, `# end`. */
import type { ScanReport } from '../model.ts'
import { FormatError } from './format-error.ts'
import { readMasscanBanner } from './masscan-banner.ts'
import { MasscanTimes, masscanReport } from './masscan-report.ts'
import { ReportBuilder, readPort } from './report-builder.ts'
import { isProbeTransport, readReason, readState } from './scan-words.ts'
import { linesOf } from './text-lines.ts'

const RECORD = /^(open|closed|banner) (\w+) (\d+) (\S+) (\d+)(?: (\S+) ?(.*))?$/

/** @throws FormatError for a line of another form; the last one, where its end is missing, is left out. */
export function readMasscanList(text: string): ScanReport {
  const builder = new ReportBuilder()
  const times = new MasscanTimes()
  let isWhole = false
  for (const { line, number } of linesOf(text)) {
    if (line === '# end') isWhole = true
    if (line.startsWith('#') || line.trim() === '') continue
    const [, word = '', transport = '', portText = '', address = '', time = '', kind = '', said = ''] =
      RECORD.exec(line) ?? []
    const host = builder.host(address)
    const port = readPort(portText)
    if (host === null || port === null)
      throw new FormatError(number, "a line stands there that is none of masscan's list (open tcp 80 ADDRESS TIME)")
    times.add(time)
    if (!isProbeTransport(transport)) continue
    const isBanner = word === 'banner'
    const state = isBanner ? 'open' : readState(word)
    const banner = isBanner ? readMasscanBanner(kind, said) : null
    host.addPort({ port, transport, state, reason: readReason(null, state, transport), rttMs: null, banner })
  }
  return masscanReport(builder, times, isWhole)
}
