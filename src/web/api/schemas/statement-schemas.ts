/** Who says what: statements with their sources, and what a directory declares. */
import * as v from 'valibot'
import type { Citation, CitedText, Declaration } from '../../../answer/index.ts'
import { count, dayOrNull, flag, text, textOrNull, texts, time } from './words.ts'

export const citation: v.GenericSchema<unknown, Citation> = v.pipe(
  v.object({ title: text, publisher: text, url: text, date: dayOrNull, seen: flag }),
  v.description('Where a statement is made. Where `seen` is false, take it as unverified.'),
)

/** A text and where it is said; more may stand beside them. */
export const cited = { text, citations: v.array(citation) }

export const statement: v.GenericSchema<unknown, CitedText> = v.object(cited)

export const declaration: v.GenericSchema<unknown, Declaration> = v.pipe(
  v.object({
    level: count,
    domain: text,
    server: textOrNull,
    path: text,
    names: texts,
    protocols: texts,
    description: textOrNull,
    by: v.nullable(v.object({ who: text, from: text, time, revision: count })),
  }),
  v.description('An entry of a directory that says that a port should be in use.'),
)
