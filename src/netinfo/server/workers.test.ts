import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { askBytes, askRaw, ask, servedByWorkers, startWorkers } from '../../../test/support/served-by-workers.ts'
import type { Client } from '../../../test/support/served-by-workers.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { ROOT_CALLER, addTo, idOf, objectAt } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { RawClient, callBytes, recordOf, replyParts } from '../../../test/support/rpc-calls.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { until } from '../../../test/support/until.ts'
import { XdrWriter } from '../../core/index.ts'
import { DataFolder, STATUS, createChildren, valuesOf } from '../../directory/index.ts'
import type { DirectoryObject, Domain, Properties } from '../../directory/index.ts'
import { NETINFO } from '../codec.ts'
import type { Answer } from '../codec.ts'
import { NETINFO_PROCEDURES } from '../programs.ts'
import { DomainSet } from './domain-set.ts'
import type { RpcProgram } from './rpc-program.ts'
import { defaultWorkers } from './workers.ts'

const PLAN: Plan = {
  at: [
    {
      name: 'users',
      at: [
        { name: 'pia', passwd: 'xXxXxXxXxXxXx', uid: '530' },
        { name: ['ben', 'b'], uid: '531' },
      ],
    },
    { name: 'open', _writers: '*', value: '0' },
  ],
}
/** Where `value` stands in `/open`. */
const VALUE = 2
/** Calls in a row that keep a worker busy. */
const BURST = 32

function split(clients: readonly Client[]): {
  readonly main: readonly RawClient[]
  readonly workers: readonly RawClient[]
} {
  const rawOf = (isWorkers: boolean): RawClient[] =>
    clients.filter((client) => client.isWorkers === isWorkers).map(({ raw }) => raw)
  return { main: rawOf(false), workers: rawOf(true) }
}

/** One of a list in turn. */
function pick<T>(all: readonly T[], turn: number): T {
  const found = all[turn % all.length]
  if (found === undefined) throw new Error('there is none')
  return found
}

function valueOf<T>({ status, value }: Answer<T>): T {
  assert.equal(status, STATUS.OK)
  if (value === null) throw new Error('no value came')
  return value
}

/** What a client may ask about `/users`, and what it gets wrong. */
function allReads(domain: Domain): readonly ((client: RawClient) => Promise<unknown>)[] {
  const users = idOf(domain, objectAt(domain, 'users'))
  const pia = idOf(domain, objectAt(domain, 'users', 'pia'))
  const nobody = { object: 9999, instance: 1 }
  const many = idOf(domain, objectAt(domain, 'many'))
  const ids = [users, pia, many, nobody].flatMap((id) => [
    (client: RawClient) => askRaw(client, NETINFO.self, id),
    (client: RawClient) => askRaw(client, NETINFO.parent, id),
    (client: RawClient) => askRaw(client, NETINFO.read, id),
    (client: RawClient) => askRaw(client, NETINFO.children, id),
    (client: RawClient) => askRaw(client, NETINFO.list, { id, key: 'passwd' }),
    (client: RawClient) => askRaw(client, NETINFO.list, { id, key: 'name' }),
    (client: RawClient) => askRaw(client, NETINFO.listall, id),
    (client: RawClient) => askRaw(client, NETINFO.listprops, id),
    (client: RawClient) => askRaw(client, NETINFO.readprop, { id, index: 1 }),
    (client: RawClient) => askRaw(client, NETINFO.readname, { id, index: 0, at: 0 }),
    (client: RawClient) => askRaw(client, NETINFO.lookup, { id, key: 'name', value: 'b' }),
    (client: RawClient) => askRaw(client, NETINFO.lookup, { id, key: 'passwd', value: '*' }),
    (client: RawClient) => askRaw(client, NETINFO.lookupread, { id, key: 'uid', value: '530' }),
  ])
  return [
    ...ids,
    (client) => askRaw(client, NETINFO.ping, undefined),
    (client) => askRaw(client, NETINFO.root, undefined),
    (client) => askRaw(client, NETINFO.readall, 0),
    (client) => askRaw(client, NETINFO.readall, domain.checksum()),
    (client) => askRaw(client, NETINFO.rparent, undefined),
    (client) => askRaw(client, NETINFO.bind, { address: '127.0.0.1', tag: 'leaf' }),
    (client) => askRaw(client, NETINFO.destroy, { kind: 'destroy', parent: users, child: pia }),
    // Garbage, and procedures that there are not.
    ...NETINFO_PROCEDURES.map(
      (_, procedure) => (client: RawClient) => askBytes(client, procedure, Buffer.alloc(0)),
    ).slice(3),
    (client) => askBytes(client, NETINFO_PROCEDURES.length, Buffer.alloc(0)),
    (client) => askBytes(client, 0xffff_ffff, Buffer.alloc(0)),
  ]
}

