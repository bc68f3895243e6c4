/** Masters and clones with real sockets and stores: two or three servers of one domain in this process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { APPEND, STATUS, checkDomain } from '../src/directory/index.ts'
import type { Domain, WriteOperation } from '../src/directory/index.ts'
import { connectServer } from '../src/netinfo/client/server-connection.ts'
import { ROOT_CALLER, addTo, idOf, objectAt, setProperty } from './support/domain-of.ts'
import { requireLinux, requireRoot } from './support/peers.ts'
import { LOOPBACK_SOURCE, nameServers, startHost } from './support/server-host.ts'
import type { BinderPorts, Host } from './support/server-host.ts'
import { tempFolder } from './support/temp-folder.ts'
import { until } from './support/until.ts'

const TAG = 'network'
const ADA = '127.0.0.2'
const EVE = '127.0.0.3'
const MIA = '127.0.0.4'
const SECRET = '$argon2id$secret'

/** What a new master has: itself and its clones. */
async function asMaster(domain: Domain): Promise<void> {
  await setProperty(domain, 0, 'update_latency', '1')
  await nameServers(domain, TAG, { ada: ADA, eve: EVE })
  await addTo(domain, 0, { name: 'users', at: [{ name: 'pia', uid: '530', passwd: SECRET }] })
}

/** What CREATECLONE makes: the master, and nothing else. */
async function asClone(domain: Domain): Promise<void> {
  await nameServers(domain, TAG, { ada: ADA })
}

interface Pair {
  readonly master: Host
  readonly clone: Host
  readonly binders: BinderPorts
}

async function startPair(context: TestContext): Promise<Pair> {
  const binders: BinderPorts = new Map()
  const master = await startHost(context, { address: ADA, tag: TAG, binders, prepare: asMaster })
  const clone = await startHost(context, { address: EVE, tag: TAG, binders, prepare: asClone })
  await untilEqual(master, clone)
  return { master, clone, binders }
}

/** True where a reserved port can be had, which proves a server to another. */
function canReplicate(context: TestContext): boolean {
  return requireLinux(context) && requireRoot(context)
}

async function untilEqual(master: Host, clone: Host): Promise<void> {
  await until('equal checksums', () => (master.domain.checksum() === clone.domain.checksum() ? true : null))
  assert.deepEqual([...clone.domain.objects()], [...master.domain.objects()])
  assert.deepEqual(checkDomain(clone.domain), [])
}

test('a new clone takes the whole domain, secrets included, and answers reads of it', async (context) => {
  if (!canReplicate(context)) return
  const { clone } = await startPair(context)
  const pia = objectAt(clone.domain, 'users', 'pia')
  assert.deepEqual(clone.domain.read(pia)?.properties.at(-1), { name: 'passwd', values: [SECRET] })
  const connection = await connectServer({ address: EVE, tcpPort: clone.server.tcpPort ?? 0 })
  assert.equal((await connection.read(pia)).properties[0]?.values[0], 'pia')
  connection.close()
})

test('a clone refuses writes, even of root on its own machine', async (context) => {
  if (!canReplicate(context)) return
  const binders: BinderPorts = new Map()
  // A master elsewhere, so that calls from this machine are none of its updates.
  const clone = await startHost(context, {
    address: EVE,
    tag: TAG,
    binders,
    prepare: async (domain) => {
      await setProperty(domain, 0, 'master', `ada/${TAG}`)
      await addTo(domain, 0, { name: 'machines', at: [{ name: 'ada', ip_address: '192.0.2.1', serves: `./${TAG}` }] })
    },
  })
  const connection = await connectServer({ address: EVE, tcpPort: clone.server.tcpPort ?? 0, isReservedPort: true })
  const id = await connection.root()
  await assert.rejects(connection.write(id, []), { status: STATUS.RDONLY })
  connection.close()
})

