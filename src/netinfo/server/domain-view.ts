/** What the servers of this folder need of a domain: less than all of `Domain` (src/directory/domain.ts), which has it all. */
import type {
  Caller,
  DirectoryObject,
  Id,
  Properties,
  WriteListener,
  WriteOperation,
  WriteResult,
} from '../../directory/index.ts'

export interface DomainReads {
  readonly revision: () => number
  readonly checksum: () => number
  readonly highestId: () => number
  /** The real data, secrets included. */
  readonly read: (object: number) => { readonly id: Id; readonly properties: Properties } | undefined
  readonly childrenOf: (object: number) => readonly number[]
  readonly parentOf: (object: number) => number | undefined
  /** The children whose first property `key` has this value (LOOKUP); none is an empty list. */
  readonly find: (parent: number, key: string, value: string) => readonly number[]
  readonly findPath: (path: readonly (readonly [key: string, value: string])[]) => number | undefined
}

export interface DomainView extends DomainReads {
  /** Rejects with a `DirectoryError`. */
  readonly write: (operation: WriteOperation, caller: Caller) => Promise<WriteResult>
  /** Tells of each write as it was done, a create with its target; the returned function stops it. */
  readonly onWrite: (listener: WriteListener) => () => void
}

/** A domain whose whole contents another server's copy may replace. */
export interface ReplaceableDomain extends DomainView {
  readonly replaceAll: (objects: AsyncIterable<DirectoryObject>, checksum: number, from: string) => Promise<void>
}

/** The properties of the root directory; none where there is no root. */
export function rootProperties(domain: DomainReads): Properties {
  return domain.read(0)?.properties ?? []
}
