/** Ports that nmap counts and does not list, and the transport they are of where it does not say. */
import type { PortState, ProbeTransport } from '../model.ts'
import { readPortText } from '../ports.ts'
import type { HostDraft } from './report-builder.ts'
import { isProbeTransport, readReason } from './scan-words.ts'

export interface UnlistedPart {
  readonly state: PortState
  /** The reason in nmap's word; null where it gives none. */
  readonly word: string | null
  /** The transport in nmap's word; null where it gives none. */
  readonly protocol: string | null
  readonly count: number
  readonly ports: string | null
}

type Asked = Readonly<Record<ProbeTransport, string | null>>

/**
 * Adds what was counted to a host whose listed ports are all there; what may be of either transport is left out. `only` is the
 * one transport of the scan, where that is known.
 */
export function addUnlistedPorts(
  host: HostDraft,
  parts: readonly UnlistedPart[],
  asked: Asked,
  only: ProbeTransport | null = onlyTransport(asked),
): void {
  for (const part of parts) {
    if (part.protocol !== null && !isProbeTransport(part.protocol)) continue
    const transport = part.protocol ?? only ?? transportOf(part, host, asked)
    if (transport === null || part.count === 0) continue
    const { state, count, ports } = part
    const reason = readReason(part.word, state, transport)
    host.addUnlisted({ transport, state, reason, count, ...(ports === null ? {} : { ports }) })
  }
}

function onlyTransport({ tcp, udp }: Asked): ProbeTransport | null {
  const [hasTcp, hasUdp] = [tcp !== null && tcp !== '', udp !== null && udp !== '']
  if (hasTcp === hasUdp) return null
  return hasTcp ? 'tcp' : 'udp'
}

function transportOf(part: UnlistedPart, host: HostDraft, asked: Asked): ProbeTransport | null {
  if (part.word === 'reset' || part.word === 'conn-refused') return 'tcp'
  // A connect or SYN scan has no such state.
  if (part.state === 'open|filtered') return 'udp'
  const isAll = (transport: ProbeTransport): boolean =>
    readPortText(asked[transport] ?? '')?.size === host.countOf(transport) + part.count
  return isAll('tcp') === isAll('udp') ? null : isAll('tcp') ? 'tcp' : 'udp'
}
