/** What is said, and asked, before anything is sent beyond this machine's own ground. */
import { PortolanError } from '../../core/index.ts'
import { FIRST_PORTS } from '../../probe/index.ts'
import type { HostSet, ProbeJob } from '../../probe/index.ts'
import type { Context } from '../command.ts'
import { paragraph } from '../style.ts'
import { aboutDuration } from './duration.ts'

/** What is asked for, as far as it must be told. */
export interface Undertaking {
  readonly job: ProbeJob
  /** Those of the hosts that are beyond this machine's own ground. */
  readonly outside: HostSet
  /** Whether the hosts that are there are looked for first. */
  readonly isFinding: boolean
}

/** What a terminal shows of a port list. */
const PORTS_CHARS_MAX = 60

/**
 * Says what would be sent, and asks whether it may.
 * @throws ERR_PORTOLAN_USAGE where there is no one to ask
 */
export async function isAllowed(asked: Undertaking, isBanners: boolean, context: Context): Promise<boolean> {
  const { style } = context
  const [first = '', ...rest] = plannedSentences(asked, isBanners)
  context.err(paragraph(style.bold(first), style.width, ''))
  for (const sentence of rest) context.err(paragraph(sentence, style.width, '  '))
  if (!(await context.isInTerminal()))
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'nothing was sent: there is no one to ask whether it may be', {
      hint: 'Say --yes if you may probe these hosts.',
    })
  const answer = await context.ask('You may probe these hosts, and want to? [y/N] ')
  return answer !== null && /^y(es)?$/i.test(answer.trim())
}

/** What will be sent, to whom, how fast, and for how long. */
export function plannedSentences({ job, outside, isFinding }: Undertaking, isBanners: boolean): readonly string[] {
  const { hosts, pace } = job
  const ports = [
    portsText(job.tcpPorts.size, 'TCP', job.tcpPorts.toText()),
    portsText(job.udpPorts.size, 'UDP', job.udpPorts.toText()),
  ].filter((text) => text !== '')
  const pairs = hosts.size * (job.tcpPorts.size + job.udpPorts.size)
  const first = hosts.size * FIRST_PORTS.length
  const least = isFinding ? first : pairs
  const most = pairs * (pace.retries + 1) + (isFinding ? first : 0)
  const rate = pace.rate === null ? 'as fast as answers come' : `at most ${number(pace.rate)} a second`
  const what =
    job.udpPorts.size === 0 ? 'connections' : job.tcpPorts.size === 0 ? 'datagrams' : 'connections and datagrams'
  return [
    `This goes beyond this machine's own networks: ${hostsText(outside)}.`,
    `Ports: ${ports.join(' and ')} of ${number(hosts.size)} ${hosts.size === 1 ? 'host' : 'hosts'}.`,
    `Sent: from ${number(least)} to ${number(most)} ${what}, ${rate}${timeText(least, most, pace.rate)}.`,
    ...(isFinding
      ? [
          `First TCP ports ${FIRST_PORTS.join(', ')} of every host: those that answer there are probed further, the others not.`,
        ]
      : []),
    ...(isBanners ? ['Of each open port it is then asked what it is (--banners).'] : []),
    'Probe only what is yours, or what its owner lets you probe: elsewhere it may be taken for an attack, or be against the law.',
  ]
}

function timeText(fewest: number, most: number, rate: number | null): string {
  if (rate === null) return ''
  const [least, longest] = [aboutDuration((fewest / rate) * 1000), aboutDuration((most / rate) * 1000)]
  return least === longest ? `: ${least}` : `: ${least}, or up to ${longest} where nothing answers`
}

function portsText(count: number, transport: string, list: string): string {
  if (count === 0) return ''
  const short = list.length > PORTS_CHARS_MAX ? `${list.slice(0, PORTS_CHARS_MAX)}…` : list
  return `${number(count)} ${transport} (${short})`
}

function hostsText(hosts: HostSet): string {
  const name = (index: number): string => {
    const { address, name: given } = hosts.at(index)
    return given === null ? address : `${given} (${address})`
  }
  if (hosts.size <= 3) return Array.from({ length: hosts.size }, (_, index) => name(index)).join(', ')
  return `${number(hosts.size)} addresses, from ${name(0)} to ${name(hosts.size - 1)}`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
