/** First messages of what is encrypted or proves who one is: dtls, quic, ike, openvpn, kerberos, radius. */
import { createHmac } from 'node:crypto'
import { BER, ber, berInteger, berText } from './ber.ts'
import { join, mark, sized, u16, u24, u32, u8, zeros } from './bytes.ts'

/** A ClientHello without a cookie: a server answers with HelloVerifyRequest and keeps nothing (RFC 6347 §4.2.1). */
export function dtlsHello(): Buffer {
  const handshake = 22
  const clientHello = 1
  const dtls10 = u8(254, 255)
  const dtls12 = u8(254, 253)
  // ECDHE with ECDSA and with RSA (RFC 5289 §3.2), RSA alone (RFC 5246 A.5), PSK as CoAP has it (RFC 6655 §4).
  const suites = u16(0xc02b, 0xc02f, 0xc023, 0xc027, 0x009c, 0x003c, 0x002f, 0xc0a8)
  const extension = (type: number, ...data: readonly Uint8Array[]): Buffer => join(u16(type), sized(2, ...data))
  const extensions = join(
    extension(10, sized(2, u16(23, 24, 29))), // groups: secp256r1, secp384r1, x25519 (RFC 8422 §5.1.1)
    extension(11, sized(1, u8(0))), // points uncompressed (RFC 8422 §5.1.2)
    extension(13, sized(2, u16(0x0403, 0x0401, 0x0503, 0x0501, 0x0201))), // signatures (RFC 5246 §7.4.1.4.1)
  )
  const noSession = sized(1)
  const noCookie = sized(1)
  const noCompression = sized(1, u8(0))
  const hello = join(dtls12, mark(32), noSession, noCookie, sized(2, suites), noCompression, sized(2, extensions))
  // RFC 6347 §4.2.2: message 0, the fragment is all of it.
  const message = join(u8(clientHello), u24(hello.length), u16(0), u24(0), u24(hello.length), hello)
  // RFC 6347 §4.1: epoch 0, record 0.
  return join(u8(handshake), dtls10, u16(0), zeros(6), sized(2, message))
}

/** RFC 9000 §14.1: a smaller datagram need not be answered. */
const QUIC_BYTES = 1200

/**
 * A long header of a version that no server speaks (RFC 9000 §15: of the form 0x?a?a?a?a), which each answers with those that it
 * does (§6.1). What follows the header has no meaning that a server may look for (RFC 8999 §5.1).
 */
export function quicUnknownVersion(): Buffer {
  const longHeader = 0xc0
  const header = join(u8(longHeader), u32(0x1a2a_3a4a), sized(1, mark(8)), sized(1, mark(8)))
  return join(header, zeros(QUIC_BYTES - header.length))
}

const IKE = {
  version2: 0x20,
  initExchange: 34,
  initiator: 0x08,
  securityAssociation: 33,
  keyExchange: 34,
  nonce: 40,
  none: 0,
} as const
/** The 2048-bit group (RFC 3526 §3), and the bytes of a public value of it. */
const MODP_2048 = 14
const MODP_2048_BYTES = 256

/** IKE_SA_INIT with one proposal (RFC 7296 §1.2, §3). The key exchange is never gone on with. */
export function ikeInit(): Buffer {
  const payload = (next: number, ...body: readonly Uint8Array[]): Buffer => {
    const contents = join(...body)
    return join(u8(next, 0), u16(contents.length + 4), contents)
  }
  // RFC 7296 §3.3.2: 3 stands before another transform, 0 before none.
  const transform = (more: 0 | 3, type: number, id: number, ...attributes: readonly Uint8Array[]): Buffer => {
    const attribute = join(...attributes)
    return join(u8(more, 0), u16(8 + attribute.length), u8(type, 0), u16(id), attribute)
  }
  const keyOf256Bits = u16(0x8000 | 14, 256)
  const transforms = [
    transform(3, 1, 12, keyOf256Bits), // ENCR_AES_CBC
    transform(3, 2, 5), // PRF_HMAC_SHA2_256
    transform(3, 3, 12), // AUTH_HMAC_SHA2_256_128
    transform(0, 4, MODP_2048),
  ]
  const proposal = join(u8(1, 1, 0, transforms.length), ...transforms)
  const association = payload(IKE.keyExchange, u8(0, 0), u16(proposal.length + 4), proposal)
  // 4 is 2 squared, and so a public value of the group.
  const publicValue = join(zeros(MODP_2048_BYTES - 1), u8(4))
  const exchange = payload(IKE.nonce, u16(MODP_2048, 0), publicValue)
  const body = join(association, exchange, payload(IKE.none, mark(32)))
  const spi = mark(8)
  const kind = u8(IKE.securityAssociation, IKE.version2, IKE.initExchange, IKE.initiator)
  return join(spi, zeros(8), kind, u32(0), u32(28 + body.length), body)
}

