/** What a state and its reason mean, in words. */
import type { PortState, ProbeTransport, Reason } from '../../probe/index.ts'

interface Answer {
  readonly transport: ProbeTransport
  readonly state: PortState
  readonly reason: Reason
  readonly rttMs: number | null
  /** Null where a file does not say. */
  readonly attempts: number | null
}

/** Reasons of `filtered`: what the ICMP message says, as RFC 792, RFC 1122 §3.2.2.1 and RFC 4443 have it. */
const ICMP_WORDS: Readonly<Partial<Record<Reason, string>>> = {
  'net-unreach': 'that the network cannot be reached',
  'host-unreach': 'that the host cannot be reached',
  'proto-unreach': 'that the host does not speak the protocol',
  'port-unreach': 'that the port cannot be reached',
  'net-prohibited': 'that traffic to the network is forbidden',
  'host-prohibited': 'that traffic to the host is forbidden',
  'admin-prohibited': 'that a rule of its administrator forbids it',
  'time-exceeded': 'that the way there is too long, or a loop',
}

const UNMEASURED_WORDS: Readonly<Partial<Record<Reason, string>>> = {
  'no-descriptor': 'this machine had no file descriptor left to probe with (ulimit -n)',
  cancelled: 'the scan was ended before its turn',
  'send-failed': 'this machine could not send the probe',
  'no-route': 'this machine has no route to the host',
  'time-out': 'the time for this host was over (--host-timeout)',
}

const EXPLAINERS: Readonly<Record<PortState, (answer: Answer) => string>> = {
  open: (answer) =>
    answer.transport === 'tcp'
      ? `Something accepts connections there${timed(answer)}.`
      : `Something answered a datagram there${timed(answer)}.`,
  closed: (answer) =>
    answer.reason === 'port-unreach'
      ? `The host answered by ICMP that no program has the port${timed(answer)}. The host itself is up.`
      : `The host refused the connection at once${timed(answer)}: it is up, and nothing listens there. A firewall that rejects looks the same.`,
  filtered: (answer) =>
    answer.reason === 'no-response'
      ? `Nothing came back${tries(answer)}. A firewall drops what is sent there, or there is no such host: whether something listens is not known.`
      : `Something on the way answered by ICMP ${ICMP_WORDS[answer.reason] ?? `(${answer.reason})`}${timed(answer)}: whether something listens is not known.`,
  'open|filtered': (answer) =>
    `Nothing came back${tries(answer)}. Either something listens and does not answer what it was asked, or a firewall drops what is sent there: UDP does not tell which.`,
  unmeasured: ({ reason }) =>
    `It could not be measured: ${unmeasuredText(reason)}. Nothing is known of the port; it is not said to be closed.`,
}

/** What was seen, and what follows from it. */
export function explainState(answer: Answer): string {
  return EXPLAINERS[answer.state](answer)
}

function timed({ rttMs }: Answer): string {
  return rttMs === null ? '' : ` after ${rttText(rttMs)}`
}

function tries({ attempts }: Answer): string {
  return attempts === null || attempts === 0 ? '' : `, in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
}

/** `0.05 ms`, `12 ms`. */
export function rttText(ms: number): string {
  return `${ms < 10 ? Number(ms.toPrecision(2)) : Math.round(ms)} ms`
}

/** Why nothing is known, for a count of ports: `cancelled: the scan was ended before its turn`. */
export function unmeasuredText(reason: Reason): string {
  return UNMEASURED_WORDS[reason] ?? reason
}
