/** Jobs and answers for tests of what surrounds the engine. */
import { PORT_STATES, REASONS, makePortSet, resolveTargets } from '../../src/probe/index.ts'
import type { PortAnswer, ProbeJob } from '../../src/probe/index.ts'

/** A job of some hosts, as a command line names them, with TCP and UDP ports. */
export async function makeJob(
  words: readonly string[],
  tcpPorts: readonly number[],
  udpPorts: readonly number[] = [],
  seed = 1,
): Promise<ProbeJob> {
  const { hosts } = await resolveTargets(words.map((word) => ({ word, place: null })))
  return {
    hosts,
    tcpPorts: makePortSet(tcpPorts),
    udpPorts: makePortSet(udpPorts),
    pace: { rate: null, hostRate: null, retries: 1, timeoutMinMs: 100, timeoutMaxMs: 1000, hostTimeoutMs: null },
    seed,
    answered: null,
    engine: null,
  }
}

/** An answer for the pair of this number, all hosts' TCP ports first; each number gives another answer, and the same one always. */
export function answerOf({ hosts, tcpPorts, udpPorts }: ProbeJob, number: number): PortAnswer {
  const tcpPairs = hosts.size * tcpPorts.size
  const isTcp = number < tcpPairs
  const ports = isTcp ? tcpPorts : udpPorts
  const rest = isTcp ? number : number - tcpPairs
  return {
    host: hosts.at(Math.floor(rest / ports.size)).address,
    port: ports.at(rest % ports.size),
    transport: isTcp ? 'tcp' : 'udp',
    // The last of the states is `unmeasured`.
    state: PORT_STATES[number % (PORT_STATES.length - 1)] ?? 'open',
    reason: REASONS[number % REASONS.length] ?? 'no-response',
    rttMs: number % 3 === 0 ? null : Math.fround(number / 7),
    attempts: (number % 255) + 1,
  }
}
