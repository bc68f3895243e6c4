/**
 * A host with one domain's server on an address of the loopback: real sockets, a binder that knows this one tag, and the
 * services of src/netinfo/server. Its own address is that one address alone, so that several hosts fit into one process; as
 * every call on the loopback comes from 127.0.0.1, `/machines` lists that as the second address of each.
 */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Domain, STATUS } from '../../src/directory/index.ts'
import { LmdbStore } from '../../src/store/index.ts'
import { BINDER } from '../../src/netinfo/codec.ts'
import type { Ports } from '../../src/netinfo/codec.ts'
import { BINDER_PROGRAM, BINDER_VERSION, binderProcedure } from '../../src/netinfo/programs.ts'
import { DomainServices } from '../../src/netinfo/server/domain-services.ts'
import { NetInfoProgram } from '../../src/netinfo/server/netinfo-program.ts'
import type { ReplicationEvent } from '../../src/netinfo/server/replica-connection.ts'
import { replicaConnector } from '../../src/netinfo/server/replica-network.ts'
import type { RpcProgram } from '../../src/netinfo/server/rpc-program.ts'
import { RpcServer } from '../../src/netinfo/server/rpc-server.ts'
import { systemTimers } from '../../src/netinfo/server/timers.ts'
import { atEnd } from './at-end.ts'
import { addTo, setProperty } from './domain-of.ts'
import { tempFolder } from './temp-folder.ts'

/** Where the binders of the hosts of one test listen, by address. */
export type BinderPorts = Map<string, number>

/** A host that is not there yet: nothing listens at this port. */
const NOBODY_PORT = 1

/** The second address of every host: where calls on the loopback come from. */
export const LOOPBACK_SOURCE = '127.0.0.1'

export interface Host {
  readonly address: string
  readonly domain: Domain
  readonly services: DomainServices
  readonly server: RpcServer
  readonly events: readonly ReplicationEvent[]
  readonly stop: () => Promise<void>
}

export interface HostOptions {
  readonly address: string
  readonly tag: string
  readonly binders: BinderPorts
  /** The folder of the domain; a new one where nothing is said. */
  readonly folder?: string
  /** Fills or changes the domain before it is served. */
  readonly prepare?: (domain: Domain) => Promise<void>
}

/** Writes into a domain where its servers are, by name; the first is its master. */
export async function nameServers(
  domain: Domain,
  tag: string,
  servers: Readonly<Record<string, string>>,
): Promise<void> {
  await setProperty(domain, 0, 'master', `${Object.keys(servers)[0] ?? ''}/${tag}`)
  const machines = Object.entries(servers).map(([name, address]) => ({
    name,
    ip_address: [address, LOOPBACK_SOURCE],
    serves: `./${tag}`,
  }))
  await addTo(domain, 0, { name: 'machines', at: machines })
}

export async function startHost(context: TestContext, options: HostOptions): Promise<Host> {
  const { address, tag, binders, folder = tempFolder(context) } = options
  const domain = await Domain.open(LmdbStore.open(join(folder, 'domain.mdb')), { tag })
  await options.prepare?.(domain)
  const events: ReplicationEvent[] = []
  const failures: unknown[] = []
  const services = new DomainServices({
    domain,
    own: { tag, isOwnAddress: (each) => each === address },
    addresses: () => [address],
    hostName: address,
    version: 'test',
    connections: () => server.stats,
    isTrusted: () => true,
    connect: connectorTo(binders),
    network: { interfaces: () => [], isAlive: async () => false, bind: async () => null },
    parentServers: [],
    timers: systemTimers((error) => failures.push(error)),
    random: Math.random,
    onEvent: (event) => events.push(event),
  })
  const server = await RpcServer.listen([new NetInfoProgram(domain, services)], {
    host: address,
    onError: (error) => failures.push(error),
  })
  const binder = await startBinder(address, tag, server, binders)
  services.start()
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      await services.stop()
      await binder.close(0)
      await server.close(0)
      await domain.close()
      if (failures.length > 0) throw new AggregateError(failures, `the server at ${address} failed`)
    })()
    return stopping
  }
  atEnd(context, stop)
  return { address, domain, services, server, events, stop }
}

/** A binder that knows where one tag is served. */
export async function startBinder(
  address: string,
  tag: string,
  server: Pick<RpcServer, 'tcpPort' | 'udpPort'>,
  binders: BinderPorts,
): Promise<RpcServer> {
  const ports: Ports = { tcpPort: server.tcpPort ?? 0, udpPort: server.udpPort ?? 0 }
  const program: RpcProgram = {
    program: BINDER_PROGRAM,
    version: BINDER_VERSION,
    answer: ({ header, args }, reply) => {
      if (header.procedure !== binderProcedure('getregister')) return 'procUnavailable'
      const isKnown = BINDER.getregister.args.decode(args) === tag
      const answer = isKnown ? { status: STATUS.OK, value: ports } : { status: STATUS.NOTAG, value: null }
      BINDER.getregister.result.encode(reply, answer)
      return 'done'
    },
  }
  // UDP and TCP at the same port, as the client asks either.
  for (;;) {
    const port = binders.get(address) ?? 0
    const tcp = await RpcServer.listen([program], { host: address, tcpPort: port, udpPort: null })
    try {
      const udp = await RpcServer.listen([program], { host: address, tcpPort: null, udpPort: tcp.tcpPort ?? 0 })
      binders.set(address, tcp.tcpPort ?? 0)
      atStop(tcp, udp)
      return tcp
    } catch (error) {
      await tcp.close(0)
      if (port !== 0) throw error
    }
  }
}

/** Closes one server with another. */
function atStop(one: RpcServer, other: RpcServer): void {
  const close = one.close.bind(one)
  one.close = async (graceMs) => {
    await Promise.all([close(graceMs), other.close(graceMs)])
  }
}

/** Connects to the host at an address by its binder. */
export function connectorTo(binders: BinderPorts): ReturnType<typeof replicaConnector> {
  return replicaConnector({ binderPortOf: (address) => binders.get(address) ?? NOBODY_PORT })
}
