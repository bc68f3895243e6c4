/** A domain served by a main thread and workers, and clients of which it is known who answers them. */
import type { TestContext } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { XdrReader, XdrWriter } from '../../src/core/index.ts'
import { DataFolder, furnish } from '../../src/directory/index.ts'
import type { Domain } from '../../src/directory/index.ts'
import { NETINFO } from '../../src/netinfo/codec.ts'
import type { Procedure } from '../../src/netinfo/codec.ts'
import { DomainServer } from '../../src/netinfo/server/domain-server.ts'
import { Workers, canSharePorts, startWorkerThread } from '../../src/netinfo/server/workers.ts'
import { atEnd } from './at-end.ts'
import { addTo } from './domain-of.ts'
import type { Plan } from './domain-of.ts'
import { RawClient } from './rpc-calls.ts'
import type { ReplyParts } from './rpc-calls.ts'
import { tempFolder } from './temp-folder.ts'

export const TAG = 'network'
/** More than the kernel gives to one of two threads: it would do so once in a million. */
const CLIENTS = 20

export interface Client {
  readonly raw: RawClient
  readonly isWorkers: boolean
}

export interface ByWorkers {
  readonly domain: Domain
  readonly server: DomainServer
  readonly folder: DataFolder
  /** Every thread that was started, in order. */
  readonly threads: readonly Worker[]
  /** What was told of failures; a test that expects some takes them out. */
  readonly errors: unknown[]
  /** Calls back when a worker asks the main thread something. */
  readonly onAsked: (listener: () => void) => void
  readonly connect: () => Promise<Client>
  /** Connects until clients of both kinds are there. */
  readonly connectMany: () => Promise<readonly Client[]>
}

export interface StartedWorkers {
  readonly workers: Workers
  readonly threads: readonly Worker[]
  readonly onAsked: (listener: () => void) => void
  readonly errors: unknown[]
}

/** Workers, and their threads; null, and the test skipped, where threads cannot share a port. */
export async function startWorkers(context: TestContext, count: number): Promise<StartedWorkers | null> {
  if (!(await canSharePorts())) {
    context.skip('this system does not share ports')
    return null
  }
  const threads: Worker[] = []
  const errors: unknown[] = []
  const listeners: (() => void)[] = []
  const workers = new Workers({
    count,
    onError: (error) => errors.push(error),
    startThread: (row) => {
      const thread = startWorkerThread(row)
      thread.on('message', ({ kind }: { readonly kind: string }) => {
        if (kind === 'call') for (const listener of listeners) listener()
      })
      threads.push(thread)
      return thread
    },
  })
  atEnd(context, async () => {
    await workers.close()
    if (errors.length > 0) throw new AggregateError(errors, 'workers failed')
  })
  return { workers, threads, errors, onAsked: (listener) => void listeners.push(listener) }
}

export async function servedByWorkers(
  context: TestContext,
  { count = 1, plan }: { readonly count?: number; readonly plan: Plan },
): Promise<ByWorkers | null> {
  const started = await startWorkers(context, count)
  if (started === null) return null
  const { workers, threads, errors, onAsked } = started
  const folder = new DataFolder(tempFolder(context))
  const domain = await folder.open(TAG)
  await furnish(domain, { hostName: 'localhost', addresses: ['127.0.0.1'], tag: TAG })
  for (const child of plan.at ?? []) await addTo(domain, 0, child)
  const server = await DomainServer.start({
    domain,
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    parentServers: [],
    served: { workers, folder: folder.path },
    onEvent: () => undefined,
    onError: (error) => errors.push(error),
  })
  atEnd(context, () => server.close())
  let asked = 0
  onAsked(() => {
    asked += 1
  })
  const connect = async (): Promise<Client> => {
    const raw = await RawClient.connect(server.tcpPort)
    atEnd(context, () => raw.close())
    const before = asked
    await ask(raw, NETINFO.statistics, undefined)
    return { raw, isWorkers: asked > before }
  }
  const connectMany = async (): Promise<readonly Client[]> => {
    const clients: Client[] = []
    while (clients.length < CLIENTS) clients.push(await connect())
    const ofWorkers = clients.filter(({ isWorkers }) => isWorkers).length
    if (ofWorkers === 0 || ofWorkers === CLIENTS) throw new Error(`workers answer ${ofWorkers} of ${CLIENTS} clients`)
    return clients
  }
  return { domain, server, folder, threads, errors, onAsked, connect, connectMany }
}

let lastXid = 0

/** Calls a procedure, and gives the reply as it came; the xid alone is always 0. */
export async function askRaw<A, R>(client: RawClient, procedure: Procedure<A, R>, args: A): Promise<ReplyParts> {
  const writer = new XdrWriter()
  procedure.args.encode(writer, args)
  return askBytes(client, procedure.number, writer.toBytes())
}

export async function askBytes(client: RawClient, procedure: number, args: Uint8Array): Promise<ReplyParts> {
  lastXid += 1
  const { program, version } = NETINFO.ping
  return { ...(await client.ask({ xid: lastXid, program, version, procedure, args })), xid: 0 }
}

export async function ask<A, R>(client: RawClient, procedure: Procedure<A, R>, args: A): Promise<R> {
  const { rest } = await askRaw(client, procedure, args)
  return procedure.result.decode(new XdrReader(rest))
}
