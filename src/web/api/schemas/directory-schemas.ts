/** Domains, directories and journals as the API tells them; passwords are always `*`. */
import * as v from 'valibot'
import type { Properties } from '../../../directory/index.ts'
import { count, flag, text, textOrNull, texts, time, version } from './words.ts'

export const propertyList: v.GenericSchema<unknown, Properties> = v.pipe(
  v.array(v.object({ name: text, values: texts })),
  v.description('In their order. A byte that is no part of UTF-8 is a lone surrogate, U+DC00 and the byte.'),
)

export const domainSummary: v.GenericSchema = v.object({
  tag: text,
  master: flag,
  revision: count,
  directories: count,
})

export const domainList: v.GenericSchema = v.object({ schemaVersion: version, domains: v.array(domainSummary) })

export const childRow: v.GenericSchema = v.pipe(
  v.object({
    object: count,
    instance: count,
    name: textOrNull,
    part: text,
    properties: propertyList,
    childCount: count,
  }),
  v.description('A child of a directory. `part` stands for it in an address, not yet encoded.'),
)

export const directory: v.GenericSchema = v.object({
  schemaVersion: version,
  domain: text,
  path: text,
  object: count,
  instance: count,
  revision: count,
  name: textOrNull,
  properties: propertyList,
  parent: v.nullable(count),
  children: v.object({ total: count, matched: count, from: count, rows: v.array(childRow), next: v.nullable(count) }),
})

export const written: v.GenericSchema = v.pipe(
  v.object({
    schemaVersion: version,
    object: v.nullable(count),
    instance: v.nullable(count),
    path: textOrNull,
    revision: count,
  }),
  v.description('What was written, as it is now; all but the revision is null for what is gone.'),
)

export const journalEntry: v.GenericSchema = v.object({
  revision: count,
  time,
  who: text,
  from: text,
  kind: text,
  object: count,
  path: text,
  changes: v.array(v.object({ name: text, at: count, before: v.nullable(texts), after: v.nullable(texts) })),
})

export const journalPage: v.GenericSchema = v.object({
  schemaVersion: version,
  revision: count,
  entries: v.array(journalEntry),
  next: v.nullable(count),
})

export const changeSummary: v.GenericSchema = v.object({
  kind: v.picklist(['create', 'change']),
  path: text,
  before: v.nullable(propertyList),
  after: propertyList,
})

export const importAnswer: v.GenericSchema = v.pipe(
  v.object({
    schemaVersion: version,
    done: flag,
    created: count,
    changed: count,
    same: count,
    digest: text,
    changes: v.array(changeSummary),
    problems: v.array(v.object({ line: count, message: text })),
  }),
  v.description('What an import did, or with `dryRun` would do. `changes` has the first 1000.'),
)
