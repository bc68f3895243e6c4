import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { LIMITS, PortolanError } from '../../core/index.ts'
import type { ErrorCode } from '../../core/index.ts'
import { probeFixture } from '../../../test/support/scan-reports.ts'
import type { ScanReport } from '../model.ts'
import { readReport } from './read-report.ts'

const FIXTURES = [
  ['nmap-services.xml', 'nmap'],
  ['nmap-services.gnmap', 'nmap'],
  ['nmap-counted.xml', 'nmap'],
  ['nmap-counted.gnmap', 'nmap'],
  ['nmap-ack.xml', 'nmap'],
  ['masscan-json.txt', 'masscan'],
  ['masscan-ndjson.txt', 'masscan'],
  ['masscan.list', 'masscan'],
  ['masscan.xml', 'masscan'],
  ['masscan.gnmap', 'masscan'],
] as const

function refuses(bytes: Uint8Array | string, message: RegExp, code: ErrorCode = 'ERR_PORTOLAN_REPORT_INVALID'): void {
  assert.throws(
    () => readReport(Buffer.from(bytes), 'some file'),
    (error) =>
      error instanceof PortolanError &&
      error.code === code &&
      error.message.startsWith('some file: ') &&
      message.test(error.message) &&
      error.hint !== undefined,
  )
}

/** Each port of a report, as one word. */
function portsOf({ hosts }: ScanReport): readonly string[] {
  return hosts.flatMap(({ address, ports }) =>
    ports.map(({ port, transport, state }) => `${address} ${transport} ${port} ${state}`),
  )
}

describe('a report is read by its content', () => {
  for (const [file, tool] of FIXTURES)
    test(`${file} is one of ${tool}`, () => {
      const report = readReport(probeFixture(file), file)
      assert.equal(report.tool, tool)
      assert.equal(report.isWhole, true)
      assert.ok(report.hosts.length > 0)
    })

  for (const [file] of FIXTURES)
    test(`${file} cut anywhere gives what it holds, and nothing else`, () => {
      const bytes = probeFixture(file)
      const all = new Set(portsOf(readReport(bytes, file)))
      let given = 0
      // Each byte of the start, and of the end, where the marks of the end stand.
      for (let end = 0; end < bytes.length; end += end < 1500 || end > bytes.length - 300 ? 1 : 17) {
        const report = readOrNull(bytes.subarray(0, end))
        if (report === null) continue
        given += 1
        // A host that has said no port yet, and what a later record adds to one, is in none of the names.
        assert.ok(
          portsOf(report).every((port) => all.has(port)),
          `cut at ${end}`,
        )
        const isEnd = bytes.subarray(end).toString().trim() === ''
        if (!file.includes('ndjson') && !file.endsWith('gnmap'))
          assert.equal(report.isWhole, isEnd && !file.endsWith('.list'), `cut at ${end}`)
      }
      assert.ok(given > 0)
    })

  test('in UTF-16 with its mark, too, as PowerShell writes it', () => {
    const text = probeFixture('nmap-counted.xml').toString('utf8')
    const report = readReport(Buffer.from(`\uFEFF${text}`, 'utf16le'), 'x')
    assert.deepEqual(report, readReport(Buffer.from(text), 'x'))
    assert.deepEqual(report, readReport(Buffer.from(`\uFEFF${text}`), 'x'))
  })

  test('is refused where it is none, with what would be one', () => {
    refuses('', /is empty/)
    refuses(' \n', /is empty/)
    refuses('PK\u0003\u0004', /begins like no report/)
    refuses('Starting Nmap 7.93 ( https://nmap.org )\n', /output for people/)
    refuses('masscan/1.1\ns:1\n', /binary form/)
    refuses(gzipSync('<nmaprun/>'), /unpack it first/)
    refuses('<svg></svg>', /line 1: it is XML of another kind/)
    refuses('[\n"a"]', /line 2: no object/)
    refuses('# Nmap 7.93 scan initiated x as: y\nNmap scan report for z\n', /line 2: a line stands there/)
    refuses('host,port\n', /begins like no report/)
    refuses('<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun/>', /line 1: its DOCTYPE declares/)
  })

  test('is refused beyond the limit of bytes, before it is read', () => {
    // Not filled: the system gives the memory when it is written to.
    refuses(new Uint8Array(LIMITS.reportBytes + 1), /more than 268435456 bytes/, 'ERR_PORTOLAN_REPORT_TOO_LARGE')
  })

  test('has no line in its message that could steer a terminal', () => {
    refuses('<nmaprun><host><address addr="\u009b2J"/></host></nmaprun>', /\\x9b2J is no address/)
    assert.throws(() => readReport(Buffer.from(''), 'a\u001b[2J'), /a\\x1b\[2J: /)
  })
})

function readOrNull(bytes: Uint8Array): ScanReport | null {
  try {
    return readReport(bytes, 'x')
  } catch (error) {
    if (error instanceof PortolanError && error.code === 'ERR_PORTOLAN_REPORT_INVALID') return null
    throw error
  }
}