test('writes of every kind reach the clone, in order, without another copy', async (context) => {
  if (!canReplicate(context)) return
  const { master, clone } = await startPair(context)
  const copies = (): number => clone.events.filter(({ event }) => event === 'copy-received').length
  const before = copies()
  const users = objectAt(master.domain, 'users')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }), async (picks) => {
      for (const pick of picks) await writeSomething(master.domain, users, pick)
    }),
    { numRuns: 10 },
  )
  await untilEqual(master, clone)
  assert.equal(copies(), before)
})

/** One of the ten writes, on one of the directories below `parent`. */
async function writeSomething(domain: Domain, parent: number, pick: number): Promise<void> {
  const children = domain.childrenOf(parent)
  const object = children[pick % Math.max(children.length, 1)]
  const create: WriteOperation = {
    kind: 'create',
    parent: idOf(domain, parent),
    properties: [{ name: 'name', values: [`user${pick}`] }],
    where: pick % 2 === 0 ? APPEND : 0,
  }
  if (object === undefined) {
    await domain.write(create, ROOT_CALLER)
    return
  }
  const id = idOf(domain, object)
  const text = `value ${pick}`
  const operations: readonly WriteOperation[] = [
    create,
    create,
    { kind: 'destroy', parent: idOf(domain, parent), child: id },
    { kind: 'write', id, properties: [{ name: 'name', values: [text, 'b'] }] },
    { kind: 'createProperty', id, property: { name: `p${pick}`, values: [] }, where: 0 },
    { kind: 'destroyProperty', id, index: 0 },
    { kind: 'writeProperty', id, index: 0, values: [text, text] },
    { kind: 'renameProperty', id, index: 0, name: 'renamed' },
    { kind: 'createValue', id, index: 0, value: text, where: 1 },
    { kind: 'destroyValue', id, index: 0, at: 0 },
    { kind: 'writeValue', id, index: 0, at: 0, value: text },
  ]
  const operation = operations[pick % operations.length] ?? create
  try {
    await domain.write(operation, ROOT_CALLER)
  } catch (error) {
    // There may be no such property or value.
    assert.ok(error instanceof Error && error.name === 'DirectoryError')
  }
}

test('a clone that was away is equal soon after it is back', async (context) => {
  if (!canReplicate(context)) return
  const folder = tempFolder(context)
  const binders: BinderPorts = new Map()
  const master = await startHost(context, { address: ADA, tag: TAG, binders, prepare: asMaster })
  const first = await startHost(context, { address: EVE, tag: TAG, binders, folder, prepare: asClone })
  await untilEqual(master, first)
  await first.stop()
  await addTo(master.domain, objectAt(master.domain, 'users'), { name: 'jon' })
  await until('the failure', () => master.events.find(({ event }) => event === 'clone-failed'))
  const second = await startHost(context, { address: EVE, tag: TAG, binders, folder })
  await untilEqual(master, second)
  await addTo(master.domain, objectAt(master.domain, 'users'), { name: 'mia' })
  await untilEqual(master, second)
})

test('a master that was away tells its clones, and they take what they lack', async (context) => {
  if (!canReplicate(context)) return
  const folder = tempFolder(context)
  const binders: BinderPorts = new Map()
  const first = await startHost(context, { address: ADA, tag: TAG, binders, folder, prepare: asMaster })
  const clone = await startHost(context, { address: EVE, tag: TAG, binders, prepare: asClone })
  await untilEqual(first, clone)
  await first.stop()
  const second = await startHost(context, {
    address: ADA,
    tag: TAG,
    binders,
    folder,
    prepare: async (domain) => {
      await addTo(domain, objectAt(domain, 'users'), { name: 'jon' })
    },
  })
  await untilEqual(second, clone)
})

