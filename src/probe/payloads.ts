/**
 * What a UDP probe says, so that the service that should be there answers.
 *
 * Most services stay silent when an empty datagram comes. Each payload is a question that its protocol lets anyone ask, changes
 * nothing, and is built from the protocol's own document (payloads/). docs/reference/probe-ports.md lists them.
 */
import { chooseDatagram } from './engine/driver.ts'
import type { DatagramBook } from './engine/driver.ts'
import {
  dhtPing,
  dnsVersion,
  mdnsServices,
  natPmpAddress,
  netbiosStatus,
  ntpRequest,
  ripRequest,
  slpServiceTypes,
} from './payloads/naming.ts'
import { netinfoBinderPing, nfsNull, rpcbindNull } from './payloads/rpc.ts'
import {
  asfPing,
  cldapRootDse,
  dtlsHello,
  ikeInit,
  ikeInitBehindNat,
  kerberosRequest,
  mssqlInstances,
  openvpnReset,
  quicUnknownVersion,
  radiusStatus,
} from './payloads/security.ts'
import { snmpDiscovery, snmpGet } from './payloads/snmp.ts'
import {
  coapDiscovery,
  memcachedVersion,
  sipOptions,
  ssdpSearch,
  stunBinding,
  tftpRead,
  wsDiscoveryProbe,
  xdmcpQuery,
} from './payloads/talk.ts'
import type { PortSet } from './targets-model.ts'

export interface Payload {
  readonly name: string
  readonly ports: readonly number[]
  /** What is asked, in a few words. */
  readonly asks: string
  /** The documents that it is built from. */
  readonly source: string
  /** Where there are several, each attempt sends the next one. */
  readonly datagrams: readonly Uint8Array[]
}

