/** Questions to servers that know names, time and networks: dns, mdns, netbios-ns, ntp, rip, slp, nat-pmp. */
import { ascii, join, mark, sized, u16, u32, u8, zeros } from './bytes.ts'

const DNS_TYPE = { ptr: 12, txt: 16, nbstat: 0x21 } as const
const DNS_CLASS = { internet: 1, chaos: 3 } as const
/** RFC 6762 §5.4: the answer is wanted by unicast. */
const UNICAST_RESPONSE = 0x8000

/** A query with one question (RFC 1035 §4.1). */
function dnsQuery(id: number, flags: number, labels: readonly string[], type: number, dnsClass: number): Buffer {
  const name = [...labels.map((label) => sized(1, ascii(label))), u8(0)]
  return join(u16(id, flags, 1, 0, 0, 0), ...name, u16(type, dnsClass))
}

/** `version.bind TXT CH`: answered, or refused, by servers that are no open resolvers, too (RFC 4892 §2). */
export function dnsVersion(id = 0x706f): Buffer {
  return dnsQuery(id, 0, ['version', 'bind'], DNS_TYPE.txt, DNS_CLASS.chaos)
}

/** The kinds of service that a responder tells of (RFC 6763 §9), to be answered by unicast (RFC 6762 §5.4); the id is 0 (§18.1). */
export function mdnsServices(): Buffer {
  const name = ['_services', '_dns-sd', '_udp', 'local']
  return dnsQuery(0, 0, name, DNS_TYPE.ptr, DNS_CLASS.internet | UNICAST_RESPONSE)
}

/** A node status request for `*` (RFC 1002 §4.2.17); the name is coded by half bytes (RFC 1001 §14.1). */
export function netbiosStatus(): Buffer {
  const name = join(ascii('*'), zeros(15))
  const coded = [...name].map((byte) => String.fromCharCode(0x41 + (byte >>> 4), 0x41 + (byte & 15))).join('')
  return dnsQuery(0x706f, 0, [coded], DNS_TYPE.nbstat, DNS_CLASS.internet)
}

/** A client's request of version 4 with nothing else told (RFC 5905 §7.3, as RFC 4330 §5 lets a client do). */
export function ntpRequest(): Buffer {
  const leap = 0
  const version = 4
  const clientMode = 3
  return join(u8((leap << 6) | (version << 3) | clientMode), zeros(47))
}

/** A request for the whole table: one entry of family 0 with the metric 16 (RFC 2453 §3.9.1). */
export function ripRequest(): Buffer {
  return join(u8(1, 2), u16(0), u16(0, 0), zeros(12), u32(16))
}

/** A service type request for all naming authorities in the scope DEFAULT (RFC 2608 §8, §10.1). */
export function slpServiceTypes(): Buffer {
  const allAuthorities = u16(0xffff)
  const body = join(sized(2), allAuthorities, sized(2, ascii('DEFAULT')))
  const language = sized(2, ascii('en'))
  // Version, function 9, length, flags with reserved bits, next extension, transaction.
  const header = (length: number): Buffer => join(u8(2, 9), u8(0), u16(length), u16(0), u8(0), u16(0), u16(0x706f))
  return join(header(header(0).length + language.length + body.length), language, body)
}

/** What address the outside sees (RFC 6886 §3.2): version 0, operation 0. */
export function natPmpAddress(): Buffer {
  return u8(0, 0)
}

/** An ICMP-like ping of BitTorrent's table of nodes (BEP 5); keys in order, as bencoding wants (BEP 3). */
export function dhtPing(): Buffer {
  return join(ascii('d1:ad2:id20:'), mark(20), ascii('e1:q4:ping1:t2:po1:y1:qe'))
}
