/**
 * Feeds broken input to every decoder of src/registry: `node test/fuzz/registry-fuzz.ts [--runs N] [--seed S]`.
 *
 * Each input starts from a small valid file, or from nothing, and is then edited. The oracle: the decoder returns, or
 * throws a PortolanError with the code that its documentation names (readCsv: a CsvError), within two seconds; what it
 * returns keeps its promises. Nothing is written but a file in a temporary folder, which LoreBook reads.
 * N is the number of inputs for IANA's CSV and for the compiled registry; the compiled lore gets a tenth of it, for
 * each of its inputs is a file that has to be written.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { CsvError, PortolanError, readCsv } from '../../src/core/index.ts'
import type { ErrorCode } from '../../src/core/index.ts'
import { parseIanaCsv } from '../../src/registry/iana-csv.ts'
import { buildIndex } from '../../src/registry/index-build.ts'
import { SECTIONS_AT } from '../../src/registry/index-file.ts'
import { buildLore } from '../../src/registry/lore-build.ts'
import { LORE_HEADER_BYTES, LoreBook } from '../../src/registry/lore-file.ts'
import type { Lore } from '../../src/registry/lore-schema.ts'
import { PORT_MAX, STATUSES } from '../../src/registry/model.ts'
import { Registry } from '../../src/registry/registry.ts'
import { tableOfRows } from '../../src/registry/table.ts'
import { HEADER_LINE, csvOf, wholeCsv } from '../support/synthetic-csv.ts'

const INPUT_MS_MAX = 2000
/** A failure ends its batch; the next ones go on, so that one bug does not hide another. */
const BATCH_RUNS = 10_000
const RUNS_DEFAULT = 1_000_000

export type TargetName = 'csv' | 'registry' | 'lore'

/** An input that broke the oracle: fast-check finds it again by seed and path, as long as it generates alike. */
export interface Failure {
  readonly target: TargetName
  readonly seed: number
  readonly path: string
  readonly note: string
}

export interface FuzzResult {
  readonly target: TargetName
  readonly runs: number
  readonly seconds: number
  readonly failures: readonly Failure[]
}

interface BatchResult {
  /** How many inputs were tried before one failed, or all. */
  readonly tried: number
  readonly failure: { readonly path: string; readonly note: string } | null
}

interface Check {
  /** Runs so many inputs from a seed, or one again by its path. */
  readonly run: (seed: number, runs: number, path?: string) => BatchResult
  readonly close: () => void
}

function checkOf<Input>(
  input: fc.Arbitrary<Input>,
  tryInput: (input: Input) => void,
  close: () => void = () => {},
): Check {
  const timed = fc.property(input, (each) => {
    const start = performance.now()
    tryInput(each)
    const ms = performance.now() - start
    assert.ok(ms < INPUT_MS_MAX, `took ${ms.toFixed(0)} ms`)
  })
  return {
    close,
    run: (seed, numRuns, path) => {
      // Not shrunk: each attempt to shrink an input that takes a minute takes a minute again.
      const parameters = { seed, numRuns, endOnFailure: true }
      const details = fc.check(timed, path === undefined ? parameters : { ...parameters, path })
      if (!details.failed) return { tried: details.numRuns, failure: null }
      const error = details.errorInstance
      const note = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return { tried: details.numRuns, failure: { path: details.counterexamplePath ?? '', note } }
    },
  }
}

/** Lets pass only the refusals that are documented. */
function refusal(error: unknown, code: ErrorCode): PortolanError {
  if (!(error instanceof PortolanError)) throw error
  assert.equal(error.code, code)
  assert.ok(error.message !== '' && error.hint !== undefined)
  return error
}

const CSV_BASES = [
  wholeCsv([
    {
      name: 'chart',
      ports: '7000-7003',
      transport: 'tcp',
      assignee: '[Łódź]',
      modified: '2020-02',
      notes: 'one\n"two", three',
    },
  ]),
  wholeCsv(),
  csvOf([{ name: 'chart', ports: '7000', description: 'a, b' }]),
  wholeCsv().replaceAll('\n', '\r\n'),
]
const PIECES = [
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '\u0000',
  '\u001b[31m',
  '\u009b',
  '\u202e',
  '\u2028',
  '\ufeff',
  '\ud800',
  '🧭',
  'é',
  '65535',
  '65536',
  '9-1',
  '-',
  '0-65535',
  'tcp',
  'TCP',
  'ddp',
  '2025-13-45',
  ',,,,,,,,,,,\n',
  'x'.repeat(50),
]
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
)
/** Without fast-check's bias to small numbers, by which nearly every edit would break the header, and hide the rest. */
const place = fc.noBias(fc.nat(8191))
/** Where edits begin: mostly behind the header, whose checks would hide all others. */
const isInHeader = fc.noBias(fc.nat(15)).map((number) => number === 0)
const textEdit = fc.tuple(isInHeader, place, fc.constantFrom(0, 0, 1, 2, 12, 80), piece)
const csvText = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...CSV_BASES),
        fc.array(textEdit, { minLength: 1, maxLength: 4 }),
        fc.option(place, { freq: 1 }),
        fc.nat(7),
      )
      .map(([base, edits, cut, cutLottery]) => {
        let text = base
        for (const [isAnywhere, number, removed, inserted] of edits) {
          const from = isAnywhere ? 0 : Math.min(HEADER_LINE.length + 1, text.length)
          const at = from + (number % (text.length + 1 - from))
          text = text.slice(0, at) + inserted + text.slice(at + removed)
        }
        return cut === null || cutLottery > 0 ? text : text.slice(0, cut % (text.length + 1))
      }),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '1'), maxLength: 60 }) },
)