test('a clone whose copy has gone astray is put right by the first update that does not fit', async (context) => {
  if (!canReplicate(context)) return
  const { master, clone } = await startPair(context)
  const users = objectAt(clone.domain, 'users')
  await setProperty(master.domain, 0, 'update_latency', '3')
  await setProperty(clone.domain, users, 'stray', 'yes')
  // Now both have the same checksum and other contents.
  await setProperty(master.domain, users, 'x', '1')
  await until('the copy', () => clone.domain.read(users)?.properties.find(({ name }) => name === 'x'))
  await untilEqual(master, clone)
  assert.ok(clone.events.some(({ event }) => event === 'update-refused'))
})

test('writes go on while a copy of a large domain is sent, and the clone ends up equal', async (context) => {
  if (!canReplicate(context)) return
  const binders: BinderPorts = new Map()
  const master = await startHost(context, {
    address: ADA,
    tag: TAG,
    binders,
    prepare: async (domain) => {
      await asMaster(domain)
      const users = objectAt(domain, 'users')
      const row = Array.from({ length: 10_000 }, (_, index) => `user${index}`)
      // One batch of a thousand each: the ids of the parent are known ahead.
      for (let from = 0; from < row.length; from += 1000) {
        const { object, instance } = idOf(domain, users)
        await Promise.all(
          row.slice(from, from + 1000).map((name, index) => {
            const parent = { object, instance: instance + index }
            const properties = [
              { name: 'name', values: [name] },
              { name: 'home', values: [`/home/${name}`] },
            ]
            return domain.write({ kind: 'create', parent, properties, where: APPEND }, ROOT_CALLER)
          }),
        )
      }
    },
  })
  const clone = await startHost(context, { address: EVE, tag: TAG, binders, prepare: asClone })
  const pia = objectAt(master.domain, 'users', 'pia')
  for (let value = 0; value < 200; value += 1) await setProperty(master.domain, pia, 'x', String(value))
  await untilEqual(master, clone)
})

test('a write of the property master promotes the clone, and makes a clone of the master', async (context) => {
  if (!canReplicate(context)) return
  const { master, clone } = await startPair(context)
  await setProperty(master.domain, 0, 'master', `eve/${TAG}`)
  await until('the promotion', () => clone.services.replication.master)
  assert.equal(master.services.replication.role.kind, 'clone')
  await addTo(clone.domain, objectAt(clone.domain, 'users'), { name: 'jon' })
  await untilEqual(clone, master)
})

test('a third server that is added to /machines becomes equal, and is named by STATISTICS', async (context) => {
  if (!canReplicate(context)) return
  const { master, clone, binders } = await startPair(context)
  const third = await startHost(context, { address: MIA, tag: TAG, binders, prepare: asClone })
  await addTo(master.domain, objectAt(master.domain, 'machines'), {
    name: 'mia',
    ip_address: [MIA, LOOPBACK_SOURCE],
    serves: `./${TAG}`,
  })
  await untilEqual(master, third)
  await untilEqual(master, clone)
  const pia = third.domain.read(objectAt(third.domain, 'users', 'pia'))
  assert.deepEqual(pia?.properties.at(-1), { name: 'passwd', values: [SECRET] })
  const connection = await connectServer({ address: ADA, tcpPort: master.server.tcpPort ?? 0 })
  const statistics = await connection.statistics()
  assert.deepEqual(statistics.find(({ name }) => name === 'tag')?.values, [TAG, 'master', '2'])
  assert.ok(statistics.find(({ name }) => name === 'domain_servers')?.values.includes(`${MIA}/${TAG}`))
  connection.close()
})

test('a copy for somebody who is no server of the domain has no secrets in it', async (context) => {
  if (!canReplicate(context)) return
  const { master } = await startPair(context)
  const connection = await connectServer({ address: ADA, tcpPort: master.server.tcpPort ?? 0 })
  const copy = await connection.readAll(0)
  assert.ok(copy)
  const seen: string[] = []
  for await (const object of copy.objects) seen.push(JSON.stringify(object.properties))
  assert.ok(seen.some((text) => text.includes('passwd')))
  assert.ok(!seen.join('').includes(SECRET))
  connection.close()
})
