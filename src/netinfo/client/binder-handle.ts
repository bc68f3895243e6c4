/** The binder of a host (protocol.md §6): which servers it knows, and what root may have it do. */
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { BINDER } from '../codec.ts'
import type { Ports, Procedure, Registration } from '../codec.ts'
import type { OpenOptions } from '../handle.ts'
import { findBinder } from './connect.ts'
import { credentialOf } from './credential.ts'
import { findAddress } from './open.ts'
import { RpcClient } from './rpc-client.ts'
import { DEFAULT_TIMEOUT_MS } from './server-connection.ts'
import { isRoot } from './tcp-socket.ts'

/**
 * Every method rejects with a `DirectoryError`: what the binder answers, or `STATUS.FAILED`. What changes something needs root:
 * this process's on the binder's own machine, or root's password there as `password` of the options.
 */
export interface BinderHandle {
  readonly address: string
  readonly ping: () => Promise<void>
  readonly register: (tag: string, udpPort: number, tcpPort: number) => Promise<void>
  readonly unregister: (tag: string) => Promise<void>
  /** Rejects with NOTAG, or with NORESPONSE where the server is dead. */
  readonly getRegister: (tag: string) => Promise<Ports>
  readonly list: () => Promise<readonly Registration[]>
  readonly createMaster: (tag: string) => Promise<void>
  readonly createClone: (tag: string, masterName: string, masterAddress: string, masterTag: string) => Promise<void>
  readonly destroyDomain: (tag: string) => Promise<void>
  readonly close: () => void
}

/**
 * Connects to the binder of a host, over TCP.
 * @throws DirectoryError CANTFINDADDRESS; RpcError
 */
export async function openBinder(host: string, options: OpenOptions = {}): Promise<BinderHandle> {
  const { readTimeoutMs = DEFAULT_TIMEOUT_MS.read, writeTimeoutMs = DEFAULT_TIMEOUT_MS.write, signal } = options
  const address = await findAddress(host)
  const port = await findBinder(address, 'tcp', options)
  // The binder looks at the password alone.
  const credential = options.password === undefined ? null : credentialOf(0, options.password)
  const client = new RpcClient({ address, port, isReservedPort: isRoot(), connectTimeoutMs: readTimeoutMs, signal })
  await client.connect()

  const read = async <A, R>(procedure: Procedure<A, R>, args: A): Promise<R> =>
    await client.call(procedure, args, { timeoutMs: readTimeoutMs })
  const change = async <A>(procedure: Procedure<A, number>, args: A): Promise<void> => {
    const status = await client.call(procedure, args, { timeoutMs: writeTimeoutMs, credential })
    if (status !== STATUS.OK) throw new DirectoryError(status, procedure.name)
  }
  return {
    address,
    ping: () => read(BINDER.ping, undefined),
    register: (tag, udpPort, tcpPort) => change(BINDER.register, { tag, udpPort, tcpPort }),
    unregister: (tag) => change(BINDER.unregister, tag),
    getRegister: async (tag) => {
      const { status, value } = await read(BINDER.getregister, tag)
      if (value === null) throw new DirectoryError(status, tag)
      return value
    },
    list: async () => {
      const { status, value } = await read(BINDER.listreg, undefined)
      if (value === null) throw new DirectoryError(status, 'listreg')
      return value
    },
    createMaster: (tag) => change(BINDER.createmaster, tag),
    createClone: (tag, masterName, masterAddress, masterTag) =>
      change(BINDER.createclone, { tag, masterName, masterAddress, masterTag }),
    destroyDomain: (tag) => change(BINDER.destroydomain, tag),
    close: () => client.close(),
  }
}
