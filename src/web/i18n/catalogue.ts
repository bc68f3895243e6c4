/** The catalogues of messages: one folder a language, one file an area of the site, each a flat table of name and message. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import type account from '../../../locales/en/account.json'
import type chart from '../../../locales/en/chart.json'
import type common from '../../../locales/en/common.json'
import type directory from '../../../locales/en/directory.json'
import type listeners from '../../../locales/en/listeners.json'
import type port from '../../../locales/en/port.json'
import type search from '../../../locales/en/search.json'
import { packageFolder } from '../../core/index.ts'

interface Areas {
  readonly account: typeof account
  readonly chart: typeof chart
  readonly common: typeof common
  readonly directory: typeof directory
  readonly listeners: typeof listeners
  readonly port: typeof port
  readonly search: typeof search
}

/** `port.title`: every message there is. */
export type MessageKey = { [Area in keyof Areas]: `${Area}.${keyof Areas[Area] & string}` }[keyof Areas]

export const AREAS = [
  'account',
  'chart',
  'common',
  'directory',
  'listeners',
  'port',
  'search',
] as const satisfies readonly (keyof Areas)[]

const tableSchema = v.record(v.string(), v.string())

/** The folder of the catalogues, which the package carries. */
export function localesFolder(): string {
  return join(packageFolder(), 'locales')
}

/** All messages of a language by `area.name`; a few milliseconds, once a language. */
export function readCatalogue(tag: string): ReadonlyMap<string, string> {
  return new Map(
    AREAS.flatMap((area) => {
      const file = join(localesFolder(), tag, `${area}.json`)
      if (!existsSync(file)) return []
      const table = v.parse(tableSchema, JSON.parse(readFileSync(file, 'utf8')))
      return Object.entries(table).map(([name, text]) => [`${area}.${name}`, text] as const)
    }),
  )
}
