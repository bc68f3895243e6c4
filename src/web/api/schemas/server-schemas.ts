/** What the server tells of itself. */
import * as v from 'valibot'
import { count, flag, port, text, texts, version } from './words.ts'

export const alive: v.GenericSchema = v.object({ status: v.literal('alive') })

export const readiness: v.GenericSchema = v.object({
  ready: flag,
  checks: v.array(v.object({ name: text, ready: flag, detail: text })),
})

export const feedbackAnswer: v.GenericSchema = v.object({
  schemaVersion: version,
  total: count,
  counts: v.array(v.object({ port, language: text, yes: count, partly: count, no: count })),
  next: v.nullable(count),
})

export const apiIndex: v.GenericSchema = v.object({ version: text, document: text, reference: text, paths: texts })