test('workers answer every procedure with the same bytes as the main thread', async (context) => {
  const served = await servedByWorkers(context, { count: 2, plan: PLAN })
  if (served === null) return
  const { domain, connectMany } = served
  const many = await addTo(domain, 0, { name: 'many' })
  const entries = Array.from({ length: 2500 }, (_, number): Properties => [{ name: 'name', values: [`e${number}`] }])
  await createChildren(domain, many.object, entries, ROOT_CALLER)
  const { main, workers } = split(await connectMany())
  // Whom RPARENT finds and what STATISTICS counts changes from call to call; here there is no parent.
  for (const read of allReads(domain)) {
    const expected = await read(pick(main, 0))
    for (const client of [...main, ...workers]) assert.deepEqual(await read(client), expected)
  }
})

describe('a write that was acknowledged', () => {
  test('is read at once through every other connection, whoever answers it', async (context) => {
    const served = await servedByWorkers(context, { count: 2, plan: PLAN })
    if (served === null) return
    const { domain, connectMany } = served
    const all = await connectMany()
    const busy = pick(split(all).workers, 0)
    const clients = all.filter(({ raw }) => raw !== busy)
    let id = idOf(domain, objectAt(domain, 'open'))
    const over = new AbortController()
    // A worker that is never idle holds a view of the store nearly always.
    const noise = (async () => {
      const { program, version, number: procedure } = NETINFO.root
      const burst = Buffer.concat(
        Array.from({ length: BURST }, (_, xid) => recordOf(callBytes({ xid, program, version, procedure }))),
      )
      while (!over.signal.aborted) {
        busy.send(burst)
        for (let reply = 0; reply < BURST; reply += 1) await busy.receive()
      }
    })()
    try {
      for (let turn = 1; turn <= 150; turn += 1) {
        const writer = pick(clients, turn).raw
        const values = [`${turn}`]
        const operation = { kind: 'writeProperty', id, index: VALUE, values } as const
        id = valueOf(await ask(writer, NETINFO.writeprop, operation))
        const seen = await Promise.all(clients.map(({ raw }) => ask(raw, NETINFO.readprop, { id, index: VALUE })))
        for (const each of seen) assert.deepEqual(valueOf(each).values, values)
      }
    } finally {
      over.abort()
      await noise
    }
  })

  test('is found in the index, and its parent has the new instance', async (context) => {
    const served = await servedByWorkers(context, { plan: PLAN })
    if (served === null) return
    const { domain, connectMany } = served
    const { main, workers } = split(await connectMany())
    let parent = idOf(domain, objectAt(domain, 'open'))
    for (let turn = 0; turn < 40; turn += 1) {
      const writer = pick(turn % 2 === 0 ? main : workers, turn)
      const name = `new${turn}`
      const properties = [{ name: 'name', values: [name] }]
      const made = valueOf(
        await ask(writer, NETINFO.create, { kind: 'create', parent, properties, where: 0xffff_ffff }),
      )
      parent = made.parent
      for (const reader of [pick(main, turn), pick(workers, turn)]) {
        const found = valueOf(await ask(reader, NETINFO.lookup, { id: parent, key: 'name', value: name }))
        assert.deepEqual(found.objects, [made.child.object])
        assert.deepEqual(found.id, parent)
      }
    }
  })
})

