/** `/probe`: what another host answers, on the ground where one may ask without being asked. */
import * as v from 'valibot'
import { MeaningBook, machinesIn } from '../../../answer/index.ts'
import {
  isOwnAddress,
  parsePorts,
  readBanner,
  readOwnAddresses,
  resolveTargets,
  runProbe,
} from '../../../probe/index.ts'
import type { Banner, PortAnswer } from '../../../probe/index.ts'
import type { WebContext } from '../../env.ts'
import { declaredIn } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { NEVER_KEPT, answerJson } from '../answer-json.ts'
import { NO_PARAMETERS, defineOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { Problem } from '../problem.ts'
import { probeAnswer } from '../schemas/machine-schemas.ts'
import { API } from './base.ts'

/** Ports of one probe: what a page shows, and a second of a network's time at the pace below. */
const PORTS_MAX = 1024
/** For all of it, in ms. */
const PROBE_MS = 30_000
const BANNERS_MAX = 64
const BANNERS_AT_ONCE = 8
const BANNER_MS = 5000
/** Probes of all visitors at once: each holds descriptors. */
const AT_ONCE_MAX = 4
/** One host of a network that is ours: what Linux takes from one peer without a thought, as the command line has it. */
const PACE = { rate: 1000, hostRate: 1000, retries: 1, timeoutMinMs: 100, timeoutMaxMs: 1000, hostTimeoutMs: PROBE_MS }
const HERE = { ...PACE, rate: null, hostRate: null }
const BODY_BYTES_MAX = 16 * 1024

const bodySchema = v.strictObject({
  host: v.pipe(v.string(), v.minLength(1), v.maxLength(255), v.regex(/^[^\s/,]+$/, 'it is not one host')),
  ports: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  transports: v.exactOptional(v.pipe(v.array(v.picklist(['tcp', 'udp'])), v.minLength(1), v.maxLength(2)), ['tcp']),
  banners: v.exactOptional(v.boolean(), false),
})

export function probeOperations(services: WebServices): readonly Operation[] {
  let underWay = 0
  return [
    defineOperation({
      method: 'post',
      path: `${API}/probe`,
      id: 'probe',
      tag: 'machine',
      summary: 'What a host answers on some ports',
      description: `One host of loopback, of a private network, or of a network that this server stands in; up to ${PORTS_MAX} ports within ${PROBE_MS / 1000} s. Each port is told with what the directory declares there for the machine, and with what is unexpected. Where the client goes, the probe ends.`,
      scope: 'probe',
      parameters: NO_PARAMETERS,
      query: NO_PARAMETERS,
      body: {
        types: ['application/json'],
        description:
          'The host; its ports as `22,80,8000-8100,ssh`; the transports (tcp where they are left out); whether to ask open ports what they are.',
        maxBytes: BODY_BYTES_MAX,
        schema: bodySchema,
        example: { host: '127.0.0.1', ports: '973', transports: ['tcp'], banners: false },
      },
      success: [{ status: 200, description: 'The ports, in order.', type: 'application/json', schema: probeAnswer }],
      problems: ['unavailable'],
      answer: async (c, { body }) => {
        if (underWay >= AT_ONCE_MAX)
          throw new Problem('unavailable', `${underWay} probes are under way already.`, {
            headers: { 'retry-after': '5' },
          })
        underWay += 1
        try {
          return await probe(c, services, body)
        } finally {
          underWay -= 1
        }
      },
    }),
  ]
}

async function probe(c: WebContext, services: WebServices, body: v.InferOutput<typeof bodySchema>): Promise<Response> {
  const { registry } = services
  const portsOfName = (name: string, transport: 'tcp' | 'udp'): number[] =>
    registry
      .byName(name)
      .filter(({ transports }) => transports.includes(transport))
      .flatMap(({ ports }) => (ports === null ? [] : [ports.first]))
  const ports = parsePorts(body.ports, { transports: body.transports, portsOfName })
  const [tcpPorts, udpPorts] = [ports.tcp, ports.udp]
  const size = tcpPorts.size + udpPorts.size
  if (size > PORTS_MAX) throw new Problem('invalid', `These are ${size} ports, and one probe takes ${PORTS_MAX}.`)
  const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(PROBE_MS)])
  const { hosts, outside, unresolved } = await resolveTargets([{ word: body.host, place: null }], { signal })
  const [failure] = unresolved
  if (failure !== undefined) throw failure
  if (hosts.size !== 1) throw new Problem('invalid', `${body.host} names ${hosts.size} hosts, and one probe takes one.`)
  if (outside.size > 0)
    throw new Problem(
      'refused',
      `${body.host} is neither of a private network nor of one that this server stands in.`,
      {
        hint: 'Run portolan probe on a machine from which you may probe it.',
      },
    )
  const host = hosts.at(0)
  const answers: PortAnswer[] = []
  const pace = isOwnAddress(host.address, readOwnAddresses()) ? HERE : PACE
  const job = {
    hosts,
    tcpPorts,
    udpPorts,
    pace,
    seed: Math.trunc(Math.random() * 0x7fff_ffff),
    answered: null,
    engine: null,
  }
  const tally = await runProbe(job, { onAnswers: (batch) => void answers.push(...batch) }, signal)
  answers.sort((a, b) => (a.transport < b.transport ? -1 : a.transport > b.transport ? 1 : a.port - b.port))
  const banners = body.banners ? await readBanners(answers, host.name, signal) : new Map<PortAnswer, Banner>()
  const meanings = await meaningsIn(services)
  const names = host.name === null ? [] : [host.name]
  return answerJson(
    c,
    {
      schemaVersion: 1,
      host: host.address,
      whole: tally.isWhole,
      elapsedMs: Math.round(tally.elapsedMs),
      ports: answers.map((answer) => explain(meanings, names, answer, banners.get(answer) ?? null)),
    },
    { cacheControl: NEVER_KEPT },
  )
}

async function readBanners(
  answers: readonly PortAnswer[],
  name: string | null,
  signal: AbortSignal,
): Promise<ReadonlyMap<PortAnswer, Banner>> {
  const found = new Map<PortAnswer, Banner>()
  const queue = answers
    .filter(({ state }) => state === 'open')
    .slice(0, BANNERS_MAX)
    .values()
  const ask = async (): Promise<void> => {
    for (const answer of queue) {
      const { host: address, port, transport } = answer
      const banner = await readBanner({ address, port, transport, name }, { timeoutMs: BANNER_MS, signal })
      if (banner !== null) found.set(answer, banner)
    }
  }
  await Promise.all(Array.from({ length: BANNERS_AT_ONCE }, ask))
  return found
}

/** What the open domains declare, and for which machines. */
async function meaningsIn({ registry, lore, domains }: WebServices): Promise<MeaningBook> {
  const machines = await machinesIn(
    declaredIn(domains),
    domains.all().map(({ domain }) => domain),
  )
  return new MeaningBook(registry, lore, machines)
}

function explain(meanings: MeaningBook, names: readonly string[], answer: PortAnswer, banner: Banner | null) {
  const { host, port, transport, state, reason, rttMs, attempts } = answer
  const { entry, isGhost, declared, remarks } = meanings.meaningOf({ port, transport, state, banner }, host, names)
  return {
    host,
    port,
    transport,
    state,
    reason,
    rttMs: rttMs === null ? null : Math.round(rttMs * 1000) / 1000,
    attempts,
    status: entry.status,
    service: entry.names[0] ?? null,
    ghost: isGhost,
    banner,
    declared,
    remarks,
  }
}