function tryCsv(text: string): void {
  const lines = text.split('\n').length
  let line = 0
  try {
    for (const record of readCsv(text)) {
      assert.ok(record.line > line && record.line <= lines && record.fields.length > 0)
      line = record.line
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    assert.ok(error.line >= line && error.line <= lines, `line ${error.line} of ${lines}`)
  }
  try {
    tryRows(parseIanaCsv(text, 'fuzz'), lines)
  } catch (error) {
    const named = Number(/^fuzz, line (\d+): ./.exec(refusal(error, 'ERR_PORTOLAN_CSV_REFUSED').message)?.[1])
    assert.ok(named >= 1 && named <= lines, `names line ${named} of ${lines}`)
  }
}

function tryRows({ rows, newestDate }: ReturnType<typeof parseIanaCsv>, lines: number): void {
  assert.match(newestDate, /^(\d{4}-\d{2}(-\d{2})?)?$/)
  for (const { line, ports, transports, ...texts } of rows) {
    assert.ok(line > 1 && line <= lines && transports.length <= 1)
    if (ports !== null) assert.ok(ports.first >= 0 && ports.first <= ports.last && ports.last <= PORT_MAX)
    // oxlint-disable-next-line no-control-regex -- none may come through
    assert.doesNotMatch(Object.values(texts).join(' '), /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/)
  }
}

/** Edits of bytes: single ones, words where counts and offsets lie, and cuts with the length set right again. */
const WORDS = [0, 1, 4, 0xff, 0xffff, 0x7fffffff, 0xfffffffc, 0xffffffff]
const byteEdit = fc.tuple(isInHeader, place, fc.nat(255))
const wordEdit = fc.tuple(fc.noBias(fc.nat(31)), fc.oneof(fc.constantFrom(...WORDS), place))

interface BytesEdit {
  readonly bytes: readonly (readonly [isAnywhere: boolean, at: number, value: number])[]
  readonly words: readonly (readonly [number, number])[]
  readonly cut: number | null
  readonly isLengthMended: boolean
}

const bytesEdit: fc.Arbitrary<BytesEdit> = fc.record({
  bytes: fc.array(byteEdit, { maxLength: 8 }),
  words: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(wordEdit, { maxLength: 2 }) },
  ),
  cut: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: place }),
  isLengthMended: fc.boolean(),
})

/** Where in a file its counts and offsets begin, its length stands, and its body begins. */
interface Layout {
  readonly wordsAt: number
  readonly lengthAt: number
  readonly bodyAt: number
}

function edited(
  sample: Buffer,
  { bytes, words, cut, isLengthMended }: BytesEdit,
  { wordsAt, lengthAt, bodyAt }: Layout,
): Buffer {
  const whole = Buffer.from(sample)
  for (const [isAnywhere, at, value] of bytes) {
    const from = isAnywhere ? 0 : bodyAt
    whole[from + (at % (whole.length - from))] = value
  }
  for (const [index, value] of words) whole.writeUInt32LE(value, Math.min(wordsAt + 4 * index, whole.length - 4))
  const result = cut === null ? whole : whole.subarray(0, cut % (whole.length + 1))
  if (isLengthMended && result.length >= lengthAt + 4) result.writeUInt32LE(result.length, lengthAt)
  return result
}

function registryCheck(): Check {
  const { rows } = parseIanaCsv(
    wholeCsv([{ name: 'chart', ports: '7000-7003', assignee: '[Łódź]', reference: '[RFC1]' }, { name: 'airport' }]),
    'fuzz',
  )
  const source = { id: 'fuzz', title: 'fuzz', asOf: '2025-11-14', asOfBasis: 'fuzz', url: '' }
  const sample = buildIndex(tableOfRows(rows, source), '2026-01-01T00:00:00Z')
  // Behind its description of itself, which is JSON, and which any edit breaks.
  const bodyAt = sample.readUInt32LE(SECTIONS_AT) + sample.readUInt32LE(SECTIONS_AT + 4)
  const layout = { wordsAt: SECTIONS_AT, lengthAt: 16, bodyAt }
  return checkOf(bytesEdit, (edit) => {
    try {
      tryRegistry(new Registry(edited(sample, edit, layout), 'fuzz'))
    } catch (error) {
      refusal(error, 'ERR_PORTOLAN_REGISTRY_DATA_DAMAGED')
    }
  })
}

