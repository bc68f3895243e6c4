/**
 * What a client may do with a domain: one method for each procedure (protocol.md §5), over whichever server of the domain
 * answers.
 *
 * Every method rejects with a `DirectoryError` whose status is the server's answer, or `STATUS.FAILED` when no server gave one
 * within the time allowed.
 */
import type { DirectoryObject, Id, Properties, Property } from '../directory/index.ts'

/** A server: where it is (dotted quad) and under which tag it serves. */
export interface Binding {
  readonly tag: string
  readonly address: string
}

export interface ListEntry {
  readonly object: number
  /** Null where the child lacks the property, or the property has no values. */
  readonly values: readonly string[] | null
}

export interface DomainHandle {
  /** The server that answers now. */
  readonly server: Binding

  readonly ping: () => Promise<void>
  readonly statistics: () => Promise<Properties>
  readonly root: () => Promise<Id>
  readonly self: (object: number) => Promise<Id>
  readonly parent: (object: number) => Promise<{ readonly parent: number; readonly id: Id }>
  readonly read: (object: number) => Promise<{ readonly id: Id; readonly properties: Properties }>
  readonly children: (object: number) => Promise<{ readonly objects: readonly number[]; readonly id: Id }>
  /** Rejects with NODIR when nothing is found. */
  readonly lookup: (
    object: number,
    key: string,
    value: string,
  ) => Promise<{ readonly objects: readonly number[]; readonly id: Id }>
  readonly lookupRead: (
    object: number,
    key: string,
    value: string,
  ) => Promise<{ readonly id: Id; readonly properties: Properties }>
  readonly list: (object: number, key: string) => Promise<{ readonly entries: readonly ListEntry[]; readonly id: Id }>
  readonly listAll: (object: number) => Promise<{ readonly id: Id; readonly children: readonly Properties[] }>
  readonly listProperties: (object: number) => Promise<{ readonly names: readonly string[]; readonly id: Id }>
  readonly readProperty: (
    object: number,
    property: number,
  ) => Promise<{ readonly values: readonly string[]; readonly id: Id }>
  readonly readValue: (
    object: number,
    property: number,
    value: number,
  ) => Promise<{ readonly value: string; readonly id: Id }>
  readonly rparent: () => Promise<Binding>

  /** `where` counts from 0; left out, it appends. */
  readonly create: (
    parent: Id,
    properties: Properties,
    where?: number,
  ) => Promise<{ readonly child: Id; readonly parent: Id }>
  /** @returns the parent's new id */
  readonly destroy: (parent: Id, child: Id) => Promise<Id>
  readonly write: (id: Id, properties: Properties) => Promise<Id>
  readonly createProperty: (id: Id, property: Property, where?: number) => Promise<Id>
  readonly destroyProperty: (id: Id, property: number) => Promise<Id>
  readonly writeProperty: (id: Id, property: number, values: readonly string[]) => Promise<Id>
  readonly renameProperty: (id: Id, property: number, name: string) => Promise<Id>
  readonly createValue: (id: Id, property: number, value: string, where?: number) => Promise<Id>
  readonly destroyValue: (id: Id, property: number, index: number) => Promise<Id>
  readonly writeValue: (id: Id, property: number, index: number, value: string) => Promise<Id>

  readonly resync: () => Promise<void>
  readonly crashed: (checksum: number) => Promise<void>
  /** The whole domain, one directory at a time, as the answer comes in. Null when the checksums are equal. */
  readonly readAll: (checksum: number) => Promise<{
    readonly checksum: number
    readonly highestId: number
    readonly objects: AsyncIterable<DirectoryObject>
  } | null>

  /**
   * The directory at a path (protocol.md §7.5): `/users/pia`, `/machines/ip_address=192.168.1.5`; backslash escapes `/`, `=`
   * and itself; all digits are an object number. Rejects with NODIR where a component is not found.
   */
  readonly resolve: (path: string) => Promise<Id>
  /** A handle on the master of this domain (root property `master`); this one when it is the master already. */
  readonly master: () => Promise<DomainHandle>
  readonly close: () => void
}

export interface OpenOptions {
  /** For one call, in milliseconds: reads 5,000 and writes 60,000 when left out. */
  readonly readTimeoutMs?: number
  readonly writeTimeoutMs?: number
  /** Whether a call that finds no server gives up after its time (true, the default) or tries for ever. */
  readonly isAborting?: boolean
  /** Writes are made as this user. The name is sought in `/users`; without a password none is sent. */
  readonly user?: string
  readonly password?: string
  /** Where to ask binders instead of by way of the portmapper: `host:port` for a server started on ports of its own. */
  readonly binderPort?: number
  readonly signal?: AbortSignal
}
