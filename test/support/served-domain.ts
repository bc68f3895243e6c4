/** A domain filled from a plan and served as `portolan serve` would, on free ports of the loopback. */
import type { TestContext } from 'node:test'
import type { Domain } from '../../src/directory/index.ts'
import { DomainServer } from '../../src/netinfo/server/domain-server.ts'
import type { DomainServerOptions } from '../../src/netinfo/server/domain-server.ts'
import { atEnd } from './at-end.ts'
import { domainOf } from './domain-of.ts'
import type { Plan } from './domain-of.ts'

export interface Served {
  readonly domain: Domain
  readonly tcpPort: number
  readonly udpPort: number
}

/** What a domain must hold so that a machine of the loopback is its master. */
export const MASTER_MACHINE: Plan = {
  name: 'machines',
  at: [{ name: ['ada', 'ada.example'], ip_address: ['127.0.0.1', '192.0.2.5'], serves: ['./network', 'attic/local'] }],
}

export type ServedOptions = Partial<DomainServerOptions> & { readonly tag?: string }

export async function servedDomain(
  context: Pick<TestContext, 'after'>,
  plan: Plan,
  options: ServedOptions = {},
): Promise<Served> {
  return serveDomain(context, await domainOf(context, options.tag ?? 'network', plan), options)
}

/** Serves a domain that is there; it is closed with its server. */
export async function serveDomain(
  context: Pick<TestContext, 'after'>,
  domain: Domain,
  options: ServedOptions = {},
): Promise<Served> {
  const errors: unknown[] = []
  const server = await DomainServer.start({
    domain,
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    parentServers: [],
    onEvent: () => undefined,
    onError: (error) => errors.push(error),
    ...options,
  })
  atEnd(context, async () => {
    await server.close()
    if (errors.length > 0) throw new AggregateError(errors, 'the server failed')
  })
  return { domain, tcpPort: server.tcpPort, udpPort: server.udpPort }
}
