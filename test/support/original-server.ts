/**
 * A server of the original lines as protocol.md tells of them, master or clone, in memory and with real sockets.
 *
 * Line N begins instances at 1, goes on from the old one when a number is used again, takes the id that a master names, refuses READALL from
 * other than reserved ports, and objects above the highest id. Line A begins at 0 every time and does not look at the id named. An
 * unknown directory is BADID for N and NODIR for A.
 */
import { DirectoryError, STATUS } from '../../src/directory/index.ts'
import type { DirectoryObject, Id, Properties, WriteKind, WriteOperation } from '../../src/directory/index.ts'
import { NETINFO, WRITE_PROCEDURES, decodeWrite } from '../../src/netinfo/codec.ts'
import type { Binding } from '../../src/netinfo/handle.ts'
import { NETINFO_PROGRAM, NETINFO_VERSION, netinfoProcedure } from '../../src/netinfo/programs.ts'
import type { ConnectReplica } from '../../src/netinfo/server/replica-connection.ts'
import type { RpcAnswer, RpcCall, RpcProgram } from '../../src/netinfo/server/rpc-program.ts'
import type { XdrWriter } from '../../src/core/index.ts'

export type Line = 'N' | 'A'

interface Entry {
  instance: number
  properties: Properties
  parent: number
  children: number[]
}

export class OriginalServer implements RpcProgram {
  readonly program = NETINFO_PROGRAM
  readonly version = NETINFO_VERSION
  readonly line: Line
  readonly #connect: ConnectReplica
  /** Where it asks for copies; null for a master. */
  readonly #master: Binding | null
  #entries = new Map<number, Entry>([[0, { instance: 1, properties: [], parent: 0, children: [] }]])
  readonly #graves = new Map<number, number>()
  readonly #kinds: ReadonlyMap<number, WriteKind>
  /** Copies taken from a master, and updates refused, as a clone. */
  copies = 0
  refused = 0
  #comparison: Promise<void> = Promise.resolve()

  constructor(line: Line, connect: ConnectReplica, master: Binding | null = null) {
    this.line = line
    this.#connect = connect
    this.#master = master
    const kinds: readonly WriteKind[] = [
      'create',
      'destroy',
      'write',
      'createProperty',
      'destroyProperty',
      'writeProperty',
      'renameProperty',
      'createValue',
      'destroyValue',
      'writeValue',
    ]
    this.#kinds = new Map(kinds.map((kind) => [netinfoProcedure(WRITE_PROCEDURES[kind]), kind]))
  }

  get checksum(): number {
    return [...this.#entries].reduce((sum, [object, { instance }]) => (sum + Math.imul(object + 1, instance)) >>> 0, 0)
  }

  /** Pre-order, children in order. */
  objects(from = 0): DirectoryObject[] {
    const entry = this.#entries.get(from)
    if (entry === undefined) return []
    const { instance, properties, parent, children } = entry
    const own = { id: { object: from, instance }, properties, parent, children: [...children] }
    return [own, ...children.flatMap((child) => this.objects(child))]
  }

  idOf(object: number): Id {
    return { object, instance: this.#require(object).instance }
  }

  childrenOf(object: number): readonly number[] {
    return this.#require(object).children
  }

  answer(call: RpcCall, reply: XdrWriter): RpcAnswer | Promise<RpcAnswer> {
    const { procedure } = call.header
    const kind = this.#kinds.get(procedure)
    if (kind !== undefined) return this.#update(kind, call, reply)
    if (procedure === netinfoProcedure('ping')) return 'done'
    if (procedure === netinfoProcedure('readall')) return this.#readAll(call, reply)
    if (procedure === netinfoProcedure('crashed')) return this.#compared(call.args.u32('checksum'), reply, false)
    if (procedure === netinfoProcedure('resync')) return this.#compared(null, reply, true)
    return 'procUnavailable'
  }

  /**
   * Does a write as the master, and gives it as it is to be forwarded.
   * @throws DirectoryError
   */
  write(operation: WriteOperation): WriteOperation {
    const { child } = this.#apply(operation)
    return operation.kind === 'create' && child !== undefined ? { ...operation, target: child } : operation
  }

  /** Waits for the comparisons under way. */
  async settle(): Promise<void> {
    await this.#comparison
  }

  #update(kind: WriteKind, { args, header, peer }: RpcCall, reply: XdrWriter): RpcAnswer {
    const operation = decodeWrite(kind, args)
    if (header.unix !== null || peer.port >= 1024) {
      reply.u32(STATUS.RDONLY)
      return 'done'
    }
    try {
      const { id, child } = this.#apply(operation)
      if (child === undefined) NETINFO.destroy.result.encode(reply, { status: STATUS.OK, value: id })
      else NETINFO.create.result.encode(reply, { status: STATUS.OK, value: { child, parent: id } })
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      this.refused += 1
      reply.u32(error.status)
      this.#compare()
    }
    return 'done'
  }

  #readAll({ args, peer }: RpcCall, reply: XdrWriter): RpcAnswer {
    const asked = args.u32('checksum')
    const highest = Math.max(...this.#entries.keys())
    const highestId = this.line === 'N' ? highest + 1 : highest
    if (this.#master !== null) reply.u32(STATUS.NOTMASTER)
    else if (this.line === 'N' && peer.port >= 1024) reply.u32(STATUS.AUTHERROR)
    else {
      const isSame = asked === this.checksum
      const value = isSame
        ? { checksum: 0, highestId, objects: [] }
        : { checksum: this.checksum, highestId, objects: this.objects() }
      NETINFO.readall.result.encode(reply, { status: STATUS.OK, value })
    }
    return 'done'
  }

  /** A clone compares before it answers: whoever asked waits. */
  async #compared(checksum: number | null, reply: XdrWriter, hasStatus: boolean): Promise<RpcAnswer> {
    if (this.#master !== null && checksum !== this.checksum) {
      this.#compare()
      await this.#comparison
    }
    if (hasStatus) reply.u32(STATUS.OK)
    return 'done'
  }

  #compare(): void {
    this.#comparison = this.#comparison.then(async () => this.#transfer())
  }

