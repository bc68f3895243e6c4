/**
 * What the site itself keeps: one store in the data folder, beside the domains. Its name does not end as theirs do, so that it is
 * not taken for one.
 *
 * Each part of the site has keys of its own, which begin with its prefix:
 *
 *     feedback/   what visitors said of pages (feedback/feedback-book.ts)
 *     session/    who has signed in
 *     token/      what programs sign in with
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { LmdbStore } from '../store/index.ts'
import type { KeyRange, Store } from '../store/index.ts'

const FILE = 'web.store'
/** No UTF-8 text has this byte: it ends the range of all that begins alike. */
const AFTER_TEXT = Buffer.of(0xff)

/**
 * Opens the site's store in a data folder; makes it where there is none.
 * @throws ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION, ERR_PORTOLAN_STORE_FULL
 */
export function openWebStore(dataFolder: string): Store {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  return LmdbStore.open(join(dataFolder, FILE))
}

/** All keys that begin with a text; none of them may go on with the byte 0xff. */
export function keysFrom(prefix: string): KeyRange {
  const from = Buffer.from(prefix)
  return { from, to: Buffer.concat([from, AFTER_TEXT]) }
}
