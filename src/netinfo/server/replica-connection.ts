/** What servers of one domain say to each other (protocol.md §9): updates, RESYNC, CRASHED and READALL. */
import type { DirectoryObject, Id, WriteOperation } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'

/** A domain's copy as it comes in, one directory at a time. */
export interface IncomingCopy {
  readonly checksum: number
  /** A hint alone: line A sends the largest object number, line N one more. */
  readonly highestId: number
  readonly objects: AsyncIterable<DirectoryObject>
}

/** Every call rejects with a `DirectoryError`: the other server's status, or FAILED when it does not answer. */
export interface ReplicaConnection {
  /** The ids that the other server gave: that of the directory (the parent for create and destroy), and a created child's. */
  readonly update: (operation: WriteOperation) => Promise<{ readonly id: Id; readonly child?: Id }>
  readonly resync: () => Promise<void>
  readonly crashed: (checksum: number) => Promise<void>
  /** Null when the checksums are equal. */
  readonly readAll: (checksum: number) => Promise<IncomingCopy | null>
  readonly close: () => void
}

/**
 * Connects without credentials from a reserved port, which is what proves a server to another. The signal ends connecting, and every call
 * of the connection.
 */
export type ConnectReplica = (server: Binding, signal?: AbortSignal) => Promise<ReplicaConnection>

/** What happened between servers, for the log of who runs them. */
export type ReplicationEvent =
  | { readonly event: 'role-changed'; readonly role: string }
  /** An update, RESYNC or CRASHED that a clone did not take: it gets no updates until it has compared. */
  | { readonly event: 'clone-failed'; readonly server: Binding; readonly reason: string }
  | { readonly event: 'clone-current'; readonly server: Binding }
  | { readonly event: 'copy-received'; readonly server: Binding; readonly checksum: number }
  /** A comparison with the master that came to nothing; it is tried again. */
  | { readonly event: 'copy-failed'; readonly server: Binding | null; readonly reason: string }
  /** On a clone: an update from the master did not fit, and the clone compares. */
  | { readonly event: 'update-refused' }

export type OnReplicationEvent = (event: ReplicationEvent) => void
