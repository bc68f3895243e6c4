/**
 * Feeds broken bytes to every decoder of what a domain keeps: `node test/fuzz/directory-fuzz.ts [--runs N] [--seed S]`.
 *
 * Each input is a small valid one with bytes, words or its end changed, or random bytes. The oracle: the decoder returns, or
 * throws a DecodeError, within two seconds; what it returns is encoded and decoded again to the same, and where nothing but the
 * padding could differ, to the same bytes. N is the number of inputs of each target.
 */
import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { DecodeError, bytesOf, textOf } from '../../src/core/index.ts'
import { decodeAbout, encodeAbout } from '../../src/directory/about.ts'
import { SECRET_PAIR, pairOf, readFirstInIndex, readIndex } from '../../src/directory/index-pairs.ts'
import { decodeJournal, encodeJournal } from '../../src/directory/journal.ts'
import { indexKey, overflowKey } from '../../src/directory/keys.ts'
import { valuesOf } from '../../src/directory/model.ts'
import { Overlay } from '../../src/store/overlay.ts'
import { decodeRecord, encodeRecord, requireRecord, valuesIn } from '../../src/directory/record.ts'
import { updateIndex } from '../../src/directory/index-pairs.ts'
import type { Entry, KeyRange, Reader } from '../../src/store/index.ts'

const INPUT_MS_MAX = 2000
/** A failure ends its batch; the next ones go on, so that one bug does not hide another. */
const BATCH_RUNS = 10_000
const RUNS_DEFAULT = 1_000_000

export interface FuzzResult {
  readonly target: string
  readonly runs: number
  /** How many were decoded: a fuzz of which all is refused at once looks at nothing. */
  readonly decoded: number
  readonly seconds: number
  readonly failures: readonly { readonly seed: number; readonly path: string; readonly note: string }[]
}

const WORDS = [0, 1, 2, 3, 4, 16, 0xff, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff]

/** A sample with some of it changed, or bytes of no meaning. */
function brokenOf(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const edit = fc.oneof(
    fc.record({ at: fc.noBias(fc.nat(1023)), byte: fc.nat(255) }, { noNullPrototype: true }),
    fc.record({ at: fc.noBias(fc.nat(1023)), word: fc.constantFrom(...WORDS) }, { noNullPrototype: true }),
  )
  const changed = fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(edit, { maxLength: 4 }),
      fc.option(fc.noBias(fc.nat(1023)), { freq: 3 }),
    )
    .map(([sample, edits, cut]) => {
      const bytes = Buffer.from(sample)
      for (const each of edits) {
        if (bytes.length === 0) break
        if ('byte' in each) bytes[each.at % bytes.length] = each.byte
        else if (bytes.length >= 4) bytes.writeUInt32BE(each.word, 4 * (each.at % Math.floor(bytes.length / 4)))
      }
      return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1))
    })
  const random = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes))
  return fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: random })
}

