/** Another server of a domain at the end of a connection, as a test tells it to behave; what it was told is kept. */
import { DirectoryError, STATUS } from '../../src/directory/index.ts'
import type { DirectoryObject, WriteOperation } from '../../src/directory/index.ts'
import type { Binding } from '../../src/netinfo/handle.ts'
import type { ConnectReplica, IncomingCopy, ReplicaConnection } from '../../src/netinfo/server/replica-connection.ts'

export class ScriptedReplica {
  isReachable = true
  /** Is asked before each call is answered; may throw or take its time. */
  before: (call: string) => void | Promise<void> = () => undefined
  /** What READALL gives. */
  copy: { readonly checksum: number; readonly objects: Iterable<DirectoryObject> } | null = null
  /** The id that a created child gets; that of the master where null. */
  childInstance: number | null = null
  /** Is called when the one who connected ends all calls. */
  onAbort: () => void = () => undefined
  readonly heard: string[] = []
  connections = 0

  connect(signal?: AbortSignal): ReplicaConnection {
    signal?.addEventListener('abort', () => this.onAbort())
    if (!this.isReachable) throw new DirectoryError(STATUS.FAILED, 'nobody there')
    this.connections += 1
    return {
      update: async (operation) => {
        await this.#hear(wordsOf(operation))
        if (operation.kind !== 'create') return { id: { object: 0, instance: 0 } }
        const { object, instance } = operation.target ?? { object: 0, instance: 0 }
        return { id: operation.parent, child: { object, instance: this.childInstance ?? instance } }
      },
      resync: async () => this.#hear('resync'),
      crashed: async (checksum) => this.#hear(`crashed ${checksum}`),
      readAll: async (checksum) => {
        await this.#hear(`readall ${checksum}`)
        return this.copy === null || this.copy.checksum === checksum ? null : incoming(this.copy)
      },
      close: () => {
        this.connections -= 1
      },
    }
  }

  async #hear(call: string): Promise<void> {
    await this.before(call)
    this.heard.push(call)
  }
}

/** Connects to the replica at an address. */
export function connectorOf(replicas: ReadonlyMap<string, ScriptedReplica>): ConnectReplica {
  return async ({ address }: Binding, signal?: AbortSignal) => {
    const replica = replicas.get(address)
    if (replica === undefined) throw new DirectoryError(STATUS.FAILED, `nobody at ${address}`)
    return replica.connect(signal)
  }
}

function incoming({ checksum, objects }: NonNullable<ScriptedReplica['copy']>): IncomingCopy {
  async function* stream(): AsyncGenerator<DirectoryObject> {
    yield* objects
  }
  return { checksum, highestId: 0, objects: stream() }
}

function wordsOf(operation: WriteOperation): string {
  if (operation.kind === 'create') return `create ${operation.target?.object} in ${operation.parent.object}`
  if (operation.kind === 'destroy') return `destroy ${operation.child.object} in ${operation.parent.object}`
  return `${operation.kind} ${operation.id.object}.${operation.id.instance}`
}