test('a copy of another server takes the place of the data for workers, too', async (context) => {
  const served = await servedByWorkers(context, { plan: PLAN })
  if (served === null) return
  const { domain, connectMany } = served
  const { main, workers } = split(await connectMany())
  const root = { object: 0, instance: 7 }
  for (let copy = 0; copy < 10; copy += 1) {
    const properties = [
      { name: 'master', values: ['localhost/network'] },
      { name: 'copy', values: [`${copy}`] },
    ]
    await domain.replaceAll(only({ id: root, properties, parent: 0, children: [] }), 7, 'test')
    for (const client of [...main, ...workers]) {
      const read = valueOf(await ask(client, NETINFO.read, { object: 0, instance: 0 }))
      assert.deepEqual(valuesOf(read.properties, 'copy'), [`${copy}`])
    }
  }
})

async function* only(object: DirectoryObject): AsyncGenerator<DirectoryObject, void, undefined> {
  yield object
}

test('STATISTICS counts the calls and the connections of all threads', async (context) => {
  const served = await servedByWorkers(context, { count: 2, plan: PLAN })
  if (served === null) return
  const { connectMany } = served
  const clients = await connectMany()
  for (const { raw } of clients)
    for (let turn = 0; turn < 5; turn += 1) await ask(raw, NETINFO.read, { object: 0, instance: 0 })
  for (const { raw } of clients) {
    const statistics = await ask(raw, NETINFO.statistics, undefined)
    const number = NETINFO_PROCEDURES.indexOf('read')
    assert.deepEqual(valuesOf(statistics, 'read').slice(0, 2), [`${number}`, `${5 * clients.length}`])
    const [current, peak, max, closed] = valuesOf(statistics, 'connections')
    assert.deepEqual([current, peak, max, closed], [`${clients.length}`, `${clients.length}`, '3072', '0'])
  }
})

describe('a worker that dies', () => {
  test('loses its clients and no others, and is replaced', async (context) => {
    const served = await servedByWorkers(context, { plan: PLAN })
    if (served === null) return
    const { threads, errors, connect, connectMany } = served
    const { main, workers } = split(await connectMany())
    await threads[0]?.terminate()
    for (const client of workers) await client.closed()
    for (const client of main) assert.equal((await ask(client, NETINFO.root, undefined)).status, STATUS.OK)
    const statistics = await ask(pick(main, 0), NETINFO.statistics, undefined)
    assert.equal(valuesOf(statistics, 'connections')[0], `${main.length}`)
    await until('another takes its place', () => threads[1])
    let isServed = false
    while (!isServed) isServed = (await connect()).isWorkers
    assert.match(String(errors.splice(0)), /worker 1 has ended; another takes its place/)
  })

  test('leaves what it had asked of the main thread', async (context) => {
    const served = await servedByWorkers(context, { plan: PLAN })
    if (served === null) return
    const { domain, threads, errors, onAsked, connectMany } = served
    const { main, workers } = split(await connectMany())
    const client = pick(workers, 0)
    onAsked(() => void threads[0]?.terminate())
    const id = idOf(domain, objectAt(domain, 'open'))
    const writer = new XdrWriter()
    NETINFO.writeprop.args.encode(writer, { kind: 'writeProperty', id, index: VALUE, values: ['last'] })
    const { program, version, number: procedure } = NETINFO.writeprop
    client.send(recordOf(callBytes({ xid: 1, program, version, procedure, args: writer.toBytes() })))
    await client.closed()
    await until('the write was done', () => (domain.read(id.object)?.id.instance === id.instance ? null : true))
    const read = valueOf(await ask(pick(main, 0), NETINFO.readprop, { id, index: VALUE }))
    assert.deepEqual(read.values, ['last'])
    await until('its end was told', () => (errors.length > 0 ? true : null))
    errors.splice(0)
  })
})

