/** Ordered keys, compare-and-set batches, revisions and watches; the embedded engine. */
export { LmdbStore } from './lmdb.ts'
export { refuseCutBackup } from './lmdb-file.ts'
export { Overlay } from './overlay.ts'
export type {
  Batch,
  Condition,
  Entry,
  KeyRange,
  RangeOptions,
  Reader,
  Snapshot,
  Store,
  StoreChange,
  Watch,
} from './store.ts'
