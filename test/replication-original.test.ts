/** Portolan's servers with those of the original lines, as protocol.md tells of them: our clone of theirs, our master of theirs. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { APPEND, DirectoryError, checkDomain } from '../src/directory/index.ts'
import type { Id, Properties, WriteOperation } from '../src/directory/index.ts'
import type { ReplicaConnection } from '../src/netinfo/server/replica-connection.ts'
import { RpcServer } from '../src/netinfo/server/rpc-server.ts'
import { atEnd } from './support/at-end.ts'
import { ROOT_CALLER, addTo, objectAt, setProperty } from './support/domain-of.ts'
import { OriginalServer } from './support/original-server.ts'
import type { Line } from './support/original-server.ts'
import { requireLinux, requireRoot } from './support/peers.ts'
import { LOOPBACK_SOURCE, connectorTo, nameServers, startBinder, startHost } from './support/server-host.ts'
import type { BinderPorts, Host } from './support/server-host.ts'
import { until } from './support/until.ts'

const TAG = 'network'
const ADA = '127.0.0.2'
const EVE = '127.0.0.3'
const LINES = ['N', 'A'] as const satisfies readonly Line[]

function canReplicate(context: TestContext): boolean {
  return requireLinux(context) && requireRoot(context)
}

async function serveOriginal(
  context: TestContext,
  address: string,
  original: OriginalServer,
  binders: BinderPorts,
): Promise<void> {
  const server = await RpcServer.listen([original], { host: address })
  const binder = await startBinder(address, TAG, server, binders)
  atEnd(context, async () => {
    await original.settle()
    await binder.close(0)
    await server.close(0)
  })
}

/** What writes to a domain, whoever keeps it. */
interface Writer {
  readonly write: (operation: WriteOperation) => Promise<void>
  readonly idOf: (object: number) => Id
  readonly childrenOf: (object: number) => readonly number[]
}

const named = (...values: string[]): Properties => [{ name: 'name', values }]

/** Writes of each kind below a directory, with numbers that are used again. */
async function writeManyThings({ write, idOf, childrenOf }: Writer, parent: number): Promise<void> {
  const create = async (name: string, where: number = APPEND): Promise<void> =>
    write({ kind: 'create', parent: idOf(parent), properties: named(name), where })
  const newest = (): number => childrenOf(parent).at(-1) ?? 0
  for (const name of ['pia', 'jon', 'mia']) await create(name)
  await create('first', 0)
  const object = newest()
  await write({ kind: 'createProperty', id: idOf(object), property: { name: 'uid', values: ['1'] }, where: APPEND })
  await write({ kind: 'createValue', id: idOf(object), index: 1, value: '0', where: 0 })
  await write({ kind: 'writeValue', id: idOf(object), index: 1, at: 1, value: 'z' })
  await write({ kind: 'renameProperty', id: idOf(object), index: 1, name: 'gid' })
  await write({ kind: 'destroyValue', id: idOf(object), index: 1, at: 0 })
  await write({ kind: 'writeProperty', id: idOf(object), index: 1, values: ['a', 'b'] })
  await write({ kind: 'write', id: idOf(object), properties: named('mia', 'm') })
  await write({ kind: 'createProperty', id: idOf(object), property: { name: 'x', values: [] }, where: 0 })
  await write({ kind: 'destroyProperty', id: idOf(object), index: 0 })
  // The number is free now, and the next new directory has it.
  await write({ kind: 'destroy', parent: idOf(parent), child: idOf(object) })
  await create('again')
  await write({ kind: 'write', id: idOf(newest()), properties: named('again', 'and again') })
}

