/**
 * SNMP version 3: the discovery of an engine (RFC 3414 §4), which needs neither a user nor a community: none is guessed. The answer is
 * a report with the engine's identity, its maker's number (RFC 3411, SnmpEngineID), its starts and the time since the last.
 */
import { DecodeError } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { snmpDiscovery } from '../payloads/snmp.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import { readBer, readBerAll, readBerNumber } from './ber.ts'

const SEQUENCE = 0x30
const INTEGER = 0x02
const OCTETS = 0x04
const VERSION_3 = 3
const REQUEST = 1
const MESSAGE_BYTES_MAX = 1472
const ELEMENTS_MAX = 16

/** A reportable GET of nothing, from nobody, to an engine that is not known. */
export function encodeDiscovery(): Buffer {
  return snmpDiscovery(REQUEST, MESSAGE_BYTES_MAX)
}

export function parseSnmp(bytes: Buffer): Banner | null {
  return parseOrNull(() => {
    const message = readBer(bytes, 0, 'message')
    const [version, header, security] = readBerAll(message.content, ELEMENTS_MAX, 'message')
    if (message.tag !== SEQUENCE || version?.tag !== INTEGER || header?.tag !== SEQUENCE || security?.tag !== OCTETS)
      return null
    if (readBerNumber(version, 'version') !== VERSION_3) return null
    const parameters = readBer(security.content, 0, 'security')
    const [engine, boots, time] = readBerAll(parameters.content, ELEMENTS_MAX, 'security')
    if (engine === undefined || boots === undefined || time === undefined)
      throw new DecodeError('security', 0, 'it is cut short')
    return makeBanner('snmp', {
      text: 'SNMP 3',
      details: {
        engine: engine.content.toString('hex', 0, 32),
        // The first bit says that the number of the maker follows in the form of RFC 3411.
        enterprise: engine.content.length < 5 ? null : String(engine.content.readUInt32BE(0) % 0x8000_0000),
        starts: String(readBerNumber(boots, 'boots')),
        uptimeSeconds: String(readBerNumber(time, 'time')),
      },
    })
  })
}