  async #transfer(): Promise<void> {
    if (this.#master === null) return
    const connection = await this.#connect(this.#master)
    try {
      const copy = await connection.readAll(this.checksum)
      if (copy === null) return
      const entries = new Map<number, Entry>()
      for await (const { id, properties, parent, children } of copy.objects)
        entries.set(id.object, { instance: id.instance, properties, parent, children: [...children] })
      if (this.line === 'N' && Math.max(...entries.keys()) > copy.highestId) return
      this.#entries = entries
      this.copies += 1
    } catch (error) {
      // MASTERBUSY and a master that is gone: the next RESYNC will do.
      if (!(error instanceof DirectoryError)) throw error
    } finally {
      connection.close()
    }
  }

  #apply(operation: WriteOperation): { readonly id: Id; readonly child?: Id } {
    if (operation.kind === 'create') return this.#create(operation)
    if (operation.kind === 'destroy') return this.#destroy(operation)
    const entry = this.#fresh(operation.id)
    entry.properties = changed(entry.properties, operation)
    entry.instance += 1
    return { id: { object: operation.id.object, instance: entry.instance } }
  }

  #create({ parent, properties, where, target }: Extract<WriteOperation, { kind: 'create' }>): { id: Id; child: Id } {
    const entry = this.#fresh(parent)
    const child = this.line === 'N' && target !== undefined ? target : this.#nextId()
    if (this.#entries.has(child.object)) throw new DirectoryError(STATUS.ALIVE)
    this.#entries.set(child.object, { instance: child.instance, properties, parent: parent.object, children: [] })
    entry.children.splice(Math.min(where, entry.children.length), 0, child.object)
    entry.instance += 1
    return { id: { object: parent.object, instance: entry.instance }, child }
  }

  #destroy({ parent, child }: Extract<WriteOperation, { kind: 'destroy' }>): { id: Id } {
    const entry = this.#fresh(parent)
    const gone = this.#fresh(child)
    if (gone.children.length > 0) throw new DirectoryError(STATUS.NOTEMPTY)
    if (!entry.children.includes(child.object)) throw new DirectoryError(STATUS.UNRELATED)
    this.#entries.delete(child.object)
    this.#graves.set(child.object, gone.instance)
    entry.children = entry.children.filter((each) => each !== child.object)
    entry.instance += 1
    return { id: { object: parent.object, instance: entry.instance } }
  }

  #nextId(): Id {
    let object = 0
    while (this.#entries.has(object)) object += 1
    return { object, instance: this.line === 'N' ? (this.#graves.get(object) ?? 0) + 1 : 0 }
  }

  #require(object: number): Entry {
    const entry = this.#entries.get(object)
    if (entry === undefined) throw new DirectoryError(this.line === 'N' ? STATUS.BADID : STATUS.NODIR)
    return entry
  }

  #fresh({ object, instance }: Id): Entry {
    const entry = this.#require(object)
    if (entry.instance !== instance) throw new DirectoryError(STATUS.STALE)
    return entry
  }
}

type Change = Exclude<WriteOperation, { readonly kind: 'create' | 'destroy' }>

function changed(properties: Properties, operation: Change): Properties {
  if (operation.kind === 'write') return operation.properties
  if (operation.kind === 'createProperty') return inserted(properties, operation.where, operation.property)
  const property = properties[operation.index]
  if (property === undefined) throw new DirectoryError(STATUS.NOPROP)
  const { name, values } = property
  const withValues = (next: readonly string[]): Properties => properties.with(operation.index, { name, values: next })
  if (operation.kind === 'destroyProperty') return properties.toSpliced(operation.index, 1)
  if (operation.kind === 'renameProperty') return properties.with(operation.index, { name: operation.name, values })
  if (operation.kind === 'writeProperty') return withValues(operation.values)
  if (operation.kind === 'createValue') return withValues(inserted(values, operation.where, operation.value))
  if (values[operation.at] === undefined) throw new DirectoryError(STATUS.NONAME)
  if (operation.kind === 'destroyValue') return withValues(values.toSpliced(operation.at, 1))
  return withValues(values.with(operation.at, operation.value))
}

function inserted<T>(items: readonly T[], where: number, item: T): readonly T[] {
  return items.toSpliced(Math.min(where, items.length), 0, item)
}
