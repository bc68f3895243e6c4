/** Questions to what carries speech, files, screens and small things: sip, stun, coap, tftp, xdmcp, memcached, ssdp, ws-discovery. */
import { ascii, join, mark, u16, u32, u8 } from './bytes.ts'

const CRLF = '\r\n'
/** A name that no host has (RFC 2606 §2): whom the answer is for, the address that it was sent from tells. */
const NOBODY = 'portolan.invalid'

/** OPTIONS (RFC 3261 §11); `rport` has the answer sent to where the question came from (RFC 3581 §4). */
export function sipOptions(): Buffer {
  const lines = [
    `OPTIONS sip:${NOBODY} SIP/2.0`,
    `Via: SIP/2.0/UDP ${NOBODY};branch=z9hG4bKportolan;rport`,
    'Max-Forwards: 70',
    `To: <sip:${NOBODY}>`,
    `From: <sip:${NOBODY}>;tag=portolan`,
    `Call-ID: portolan@${NOBODY}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:${NOBODY}>`,
    'Accept: application/sdp',
    'Content-Length: 0',
    '',
    '',
  ]
  return ascii(lines.join(CRLF))
}

/** A Binding request without attributes (RFC 8489 §5, §14). */
export function stunBinding(): Buffer {
  const bindingRequest = 1
  const magicCookie = 0x2112_a442
  return join(u16(bindingRequest, 0), u32(magicCookie), mark(12))
}

/** A confirmable GET of /.well-known/core (RFC 7252 §3, §7.2; RFC 6690 §4). */
export function coapDiscovery(): Buffer {
  const version1Confirmable = 0x40
  const get = 1
  const uriPath = 11
  // An option is the difference to the number of the one before it, its length, and its value (RFC 7252 §3.1).
  const option = (difference: number, value: string): Buffer => join(u8((difference << 4) | value.length), ascii(value))
  return join(u8(version1Confirmable, get), u16(0x706f), option(uriPath, '.well-known'), option(0, 'core'))
}

/**
 * A read request for a file that no server should have (RFC 1350 §5): an error is an answer, too. It comes from another port than
 * 69 (§4), so that only a socket that is not connected receives it.
 */
export function tftpRead(): Buffer {
  return join(u16(1), ascii('portolan-asks-for-no-file\0octet\0'))
}

/** A Query without authentication names (X Display Manager Control Protocol 1.1, "Query"): version 1, opcode 2. */
export function xdmcpQuery(): Buffer {
  return join(u16(1, 2, 1), u8(0))
}

/** The text command `version` in one datagram: request, sequence 0 of 1, reserved (memcached's doc/protocol.txt, "UDP protocol"). */
export function memcachedVersion(): Buffer {
  return join(u16(0x706f, 0, 1, 0), ascii(`version${CRLF}`))
}

/** A search to one host for all that it has (UPnP Device Architecture 2.0 §1.3.2): a unicast search has no MX. */
export function ssdpSearch(): Buffer {
  const lines = ['M-SEARCH * HTTP/1.1', 'HOST: 239.255.255.250:1900', 'MAN: "ssdp:discover"', 'ST: ssdp:all', '', '']
  return ascii(lines.join(CRLF))
}

/** A Probe for anything (OASIS WS-Discovery 1.1 §5.2, in the namespaces of the submission of 2005, which printers and Windows speak). */
export function wsDiscoveryProbe(): Buffer {
  const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
  const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery'
  return ascii(
    '<?xml version="1.0" encoding="utf-8"?>' +
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"' +
      ` xmlns:a="${addressing}" xmlns:d="${discovery}"><s:Header>` +
      `<a:Action>${discovery}/Probe</a:Action>` +
      '<a:MessageID>urn:uuid:706f7274-6f6c-416e-8070-6f72746f6c61</a:MessageID>' +
      '<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>' +
      '</s:Header><s:Body><d:Probe/></s:Body></s:Envelope>',
  )
}
