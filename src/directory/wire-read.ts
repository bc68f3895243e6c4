/**
 * The reads of the protocol, answered in XDR straight from the store: the stored form of a directory is what READ sends, so the
 * hot answers are a look-up and a copy. All answers show `passwd` as the domain says (secrets.ts).
 *
 * Each method writes a whole result, status included (protocol.md §4), to a writer. What is long is given in parts instead, that
 * one moment's snapshot fills as they are asked for.
 */
import { XdrWriter, textOf, readU64 } from '../core/index.ts'
import type { Span } from '../core/index.ts'
import type { Reader } from '../store/index.ts'
import { aboutIn } from './about.ts'
import { AnswerCache } from './answer-cache.ts'
import { readFirstInIndex, readIndexAt } from './index-pairs.ts'
import { childRange, directoryKey, directoryReadKey, indexReadKey, stampKey } from './keys.ts'
import type { Domain } from './domain.ts'
import { APPEND } from './model.ts'
import type { Properties } from './model.ts'
import {
  ALL_SECRET,
  HEAD_BYTES,
  childCountIn,
  idIn,
  instanceIn,
  parentIn,
  propertiesIn,
  requireRecord,
  secretIn,
  valuesIn,
} from './record.ts'
import { MASK, SECRET_NAME, maskProperties, visibleValues } from './secrets.ts'
import type { Disclosure } from './secrets.ts'
import { STATUS } from './status.ts'
import { walkRecords } from './walk.ts'
import { encodeNames, encodeObjects, encodeProperties } from './xdr-properties.ts'

/** `passwd` with a value, masked: a list of the one value `*`. */
const MASKED_VALUES = new XdrWriter().u32(1).text(MASK).toBytes()
/** Object and instance at the start of what READ sends. */
const ID_BYTES = 8
/** Answers about more children than this are given in parts. */
export const PARTS_FROM = 2000
/** Children a part tells of: about a millisecond's work. */
const PART_CHILDREN = 1000

/** Object numbers that are questions to SELF, of line A. */
const OBJECT_AT_VERSION = 0xffff_ffff
const LAST_VERSION_OF = 0xffff_fffe
/** Anybody may ask at which version a directory changed last: among so many, a millisecond's search. */
const VERSIONS_LOOKED_AT = 300
/** No instance: they are 32 bits wide. */
const NO_DIRECTORY = -1
/** Instances kept of directories that are searched. */
const INSTANCES_MAX = 4096
/** A part of READALL: what a socket takes at a time. */
const READALL_PART_BYTES = 64 * 1024

/** A result too long for one piece: pieces that together are the whole, and what to do when they are not wanted any more. */
export type Parts = Generator<Buffer, void, undefined>

export class WireReader {
  readonly #domain: Domain
  readonly #cache: AnswerCache = new AnswerCache()
  /** What holds for the domain's revision: what the root directory says of `passwd`, and instances of directories. */
  #revision = -1
  #disclosure: Disclosure = 'masked'
  #generation = 0
  readonly #instances: Map<number, number> = new Map()
  #isCurrent = false
  readonly #forget: () => void

  constructor(domain: Domain) {
    this.#domain = domain
    this.#forget = () => {
      this.#isCurrent = false
    }
    domain.onChange(this.#forget)
  }

  /** READ (7): R.proplist. */
  read(out: XdrWriter, object: number): void {
    this.#look()
    const bytes = this.#directory(object)
    if (bytes === undefined) {
      out.u32(STATUS.NODIR)
      return
    }
    out.u32(STATUS.OK)
    this.#writeProperties(out, bytes, HEAD_BYTES)
  }