for (const line of LINES)
  describe(`a clone of a master of line ${line}`, () => {
    interface Given {
      readonly clone: Host
      readonly original: OriginalServer
      readonly writer: Writer
      readonly users: number
      readonly connection: ReplicaConnection
    }

    async function given(context: TestContext): Promise<Given> {
      const binders: BinderPorts = new Map()
      const connect = connectorTo(binders)
      const original = new OriginalServer(line, connect)
      const add = (parent: number, ...properties: Properties): number => {
        original.write({ kind: 'create', parent: original.idOf(parent), properties, where: APPEND })
        return original.childrenOf(parent).at(-1) ?? 0
      }
      original.write({
        kind: 'write',
        id: original.idOf(0),
        properties: [{ name: 'master', values: [`ada/${TAG}`] }],
      })
      const machines = add(0, { name: 'name', values: ['machines'] })
      for (const [name, address] of [['ada', ADA] as const, ['eve', EVE] as const]) {
        const addresses = { name: 'ip_address', values: [address, LOOPBACK_SOURCE] }
        add(machines, { name: 'name', values: [name] }, addresses, { name: 'serves', values: [`./${TAG}`] })
      }
      const users = add(0, { name: 'name', values: ['users'] })
      await serveOriginal(context, ADA, original, binders)
      const clone = await startHost(context, {
        address: EVE,
        tag: TAG,
        binders,
        prepare: (domain) => nameServers(domain, TAG, { ada: ADA }),
      })
      const connection = await connect({ tag: TAG, address: EVE })
      atEnd(context, () => connection.close())
      const writer: Writer = {
        write: async (operation) => {
          await connection.update(original.write(operation))
        },
        idOf: (object) => original.idOf(object),
        childrenOf: (object) => original.childrenOf(object),
      }
      await untilEqual(clone, original)
      return { clone, original, writer, users, connection }
    }

    async function untilEqual(clone: Host, original: OriginalServer): Promise<void> {
      await until('equal checksums', () => (clone.domain.checksum() === original.checksum ? true : null))
      assert.deepEqual([...clone.domain.objects()], original.objects())
      assert.deepEqual(checkDomain(clone.domain), [])
    }

    test('takes its copy, ids and instances as they are', async (context) => {
      if (!canReplicate(context)) return
      await given(context)
    })

    test('does every update as the master did it, numbers used again included', async (context) => {
      if (!canReplicate(context)) return
      const { clone, original, writer, users } = await given(context)
      await writeManyThings(writer, users)
      await untilEqual(clone, original)
      assert.equal(clone.events.filter(({ event }) => event === 'copy-received').length, 1)
    })

    test('compares at CRASHED, at RESYNC, and when an update does not fit', async (context) => {
      if (!canReplicate(context)) return
      const { clone, original, writer, users, connection } = await given(context)
      const missed = (name: string): void => {
        original.write({ kind: 'create', parent: original.idOf(users), properties: named(name), where: APPEND })
      }
      missed('by crashed')
      await connection.crashed(original.checksum)
      await untilEqual(clone, original)
      missed('by resync')
      await connection.resync()
      await untilEqual(clone, original)
      missed('by an update')
      await assert.rejects(
        writer.write({ kind: 'write', id: original.idOf(users), properties: named('users') }),
        DirectoryError,
      )
      await untilEqual(clone, original)
    })
  })

for (const line of LINES)
  describe(`a master of a clone of line ${line}`, () => {
    interface Given {
      readonly master: Host
      readonly original: OriginalServer
      readonly writer: Writer
      readonly users: number
    }

    async function given(context: TestContext): Promise<Given> {
      const binders: BinderPorts = new Map()
      const original = new OriginalServer(line, connectorTo(binders), { tag: TAG, address: ADA })
      await serveOriginal(context, EVE, original, binders)
      const master = await startHost(context, {
        address: ADA,
        tag: TAG,
        binders,
        prepare: async (domain) => {
          await setProperty(domain, 0, 'update_latency', '1')
          await nameServers(domain, TAG, { ada: ADA, eve: EVE })
          await addTo(domain, 0, { name: 'users' })
        },
      })
      const { domain } = master
      const writer: Writer = {
        write: async (operation) => {
          await domain.write(operation, ROOT_CALLER)
        },
        idOf: (object) => {
          const id = domain.id(object)
          assert.ok(id)
          return id
        },
        childrenOf: (object) => domain.childrenOf(object),
      }
      await untilEqual(master, original)
      return { master, original, writer, users: objectAt(domain, 'users') }
    }

    async function untilEqual(master: Host, original: OriginalServer): Promise<void> {
      await until('equal checksums', () => (master.domain.checksum() === original.checksum ? true : null))
      assert.deepEqual(original.objects(), [...master.domain.objects()])
    }

    test('CRASHED makes it take a copy', async (context) => {
      if (!canReplicate(context)) return
      const { original } = await given(context)
      assert.equal(original.copies, 1)
    })

    test('every update reaches it, and both end up equal', async (context) => {
      if (!canReplicate(context)) return
      const { master, original, writer, users } = await given(context)
      await writeManyThings(writer, users)
      await untilEqual(master, original)
      // Line A gives a number that is used again another instance than we do: one copy more puts that right.
      assert.equal(original.copies, line === 'N' ? 1 : 2)
      await addTo(master.domain, users, { name: 'afterwards' })
      await untilEqual(master, original)
      assert.equal(original.copies, line === 'N' ? 1 : 2)
    })

    test('RESYNC makes it compare', async (context) => {
      if (!canReplicate(context)) return
      const { master, original } = await given(context)
      original.write({ kind: 'write', id: original.idOf(0), properties: [] })
      master.services.resync()
      await untilEqual(master, original)
    })
  })