test('a server that ends answers what was asked of its workers before', async (context) => {
  const served = await servedByWorkers(context, { plan: PLAN })
  if (served === null) return
  const { domain, server, folder, onAsked, connectMany } = served
  const { workers } = split(await connectMany())
  const client = pick(workers, 0)
  const closing: Promise<void>[] = []
  onAsked(() => void closing.push(server.close()))
  const id = idOf(domain, objectAt(domain, 'open'))
  const writer = new XdrWriter()
  NETINFO.writeprop.args.encode(writer, { kind: 'writeProperty', id, index: VALUE, values: ['last'] })
  const { program, version, number: procedure } = NETINFO.writeprop
  client.send(recordOf(callBytes({ xid: 1, program, version, procedure, args: writer.toBytes() })))
  const reply = await client.receive()
  assert.equal(reply === null ? null : replyParts(reply).rest.readUInt32BE(0), STATUS.OK)
  assert.equal(await client.receive(), null)
  await Promise.all(closing)
  const again = await folder.openExisting('network')
  atEnd(context, () => again.close())
  assert.deepEqual(valuesOf(again.read(id.object)?.properties ?? [], 'value'), ['last'])
})

test('a domain that is destroyed is gone for clients of workers, and may be made anew', async (context) => {
  const started = await startWorkers(context, 2)
  if (started === null) return
  const { workers, errors } = started
  const folder = new DataFolder(tempFolder(context))
  const domains = new DomainSet({
    folder,
    mainTag: 'main',
    netinfo: { host: '127.0.0.1', port: 0 },
    version: 'test',
    binderPortOf: () => undefined,
    workers,
    onServed: () => undefined,
    onGone: () => undefined,
    onReplication: () => undefined,
    onError: (error) => errors.push(error),
  })
  atEnd(context, () => domains.close())
  await domains.serve('main')
  for (const name of ['first', 'second', 'third']) {
    const { domain, tcpPort } = await domains.serve('other')
    assert.deepEqual(domain.find(0, 'name', 'first'), name === 'first' ? domain.find(0, 'name', name) : [])
    await addTo(domain, 0, { name })
    const clients = await Promise.all(Array.from({ length: 12 }, () => RawClient.connect(tcpPort)))
    for (const client of clients) {
      const found = valueOf(
        await ask(client, NETINFO.lookup, { id: { object: 0, instance: 0 }, key: 'name', value: name }),
      )
      assert.equal(found.objects.length, 1)
    }
    await domains.destroy('other')
    for (const client of clients) await client.closed()
    assert.equal(folder.has('other'), false)
  }
  const client = await RawClient.connect(domains.get('main')?.tcpPort ?? 0)
  atEnd(context, () => client.close())
  assert.equal((await ask(client, NETINFO.root, undefined)).status, STATUS.OK)
})

test('a worker that cannot listen says so, and the main thread serves alone', async (context) => {
  const started = await startWorkers(context, 1)
  if (started === null) return
  const { workers, errors } = started
  const board = workers.makeBoard().memory
  const program: RpcProgram = { program: 1, version: 1, answer: () => 'done' }
  const place = { folder: tempFolder(context), tag: 'none', host: '127.0.0.1', tcpPort: 0, board }
  await workers.serve(place, program)
  assert.match(String(errors.splice(0)), /a worker does not serve none: .* holds no domain 'none'/)
  await workers.stop('none', 0)
})

test('a port that another program has is refused, though workers share theirs', async (context) => {
  const served = await servedByWorkers(context, { plan: PLAN })
  if (served === null) return
  const started = await startWorkers(context, 1)
  if (started === null) return
  const folder = new DataFolder(tempFolder(context))
  const options = { version: 'test', binderPortOf: () => undefined, onServed: () => undefined, onGone: () => undefined }
  const domains = new DomainSet({
    ...options,
    folder,
    mainTag: 'main',
    netinfo: { host: '127.0.0.1', port: served.server.tcpPort },
    workers: started.workers,
    onReplication: () => undefined,
    onError: () => undefined,
  })
  await assert.rejects(domains.serve('main'), { code: 'ERR_PORTOLAN_LISTEN_FAILED' })
})

test('a machine of few cores gets no workers, and a large one eight', () => {
  assert.deepEqual([1, 2, 3, 4, 10, 64].map(defaultWorkers), [0, 0, 1, 2, 8, 8])
})

test('workers that are closed end', async (context) => {
  const started = await startWorkers(context, 2)
  if (started === null) return
  const ends = started.threads.map((thread) => once(thread, 'exit'))
  await started.workers.close()
  await Promise.all(ends)
  assert.equal(started.threads.length, 2)
})