/** All payloads, by their first port. */
export const PAYLOADS: readonly Payload[] = [
  {
    name: 'dns',
    ports: [53],
    asks: 'version.bind, TXT, class CHAOS',
    source: 'RFC 1035 §4.1, RFC 4892 §2',
    datagrams: [dnsVersion()],
  },
  {
    name: 'tftp',
    ports: [69],
    asks: 'read a file that no server should have',
    source: 'RFC 1350 §5',
    datagrams: [tftpRead()],
  },
  {
    name: 'kerberos',
    ports: [88],
    asks: 'a ticket of a realm that nobody has',
    source: 'RFC 4120 §5.4.1',
    datagrams: [kerberosRequest()],
  },
  { name: 'rpcbind', ports: [111], asks: 'null call', source: 'RFC 1833 §3, RFC 5531 §9', datagrams: [rpcbindNull()] },
  { name: 'ntp', ports: [123], asks: 'the time, as a client', source: 'RFC 5905 §7.3', datagrams: [ntpRequest()] },
  {
    name: 'netbios-ns',
    ports: [137],
    asks: 'node status of *',
    source: 'RFC 1002 §4.2.17, RFC 1001 §14.1',
    datagrams: [netbiosStatus()],
  },
  {
    name: 'snmp',
    ports: [161],
    asks: 'the engine (version 3); then sysDescr.0 as public (version 2c, then 1)',
    source: 'RFC 3414 §4, RFC 3412 §6, RFC 3416 §3, RFC 1901 §3, RFC 1157 §4',
    datagrams: [snmpDiscovery(), snmpGet('v2c'), snmpGet('v1')],
  },
  { name: 'xdmcp', ports: [177], asks: 'query', source: 'XDMCP 1.1, "Query"', datagrams: [xdmcpQuery()] },
  {
    name: 'cldap',
    ports: [389],
    asks: 'all attributes of the rootDSE',
    source: 'RFC 1798 §3, RFC 4511 §4.5.1',
    datagrams: [cldapRootDse()],
  },
  {
    name: 'svrloc',
    ports: [427],
    asks: 'the types of service, of all authorities',
    source: 'RFC 2608 §8, §10.1',
    datagrams: [slpServiceTypes()],
  },
  {
    name: 'quic',
    ports: [443, 784, 853, 4433, 8443, 8853],
    asks: 'a version that nobody speaks, which is answered with those that are',
    source: 'RFC 9000 §6.1, §14.1, §15; RFC 8999 §5.1',
    datagrams: [quicUnknownVersion()],
  },
  { name: 'ike', ports: [500], asks: 'IKE_SA_INIT', source: 'RFC 7296 §1.2, §3', datagrams: [ikeInit()] },
  {
    name: 'rip',
    ports: [520],
    asks: 'the whole routing table',
    source: 'RFC 2453 §3.9.1',
    datagrams: [ripRequest()],
  },
  {
    name: 'asf-rmcp',
    ports: [623, 664],
    asks: 'presence ping',
    source: 'DMTF DSP0136 §3.2.4.1, IPMI 2.0 §13.2.3',
    datagrams: [asfPing()],
  },
  {
    name: 'netinfo-binder',
    ports: [973, 1033],
    asks: 'null call of program 200100001',
    source: 'RFC 5531 §9; program and version as the binder registers them',
    datagrams: [netinfoBinderPing()],
  },
  {
    name: 'openvpn',
    ports: [1194],
    asks: 'hard reset by a client',
    source: 'draft-openvpn-wire-protocol',
    datagrams: [openvpnReset()],
  },
  {
    name: 'ms-sql-m',
    ports: [1434],
    asks: 'the instances of this host',
    source: '[MC-SQLR] §2.2.2',
    datagrams: [mssqlInstances()],
  },
  {
    name: 'radius',
    ports: [1812, 1813],
    asks: 'status of the server',
    source: 'RFC 5997 §3',
    datagrams: [radiusStatus()],
  },
  {
    name: 'ssdp',
    ports: [1900],
    asks: 'search for everything',
    source: 'UPnP Device Architecture 2.0 §1.3.2',
    datagrams: [ssdpSearch()],
  },
  { name: 'nfs', ports: [2049], asks: 'null call', source: 'RFC 1813 §3.3.0', datagrams: [nfsNull()] },
  {
    name: 'dtls',
    ports: [2083, 3391, 5349, 5684, 10_161],
    asks: 'ClientHello without a cookie',
    source: 'RFC 6347 §4.2.1',
    datagrams: [dtlsHello()],
  },
  {
    name: 'stun',
    ports: [3478, 19_302],
    asks: 'binding',
    source: 'RFC 8489 §5',
    datagrams: [stunBinding()],
  },
  {
    name: 'ws-discovery',
    ports: [3702],
    asks: 'probe for anything',
    source: 'OASIS WS-Discovery 1.1 §5.2',
    datagrams: [wsDiscoveryProbe()],
  },
  {
    name: 'ike-nat',
    ports: [4500],
    asks: 'IKE_SA_INIT behind the marker that it is not ESP',
    source: 'RFC 7296 §1.2, RFC 3948 §2.2',
    datagrams: [ikeInitBehindNat()],
  },
  { name: 'sip', ports: [5060], asks: 'OPTIONS', source: 'RFC 3261 §11, RFC 3581 §4', datagrams: [sipOptions()] },
  {
    name: 'nat-pmp',
    ports: [5351],
    asks: 'the external address',
    source: 'RFC 6886 §3.2',
    datagrams: [natPmpAddress()],
  },
  {
    name: 'mdns',
    ports: [5353],
    asks: 'the kinds of service, by unicast',
    source: 'RFC 6762 §5.4, RFC 6763 §9',
    datagrams: [mdnsServices()],
  },
  {
    name: 'coap',
    ports: [5683],
    asks: 'GET /.well-known/core',
    source: 'RFC 7252 §3, §7.2; RFC 6690 §4',
    datagrams: [coapDiscovery()],
  },
  { name: 'dht', ports: [6881], asks: 'ping', source: 'BEP 5', datagrams: [dhtPing()] },
  {
    name: 'memcached',
    ports: [11_211],
    asks: 'version',
    source: "memcached's doc/protocol.txt",
    datagrams: [memcachedVersion()],
  },
]

const BY_PORT = new Map(PAYLOADS.flatMap((payload) => payload.ports.map((port) => [port, payload] as const)))

/**
 * What to send to a UDP port: empty where there is no question to ask.
 *
 * Attempts are counted from 0; where a service is asked in several ways, each attempt asks in the next one. The bytes are
 * shared: they must not be changed.
 */
export function payloadFor(port: number, attempt = 0): Uint8Array {
  return chooseDatagram(BY_PORT.get(port)?.datagrams, attempt)
}

/** The datagrams of those ports that are asked a question. */
export function datagramsFor({ size, at }: PortSet): DatagramBook {
  const ports = Array.from({ length: size }, (_, index) => at(index))
  return new Map(ports.flatMap((port) => (BY_PORT.has(port) ? [[port, BY_PORT.get(port)?.datagrams ?? []]] : [])))
}

/** The name of the protocol that a port is asked in; null where the datagram is empty. */
export function payloadNameFor(port: number): string | null {
  return BY_PORT.get(port)?.name ?? null
}