function tryRegistry(registry: Registry): void {
  for (const port of [0, 80, 7001, PORT_MAX]) {
    const entry = registry.lookup(port, 'tcp')
    assert.ok(STATUSES.includes(entry.status))
    assert.ok(entry.names.length <= entry.assignments.length)
    assert.equal(typeof entry.name, 'string')
    assert.equal(typeof entry.source.id, 'string')
  }
  const { first, last } = registry.lookup(7001, 'udp').run
  assert.ok(first <= 7001 && 7001 <= last)
  for (const { ports } of registry.byName('chart')) assert.ok(ports === null || ports.first >= 0)
  for (const { name, description } of registry.texts()) assert.equal(typeof (name + description), 'string')
}

function sampleLore(id: string, ports: string[]): Lore {
  const cites = [{ source: 'manual', seen: true }]
  const uses: Lore['uses'] = [{ ports, transports: ['tcp'], text: 'x', cites }]
  const sources = { manual: { title: 'Manual', publisher: 'Łódź', url: 'https://example.org/' } }
  return {
    id,
    name: id,
    category: 'other',
    state: 'extinct',
    summary: { text: 'x', cites },
    uses,
    registryNames: [id],
    sources,
  }
}

function loreCheck(): Check {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-fuzz-'))
  const file = join(folder, 'lore.bin')
  const sample = buildLore([sampleLore('wide', ['600-1023']), sampleLore('exact', ['973', '7000-7010'])])
  const tryFile = (edit: BytesEdit): void => {
    writeFileSync(file, edited(sample, edit, { wordsAt: 8, lengthAt: 12, bodyAt: LORE_HEADER_BYTES }))
    try {
      const lore = new LoreBook(file)
      // Often enough that it changes from reading single entries to having read them all.
      for (const port of [0, 973, 7001, PORT_MAX, 973, 7001]) {
        const found = lore.forPort(port)
        assert.ok(found.length <= lore.size)
        assert.ok(lore.briefsForPort(port, { portsMax: 10 }).length <= lore.size)
        assert.equal(typeof lore.covers(port), 'boolean')
      }
      assert.equal(lore.entries().length, lore.size)
    } catch (error) {
      refusal(error, 'ERR_PORTOLAN_LORE_DAMAGED')
    }
  }
  return checkOf(bytesEdit, tryFile, () => rmSync(folder, { recursive: true, force: true }))
}

const TARGETS: Readonly<Record<TargetName, () => Check>> = {
  csv: () => checkOf(csvText, tryCsv),
  registry: registryCheck,
  lore: loreCheck,
}

/** Runs inputs of one target from a seed. */
export function fuzz(target: TargetName, runs: number, seed: number): FuzzResult {
  const check = TARGETS[target]()
  const failures: Failure[] = []
  let tried = 0
  const start = performance.now()
  try {
    for (let done = 0; done < runs; done += BATCH_RUNS) {
      const batchSeed = (seed + done / BATCH_RUNS) | 0
      const batch = check.run(batchSeed, Math.min(BATCH_RUNS, runs - done))
      tried += batch.tried
      if (batch.failure !== null) failures.push({ target, seed: batchSeed, ...batch.failure })
    }
  } finally {
    check.close()
  }
  return { target, runs: tried, seconds: (performance.now() - start) / 1000, failures }
}

/** Runs the inputs again that once broke the oracle (seeds.json). */
export function replaySeeds(): readonly Failure[] {
  const known: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'seeds.json'), 'utf8'))
  assert.ok(Array.isArray(known))
  return known.flatMap((each: unknown) => {
    assert.ok(isFailure(each), `seeds.json: ${JSON.stringify(each)} lacks target, seed, path or note`)
    const check = TARGETS[each.target]()
    try {
      return check.run(each.seed, 1, each.path).failure === null ? [] : [each]
    } finally {
      check.close()
    }
  })
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false
  const isKnown = 'target' in value && typeof value.target === 'string' && Object.hasOwn(TARGETS, value.target)
  return (
    isKnown &&
    'seed' in value &&
    Number.isInteger(value.seed) &&
    'path' in value &&
    typeof value.path === 'string' &&
    'note' in value
  )
}

function main(): void {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
  const runs = Number(values.runs ?? RUNS_DEFAULT)
  const seed = Number(values.seed ?? Date.now() & 0x7fffffff)
  if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
    throw new Error('--runs and --seed take whole numbers')
  console.log(`seed ${seed}`)
  const failures: Failure[] = [...replaySeeds()]
  for (const target of ['csv', 'registry', 'lore'] as const) {
    const result = fuzz(target, target === 'lore' ? Math.ceil(runs / 10) : runs, seed)
    console.log(
      `${target}: ${result.runs} inputs in ${result.seconds.toFixed(1)} s, ${result.failures.length} failures`,
    )
    failures.push(...result.failures)
  }
  const notes = new Map(failures.map((failure) => [failure.note, failure]))
  for (const failure of notes.values()) console.log(JSON.stringify(failure, null, 2))
  process.exitCode = failures.length === 0 ? 0 : 1
}

if (import.meta.main) main()
