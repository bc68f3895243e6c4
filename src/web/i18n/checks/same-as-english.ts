/** The messages that are rightly the same as in English, each with the reason: locales/same-as-english.json. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { localesFolder } from '../catalogue.ts'

const schema = v.record(
  v.string(),
  v.strictObject({
    reason: v.pipe(v.string(), v.minLength(3)),
    /** Tags of languages; all of them where it is left out. */
    languages: v.optional(v.array(v.string())),
  }),
)

/** By `area.name`. */
export type SameAsEnglish = v.InferOutput<typeof schema>

export function readSameAsEnglish(): SameAsEnglish {
  return v.parse(schema, JSON.parse(readFileSync(join(localesFolder(), 'same-as-english.json'), 'utf8')))
}

/** Whether a reason is given for a message of a language to be the same. */
export function maySame(same: SameAsEnglish, key: string, tag: string): boolean {
  const entry = same[key]
  return entry !== undefined && (entry.languages === undefined || entry.languages.includes(tag))
}
