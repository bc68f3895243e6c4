/** Services by UDP: one question, sent twice at most, and the first datagram that answers it. */
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Banner } from '../model.ts'
import { ntpRequest } from '../payloads/naming.ts'
import { XID, encodeRpcCall } from '../payloads/rpc.ts'
import { encodeVersionQuery, parseDns } from './dns.ts'
import { BINDER_LIST, DOMAIN_STATISTICS, parseBinder } from './netinfo.ts'
import { parseNtp } from './ntp.ts'
import { parseRpcReply } from './onc-rpc.ts'
import { makeBanner } from './banner-of.ts'
import { PORTMAP_DUMP, parsePortmap } from './portmap.ts'
import { encodeDiscovery, parseSnmp } from './snmp.ts'

export interface Question {
  readonly bytes: Buffer
  readonly parse: (answer: Buffer) => Banner | null
}

/** What is asked of a service, by its name in IANA's registry or ours. */
const QUESTIONS: ReadonlyMap<string, () => Question> = new Map([
  ['domain', askVersion],
  ['ntp', (): Question => ({ bytes: ntpRequest(), parse: parseNtp })],
  ['snmp', (): Question => ({ bytes: encodeDiscovery(), parse: parseSnmp })],
  [
    'sunrpc',
    (): Question => ({
      bytes: encodeRpcCall(XID, PORTMAP_DUMP),
      parse: (bytes) => parsePortmap(parseRpcReply(bytes, XID)),
    }),
  ],
  [
    'nibindd',
    (): Question => ({
      bytes: encodeRpcCall(XID, BINDER_LIST),
      parse: (bytes) => parseBinder(parseRpcReply(bytes, XID)),
    }),
  ],
  ['netinfo', (): Question => ({ bytes: encodeRpcCall(XID, DOMAIN_STATISTICS), parse: parseDomainDatagram })],
])

export function questionFor(service: string): Question | null {
  return QUESTIONS.get(service)?.() ?? null
}

function askVersion(): Question {
  const { id, bytes } = encodeVersionQuery()
  return { bytes, parse: (answer) => parseDns(answer, id) }
}

/** By UDP a domain's server answers PING and BIND alone, and denies the rest: the denial itself says that it is there. */
function parseDomainDatagram(bytes: Buffer): Banner | null {
  const reply = parseRpcReply(bytes, XID)
  if (reply === null || !('refusal' in reply) || reply.refusal !== null) return null
  return makeBanner('netinfo', { product: 'NetInfo', text: 'asks to be called by TCP' })
}

export interface Addressee {
  readonly address: string
  readonly port: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Asks; null where nothing comes in time that is an answer. Datagrams of others are not seen: the socket is connected. */
export function askByDatagram(
  { bytes, parse }: Question,
  { address, port, timeoutMs, signal }: Addressee,
): Promise<Banner | null> {
  return new Promise((resolve) => {
    if (signal.aborted || timeoutMs <= 0) return resolve(null)
    const socket = createSocket(isIPv6(address.replace(/%.*/, '')) ? 'udp6' : 'udp4')
    let isDone = false
    const done = (banner: Banner | null): void => {
      if (isDone) return
      isDone = true
      clearTimeout(again)
      clearTimeout(end)
      signal.removeEventListener('abort', stop)
      socket.close()
      resolve(banner)
    }
    const stop = (): void => done(null)
    const send = (): void => {
      // An error (ICMP's port unreachable, no route) comes by the event as well, which ends it.
      if (!isDone) socket.send(bytes, () => undefined)
    }
    const again = setTimeout(send, timeoutMs / 2)
    const end = setTimeout(stop, timeoutMs)
    signal.addEventListener('abort', stop, { once: true })
    socket.on('error', stop)
    socket.on('message', (answer) => {
      const banner = parse(answer)
      if (banner !== null) done(banner)
    })
    socket.connect(port, address, send)
  })
}
