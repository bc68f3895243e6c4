/** Checks that a domain's store is what its directories say: every sum, link, order and index entry, by going through all. */
import type { Domain } from './domain.ts'
import { aboutIn, checksumAfter } from './about.ts'
import type { About } from './about.ts'
import { pairsOf } from './index-pairs.ts'
import {
  childRange,
  directoryKey,
  directoryRange,
  freeRange,
  indexRange,
  journalRange,
  objectOf,
  overflowKey,
  rankAtEnd,
} from './keys.ts'
import { ROOT_OBJECT } from './model.ts'
import { decodeRecord } from './record.ts'
import { walkRecords } from './walk.ts'
import { LIMITS, readU64 } from '../core/index.ts'
import type { Snapshot } from '../store/index.ts'

const PROBLEMS_MAX = 100
const INDEX_LETTER = 0x49
const COUNT_BYTES = 4
const ENTRY_BYTES = 12

/** What is wrong, a sentence each (at most 100); empty for a sound domain. Time and memory grow with the domain. */
export function checkDomain(domain: Domain): readonly string[] {
  const snapshot = domain.store.snapshot()
  try {
    return checkSnapshot(snapshot, aboutIn(snapshot))
  } finally {
    snapshot.close()
  }
}

function checkSnapshot(snapshot: Snapshot, about: About): readonly string[] {
  const problems: string[] = []
  const report = (problem: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push(problem)
  }
  const { generation } = about
  let checksum = 0
  let count = 0
  let highest = 0
  let childLinks = 0
  /** What the index should hold: pair with parent, as text, to ranks with objects. */
  const expected = new Map<string, Map<number, number>>()
  for (const { key, value } of snapshot.range(directoryRange(generation))) {
    const record = decodeRecord(Buffer.from(value))
    const { object, instance } = record.id
    if (object !== objectOf(key)) report(`directory ${objectOf(key)} calls itself ${object}`)
    checksum = checksumAfter(checksum, object, 0, instance)
    count += 1
    highest = Math.max(highest, object)
    let children = 0
    let last = 0
    for (const child of snapshot.range(childRange(generation, object))) {
      children += 1
      childLinks += 1
      last = rankAtEnd(child.key)
      const bytes = snapshot.get(directoryKey(generation, child.value.readUInt32BE(0)))
      const found = bytes === undefined ? null : decodeRecord(Buffer.from(bytes))
      if (found?.parent !== object || found.rank !== last)
        report(`directory ${object} lists ${child.value.readUInt32BE(0)}, which does not say so`)
    }
    if (children !== record.childCount)
      report(`directory ${object} counts ${record.childCount} children and has ${children}`)
    if (last > record.lastRank) report(`directory ${object} has a child beyond its last rank`)
    if (object === ROOT_OBJECT) continue
    for (const pair of pairsOf(record.properties).values()) {
      const place = `${record.parent}\0${pair.toString('latin1')}`
      const entries = expected.get(place) ?? new Map<number, number>()
      entries.set(record.rank, object)
      expected.set(place, entries)
    }
  }
  if (checksum !== about.checksum) report(`the checksum is ${about.checksum} and should be ${checksum}`)
  if (count !== about.count) report(`the domain counts ${about.count} directories and has ${count}`)
  if (childLinks !== count - 1) report(`${count - 1} directories have ${childLinks} places among children`)
  if (highest > about.highest) report(`directory ${highest} is beyond the highest number, ${about.highest}`)
  const free = [...snapshot.range(freeRange(generation))].map(({ key }) => objectOf(key))
  if (free.length !== about.free) report(`the domain counts ${about.free} free numbers and has ${free.length}`)
  if (free.length + count !== about.highest + 1)
    report(`${about.highest + 1} numbers are ${count} in use and ${free.length} free`)
  for (const object of free)
    if (snapshot.get(directoryKey(generation, object)) !== undefined) report(`number ${object} is free and in use`)
  checkIndex(snapshot, generation, expected, report)
  const reached = [...walkRecords(snapshot, generation)].length
  if (reached !== count) report(`${count} directories are there, and ${reached} are below the root`)
  checkJournal(snapshot, about, report)
  return problems
}

/** The journal ends with the last write, and has each before it as far as it goes back. */
function checkJournal(snapshot: Snapshot, { revision }: About, report: (problem: string) => void): void {
  let expected = Math.max(1, revision - LIMITS.journalEntries + 1)
  for (const { key } of snapshot.range(journalRange(0, Number.MAX_SAFE_INTEGER))) {
    const found = rankAtEnd(key)
    if (found !== expected) report(`the journal goes on with ${found} and should with ${expected}`)
    expected = found + 1
  }
  if (expected !== revision + 1) report(`the journal ends with ${expected - 1}, and ${revision} was the last write`)
}

/** The index holds what the directories say, and nothing else. */
function checkIndex(
  snapshot: Snapshot,
  generation: number,
  expected: ReadonlyMap<string, ReadonlyMap<number, number>>,
  report: (problem: string) => void,
): void {
  let found = 0
  let overflowing = 0
  let overflowKeys = 0
  for (const { key, value } of snapshot.range(indexRange(generation))) {
    if (key[1] !== INDEX_LETTER) {
      overflowKeys += 1
      continue
    }
    found += 1
    const parent = objectOf(key)
    const wanted = expected.get(`${parent}\0${key.subarray(6).toString('latin1')}`)
    const name = `the index of directory ${parent} under ${JSON.stringify(key.subarray(6).toString('latin1'))}`
    if (wanted === undefined) {
      report(`${name} should not be there`)
    } else if (value.length === COUNT_BYTES) {
      overflowing += wanted.size
      if (value.readUInt32BE(0) !== wanted.size) report(`${name} counts ${value.readUInt32BE(0)} of ${wanted.size}`)
      for (const [rank, object] of wanted)
        if (snapshot.get(overflowKey(key, rank))?.readUInt32BE(0) !== object) report(`${name} lacks ${object}`)
    } else {
      const ranks = [...wanted.keys()].toSorted((a, b) => a - b)
      const isSame =
        value.length === ranks.length * ENTRY_BYTES &&
        ranks.every(
          (rank, index) =>
            readU64(value, index * ENTRY_BYTES) === rank &&
            value.readUInt32BE(index * ENTRY_BYTES + 8) === wanted.get(rank),
        )
      if (!isSame) report(`${name} is not what its children say`)
    }
  }
  if (found !== expected.size) report(`the index has ${found} keys and should have ${expected.size}`)
  if (overflowKeys !== overflowing)
    report(`the index has ${overflowKeys} keys of its own and should have ${overflowing}`)
}
