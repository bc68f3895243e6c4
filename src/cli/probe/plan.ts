/** From the command line to what is to be probed, and how fast. */
import { readFileSync } from 'node:fs'
import { PortolanError, messageOf } from '../../core/index.ts'
import { PROBE_ENGINES, isWorthFinding, parsePorts, readTargetList, resolveTargets } from '../../probe/index.ts'
import type { Pace, PortSet, ProbeJob, ProbeTransport, TargetWord, Targets } from '../../probe/index.ts'
import { namesOf, parseSpan } from '../../registry/index.ts'
import type { LoreBook, Registry } from '../../registry/index.ts'
import { wholeNumber } from '../arguments.ts'
import type { Arguments, Context } from '../command.ts'
import { readDuration } from './duration.ts'
import { DEFAULT_TOP } from './options.ts'
import { DEFAULT_PACES, groundOf } from './pace.ts'

const RATE_MAX = 10_000_000
const RETRIES_MAX = 10
const TIMEOUT_MIN_MS = 10
const TIMEOUT_MAX_MS = 60_000
const HOST_TIMEOUT_MIN_MS = 1000
const HOST_TIMEOUT_MAX_MS = 7 * 86_400_000
const SEED_MAX = 2 ** 32

export interface Plan {
  readonly job: ProbeJob
  readonly targets: Targets
  /** Whether the hosts that are there are looked for first. */
  readonly isFinding: boolean
}

type Ports = Readonly<Record<ProbeTransport, PortSet>>

/**
 * Reads what is to be done; names are resolved here.
 * @throws ERR_PORTOLAN_USAGE, and those of targets and ports
 */
export async function makePlan(args: Arguments, registry: Registry, lore: LoreBook, context: Context): Promise<Plan> {
  const ports = readPorts(args, registry, lore)
  const pace = paceOptions(args)
  const targets = await readTargets(args, context)
  const ground = groundOf(targets.hosts, targets.outside)
  const job: ProbeJob = {
    hosts: targets.hosts,
    tcpPorts: ports.tcp,
    udpPorts: ports.udp,
    pace: { ...DEFAULT_PACES[ground], ...pace },
    // It only mixes the order: nothing is secret about it, and ciphers need not be loaded.
    seed: Math.floor(Math.random() * SEED_MAX),
    answered: null,
    engine: engineOf(args),
  }
  return { job, targets, isFinding: ground !== 'here' && !args.has('all-hosts') && isWorthFinding(job) }
}

function engineOf(args: Arguments): ProbeJob['engine'] {
  const named = args.value('engine')
  return PROBE_ENGINES.find((each) => each === named) ?? null
}

function readPorts(args: Arguments, registry: Registry, lore: LoreBook): Ports {
  const words = args.values('ports')
  const transports: readonly ProbeTransport[] = args.has('udp') ? (args.has('tcp') ? ['tcp', 'udp'] : ['udp']) : ['tcp']
  const top = args.value('top')
  if (top !== undefined && words.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', '--top and --ports name different ports', {
      hint: "Say one of them; '-p top:20,8443' is both.",
    })
  const portsOfName = (name: string, transport: ProbeTransport): readonly number[] =>
    namedPorts(name, transport, registry, lore)
  if (words.length > 0) return parsePorts(words.map(withPrefix).join(','), { transports, portsOfName })
  const count = top === undefined ? null : wholeNumber(top, '--top', 1, 65_535)
  const text = transports.map((each) => `${each === 'tcp' ? 'T' : 'U'}:top:${count ?? DEFAULT_TOP[each]}`).join(',')
  return parsePorts(text, { transports, portsOfName })
}

/** `53/udp`, as the other commands take it, is nmap's `U:53`: here for that one port alone. */
function withPrefix(text: string): string {
  if (!/\/(tcp|udp)\b/i.test(text)) return text
  const parts = text.split(',').map((part) => /^\s*(.*)\/(tcp|udp)\s*$/i.exec(part) ?? part)
  if (parts.some((part) => typeof part === 'string'))
    throw new PortolanError(
      'ERR_PORTOLAN_PORT_INVALID',
      `'${text}' says the transport of some ports and not of others`,
      {
        hint: "Say it of each ('22/tcp,53/udp'), or give --ports several times.",
      },
    )
  return parts.map((part) => `${part[2]?.toLowerCase() === 'udp' ? 'U' : 'T'}:${part[1] ?? ''}`).join(',')
}

/** The registry's ports of a name, else those that the lore knows it by. */
function namedPorts(name: string, transport: ProbeTransport, registry: Registry, lore: LoreBook): readonly number[] {
  const assigned = registry
    .byName(name)
    .flatMap((row) => (row.ports !== null && row.transports.includes(transport) ? [row.ports] : []))
  const wanted = name.toLowerCase()
  const spans =
    assigned.length > 0
      ? assigned
      : lore
          .entries()
          .filter((entry) => namesOf(entry).includes(wanted))
          .flatMap((entry) => entry.uses.filter((use) => use.transports.includes(transport)))
          .flatMap((use) => use.ports.map(parseSpan))
  return [
    ...new Set(
      spans.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
    ),
  ]
}

function paceOptions(args: Arguments): Partial<Pace> {
  const [rate, retries, timeout, hostTimeout] = ['rate', 'retries', 'timeout', 'host-timeout'].map(args.value)
  const timeoutMaxMs = timeout === undefined ? null : readDuration(timeout, '--timeout', TIMEOUT_MIN_MS, TIMEOUT_MAX_MS)
  return {
    ...(rate === undefined ? {} : { rate: wholeNumber(rate, '--rate', 1, RATE_MAX), hostRate: null }),
    ...(retries === undefined ? {} : { retries: wholeNumber(retries, '--retries', 0, RETRIES_MAX) }),
    ...(timeoutMaxMs === null ? {} : { timeoutMaxMs, timeoutMinMs: Math.min(100, timeoutMaxMs) }),
    ...(hostTimeout === undefined
      ? {}
      : { hostTimeoutMs: readDuration(hostTimeout, '--host-timeout', HOST_TIMEOUT_MIN_MS, HOST_TIMEOUT_MAX_MS) }),
  }
}

async function readTargets(args: Arguments, context: Context): Promise<Targets> {
  const words = [...args.positionals.map(typed), ...args.values('targets').flatMap((file) => listOf(file, context))]
  const exclude = [
    ...args.values('exclude').flatMap((text) =>
      text
        .split(/[\s,]+/)
        .filter((word) => word !== '')
        .map(typed),
    ),
    ...args.values('exclude-from').flatMap((file) => listOf(file, context)),
  ]
  if (words.length === 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'probe which host?', {
      hint: "For example 'portolan probe 127.0.0.1 -p 1-1024', or 'portolan probe --help'.",
    })
  if (args.has('ipv4') && args.has('ipv6'))
    throw new PortolanError('ERR_PORTOLAN_USAGE', '-4 and -6 exclude each other', { hint: 'Leave both out for both.' })
  return resolveTargets(words, {
    exclude,
    family: args.has('ipv4') ? 4 : args.has('ipv6') ? 6 : null,
    allAddresses: args.has('all-addresses'),
    signal: context.signal,
  })
}

function typed(word: string): TargetWord {
  return { word, place: null }
}

function listOf(file: string, context: Context): readonly TargetWord[] {
  if (file === '-') return readTargetList(context.readInput(), 'standard input')
  try {
    return readTargetList(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof PortolanError) throw error
    throw new PortolanError('ERR_PORTOLAN_INPUT_UNREADABLE', `${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Name a file with hosts in it, or a dash for standard input.',
      cause: error,
    })
  }
}
