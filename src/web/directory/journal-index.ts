/**
 * Which of the newest entries of a journal are about which directory. It is read once, some 30 ms for 10,000 entries, and then kept
 * up to date by what is new, so that a page need not search the journal.
 */
import type { Domain, JournalEntry } from '../../directory/index.ts'

/** How far back the journal is searched, and changes are taken back: months of a small network. */
const LOOK_BACK = 10_000

/** More than twice as many are read anew, which drops those that are too old. */
const KEPT_MAX = 2 * LOOK_BACK

export class JournalIndex {
  readonly #domain: Domain
  readonly #revisions: Map<number, number[]> = new Map()
  readonly #ends: Map<number, number> = new Map()
  #count = 0
  #revision = 0
  #replacedAt = 0

  constructor(domain: Domain) {
    this.#domain = domain
  }

  /** Entries up to this revision are too old to be here. */
  get oldest(): number {
    return this.#domain.revision() - LOOK_BACK
  }

  /** The revision at which a copy of the master last replaced everything; 0 where none did. */
  get replacedAt(): number {
    return this.#replacedAt
  }

  /** The newest revision at which a number was given up; 0 where none is known. */
  endOf(object: number): number {
    return this.#ends.get(object) ?? 0
  }

  /** The entries about a directory since it was made, or all that are known, the newest first. */
  entriesOf(object: number, limit: number): readonly JournalEntry[] {
    const revisions = this.#revisions.get(object) ?? []
    const end = this.endOf(object)
    const found: JournalEntry[] = []
    for (let at = revisions.length - 1; at >= 0 && found.length < limit; at -= 1) {
      const revision = revisions[at] ?? 0
      if (revision <= end || revision <= this.oldest) break
      const entry = this.#domain.entryAt(revision)
      if (entry !== undefined) found.push(entry)
    }
    return found
  }

  /** The newest entry about a number, whatever it is. */
  newestOf(object: number): JournalEntry | null {
    const revision = this.#revisions.get(object)?.at(-1)
    return revision === undefined ? null : (this.#domain.entryAt(revision) ?? null)
  }

  /** Takes notice of what was written since. */
  update(): void {
    const revision = this.#domain.revision()
    if (revision === this.#revision) return
    if (this.#count > KEPT_MAX) this.#forget()
    const afterRevision = Math.max(this.#revision, revision - LOOK_BACK, 0)
    for (const entry of this.#domain.journal({ afterRevision })) this.#take(entry)
    this.#revision = revision
  }

  #take({ kind, object, revision }: JournalEntry): void {
    if (kind === 'replaceAll') {
      this.#forget()
      this.#replacedAt = revision
      return
    }
    this.#count += 1
    const revisions = this.#revisions.get(object)
    if (revisions === undefined) this.#revisions.set(object, [revision])
    else revisions.push(revision)
    if (kind === 'destroy') this.#ends.set(object, revision)
  }

  #forget(): void {
    this.#revisions.clear()
    this.#ends.clear()
    this.#count = 0
    this.#revision = 0
  }
}

const INDICES: WeakMap<Domain, JournalIndex> = new WeakMap()

/** The index of a domain's journal, as it is now. */
export function journalIndexOf(domain: Domain): JournalIndex {
  let index = INDICES.get(domain)
  if (index === undefined) {
    index = new JournalIndex(domain)
    INDICES.set(domain, index)
  }
  index.update()
  return index
}
