/** Why the desk did not do what was asked: what a page explains, and the API answers with a status. */
import type { JournalEntry } from '../../directory/index.ts'
import type { DeskDirectory } from './read.ts'

/** Why an entry of the journal cannot be taken back as things are now. */
export type UndoRefusal =
  /** The journal keeps that a password changed, and not the password. */
  | 'secret'
  /** What the entry put there is there no more. */
  | 'changedSince'
  /** The directory, or the one it stood in, is there no more. */
  | 'gone'
  /** Two directories, or two properties, fit what the entry tells. */
  | 'ambiguous'
  | 'hasChildren'
  /** A directory with the same properties is there already. */
  | 'isThere'
  /** The copy of a master replaced everything since, or this was that copy. */
  | 'replaced'
  | 'tooOld'

export type DeskFailure =
  | { readonly kind: 'notFound'; readonly path: string }
  /** Writes are the master's to do: HOST/TAG, where the domain names it. */
  | { readonly kind: 'clone'; readonly master: string | null }
  /** Another wrote since the caller read; `current` is null when the directory is gone. */
  | { readonly kind: 'stale'; readonly current: DeskDirectory | null; readonly since: readonly JournalEntry[] }
  /** The access list of the directory does not name the caller. */
  | { readonly kind: 'denied'; readonly path: string }
  | { readonly kind: 'locked'; readonly path: string }
  | { readonly kind: 'tooMany'; readonly count: number; readonly max: number }
  /** Another number of directories is there than the caller was told. */
  | { readonly kind: 'countChanged'; readonly count: number }
  /** A directory cannot be moved into itself, nor the root anywhere. */
  | { readonly kind: 'misplaced' }
  /** More than the protocol carries, or than the disk holds. */
  | { readonly kind: 'tooLarge'; readonly detail: string }
  /** A text to import is not of its format; the place is named. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  | { readonly kind: 'busy' }
  /** Some was done, then this stopped the rest. */
  | { readonly kind: 'partly'; readonly done: number; readonly cause: DeskFailure }
  | { readonly kind: 'undo'; readonly reason: UndoRefusal; readonly by: JournalEntry | null }

export class DeskError extends Error {
  override readonly name: string = 'DeskError'
  readonly failure: DeskFailure

  constructor(failure: DeskFailure) {
    super(`the desk refused: ${failure.kind}`)
    this.failure = failure
  }
}
