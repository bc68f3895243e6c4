import { PortolanError } from '../../core/index.ts'
import type { ExitStatus } from '../../core/index.ts'
import type { ProbeJob } from '../../probe/index.ts'
import { openLore, openRegistry } from '../../registry/index.ts'
import type { Arguments, Command, Context } from '../command.ts'
import type { PortsAsked } from '../../answer/index.ts'
import { DEFAULT_TOP, PROBE_OPTIONS } from '../probe/options.ts'
import { DEFAULT_PACES } from '../probe/pace.ts'

const { own, outside } = DEFAULT_PACES

export const command: Command = {
  name: 'probe',
  summary: 'say what answers on the ports of a host, and what that means',
  usage: [
    'portolan probe [OPTION]… HOST… [-p PORTS]',
    'portolan probe 192.0.2.0/24 -p 22,80,443 --banners',
    'portolan probe diff FILE FILE',
  ],
  description: [
    'Probe only what is yours, or what its owner lets you probe.',
    'Tries to connect to TCP ports, or sends UDP ports a question, and tells the state of each with its reason: open, closed, filtered (nothing came back, or a firewall said no), open|filtered (UDP from which nothing came back). What could not be measured is said to be so, and is not closed.',
    'Then it tells what the open ports mean: the registry, the unofficial uses, what the directory declares for that machine, and what is unexpected: a service that the port is not for, a ghost port that answers, a port that nobody declared. One port alone is told in full.',
    `HOST is a name, an address, a network (192.0.2.0/24), a range (192.0.2.1-99) or octets as nmap writes them (10.0.0-3.1). Without --ports the ${DEFAULT_TOP.tcp} TCP ports that are most often open are probed; with --udp, ${DEFAULT_TOP.udp} UDP ports.`,
    `Where hosts lie outside loopback, private networks and those that this machine stands in, it first says what it would send, and asks. This machine is probed as fast as it answers; own networks at no more than ${own.rate} probes a second, ${own.hostRate} to one host; all else at ${outside.rate} a second.`,
    'diff compares two scans, in any form that import reads: what appeared, vanished, or changed.',
  ],
  options: PROBE_OPTIONS,
  examples: [
    { line: 'portolan probe 127.0.0.1 -p 973', says: 'one port, told in full' },
    {
      line: 'portolan probe printer.example --banners',
      says: 'what a machine offers, and what each service says it is',
    },
    { line: 'portolan probe 192.168.1.0/24 -p 22,80,443 --xml scan.xml', says: "a network, kept in nmap's form" },
    { line: 'portolan probe 192.168.1.1 --udp', says: 'UDP, each port asked in its own protocol' },
    {
      line: 'portolan probe 10.0.0.0/24 -p - --resume scan.keep --ndjson > scan.ndjson',
      says: 'a long scan that may be cut off',
    },
    { line: "portolan probe localhost -p - --open --json | jq '.[].port'", says: 'for scripts' },
    { line: 'portolan probe diff monday.xml today.xml', says: 'what changed' },
  ],
  exits: {
    0: 'something is open; of diff: the two are the same',
    1: 'nothing is open, or the answer was no; of diff: they differ',
    2: 'wrong use, or hosts beyond own networks without --yes and without a terminal to ask',
    3: 'nothing is open, and something could not be found out: a name without an address, no route, a port not measured',
  },
  run: runProbeCommand,
}

async function runProbeCommand(args: Arguments, context: Context): Promise<ExitStatus> {
  if (args.positionals[0] === 'diff') {
    const { runDiff } = await import('../probe/diff.ts')
    return runDiff(
      args,
      PROBE_OPTIONS.map(({ name }) => name),
      context,
    )
  }
  const { makePlan } = await import('../probe/plan.ts')
  const { runScan } = await import('../probe/scan.ts')
  const { withMeanings } = await import('../probe/with-meanings.ts')
  const { registry } = openRegistry(context.env)
  const lore = openLore()
  const plan = await makePlan(args, registry, lore, context)
  const { hosts, unresolved } = plan.targets
  if (hosts.size === 0) {
    const [failure] = unresolved
    if (failure !== undefined) throw failure
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'no host is left to probe', { hint: 'All are excluded.' })
  }
  return withMeanings(registry, lore, portsOf(plan.job), context, (book) => runScan(plan, book, args, context))
}

/** Counted and listed when they are wanted: a set of all would be the largest thing that the command keeps. */
function portsOf({ tcpPorts, udpPorts }: ProbeJob): PortsAsked {
  const list = function* (): Generator<number> {
    for (let index = 0; index < tcpPorts.size; index += 1) yield tcpPorts.at(index)
    for (let index = 0; index < udpPorts.size; index += 1)
      if (!tcpPorts.has(udpPorts.at(index))) yield udpPorts.at(index)
  }
  return {
    get size() {
      let size = 0
      for (const _ of list()) size += 1
      return size
    },
    [Symbol.iterator]: list,
  }
}
