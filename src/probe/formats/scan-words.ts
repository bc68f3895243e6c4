/**
 * nmap's and masscan's words for states and reasons, as Portolan's.
 *
 * nmap's reasons stand in its portreasons.cc, its states in its man page ("Port scanning basics"). Two of its states say neither
 * open nor closed, `unfiltered` and `closed|filtered`: what Portolan asks for has then not been measured.
 */
import { PORT_STATES, PROBE_TRANSPORTS, REASONS } from '../model.ts'
import type { PortState, ProbeTransport, Reason } from '../model.ts'

const OTHER_REASONS: ReadonlyMap<string, Reason> = new Map([
  ['syn', 'syn-ack'],
  ['conn-accept', 'syn-ack'],
  ['rst', 'reset'],
  ['rst-ack', 'reset'],
  ['dest-unreach', 'host-unreach'],
  ['beyond-scope', 'host-unreach'],
  ['reject-route', 'net-unreach'],
  ['perm-denied', 'admin-prohibited'],
])

const REASON_WORDS: ReadonlySet<string> = new Set(REASONS)
const STATE_WORDS: ReadonlySet<string> = new Set(PORT_STATES)

function isReason(word: string): word is Reason {
  return REASON_WORDS.has(word)
}

export function isPortState(word: string): word is PortState {
  return STATE_WORDS.has(word)
}

export function isProbeTransport(word: string): word is ProbeTransport {
  return PROBE_TRANSPORTS.some((each) => each === word)
}

/** The state for a word of nmap's or masscan's; `unmeasured` for one that says neither open nor closed. */
export function readState(word: string): PortState {
  return isPortState(word) ? word : 'unmeasured'
}

/** The reason for a word of nmap's or masscan's; for one that says nothing (`none`, `script-set`), what the state mostly rests on. */
export function readReason(word: string | null, state: PortState, transport: ProbeTransport): Reason {
  if (word !== null && isReason(word)) return word
  return OTHER_REASONS.get(word ?? '') ?? usualReason(state, transport)
}

function usualReason(state: PortState, transport: ProbeTransport): Reason {
  if (state === 'open') return transport === 'tcp' ? 'syn-ack' : 'udp-response'
  if (state === 'closed') return transport === 'tcp' ? 'reset' : 'port-unreach'
  return 'no-response'
}

/** Whether a host that gave this state has answered: a router can say `filtered` for it. */
export function isAnswer(state: PortState): boolean {
  return state === 'open' || state === 'closed'
}