  /** LOOKUPREAD (28): R.proplist with the id of the directory that was searched. */
  lookupRead(out: XdrWriter, object: number, key: Span, value: Span): void {
    this.#look()
    const instance = this.#instanceOf(object)
    if (instance === NO_DIRECTORY) {
      out.u32(STATUS.NODIR)
      return
    }
    const child = this.#isSecretKey(key)
      ? (this.#findSecret(object, value)[0] ?? -1)
      : readFirstInIndex(this.#domain.store, indexReadKey(this.#generation, object, key, value))
    const bytes = child === -1 ? undefined : this.#directory(child)
    if (bytes === undefined) {
      out.u32(STATUS.NODIR)
      return
    }
    out.u32(STATUS.OK).u32(object).u32(instance)
    this.#writeProperties(out, bytes, HEAD_BYTES + ID_BYTES)
  }

  /** LOOKUP (10): R.lookup. */
  lookup(out: XdrWriter, object: number, key: Span, value: Span): void {
    this.#look()
    const instance = this.#instanceOf(object)
    if (instance === NO_DIRECTORY) {
      out.u32(STATUS.NODIR)
      return
    }
    const found = this.#isSecretKey(key)
      ? this.#findSecret(object, value)
      : readIndexAt(this.#domain.store, indexReadKey(this.#generation, object, key, value))
    if (found.length === 0) {
      out.u32(STATUS.NODIR)
      return
    }
    out.u32(STATUS.OK)
    encodeObjects(out, found)
    out.u32(object).u32(instance)
  }

  /**
   * SELF (3): R.id. ROOT (2) is the same of directory 0. Line A's two questions about versions (protocol.md §2.1) are answered from
   * the journal: which directory a version changed, and at which version a directory changed last.
   */
  self(out: XdrWriter, object: number, instance = 0): void {
    this.#look()
    if (object >= LAST_VERSION_OF) {
      this.#writeVersion(out, object, instance)
      return
    }
    const bytes = this.#directory(object)
    if (bytes === undefined) out.u32(STATUS.NODIR)
    else out.u32(STATUS.OK).u32(object).u32(instanceIn(bytes))
  }

  #writeVersion(out: XdrWriter, question: number, instance: number): void {
    const newest = this.#revision
    const found =
      question === OBJECT_AT_VERSION
        ? this.#domain.entryAt(instance === APPEND ? newest : instance)
        : this.#domain.lastEntryOf(instance, VERSIONS_LOOKED_AT)
    if (found === undefined) out.u32(STATUS.NODIR)
    else out.u32(STATUS.OK).u32(found.object).u32(found.revision)
  }

  /** PARENT (4): R.parent. */
  parent(out: XdrWriter, object: number): void {
    this.#look()
    const bytes = this.#directory(object)
    if (bytes === undefined) out.u32(STATUS.NODIR)
    else out.u32(STATUS.OK).u32(parentIn(bytes)).u32(object).u32(instanceIn(bytes))
  }

  /** LISTPROPS (17): R.namelist. */
  listProperties(out: XdrWriter, object: number): void {
    this.#look()
    const bytes = this.#directory(object)
    if (bytes === undefined) {
      out.u32(STATUS.NODIR)
      return
    }
    const instance = instanceIn(bytes)
    out.u32(STATUS.OK)
    encodeNames(
      out,
      propertiesIn(bytes).map(({ name }) => name),
    )
    out.u32(object).u32(instance)
  }

  /** READPROP (14): R.namelist. */
  readProperty(out: XdrWriter, object: number, index: number): void {
    const found = this.#visible(object)
    const property = found?.properties[index]
    if (found === undefined || property === undefined) {
      out.u32(found === undefined ? STATUS.NODIR : STATUS.NOPROP)
      return
    }
    out.u32(STATUS.OK)
    encodeNames(out, property.values)
    out.u32(object).u32(found.instance)
  }

  /** READNAME (20): R.readname. */
  readValue(out: XdrWriter, object: number, index: number, at: number): void {
    const found = this.#visible(object)
    const property = found?.properties[index]
    const value = property?.values[at]
    if (found === undefined || property === undefined || value === undefined) {
      out.u32(found === undefined ? STATUS.NODIR : property === undefined ? STATUS.NOPROP : STATUS.NONAME)
      return
    }
    out.u32(STATUS.OK).u32(object).u32(found.instance).text(value)
  }

  /** CHILDREN (9): R.children; in parts where they are many. */
  children(out: XdrWriter, object: number): Parts | null {
    return this.#answerAll(out, object, 'children\0', {
      before: () => {},
      each: (part, child) => void part.u32(child),
      after: (part, instance) => void part.u32(object).u32(instance),
      needsRecords: false,
    })
  }

