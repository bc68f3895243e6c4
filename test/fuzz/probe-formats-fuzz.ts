/**
 * Feeds broken reports of scans to their readers: `node test/fuzz/probe-formats-fuzz.ts [--runs N] [--seed S]`.
 *
 * Each input is a report of nmap's, masscan's or our own with bytes, words or its end changed, or parts of two in one. The
 * oracle: it is read, or refused as a report, within two seconds; what was read is written, and read again to the same. N is
 * the number of inputs of each form.
 */
import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { PortolanError } from '../../src/core/index.ts'
import { diffReports, readReport, writeGrepable, writeJson, writeNmapXml } from '../../src/probe/index.ts'
import type { ScanReport } from '../../src/probe/index.ts'
import { heldByJson, heldByXml, probeFixture } from '../support/scan-reports.ts'

const INPUT_MS_MAX = 2000
const RUNS_DEFAULT = 200_000
/** A failure ends its batch; the next ones go on, so that one bug does not hide another. */
const BATCH_RUNS = 10_000
/** So much of a fixture that what is changed is mostly something that matters. */
const SAMPLE_BYTES = 2500

const XML_WORDS = [
  '<',
  '>',
  '/>',
  '"',
  '&amp;',
  '&#0;',
  '&x;',
  '<!--',
  '-->',
  '<![CDATA[',
  '<!DOCTYPE a [',
  '<a>',
  '</host>',
  '<host>',
]
const JSON_WORDS = ['{', '}', '[', ']', '\\', '\\u0000', '{finished: 1}', '"__proto__":{}', 'null', '-1', '1e999']
const LINE_WORDS = [
  '\t',
  '\n',
  ', ',
  '/',
  '65536',
  '99999999999',
  '::1',
  'Ports: ',
  'Ignored State: ',
  '# end',
  'udp',
  '\u001b[2J',
]
const WORDS = [...XML_WORDS, ...JSON_WORDS, ...LINE_WORDS]

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  xml: ['nmap-services.xml', 'nmap-counted.xml', 'nmap-ack.xml', 'masscan.xml'],
  grepable: ['nmap-services.gnmap', 'nmap-counted.gnmap', 'masscan.gnmap'],
  json: ['masscan-json.txt', 'masscan-ndjson.txt'],
  list: ['masscan.list'],
}
export const FORMS: readonly string[] = [...Object.keys(SAMPLES), 'own']

export interface FuzzResult {
  readonly form: string
  readonly runs: number
  /** How many were read: a fuzz of which all is refused at once looks at nothing. */
  readonly read: number
  readonly seconds: number
  readonly failures: readonly { readonly seed: number; readonly path: string; readonly note: string }[]
}

/** The start and the end of each sample of a form. */
function samplesOf(form: string): readonly Buffer[] {
  if (form === 'own') {
    const reports = ['nmap-services.xml', 'masscan-json.txt'].map((name) => readReport(probeFixture(name), name))
    return reports.flatMap((report) =>
      [writeJson(report), writeNmapXml(report), writeGrepable(report)].map((parts) =>
        shorten(Buffer.from([...parts].join(''))),
      ),
    )
  }
  return (SAMPLES[form] ?? []).map((name) => shorten(probeFixture(name)))
}

function shorten(bytes: Buffer): Buffer {
  if (bytes.length <= SAMPLE_BYTES) return bytes
  return Buffer.concat([bytes.subarray(0, SAMPLE_BYTES - 300), bytes.subarray(-300)])
}

function brokenOf(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const at = fc.noBias(fc.nat(SAMPLE_BYTES))
  const edit = fc.oneof(
    fc.tuple(at, fc.nat(255)).map(([place, byte]) => ({ place, length: 1, put: Buffer.from([byte]) })),
    fc
      .tuple(at, fc.constantFrom(...WORDS), fc.nat(8))
      .map(([place, word, length]) => ({ place, length, put: Buffer.from(word) })),
    // A part of the same is put elsewhere: elements in others, ports in other hosts.
    fc.tuple(at, at, fc.nat(300)).map(([place, from, length]) => ({ place, length: 0, from, size: length })),
  )
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 4 }), fc.option(at, { freq: 3 }))
    .map(([sample, edits, cut]) => {
      let bytes = sample
      for (const each of edits) {
        const place = each.place % (bytes.length + 1)
        const put = 'put' in each ? each.put : sample.subarray(each.from, each.from + each.size)
        bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + each.length)])
      }
      return cut === null ? bytes : bytes.subarray(0, cut)
    })
}

/** Null where it is refused as it should be. */
function readOrNull(bytes: Uint8Array): ScanReport | null {
  try {
    return readReport(bytes, 'fuzz')
  } catch (error) {
    if (error instanceof PortolanError && error.code === 'ERR_PORTOLAN_REPORT_INVALID') return null
    throw error
  }
}

function check(bytes: Buffer): boolean {
  const started = performance.now()
  const report = readOrNull(bytes)
  assert.ok(performance.now() - started < INPUT_MS_MAX, 'it took too long')
  if (report === null) return false
  const again = readOrNull(Buffer.from([...writeNmapXml(report)].join('')))
  assert.ok(again !== null, 'what is written as XML is refused')
  assert.deepEqual(again.hosts, heldByXml(report).hosts)
  if (report.hosts.some(({ ports }) => ports.length > 0)) {
    const json = readOrNull(Buffer.from([...writeJson(report)].join('')))
    assert.deepEqual(json?.hosts, heldByJson(report))
  }
  assert.ok(
    readOrNull(Buffer.from([...writeGrepable(report)].join(''))) !== null,
    'what is written as lines is refused',
  )
  assert.deepEqual(diffReports(report, report).hosts, [])
  return true
}

export function fuzz(form: string, runs: number, seed: number): FuzzResult {
  const inputs = brokenOf(samplesOf(form))
  const failures: { seed: number; path: string; note: string }[] = []
  const started = performance.now()
  let [done, read] = [0, 0]
  for (let batch = 0; done < runs; batch += 1) {
    const numRuns = Math.min(BATCH_RUNS, runs - done)
    const property = fc.property(inputs, (bytes) => {
      if (check(bytes)) read += 1
    })
    const details = fc.check(property, { numRuns, seed: seed + batch })
    if (details.failed) {
      const note = `${String(details.errorInstance)} for ${JSON.stringify(details.counterexample?.[0].toString('latin1'))}`
      failures.push({ seed: seed + batch, path: details.counterexamplePath ?? '', note })
    }
    done += numRuns
  }
  return { form, runs: done, read, seconds: Math.round(performance.now() - started) / 1000, failures }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
  const seed = Number(values.seed ?? Date.now() % 2 ** 31)
  process.stdout.write(`seed ${seed}\n`)
  for (const form of FORMS) {
    const result = fuzz(form, Number(values.runs ?? RUNS_DEFAULT), seed)
    process.stdout.write(`${JSON.stringify(result)}\n`)
    if (result.failures.length > 0) process.exitCode = 1
  }
}
