/** The pieces that many answers share. */
import * as v from 'valibot'
import { PORT_MAX, STATUSES, TRANSPORTS } from '../../../registry/index.ts'

export const text: v.GenericSchema<unknown, string> = v.string()
export const textOrNull: v.GenericSchema<unknown, string | null> = v.nullable(v.string())
export const texts: v.GenericSchema<unknown, string[]> = v.array(v.string())
export const flag: v.GenericSchema<unknown, boolean> = v.boolean()
export const count: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.integer(), v.minValue(0))
export const port: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(PORT_MAX),
)
export const version: v.GenericSchema<unknown, 1> = v.pipe(
  v.literal(1),
  v.description('Counts the changes that can break a reader.'),
)
export const transport: v.GenericSchema<unknown, (typeof TRANSPORTS)[number]> = v.picklist(TRANSPORTS)
export const status: v.GenericSchema<unknown, (typeof STATUSES)[number]> = v.picklist(STATUSES)
export const time: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.isoTimestamp())
/** As exact as its source: a year, a month or a day. */
export const day: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^(\d{4}(-\d\d(-\d\d)?)?)?$/))
export const dayOrNull: v.GenericSchema<unknown, string | null> = v.nullable(day)

export const span: v.GenericSchema<unknown, { first: number; last: number }> = v.pipe(
  v.object({ first: port, last: port }),
  v.description('Ports, both ends included.'),
)
