/** What every page of one running server has in common. */
import type { Source } from '../registry/index.ts'
import type { Assets } from './assets.ts'

export interface Frame {
  /** Where the outside finds us: `http://127.0.0.1:9730`; canonical addresses begin with it. */
  readonly origin: string
  readonly version: string
  /** What the registry's statuses rest on. */
  readonly source: Source
  readonly assets: Assets
}
