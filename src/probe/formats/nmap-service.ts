/** nmap's element `service`: what a banner is to it, both ways. */
import type { Banner } from '../model.ts'
import { boundedText, textOrNull } from './report-builder.ts'

/** Attributes of `service` that a banner keeps among its details, by the same names. */
const DETAILS = ['extrainfo', 'hostname', 'ostype', 'devicetype'] as const
/** nmap's word for a service whose protocol it does not know, and that for one that hangs up before it has said anything. */
const UNKNOWN = 'unknown'
const SILENT = 'tcpwrapped'
/** How sure nmap is, of ten: of a name from its table, and of one that the service itself has shown. */
const CONFIDENCE = { table: '3', probed: '10' } as const

/** Null where the service was not asked, and the name is only what the port is registered for. */
export function readNmapService(attribute: (name: string) => string | null): Banner | null {
  const name = attribute('name') ?? UNKNOWN
  if (attribute('method') !== 'probed' || name === SILENT) return null
  const details: Record<string, string> = {}
  for (const key of DETAILS) {
    const value = attribute(key)
    if (value !== null && value !== '') details[key] = boundedText(value)
  }
  if (attribute('tunnel') === 'ssl') details['tunnel'] = 'ssl'
  return {
    service: name === UNKNOWN ? null : textOrNull(name),
    product: textOrNull(attribute('product')),
    version: textOrNull(attribute('version')),
    text: null,
    tls: null,
    details,
  }
}

/** Whether the service spoke through TLS; a file of nmap's says no more of it. */
export function isTunnelled({ tls, details }: Banner): boolean {
  return tls !== null || details['tunnel'] === 'ssl'
}

/** The attributes of `service`, in nmap's order; null where there is neither a banner nor a registered name. */
export function writeNmapService(
  banner: Banner | null,
  registeredName: string | null,
): readonly (readonly [string, string])[] | null {
  if (banner === null) {
    if (registeredName === null) return null
    return [
      ['name', registeredName],
      ['method', 'table'],
      ['conf', CONFIDENCE.table],
    ]
  }
  const { service, product, version, details } = banner
  const known = [
    ['product', product],
    ['version', version],
    ...DETAILS.map((key) => [key, details[key] ?? null] as const),
    ['tunnel', isTunnelled(banner) ? 'ssl' : null],
  ] as const
  return [
    ['name', service ?? UNKNOWN],
    ...known.flatMap(([key, value]) => (value === null || value === '' ? [] : [[key, value] as const])),
    ['method', 'probed'],
    ['conf', service === null ? CONFIDENCE.table : CONFIDENCE.probed],
  ]
}
