/**
 * The words of a probe: what was asked, what came back, and what is kept of a whole scan.
 *
 * States and reasons are nmap's where it has a word for them, so that its formats say the same (nmap's man page, "Port
 * scanning basics"). What it has no word for is `unmeasured`: never counted as closed.
 */

export const PROBE_TRANSPORTS = ['tcp', 'udp'] as const
export type ProbeTransport = (typeof PROBE_TRANSPORTS)[number]

const PORTS = 65_536

/** One number for a port of a transport, in the order of reports: tcp first, then port. */
export function portKey(transport: ProbeTransport, port: number): number {
  return PROBE_TRANSPORTS.indexOf(transport) * PORTS + port
}

export const PORT_STATES = ['open', 'closed', 'filtered', 'open|filtered', 'unmeasured'] as const
export type PortState = (typeof PORT_STATES)[number]

/**
 * Why a state was given.
 *
 * `syn-ack` a connection was made; `udp-response` a datagram came back; `conn-refused` and `reset` the host said no;
 * `…-unreach`, `…-prohibited` and `time-exceeded` a router or the host sent ICMP of that kind; `no-response` nothing came, in
 * all attempts. The rest are reasons of `unmeasured`: no file descriptor was left, the scan was cancelled, this machine could
 * not send, it has no route, or the time for this host was over.
 */
export const REASONS = [
  'syn-ack',
  'udp-response',
  'conn-refused',
  'reset',
  'net-unreach',
  'host-unreach',
  'proto-unreach',
  'port-unreach',
  'net-prohibited',
  'host-prohibited',
  'admin-prohibited',
  'time-exceeded',
  'no-response',
  'no-descriptor',
  'cancelled',
  'send-failed',
  'no-route',
  'time-out',
] as const
export type Reason = (typeof REASONS)[number]

/** One address to probe. */
export interface ProbeHost {
  /** As text in its canonical form (RFC 5952), with `%zone` where it has one. */
  readonly address: string
  readonly family: 4 | 6
  /** The name that the user gave, where it was a name. */
  readonly name: string | null
}

/** What is known of one port of one host. */
export interface PortAnswer {
  /** The address, as in `ProbeHost`. */
  readonly host: string
  readonly port: number
  readonly transport: ProbeTransport
  readonly state: PortState
  readonly reason: Reason
  /** From the probe that was answered to its answer; null where nothing came. */
  readonly rttMs: number | null
  /** Probes sent: 1, and more where they were sent again. */
  readonly attempts: number
}

/** The certificate and the choices of a TLS handshake. */
export interface TlsFacts {
  /** As OpenSSL names it: `TLSv1.3`. */
  readonly protocol: string
  readonly alpn: string | null
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  /** ISO 8601. */
  readonly validFrom: string
  readonly validTo: string
}

/** What a service says of itself. All texts are its own words made printable and bounded. */
export interface Banner {
  /** The name of the protocol that was spoken, as IANA's registry spells it (`ssh`, `http`, `ldap`); null where it is not known. */
  readonly service: string | null
  readonly product: string | null
  readonly version: string | null
  /** The first line, or what stands for it. */
  readonly text: string | null
  readonly tls: TlsFacts | null
  /** More that was told, in the protocol's own words: `title`, `server`, `realm`, `tag` … */
  readonly details: Readonly<Record<string, string>>
}

/** A port as a report keeps it: from our own scan or from a file of another's. */
export interface ReportedPort extends Omit<PortAnswer, 'host' | 'attempts'> {
  readonly banner: Banner | null
}

/** Ports that a report counts and does not list: nmap's `extraports`. */
export interface UnlistedPorts {
  readonly transport: ProbeTransport
  readonly state: PortState
  readonly reason: Reason
  readonly count: number
  /** Which they are, in the form `1-1024,8080`, where that is known; as many as `count` says. */
  readonly ports?: string
}

export interface ReportedHost {
  readonly address: string
  readonly family: 4 | 6
  /** Names that the user gave first, then those that the report has otherwise. */
  readonly names: readonly string[]
  /** Null where no answer tells: nothing came back from it, and it may be there. */
  readonly isUp: boolean | null
  /** Ordered by transport (tcp first), then port. */
  readonly ports: readonly ReportedPort[]
  readonly unlisted: readonly UnlistedPorts[]
}

/** A whole scan, ours or one that was read from a file. */
export interface ScanReport {
  readonly tool: 'portolan' | 'nmap' | 'masscan'
  readonly toolVersion: string | null
  /** The command line, as one text; null where it is not known. */
  readonly command: string | null
  /** Milliseconds since 1970; null where the file does not say. */
  readonly startedMs: number | null
  readonly endedMs: number | null
  /** False where the scan, or the file, broke off before its end. */
  readonly isWhole: boolean
  /** Ports asked for by transport, in the form `1-1024,8080`; null where it is not known. */
  readonly asked: Readonly<Record<ProbeTransport, string | null>>
  /** Whether TCP was probed half-open (nmap's `syn`), and not by connections; false also where it is not known. */
  readonly isHalfOpen: boolean
  readonly hosts: readonly ReportedHost[]
  /** Hosts that answered at none of the first ports, and were not probed further: they are not among `hosts`. */
  readonly silentHosts?: number
}
