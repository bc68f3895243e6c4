/** The ten writes (protocol.md §5), as records: what a caller asks, what a journal keeps, what a master sends its clones. */
import type { Id, Properties, Property } from './model.ts'

export type WriteOperation =
  | {
      readonly kind: 'create'
      readonly parent: Id
      readonly properties: Properties
      readonly where: number
      /** Only a master names it, to its clones: the id that the child got. */
      readonly target?: Id
    }
  | { readonly kind: 'destroy'; readonly parent: Id; readonly child: Id }
  | { readonly kind: 'write'; readonly id: Id; readonly properties: Properties }
  | { readonly kind: 'createProperty'; readonly id: Id; readonly property: Property; readonly where: number }
  | { readonly kind: 'destroyProperty'; readonly id: Id; readonly index: number }
  | { readonly kind: 'writeProperty'; readonly id: Id; readonly index: number; readonly values: readonly string[] }
  | { readonly kind: 'renameProperty'; readonly id: Id; readonly index: number; readonly name: string }
  | {
      readonly kind: 'createValue'
      readonly id: Id
      readonly index: number
      readonly value: string
      readonly where: number
    }
  | { readonly kind: 'destroyValue'; readonly id: Id; readonly index: number; readonly at: number }
  | {
      readonly kind: 'writeValue'
      readonly id: Id
      readonly index: number
      readonly at: number
      readonly value: string
    }

export type WriteKind = WriteOperation['kind']

/** Who asks: the superuser passes every check, anonymous only where a list says `*`. */
export interface Caller {
  readonly kind: 'superuser' | 'user' | 'anonymous'
  /** The user's name; for the superuser and anonymous, what the journal shall say. */
  readonly name: string
  /** An update from the domain's master: it is done as it stands, masks and all. */
  readonly isMaster?: true
  /** Where the request came from, for the journal: `192.168.1.9:1023`, `local`. */
  readonly from: string
}

/** What a write gives back: the new id of the directory it names (the parent for create and destroy). */
export interface WriteResult {
  readonly id: Id
  /** Of create alone. */
  readonly child?: Id
  /** The domain's revision after it. */
  readonly revision: number
}
