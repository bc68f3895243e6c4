/** What passes between the server and the chart's island, for both to check by; it uses nothing of ours. */
import * as v from 'valibot'

const text = v.string()
const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly())
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))

const wordsSchema = v.object({
  /** What the canvas is, for who cannot see it, and what kind of thing. */
  canvas: text,
  role: text,
  title: text,
  status: text,
  service: text,
  lore: text,
  extinct: text,
  malware: text,
  here: text,
  listener: text,
  unseen: text,
  declared: text,
  entry: text,
  ghost: text,
  none: text,
  open: text,
  liveOn: text,
  liveOff: text,
})
export type IslandWords = v.InferOutput<typeof wordsSchema>

export const islandSchema = v.object({
  transport: text,
  /** The port to begin at. */
  port: v.nullable(port),
  /** Whether the reader may see what is on this machine, and is told of it. */
  isLive: v.boolean(),
  /** The address of the bytes. */
  cells: text,
  /** What stands before a port in the address of its page. */
  pages: text,
  /** For `Intl`, with the reader's digits. */
  locale: text,
  /** The reader's ten digits. */
  digits: text,
  direction: v.picklist(['ltr', 'rtl']),
  words: wordsSchema,
  /** In the order of the byte's numbers. */
  statuses: list(text),
  /** System, user, dynamic. */
  ranges: list(text),
})
export type IslandData = v.InferOutput<typeof islandSchema>

const cellNamesSchema = v.object({
  /** By transport. */
  services: v.optional(v.record(text, list(text))),
  lore: v.optional(list(v.object({ name: text, state: v.picklist(['current', 'extinct', 'malware']) }))),
})
/** Names of one port; what it does not have is left out. */
export type CellNames = v.InferOutput<typeof cellNamesSchema>

export const rowSchema = v.record(text, cellNamesSchema)
/** Of the ports of one row, by number; ports of which nothing is known are left out. */
export type RowNames = v.InferOutput<typeof rowSchema>

export const presentSchema = v.object({
  listeners: list(
    v.object({
      transport: text,
      address: text,
      /** Null where it may not be seen. */
      process: v.nullable(text),
    }),
  ),
  declared: list(
    v.object({
      domain: text,
      names: list(text),
      /** Empty: all. */
      protocols: list(text),
    }),
  ),
})
/** What is on a port now. */
export type CellPresent = v.InferOutput<typeof presentSchema>

const portsSchema = v.object({ listening: list(port), declared: list(port) })
/** Ports of one transport, ascending, each once. */
export type PortsPresent = v.InferOutput<typeof portsSchema>

export const presenceSchema = v.record(text, portsSchema)
/** By transport; one that has neither is left out. */
export type PresenceByTransport = v.InferOutput<typeof presenceSchema>
