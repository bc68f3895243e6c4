/** What came of one attempt, as a number that fits a typed array: the place of its reason in `REASONS`. */
import { REASONS } from '../model.ts'
import type { PortState, ProbeTransport, Reason } from '../model.ts'

/** No outcome yet: the attempt is on its way. */
export const PENDING = -1

export const CODE_OF: Readonly<Record<Reason, number>> = {
  'syn-ack': 0,
  'udp-response': 1,
  'conn-refused': 2,
  reset: 3,
  'net-unreach': 4,
  'host-unreach': 5,
  'proto-unreach': 6,
  'port-unreach': 7,
  'net-prohibited': 8,
  'host-prohibited': 9,
  'admin-prohibited': 10,
  'time-exceeded': 11,
  'no-response': 12,
  'no-descriptor': 13,
  cancelled: 14,
  'send-failed': 15,
  'no-route': 16,
  'time-out': 17,
}

/** Added to the number of what a router said of a host, or this machine itself: whether the host is there is not known by it. */
export const BY_OTHERS = 32

/** The number without the word of who said it. */
export function bareCode(code: number): number {
  return code & (BY_OTHERS - 1)
}

/** Whether the host itself was heard. */
export function isFromHost(code: number): boolean {
  return code < CODE_OF['no-response']
}

export function reasonOf(code: number): Reason {
  const reason = REASONS[bareCode(code)]
  if (reason === undefined) throw new RangeError(`${code} is no reason's number`)
  return reason
}

/**
 * The state that a reason stands for, as nmap gives it ("Port scanning techniques" of its manual): no answer is
 * `filtered` by TCP and `open|filtered` by UDP, and port-unreachable is `closed` by UDP alone.
 */
export function stateOf(transport: ProbeTransport, reason: Reason): PortState {
  if (reason === 'syn-ack' || reason === 'udp-response') return 'open'
  if (reason === 'conn-refused' || reason === 'reset') return 'closed'
  if (reason === 'port-unreach' && transport === 'udp') return 'closed'
  if (reason === 'no-response' && transport === 'udp') return 'open|filtered'
  return CODE_OF[reason] > CODE_OF['no-response'] ? 'unmeasured' : 'filtered'
}

/** Whether something came back. */
export function isAnswer(code: number): boolean {
  return bareCode(code) < CODE_OF['no-response']
}

/**
 * The reason that an ICMP error stands for, of either version; null for a type that says nothing of the port.
 * Source: RFC 792 and RFC 1812 section 5.2.7.1 for IPv4, RFC 4443 section 3 for IPv6; the words are nmap's.
 */
export function reasonOfIcmp(family: 4 | 6, type: number, code: number): Reason | null {
  if (family === 4) {
    if (type === 11) return 'time-exceeded'
    return type === 3 ? (UNREACHABLE_4[code] ?? null) : null
  }
  if (type === 3) return 'time-exceeded'
  if (type === 4 && code === 1) return 'proto-unreach'
  return type === 1 ? (UNREACHABLE_6[code] ?? null) : null
}

/** By code: 4 (too long to go unfragmented) and 5 (source route failed) are about the way, not the port. */
const UNREACHABLE_4: readonly (Reason | null)[] = [
  'net-unreach',
  'host-unreach',
  'proto-unreach',
  'port-unreach',
  null,
  null,
  'net-unreach',
  'host-unreach',
  'host-unreach',
  'net-prohibited',
  'host-prohibited',
  'net-unreach',
  'host-unreach',
  'admin-prohibited',
  'host-prohibited',
  'admin-prohibited',
]

/** By code: no route, prohibited, beyond scope, address, port, source address failed policy, route rejected. */
const UNREACHABLE_6: readonly Reason[] = [
  'net-unreach',
  'admin-prohibited',
  'host-unreach',
  'host-unreach',
  'port-unreach',
  'admin-prohibited',
  'admin-prohibited',
]
