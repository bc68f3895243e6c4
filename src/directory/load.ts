/**
 * Loading a copy of a domain beside the one in use: under the next generation of keys, in batches, so that memory stays flat
 * whatever its size; a crash leaves the old generation in place, and the rest is swept away at the next opening.
 *
 * Who loads puts a claim into the store, and each of its batches compares it: who loads after that, or sweeps, takes the claim
 * away, and no two ever write to one generation.
 */
import { randomBytes } from 'node:crypto'
import { LIMITS, systemCode } from '../core/index.ts'
import { Overlay } from '../store/index.ts'
import type { Batch, Condition, KeyRange, Store } from '../store/index.ts'
import { aboutIn, checksumAfter, decodeAbout } from './about.ts'
import type { About } from './about.ts'
import { updateIndex } from './index-pairs.ts'
import {
  ABOUT_KEY,
  FIRST_GENERATION,
  LOADING_KEY,
  childKey,
  directoryKey,
  directoryRange,
  freeKey,
  generationRange,
  nextGeneration,
  objectOf,
} from './keys.ts'
import { ROOT_OBJECT } from './model.ts'
import type { DirectoryObject } from './model.ts'
import { decodeRecord, encodeRecord } from './record.ts'
import { objectValue, rankInRow } from './siblings.ts'
import { DirectoryError, STATUS } from './status.ts'
import { cProperties } from './strings.ts'

/** What is written at a time. */
const BATCH_CHANGES = 20_000
/**
 * The instance from which a number that is free in a copy goes on: what its last one was the copy does not say, and an id from
 * that life must stay stale.
 */
const UNKNOWN_LAST_INSTANCE = 0x3fff_ffff

const CLAIM_BYTES = 16

class Loader {
  readonly #store: Store
  readonly #claim: Condition
  #overlay: Overlay

  constructor(store: Store, claim: Condition) {
    this.#store = store
    this.#claim = claim
    this.#overlay = new Overlay(store)
  }

  get overlay(): Overlay {
    return this.#overlay
  }