  /** LIST (11): R.list; in parts where the children are many. */
  list(out: XdrWriter, object: number, given: Buffer): Parts | null {
    const key = untilNul(given)
    const name = key.toString('latin1')
    const isSecret = name === SECRET_NAME
    return this.#answerAll(out, object, `list\0${name}`, {
      before: () => {},
      each: (part, child, record, disclosure) => {
        part.u32(child)
        const values = valuesIn(record, key)
        part.bool(values !== null)
        if (values === null) return
        if (isSecret) encodeNames(part, visibleSecret(record, disclosure))
        else part.raw(record.subarray(values.from, values.to))
      },
      after: (part, instance) => void part.u32(object).u32(instance),
      needsRecords: true,
    })
  }

  /** LISTALL (23): R.listall; in parts where the children are many. */
  listAll(out: XdrWriter, object: number): Parts | null {
    return this.#answerAll(out, object, 'listall\0', {
      before: (part, instance) => void part.u32(object).u32(instance),
      each: (part, _, record, disclosure) => writeProperties(part, record, HEAD_BYTES + ID_BYTES, disclosure),
      after: () => {},
      needsRecords: true,
    })
  }

  /**
   * READALL (25) of the moment of this call: R.readall, always in parts. The caller takes all of them, or calls `return`.
   * @param isRevealing whether `passwd` is given as it is: to a clone alone
   */
  readAll(isRevealing: boolean): Parts {
    this.#look()
    const parts = this.#copyParts(isRevealing)
    // Up to the first yield: the snapshot is then taken, and `return` gives it back.
    parts.next()
    return parts
  }

  *#copyParts(isRevealing: boolean): Parts {
    // What is said of `passwd` when an answer begins holds to its end.
    const disclosure = this.#disclosure
    const snapshot = this.#domain.store.snapshot()
    try {
      yield NO_RECORD
      const { checksum, highest, generation } = aboutIn(snapshot)
      const part = new XdrWriter(2 * READALL_PART_BYTES)
      // One more than the largest: line N's receivers take it for the first number not in use, line A's for a hint.
      part
        .u32(STATUS.OK)
        .u32(checksum)
        .u32(highest + 1)
      for (const record of walkRecords(snapshot, generation)) {
        part.bool(true)
        if (isRevealing) part.raw(record.subarray(HEAD_BYTES))
        else writeProperties(part, record, HEAD_BYTES, disclosure)
        const count = childCountIn(record)
        part.u32(parentIn(record)).u32(count)
        if (count > 0)
          for (const { value } of snapshot.range(childRange(generation, idIn(record).object))) part.raw(value)
        if (part.length < READALL_PART_BYTES) continue
        yield part.toBytes()
        part.reset()
      }
      yield part.bool(false).toBytes()
    } finally {
      snapshot.close()
    }
  }

  /** An answer that tells something of each child, from the cache, at once, or in parts. */
  #answerAll(out: XdrWriter, object: number, what: string, shape: Shape): Parts | null {
    this.#look()
    const bytes = this.#directory(object)
    if (bytes === undefined) {
      out.u32(STATUS.NODIR)
      return null
    }
    const instance = instanceIn(bytes)
    const count = childCountIn(bytes)
    const disclosure = this.#disclosure
    const name = `${object}\0${disclosure}\0${what}`
    const stamp = stampIn(this.#domain.store, this.#generation, object)
    const kept = this.#cache.get(name, this.#generation, stamp, instance)
    if (kept !== undefined) {
      out.raw(kept)
      return null
    }
    if (count > PARTS_FROM) return this.#parts(object, shape, name, disclosure)
    const start = out.length
    out.u32(STATUS.OK)
    shape.before(out, instance)
    out.u32(count)
    for (const { value } of this.#domain.store.range(childRange(this.#generation, object)))
      writeChild(out, this.#domain.store, this.#generation, value.readUInt32BE(0), shape, disclosure)
    shape.after(out, instance)
    this.#cache.put(name, this.#generation, stamp, instance, out.view.subarray(start))
    return null
  }

  *#parts(object: number, shape: Shape, name: string, disclosure: Disclosure): Parts {
    // All of it is of one moment, which may be later than that of the call: the first part is asked for when there is room.
    const snapshot = this.#domain.store.snapshot()
    const kept: Buffer[] = []
    let keptBytes = 0
    try {
      const { generation } = aboutIn(snapshot)
      const stamp = stampIn(snapshot, generation, object)
      const bytes = snapshot.get(directoryKey(generation, object))
      if (bytes === undefined) {
        yield new XdrWriter().u32(STATUS.NODIR).toBytes()
        return
      }
      const instance = instanceIn(bytes)
      const keep = (part: XdrWriter): Buffer => {
        const copy = part.toBytes()
        keptBytes += copy.length
        if (this.#cache.fits(keptBytes)) kept.push(copy)
        part.reset()
        return copy
      }
      const part = new XdrWriter(PART_CHILDREN * 64)
      part.u32(STATUS.OK)
      shape.before(part, instance)
      part.u32(childCountIn(bytes))
      let told = 0
      for (const { value } of snapshot.range(childRange(generation, object))) {
        writeChild(part, snapshot, generation, value.readUInt32BE(0), shape, disclosure)
        told += 1
        if (told % PART_CHILDREN === 0) yield keep(part)
      }
      shape.after(part, instance)
      yield keep(part)
      if (this.#cache.fits(keptBytes)) this.#cache.put(name, generation, stamp, instance, Buffer.concat(kept))
    } finally {
      snapshot.close()
    }
  }

  /**
   * Sees what may have changed: the generation, and what is said of `passwd`. Within one turn of the event loop a store's reads
   * are of one moment, unless this process writes, so once a turn is enough.
   */
  #look(): void {
    if (this.#isCurrent) return
    this.#isCurrent = true
    setImmediate(this.#forget)
    const { revision, generation } = this.#domain.about()
    if (revision === this.#revision) return
    this.#revision = revision
    this.#generation = generation
    this.#disclosure = this.#domain.disclosure()
    this.#instances.clear()
  }

  /** The instance of a directory that is searched; -1 where there is none. The same few are asked for again and again. */
  #instanceOf(object: number): number {
    const known = this.#instances.get(object)
    if (known !== undefined) return known
    const bytes = this.#directory(object)
    const instance = bytes === undefined ? NO_DIRECTORY : instanceIn(bytes)
    if (this.#instances.size >= INSTANCES_MAX) this.#instances.clear()
    this.#instances.set(object, instance)
    return instance
  }

  #directory(object: number): Buffer | undefined {
    const bytes = this.#domain.store.get(directoryReadKey(this.#generation, object))
    return bytes === undefined ? undefined : requireRecord(bytes)
  }

  /** A key ends at its first NUL: what follows must not make another of it. */
  #isSecretKey({ bytes, from, to }: Span): boolean {
    const end = from + SECRET_NAME.length
    return (to === end || (to > end && bytes[end] === 0)) && bytes.toString('latin1', from, end) === SECRET_NAME
  }

  /** The children whose `passwd`, as it is shown, contains a value. */
  #findSecret(object: number, { bytes, from, to }: Span): readonly number[] {
    const value = textOf(untilNul(bytes.subarray(from, to)))
    const all = this.#domain.findSecret(object)
    if (this.#disclosure === 'masked') return value === MASK ? all : []
    return all.filter((child) => {
      const found = this.#directory(child)
      return found !== undefined && visibleSecret(found, this.#disclosure).includes(value)
    })
  }

  #visible(object: number): { readonly instance: number; readonly properties: Properties } | undefined {
    this.#look()
    const bytes = this.#directory(object)
    if (bytes === undefined) return undefined
    return { instance: instanceIn(bytes), properties: maskProperties(propertiesIn(bytes), this.#disclosure) }
  }

  #writeProperties(out: XdrWriter, record: Buffer, from: number): void {
    writeProperties(out, record, from, this.#disclosure)
  }
}

/** The record from a byte on, with `passwd` as it is shown. */
function writeProperties(out: XdrWriter, record: Buffer, from: number, disclosure: Disclosure): void {
  const secret = secretIn(record)
  if (secret.from === 0) {
    out.part(record, from, record.length)
  } else if (secret.from === ALL_SECRET || disclosure !== 'masked') {
    out.raw(record.subarray(from, HEAD_BYTES + ID_BYTES))
    encodeProperties(out, maskProperties(propertiesIn(record), disclosure))
  } else {
    out.part(record, from, secret.from)
    out.raw(MASKED_VALUES)
    out.part(record, secret.to, record.length)
  }
}

/** The values of a record's first `passwd`, as they are shown. */
function visibleSecret(record: Buffer, disclosure: Disclosure): readonly string[] {
  const property = propertiesIn(record).find(({ name }) => name === SECRET_NAME)
  return property === undefined ? [] : visibleValues(property, disclosure)
}

function stampIn(reader: Reader, generation: number, object: number): number {
  const bytes = reader.get(stampKey(generation, object))
  return bytes === undefined ? 0 : readU64(bytes, 0)
}

function writeChild(
  out: XdrWriter,
  reader: Reader,
  generation: number,
  child: number,
  shape: Shape,
  disclosure: Disclosure,
): void {
  const record = shape.needsRecords ? reader.get(directoryKey(generation, child)) : NO_RECORD
  if (record !== undefined) shape.each(out, child, record, disclosure)
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end === -1 ? bytes : bytes.subarray(0, end)
}

/** What an answer about all children is made of. */
interface Shape {
  /** What stands before the count. */
  readonly before: (out: XdrWriter, instance: number) => void
  readonly each: (out: XdrWriter, child: number, record: Buffer, disclosure: Disclosure) => void
  readonly after: (out: XdrWriter, instance: number) => void
  readonly needsRecords: boolean
}

const NO_RECORD = Buffer.alloc(0)
