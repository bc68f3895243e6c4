/** Reads the report of a scan in whatever known form it has, which its content tells, and not its name. */
import { LIMITS, PortolanError, printable } from '../../core/index.ts'
import type { ScanReport } from '../model.ts'
import { FormatError } from './format-error.ts'
import { readGrepable } from './grepable-reader.ts'
import { readJson } from './json-reader.ts'
import { readMasscanList } from './masscan-list-reader.ts'
import { readNmapXml } from './nmap-xml-reader.ts'

const FORMS =
  "Portolan reads nmap's XML (-oX) and grepable output (-oG), masscan's JSON (-oJ, -oD), list (-oL) and XML (-oX), and its own JSON"
const GZIP = [0x1f, 0x8b]

/**
 * A report from a file's bytes; `name` is the file's, for messages.
 *
 * A file that breaks off gives what it holds, with `isWhole` false.
 * @throws ERR_PORTOLAN_REPORT_INVALID says what was expected, and where
 * @throws ERR_PORTOLAN_REPORT_TOO_LARGE beyond the limits of bytes, hosts or ports
 */
export function readReport(bytes: Uint8Array, name: string): ScanReport {
  try {
    if (bytes.length > LIMITS.reportBytes)
      throw new FormatError(null, `it has more than ${LIMITS.reportBytes} bytes`, 'too-large')
    if (bytes.length >= 2 && GZIP.every((byte, at) => bytes[at] === byte))
      throw new FormatError(null, 'it is packed (gzip): unpack it first')
    return readText(decodeText(bytes))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const place = error.line === null ? '' : `line ${error.line}: `
    throw new PortolanError(
      error.kind === 'too-large' ? 'ERR_PORTOLAN_REPORT_TOO_LARGE' : 'ERR_PORTOLAN_REPORT_INVALID',
      `${printable(name)}: ${place}${error.message}`,
      { hint: error.kind === 'too-large' ? 'split the scan into several files' : FORMS, cause: error },
    )
  }
}

/** UTF-8, or UTF-16 with its mark, which PowerShell makes of what a program prints. */
function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return buffer.toString('utf16le', 2)
  const text = buffer.toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function readText(text: string): ScanReport {
  const start = text.search(/\S/)
  if (start === -1) throw new FormatError(null, 'it is empty, as masscan leaves a file when it has found nothing')
  const first = text[start]
  if (first === '<') return readNmapXml(text)
  if (first === '[' || first === '{') return readJson(text)
  const line = firstLine(text)
  if (/^(?:#masscan|open |closed |banner )/.test(line)) return readMasscanList(text)
  if (/^(?:# \w+ \S+ scan initiated|Host: |Timestamp: )/.test(line)) return readGrepable(text)
  if (line.startsWith('masscan/'))
    throw new FormatError(null, "it is masscan's binary form: write it anew with masscan --readscan FILE -oX OTHER")
  if (line.startsWith('Starting Nmap') || line.startsWith('Nmap scan report'))
    throw new FormatError(1, "it is nmap's output for people: scan with -oX FILE")
  throw new FormatError(1, 'it begins like no report of a scan')
}

function firstLine(text: string): string {
  return (/\S[^\r\n]*/.exec(text.slice(0, 4096)) ?? [''])[0]
}