/** The value of a decoder; null when it refuses. */
function decoded<T>(decode: () => T): T | null {
  try {
    return decode()
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

const PROPERTIES = [
  { name: 'name', values: ['pia', 'pia petersen', textOf(Buffer.from([0xff, 0xc3]))] },
  { name: 'passwd', values: ['$6$salt$digest'] },
  { name: 'empty', values: [] },
  { name: 'name', values: ['second'] },
]
const RECORDS = [
  { properties: PROPERTIES, childCount: 3, rank: 2 ** 45, lastRank: 2 ** 46 },
  { properties: [], childCount: 0, rank: 0, lastRank: 0 },
].map((each) => encodeRecord({ ...each, parent: 7, id: { object: 9, instance: 11 } }))

function tryRecord(bytes: Buffer): boolean {
  const record = decoded(() => decodeRecord(requireRecord(bytes)))
  for (const name of ['name', 'passwd', 'empty', 'absent', '']) {
    const found = decoded(() => ({ at: valuesIn(bytes, bytesOf(name)) }))
    if (record === null || found === null) continue
    assert.equal(found.at === null, valuesOf(record.properties, name).length === 0)
    if (found.at !== null) assert.ok(found.at.from >= 40 && found.at.to <= bytes.length && found.at.from < found.at.to)
  }
  if (record === null) return false
  if (record.rank <= Number.MAX_SAFE_INTEGER && record.lastRank <= Number.MAX_SAFE_INTEGER)
    assert.deepEqual(decodeRecord(encodeRecord(record)), record)
  return true
}

const ENTRY = { timeMs: 1_700_000_000_000, who: 'pia', from: '192.0.2.9:1023', object: 9, path: '/users/pia' } as const
const JOURNALS = [
  encodeJournal({ ...ENTRY, kind: 'create', changes: [{ name: 'name', at: 0, before: null, after: ['pia', 'p'] }] }),
  encodeJournal({ ...ENTRY, kind: 'writeValue', changes: [{ name: 'name', at: 1, before: ['p'], after: ['q'] }] }),
  encodeJournal({ ...ENTRY, kind: 'replaceAll', changes: [] }),
]

function tryJournal(bytes: Buffer): boolean {
  const entry = decoded(() => decodeJournal(5, bytes))
  if (entry === null) return false
  if (entry.timeMs <= Number.MAX_SAFE_INTEGER) assert.deepEqual(decodeJournal(5, encodeJournal(entry)), entry)
  return true
}

const ABOUT = { revision: 2 ** 40, checksum: 0xffff_fff0, highest: 9, free: 2, count: 8, generation: 17 }

function tryAbout(bytes: Buffer): boolean {
  const about = decoded(() => decodeAbout(bytes))
  if (about === null) return false
  if (about.revision <= Number.MAX_SAFE_INTEGER) assert.ok(encodeAbout(about).equals(bytes))
  return true
}

const PAIR = pairOf('name', 'pia')
const KEY = indexKey(16, 0, PAIR)

/** A store in which one key alone has a value, and the overflow of it two entries. */
function readerOf(value: Buffer): Reader {
  const entries: Entry[] = [3, 5].map((rank) => ({ key: overflowKey(KEY, rank), value: Buffer.from([0, 0, 0, rank]) }))
  return {
    get: (key) => (KEY.equals(key) ? value : undefined),
    *range({ from, to }: KeyRange) {
      for (const entry of entries) if (entry.key.compare(from) >= 0 && entry.key.compare(to) < 0) yield entry
    },
  }
}

function indexSamples(): Buffer[] {
  const overlay = new Overlay(readerOf(Buffer.alloc(4)))
  const properties = [{ name: 'name', values: ['kim', 'zoe'] }]
  const places = [1, 2, 3, 40].map((object) => ({ generation: 16, parent: 0, rank: object * 2 ** 33, object }))
  const samples = places.map((place) => {
    updateIndex(overlay, place, null, properties)
    return Buffer.from(overlay.get(indexKey(16, 0, pairOf('name', 'kim'))) ?? [])
  })
  return [...samples, Buffer.from([0, 0, 0, 33])]
}

function tryIndex(bytes: Buffer): boolean {
  const reader = readerOf(bytes)
  const found = decoded(() => readIndex(reader, 16, 0, PAIR))
  const first = decoded(() => readFirstInIndex(reader, KEY))
  assert.equal(first === null, found === null)
  if (found !== null) assert.equal(first, found[0] ?? -1)
  const overlay = new Overlay(reader)
  const place = { generation: 16, parent: 0, rank: 77, object: 77 }
  const properties = [{ name: 'name', values: ['pia'] }]
  const added = decoded(() => {
    updateIndex(overlay, place, null, properties)
    return readIndex(overlay, 16, 0, PAIR)
  })
  if (added !== null) assert.ok(added.includes(77))
  const changed = decoded(() => {
    updateIndex(overlay, place, properties, [{ name: 'passwd', values: ['x'] }])
    return readIndex(overlay, 16, 0, SECRET_PAIR)
  })
  if (changed !== null) assert.deepEqual(changed, [77])
  return found !== null
}

interface Target {
  readonly samples: readonly Buffer[]
  /** Whether the bytes were decoded. */
  readonly attempt: (bytes: Buffer) => boolean
}

export const TARGETS: Readonly<Record<string, Target>> = {
  record: { samples: RECORDS, attempt: tryRecord },
  journal: { samples: JOURNALS, attempt: tryJournal },
  about: { samples: [encodeAbout(ABOUT)], attempt: tryAbout },
  index: { samples: indexSamples(), attempt: tryIndex },
}

/** Runs inputs of one target from a seed. */
export function fuzz(target: string, runs: number, seed: number): FuzzResult {
  const { samples, attempt } = TARGETS[target] ?? assert.fail(`no target ${target}`)
  for (const sample of samples) assert.ok(attempt(sample), 'a sample is refused')
  const failures: { seed: number; path: string; note: string }[] = []
  let tried = 0
  let count = 0
  const start = performance.now()
  const property = fc.property(brokenOf(samples), (bytes) => {
    const before = performance.now()
    if (attempt(bytes)) count += 1
    const ms = performance.now() - before
    assert.ok(ms < INPUT_MS_MAX, `took ${ms.toFixed(0)} ms`)
  })
  for (let done = 0; done < runs; done += BATCH_RUNS) {
    const batchSeed = (seed + done / BATCH_RUNS) | 0
    const details = fc.check(property, {
      seed: batchSeed,
      numRuns: Math.min(BATCH_RUNS, runs - done),
      endOnFailure: true,
    })
    tried += details.numRuns
    if (!details.failed) continue
    const error = details.errorInstance
    const note = error instanceof Error ? (error.stack ?? error.message) : String(error)
    failures.push({ seed: batchSeed, path: details.counterexamplePath ?? '', note })
  }
  return { target, runs: tried, decoded: count, seconds: (performance.now() - start) / 1000, failures }
}

function main(): void {
  const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
  const runs = Number(values.runs ?? RUNS_DEFAULT)
  const seed = Number(values.seed ?? Date.now() & 0x7fffffff)
  if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
    throw new Error('--runs and --seed take whole numbers')
  console.log(`seed ${seed}`)
  let hasFailed = false
  for (const target of Object.keys(TARGETS)) {
    const result = fuzz(target, runs, seed)
    const share = ((100 * result.decoded) / result.runs).toFixed(0)
    console.log(
      `${target}: ${result.runs} inputs in ${result.seconds.toFixed(1)} s, ${share} % decoded, ${result.failures.length} failures`,
    )
    for (const failure of result.failures.slice(0, 5)) console.log(JSON.stringify(failure, null, 2))
    hasFailed ||= result.failures.length > 0
  }
  process.exitCode = hasFailed ? 1 : 0
}

if (import.meta.main) main()
