/** The options of `portolan probe`. */
import { PROBE_ENGINES } from '../../probe/index.ts'
import { JSON_OPTION } from '../command.ts'
import type { OptionSpec } from '../command.ts'
import { DEFAULT_PACES, DEFAULT_RETRIES } from './pace.ts'

/** TCP ports that are probed where none are named. */
export const DEFAULT_TOP = { tcp: 1000, udp: 100 } as const

const { here, own, outside } = DEFAULT_PACES

export const NDJSON_OPTION: OptionSpec = {
  name: 'ndjson',
  help: 'Print the same objects as they become known, one a line (NDJSON).',
}

export const OPEN_OPTION: OptionSpec = {
  name: 'open',
  help: 'In JSON, NDJSON and CSV, only the open ports.',
}

export const PROBE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'ports',
    short: 'p',
    argument: 'PORTS',
    isRepeatable: true,
    help: 'Probe these: numbers, ranges and service names with commas between (22,80,8000-8100,ssh), 53/udp, T: and U: before those of one transport (T:22,U:53), top:20, or - for all.',
  },
  {
    name: 'top',
    argument: 'COUNT',
    help: `Probe so many of the ports that are most often open (docs/reference/probe-ports.md). Without --ports it is ${DEFAULT_TOP.tcp} of TCP, or ${DEFAULT_TOP.udp} of UDP.`,
  },
  { name: 'tcp', help: 'Probe TCP; the default, and needed only beside --udp.' },
  {
    name: 'udp',
    short: 'u',
    help: 'Probe UDP, with a question of the protocol that the port is for where one is known.',
  },
  {
    name: 'targets',
    argument: 'FILE',
    isRepeatable: true,
    help: 'Read hosts from a file too, one or more a line; what follows a # is a comment. A dash is standard input.',
  },
  { name: 'exclude', argument: 'HOSTS', isRepeatable: true, help: 'Leave these out: in any form of a host.' },
  { name: 'exclude-from', argument: 'FILE', isRepeatable: true, help: 'Leave out the hosts of a file.' },
  { name: 'ipv4', short: '4', help: 'Of names, take IPv4 addresses.' },
  { name: 'ipv6', short: '6', help: 'Of names, take IPv6 addresses.' },
  {
    name: 'all-hosts',
    help: 'Of many hosts, probe also those that answer at none of the ports that are asked first.',
  },
  { name: 'all-addresses', help: 'Probe every address of a name, not only the first.' },
  {
    name: 'banners',
    short: 'b',
    help: 'Ask each open port what it is, and compare that with what the port is for. Nothing logs in or changes anything.',
  },
  {
    name: 'rate',
    argument: 'COUNT',
    help: `Probes a second at most, in place of the default: no limit on this machine, ${own.rate} in own networks (${own.hostRate} to one host), ${outside.rate} elsewhere.`,
  },
  {
    name: 'retries',
    argument: 'COUNT',
    help: `Ask again so often where nothing came back (default ${DEFAULT_RETRIES}).`,
  },
  {
    name: 'timeout',
    argument: 'TIME',
    help: `Wait at most so long for one answer, as 800ms or 2s (default ${here.timeoutMaxMs / 1000}s; ${outside.timeoutMaxMs / 1000}s elsewhere). Measured round trips shorten it.`,
  },
  {
    name: 'host-timeout',
    argument: 'TIME',
    help: 'Give up a host after so long; its other ports are then not measured.',
  },
  {
    name: 'resume',
    argument: 'FILE',
    help: 'Keep the answers in a file as they come, and go on where the scan that wrote it was cut off.',
  },
  { name: 'xml', argument: 'FILE', help: "Write nmap's XML too; a dash is standard output." },
  { name: 'grepable', argument: 'FILE', help: "Write nmap's grepable form too; a dash is standard output." },
  { name: 'csv', argument: 'FILE', help: 'Write comma-separated values too (RFC 4180); a dash is standard output.' },
  JSON_OPTION,
  NDJSON_OPTION,
  OPEN_OPTION,
  {
    name: 'all',
    short: 'a',
    help: 'Of one port alone, tell every use with its history, and every field of the registry.',
  },
  { name: 'yes', short: 'y', help: 'Do not ask before probing beyond own networks.' },
  {
    name: 'engine',
    argument: 'ENGINE',
    choices: PROBE_ENGINES,
    help: "Send half-open by raw sockets (as root), by libc's own calls, or by Node's; by default the first that may be had.",
  },
]
