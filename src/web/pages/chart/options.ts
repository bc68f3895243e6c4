/** What the address of a chart asks for: `?transport=udp&port=973&show=ghost&show=lore`. */
import * as v from 'valibot'
import { TRANSPORTS } from '../../../registry/index.ts'
import type { Registry, Transport } from '../../../registry/index.ts'
import { toLatinDigits } from '../../i18n/digits.ts'
import { readPort } from '../port/read-port.ts'
import { LAYERS } from './cell-code.ts'
import type { Layer } from './cell-code.ts'

export const ALL_LAYERS: ReadonlySet<Layer> = new Set(LAYERS)

/** The edge of a picture, in pixels: below it nothing can be read, above it nobody has paper. */
const SIZE_MIN = 64
const SIZE_MAX = 8192
const SIZE_USUAL = 1024

/** As much as a port's or a service's name needs; the registry's longest has 15 characters, the lore's 60. */
const NAME_CHARS_MAX = 80

const transportSchema = v.picklist(TRANSPORTS)
const layersSchema = v.pipe(v.array(v.picklist(LAYERS)), v.minLength(1), v.maxLength(LAYERS.length))
const schemeSchema = v.picklist(['light', 'dark'])
const sizeSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}$/),
  v.transform(Number),
  v.minValue(SIZE_MIN),
  v.maxValue(SIZE_MAX),
)

export interface ChartOptions {
  readonly transport: Transport
  readonly shown: ReadonlySet<Layer>
  /** What the reader wants to go to, as they wrote it; empty where they want nothing. */
  readonly wanted: string
  /** The port that it stands for; null where there is none. */
  readonly port: number | null
}

export interface PictureOptions extends Pick<ChartOptions, 'transport' | 'shown'> {
  readonly scheme: 'light' | 'dark'
  /** Width in pixels. */
  readonly size: number
  /** Without title, legend and labels. */
  readonly isPlain: boolean
}

/** Of a page every part that makes no sense counts as not given. */
export function readChartOptions(url: string, registry: Registry): ChartOptions {
  const query = new URL(url).searchParams
  const wanted = (query.get('port') ?? '').trim().slice(0, NAME_CHARS_MAX)
  const transport = v.is(transportSchema, query.get('transport'))
    ? v.parse(transportSchema, query.get('transport'))
    : null
  return {
    transport: transport ?? TRANSPORTS[0],
    shown: readLayers(query) ?? ALL_LAYERS,
    wanted,
    port: wanted === '' ? null : (readPort(toLatinDigits(wanted)) ?? portOfName(registry, wanted)),
  }
}

/** Of a file all parts must be right: null where one is not. */
export function readPictureOptions(url: string): PictureOptions | null {
  const query = new URL(url).searchParams
  const transport = v.safeParse(transportSchema, query.get('transport') ?? TRANSPORTS[0])
  const scheme = v.safeParse(schemeSchema, query.get('scheme') ?? 'light')
  const size = v.safeParse(sizeSchema, query.get('size') ?? String(SIZE_USUAL))
  const shown = query.has('show') ? readLayers(query) : ALL_LAYERS
  if (!transport.success || !scheme.success || !size.success || shown === null) return null
  return {
    transport: transport.output,
    scheme: scheme.output,
    size: size.output,
    shown,
    isPlain: query.has('plain'),
  }
}

/** The query of a chart that shows the same; `?` before it, empty for what is usual. */
export function chartQuery({ transport, shown }: Pick<ChartOptions, 'transport' | 'shown'>, more = ''): string {
  const query = new URLSearchParams(more)
  if (transport !== TRANSPORTS[0]) query.set('transport', transport)
  if (shown.size !== LAYERS.length) for (const layer of shown) query.append('show', layer)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

function readLayers(query: URLSearchParams): ReadonlySet<Layer> | null {
  const result = v.safeParse(layersSchema, query.getAll('show'))
  return result.success ? new Set(result.output) : null
}

function portOfName(registry: Registry, name: string): number | null {
  return registry.byName(name).find(({ ports }) => ports !== null)?.ports?.first ?? null
}
