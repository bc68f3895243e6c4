/** netinfod's procedures as methods (protocol.md §5), over whatever makes the calls. */
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { Id, WriteOperation } from '../../directory/index.ts'
import type { Answer, Procedure } from '../codec.ts'
import { NETINFO, WRITE_PROCEDURES } from '../codec.ts'
import type { DomainHandle } from '../handle.ts'
import { writeMethodsOver } from './write-methods.ts'
import type { CreateOperation } from './write-methods.ts'

/** Reads may be asked of any server of a domain; writes are for its master. They have times of their own. */
export type CallKind = 'read' | 'write'
export type Call = <A, R>(procedure: Procedure<A, R>, args: A, kind: CallKind) => Promise<R>

/** What one procedure each does. */
export type Procedures = Omit<DomainHandle, 'server' | 'readAll' | 'resolve' | 'master' | 'close'> & {
  /**
   * A write as an operation, with its `target` where it has one.
   * @returns the new id of the directory that it names: of the parent, for create and destroy
   */
  readonly perform: (operation: WriteOperation) => Promise<Id>
}

/** What it takes to look around in a domain. */
export type DomainReads = Pick<DomainHandle, 'statistics' | 'root' | 'self' | 'read' | 'lookup' | 'lookupRead' | 'list'>

/** The methods. Each rejects with a `DirectoryError` when the server answers another status than OK. */
export function proceduresOver(call: Call): Procedures {
  const ask = async <A, R>(procedure: Procedure<A, Answer<R>>, args: A): Promise<R> =>
    payloadOf(procedure, await call(procedure, args, 'read'))
  /** Writes answer the new id, all but create, which has a form of its own. */
  const write = async (operation: Exclude<WriteOperation, CreateOperation>): Promise<Id> => {
    const procedure = NETINFO[WRITE_PROCEDURES[operation.kind]]
    return payloadOf(procedure, await call(procedure, operation, 'write'))
  }
  const create = async (operation: CreateOperation): ReturnType<DomainHandle['create']> =>
    payloadOf(NETINFO.create, await call(NETINFO.create, operation, 'write'))
  return {
    ping: () => call(NETINFO.ping, undefined, 'read'),
    statistics: () => call(NETINFO.statistics, undefined, 'read'),
    root: () => ask(NETINFO.root, undefined),
    self: (object) => ask(NETINFO.self, idOf(object)),
    parent: (object) => ask(NETINFO.parent, idOf(object)),
    read: (object) => ask(NETINFO.read, idOf(object)),
    children: (object) => ask(NETINFO.children, idOf(object)),
    lookup: (object, key, value) => ask(NETINFO.lookup, { id: idOf(object), key, value }),
    lookupRead: (object, key, value) => ask(NETINFO.lookupread, { id: idOf(object), key, value }),
    list: (object, key) => ask(NETINFO.list, { id: idOf(object), key }),
    listAll: (object) => ask(NETINFO.listall, idOf(object)),
    listProperties: (object) => ask(NETINFO.listprops, idOf(object)),
    readProperty: (object, property) => ask(NETINFO.readprop, { id: idOf(object), index: property }),
    readValue: (object, property, value) => ask(NETINFO.readname, { id: idOf(object), index: property, at: value }),
    rparent: () => ask(NETINFO.rparent, undefined),
    ...writeMethodsOver(create, write),
    perform: async (operation) => (operation.kind === 'create' ? (await create(operation)).parent : write(operation)),
    resync: async () => {
      const status = await call(NETINFO.resync, undefined, 'read')
      if (status !== STATUS.OK) throw new DirectoryError(status, NETINFO.resync.name)
    },
    crashed: (checksum) => call(NETINFO.crashed, checksum, 'read'),
  }
}

/** Reads go by the object alone; the server says the instance. */
function idOf(object: number): Id {
  return { object, instance: 0 }
}

function payloadOf<A, R>(procedure: Procedure<A, Answer<R>>, { status, value }: Answer<R>): R {
  if (value === null) throw new DirectoryError(status, procedure.name)
  return value
}