/** The same on the port of NAT traversal, where four zero bytes tell it from ESP (RFC 3948 §2.2). */
export function ikeInitBehindNat(): Buffer {
  return join(u32(0), ikeInit())
}

/**
 * P_CONTROL_HARD_RESET_CLIENT_V2 with key 0, a session of ours, no acknowledgement and packet 0 (OpenVPN's protocol as
 * draft-openvpn-wire-protocol §"Packet formats" tells it). A server that uses tls-auth or tls-crypt stays silent.
 */
export function openvpnReset(): Buffer {
  const hardResetClientV2 = 7
  return join(u8(hardResetClientV2 << 3), mark(8), u8(0), u32(0))
}

/** An AS-REQ (RFC 4120 §5.4.1) for a realm that nobody has (RFC 2606 §2): answered with an error that names the server's own. */
export function kerberosRequest(): Buffer {
  const realm = 'PORTOLAN.INVALID'
  const tagged = (number: number, value: Uint8Array): Buffer => ber(0xa0 + number, value)
  const generalString = 0x1b
  const names = ber(BER.sequence, berText('krbtgt', generalString), berText(realm, generalString))
  const serverName = ber(BER.sequence, tagged(0, berInteger(2)), tagged(1, names))
  const clientName = ber(
    BER.sequence,
    tagged(0, berInteger(1)),
    tagged(1, ber(BER.sequence, berText('portolan', generalString))),
  )
  const noOptions = ber(0x03, u8(0), u32(0))
  const till = berText('20370101000000Z', 0x18)
  const encryptionTypes = ber(BER.sequence, berInteger(18), berInteger(17)) // AES (RFC 3962 §7)
  const body = ber(
    BER.sequence,
    tagged(0, noOptions),
    tagged(1, clientName),
    tagged(2, berText(realm, generalString)),
    tagged(3, serverName),
    tagged(5, till),
    tagged(7, berInteger(0x706f)),
    tagged(8, encryptionTypes),
  )
  const request = ber(BER.sequence, tagged(1, berInteger(5)), tagged(2, berInteger(10)), tagged(4, body))
  return ber(0x6a, request)
}

/**
 * Status-Server (RFC 5997 §3), signed as it must be with a secret that no server should have: that of the RFC's own example (§6.1).
 * It tries no password; a server that does not know the asker stays silent.
 */
export function radiusStatus(): Buffer {
  const statusServer = 12
  const messageAuthenticator = 80
  const build = (signature: Uint8Array): Buffer => {
    const attributes = join(u8(messageAuthenticator, 18), signature)
    return join(u8(statusServer, 0x70), u16(20 + attributes.length), mark(16), attributes)
  }
  return build(
    createHmac('md5', 'xyzzy5461')
      .update(build(zeros(16)))
      .digest(),
  )
}

/** The list of instances of one host, CLNT_UCAST_EX ([MC-SQLR] §2.2.2). */
export function mssqlInstances(): Buffer {
  return u8(3)
}

/** A rootDSE search without a connection (RFC 1798 §3, RFC 4511 §4.5.1): all attributes of the entry "" itself. */
export function cldapRootDse(): Buffer {
  const search = ber(
    0x63,
    berText(''),
    berInteger(0, BER.enumerated), // the base object
    berInteger(0, BER.enumerated), // no aliases are followed
    berInteger(0),
    berInteger(0),
    ber(0x01, u8(0)), // with values
    berText('objectClass', 0x87), // the filter: present
    ber(BER.sequence),
  )
  return ber(BER.sequence, berInteger(1), search)
}

/** A presence ping of ASF, which IPMI's controllers answer (DMTF DSP0136 §3.2.4.1; IPMI 2.0 §13.2.3). */
export function asfPing(): Buffer {
  const rmcp = u8(6, 0, 255, 6)
  return join(rmcp, u32(4542), u8(0x80, 0, 0, 0))
}
