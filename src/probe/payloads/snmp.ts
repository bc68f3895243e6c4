/** Questions to agents of SNMP: who they are in version 3, what they are in version 1 and 2c. */
import { BER, ber, berInteger, berText } from './ber.ts'
import { u8 } from './bytes.ts'

/** sysDescr.0, 1.3.6.1.2.1.1.1.0 (RFC 3418); the first two numbers share a byte (X.690 §8.19). */
const SYS_DESCR = u8(0x2b, 6, 1, 2, 1, 1, 1, 0)
const GET = 0xa0
const REQUEST = 0x706f
const VERSION = { v1: 0, v2c: 1, v3: 3 } as const

/** A get (RFC 3416 §3) of some names, each with the null value. */
function getPdu(request: number, names: readonly Uint8Array[]): Buffer {
  const bindings = names.map((name) => ber(BER.sequence, ber(BER.oid, name), ber(BER.null)))
  return ber(GET, berInteger(request), berInteger(0), berInteger(0), ber(BER.sequence, ...bindings))
}

/** Get sysDescr.0 as `public` (RFC 1157 §4, RFC 1901 §3): an agent answers only whom it knows by this community. */
export function snmpGet(version: 'v1' | 'v2c'): Buffer {
  return ber(BER.sequence, berInteger(VERSION[version]), berText('public'), getPdu(REQUEST, [SYS_DESCR]))
}

/** Discovery of the engine (RFC 3414 §4): no user, no engine, reportable. Each agent of version 3 answers with a report. */
export function snmpDiscovery(request: number = REQUEST, messageBytesMax: number = 65_507): Buffer {
  const reportable = u8(0x04)
  const userSecurityModel = 3
  // RFC 3412 §6.
  const header = ber(
    BER.sequence,
    berInteger(request),
    berInteger(messageBytesMax),
    ber(BER.octets, reportable),
    berInteger(userSecurityModel),
  )
  // RFC 3414 §2.4: engine, boots, time, user, authentication, privacy.
  const parameters = ber(BER.sequence, berText(''), berInteger(0), berInteger(0), berText(''), berText(''), berText(''))
  const scoped = ber(BER.sequence, berText(''), berText(''), getPdu(request, []))
  return ber(BER.sequence, berInteger(VERSION.v3), header, ber(BER.octets, parameters), scoped)
}