  async flushWhenFull(): Promise<void> {
    if (this.#overlay.size >= BATCH_CHANGES) await this.flush()
  }

  async flush(): Promise<void> {
    const changes: Batch['changes'] = this.#overlay.changes()
    if (changes.length > 0) await commitClaimed(this.#store, this.#claim, changes)
    this.#overlay = new Overlay(this.#store)
  }
}

export interface LoadedCopy {
  /** What the domain will know of itself, but for its revision. */
  readonly about: Omit<About, 'revision'>
  /** Holds as long as nobody has touched what was loaded. */
  readonly claim: Condition
}

/**
 * Loads all directories under the generation after the one in use.
 * @throws DirectoryError SERIAL, when the copy is not sound; MASTERBUSY, when another one is being loaded since. What was loaded
 *   is then removed.
 */
export async function loadCopy(
  store: Store,
  objects: AsyncIterable<DirectoryObject>,
  checksum: number,
): Promise<LoadedCopy> {
  let claimed = await claimLoading(store)
  while (claimed === null) claimed = await claimLoading(store)
  const { claim, inUse } = claimed
  const generation = nextGeneration(inUse)
  try {
    await removeOtherGenerations(store, inUse, claim)
    const loader = new Loader(store, claim)
    const about = { checksum: 0, highest: 0, free: 0, count: 0, generation }
    let listed = 1
    for await (const object of objects) {
      requireSound(loader.overlay, generation, object, about.count === 0)
      listed += object.children.length
      await placeChildren(loader, generation, object)
      place(loader.overlay, generation, object)
      about.checksum = checksumAfter(about.checksum, object.id.object, 0, object.id.instance)
      about.highest = Math.max(about.highest, object.id.object)
      about.count += 1
      await loader.flushWhenFull()
    }
    if (about.count !== listed) throw damaged(`it lists ${listed} directories and has ${about.count}`)
    if (about.checksum !== checksum) throw damaged(`its checksum is ${about.checksum} and should be ${checksum}`)
    await loader.flush()
    about.free = await markFree(store, loader, generation)
    return { about, claim }
  } catch (error) {
    await giveUp(store, inUse, claim)
    throw error
  }
}

/** Removes what was loaded, unless another one has taken that over. */
async function giveUp(store: Store, inUse: number, claim: Condition): Promise<void> {
  try {
    await removeOtherGenerations(store, inUse, claim)
    await commitClaimed(store, claim, [[claim.key, null]])
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
  }
}

/** Removes what a load that was cut off, or an earlier copy, has left. Who is loading at this time is left alone. */
export async function sweepRemnants(store: Store): Promise<void> {
  const before = store.get(LOADING_KEY)
  if (before !== undefined && isAlive(before)) return
  const ranges = otherGenerations(aboutIn(store).generation)
  const hasRemnants = ranges.some((range) => [...store.range(range, { limit: 1 })].length > 0)
  if (before === undefined && !hasRemnants) return
  const claimed = await claimLoading(store)
  if (claimed !== null) await giveUp(store, claimed.inUse, claimed.claim)
}

/** Where a claim stands, all generations but the one in use are the claimer's. */
interface Claimed {
  readonly claim: Condition
  readonly inUse: number
}

/** Null when the domain has changed in that moment: with it, perhaps, the generation in use. */
async function claimLoading(store: Store): Promise<Claimed | null> {
  store.refresh()
  const about = Buffer.from(store.get(ABOUT_KEY) ?? [])
  const { generation } = decodeAbout(about)
  const claim = { key: LOADING_KEY, value: newClaim() }
  const conditions = [{ key: ABOUT_KEY, value: about }]
  const done = await store.commit({ conditions, changes: [[claim.key, claim.value]] })
  return done === null ? null : { claim, inUse: generation }
}

/** The process that claims, and what makes the claim unlike any other. */
function newClaim(): Buffer {
  const claim = randomBytes(CLAIM_BYTES)
  claim.writeUInt32BE(process.pid, 0)
  return claim
}

/** Whether the process of a claim runs; where its number is that of another one by now, what it left waits for the next load. */
function isAlive(claim: Buffer): boolean {
  if (claim.length !== CLAIM_BYTES) return false
  try {
    process.kill(claim.readUInt32BE(0), 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

async function commitClaimed(store: Store, claim: Condition, changes: Batch['changes']): Promise<void> {
  if ((await store.commit({ conditions: [claim], changes })) === null)
    throw new DirectoryError(STATUS.MASTERBUSY, 'another copy is being loaded')
}

function otherGenerations(inUse: number): readonly KeyRange[] {
  return [
    { from: Buffer.from([FIRST_GENERATION]), to: Buffer.from([inUse]) },
    { from: generationRange(inUse).to, to: Buffer.from([0xff, 0xff]) },
  ]
}

async function removeOtherGenerations(store: Store, inUse: number, claim: Condition): Promise<void> {
  for (const range of otherGenerations(inUse)) {
    for (;;) {
      const keys = [...store.range(range, { limit: BATCH_CHANGES })].map(({ key }) => [key, null] as const)
      if (keys.length === 0) break
      await commitClaimed(store, claim, keys)
    }
  }
}

function damaged(problem: string): DirectoryError {
  return new DirectoryError(STATUS.SERIAL, `the copy is not sound: ${problem}`)
}

/** The root comes first; every other is a child that its parent has listed, and comes once. */
function requireSound(overlay: Overlay, generation: number, { id, parent }: DirectoryObject, isFirst: boolean): void {
  if (isFirst) {
    if (id.object !== ROOT_OBJECT) throw damaged(`it begins with directory ${id.object}, not with the root`)
    return
  }
  const stub = overlay.get(directoryKey(generation, id.object))
  if (stub === undefined) throw damaged(`no parent lists directory ${id.object}`)
  if (!isStub(stub)) throw damaged(`directory ${id.object} comes twice`)
  const listedBy = decodeRecord(stub).parent
  if (listedBy !== parent) throw damaged(`directory ${id.object} is listed by ${listedBy} and names ${parent}`)
}

/** A stub holds a place for a child that is still to come: its own count of children says so. */
const STUB_CHILDREN = 0xffff_ffff

function isStub(bytes: Buffer): boolean {
  return decodeRecord(bytes).childCount === STUB_CHILDREN
}

async function placeChildren(loader: Loader, generation: number, { id, children }: DirectoryObject): Promise<void> {
  for (const [index, child] of children.entries()) {
    const key = directoryKey(generation, child)
    if (child === ROOT_OBJECT || loader.overlay.get(key) !== undefined)
      throw damaged(`directory ${child} is listed twice`)
    const rank = rankInRow(index)
    const stub = { parent: id.object, childCount: STUB_CHILDREN, rank, lastRank: 0 }
    loader.overlay.put(key, encodeRecord({ ...stub, id: { object: child, instance: 0 }, properties: [] }))
    loader.overlay.put(childKey(generation, id.object, rank), objectValue(child))
    await loader.flushWhenFull()
  }
}

function place(overlay: Overlay, generation: number, directory: DirectoryObject): void {
  const { id, children } = directory
  const properties = cProperties(directory.properties)
  // What a root names as its parent has no meaning.
  const parent = id.object === ROOT_OBJECT ? ROOT_OBJECT : directory.parent
  const key = directoryKey(generation, id.object)
  const stub = overlay.get(key)
  const rank = stub === undefined ? 0 : decodeRecord(stub).rank
  const lastRank = children.length === 0 ? 0 : rankInRow(children.length - 1)
  overlay.put(key, encodeRecord({ parent, childCount: children.length, rank, lastRank, id, properties }))
  if (id.object !== ROOT_OBJECT) updateIndex(overlay, { generation, parent, rank, object: id.object }, null, properties)
}

/** The numbers below the highest that no directory of the copy has. */
async function markFree(store: Store, loader: Loader, generation: number): Promise<number> {
  let expected = 0
  let free = 0
  const gaps: number[] = []
  for (const { key } of store.range(directoryRange(generation))) {
    const object = objectOf(key)
    for (; expected < object; expected += 1) {
      free += 1
      if (free > LIMITS.freeNumbers) throw damaged(`more than ${LIMITS.freeNumbers} of its numbers are free`)
      gaps.push(expected)
    }
    expected = object + 1
  }
  for (const object of gaps) {
    loader.overlay.put(freeKey(generation, object), objectValue(UNKNOWN_LAST_INSTANCE))
    await loader.flushWhenFull()
  }
  await loader.flush()
  return free
}
