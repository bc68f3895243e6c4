/** The connections between the servers of one domain (protocol.md §9), over the client's RPC. */
import { DirectoryError } from '../../directory/index.ts'
import type { Id, WriteOperation } from '../../directory/index.ts'
import { getRegister } from '../client/connect.ts'
import { connectServer } from '../client/server-connection.ts'
import { NETINFO, WRITE_PROCEDURES } from '../codec.ts'
import type { Answer } from '../codec.ts'
import type { ConnectReplica } from './replica-connection.ts'

export interface ReplicaNetworkOptions {
  /** The port of a host's binder, where it is known without its portmapper: that of this machine. */
  readonly binderPortOf?: (address: string) => number | undefined
}

/** Reaching the other server, in milliseconds. */
const CONNECT_MS = 5000
/** For one call: an original clone may compare and transfer before it answers a RESYNC. */
const CALL_MS = 60_000

/** Connects to servers as their binders register them, from a reserved port and without a credential. */
export function replicaConnector(options: ReplicaNetworkOptions = {}): ConnectReplica {
  return async ({ address, tag }, signal) => {
    const binderPort = options.binderPortOf?.(address)
    const ask = {
      readTimeoutMs: CONNECT_MS,
      ...(signal === undefined ? {} : { signal }),
      ...(binderPort === undefined ? {} : { binderPort }),
    }
    const { tcpPort } = await getRegister(address, tag, ask)
    const connection = await connectServer({ address, tcpPort, isReservedPort: true, signal })
    const call = connection.callWith({ readTimeoutMs: CALL_MS, writeTimeoutMs: CALL_MS, credential: null })
    return {
      update: async (operation: WriteOperation): Promise<{ readonly id: Id; readonly child?: Id }> => {
        if (operation.kind === 'create') {
          const { child, parent } = payloadOf(await call(NETINFO.create, operation, 'write'))
          return { id: parent, child }
        }
        return { id: payloadOf(await call(NETINFO[WRITE_PROCEDURES[operation.kind]], operation, 'write')) }
      },
      resync: async () => {
        const status = await call(NETINFO.resync, undefined, 'read')
        if (status !== 0) throw new DirectoryError(status)
      },
      crashed: async (checksum) => call(NETINFO.crashed, checksum, 'read'),
      readAll: async (checksum) => connection.readAll(checksum),
      close: () => connection.close(),
    }
  }
}

function payloadOf<T>({ status, value }: Answer<T>): T {
  if (value === null) throw new DirectoryError(status)
  return value
}
