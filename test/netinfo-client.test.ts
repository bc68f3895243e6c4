/** The client of NetInfo against the real server: a domain in a real store, over real sockets. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import {
  APPEND,
  DataFolder,
  DirectoryError,
  STATUS,
  SYSTEM_CALLER,
  firstValue,
  furnish,
} from '../src/directory/index.ts'
import type { DirectoryObject, Domain } from '../src/directory/index.ts'
import { BINDER } from '../src/netinfo/codec.ts'
import { connectServer, domainNameOf, openBinder, openDomain, openServer } from '../src/netinfo/index.ts'
import { BINDER_PROGRAM, NETINFO_PROCEDURES } from '../src/netinfo/programs.ts'
import { NetInfoProgram } from '../src/netinfo/server/netinfo-program.ts'
import type { NetInfoServices } from '../src/netinfo/server/netinfo-program.ts'
import { RpcServer } from '../src/netinfo/server/rpc-server.ts'
import { startResponder } from './support/rpc-responder.ts'
import { tempFolder } from './support/temp-folder.ts'

const LOOPBACK = '127.0.0.1'
const ROOT = join(import.meta.dirname, '..')

interface Site {
  readonly domain: Domain
  readonly tcpPort: number
  readonly binderPort: number
}

/** A server of `local` that trusts everybody, and a binder that knows it. */
async function startSite(context: TestContext): Promise<Site> {
  const domain = await new DataFolder(tempFolder(context)).open('local')
  await furnish(domain, { hostName: 'ada', addresses: [LOOPBACK], tag: 'local' })
  const services: NetInfoServices = {
    isTrusted: () => true,
    authenticate: () => Promise.resolve({ status: STATUS.OK, caller: SYSTEM_CALLER }),
    findParent: () => Promise.resolve({ status: STATUS.NETROOT }),
    isChild: () => false,
    answerReadAll: (checksum) =>
      checksum === domain.checksum() ? { kind: 'same' } : { kind: 'copy', isRevealing: true, onEnd: () => undefined },
    hearCrashed: () => undefined,
    resync: () => undefined,
    statistics: (_, { calls }) => [
      { name: 'checksum', values: [String(domain.checksum())] },
      { name: 'tag', values: ['local', 'master', '0'] },
      ...NETINFO_PROCEDURES.map((name, number) => ({ name, values: [String(number), String(calls[number]), '0'] })),
    ],
    failedUpdate: () => undefined,
  }
  const server = await RpcServer.listen([new NetInfoProgram(domain, services)])
  const tcpPort = server.tcpPort ?? 0
  const registered = { udpPort: server.udpPort ?? 0, tcpPort }
  const binder = await startResponder(context, ({ header, args }, results) => {
    if (header.program !== BINDER_PROGRAM) return false
    if (header.procedure === BINDER.getregister.number) {
      const isKnown = BINDER.getregister.args.decode(args) === 'local'
      const answer = { status: isKnown ? STATUS.OK : STATUS.NOTAG, value: isKnown ? registered : null }
      BINDER.getregister.result.encode(results, answer)
    }
    if (header.procedure === BINDER.listreg.number)
      BINDER.listreg.result.encode(results, { status: STATUS.OK, value: [{ tag: 'local', ...registered }] })
    return true
  })
  context.after(async () => {
    await server.close()
    await domain.store.close()
  })
  return { domain, tcpPort, binderPort: binder.port }
}

function isStatus(status: number): (error: unknown) => boolean {
  return (error) => error instanceof DirectoryError && error.status === status
}

test('a directory is made, changed value by value, read by every read, and removed', async (context) => {
  const { binderPort } = await startSite(context)
  const handle = await openDomain('.', { binderPort })
  context.after(() => handle.close())

  const { child: users } = await handle.create(await handle.root(), [{ name: 'name', values: ['users'] }])
  const made = await handle.create(users, [
    { name: 'name', values: ['pia', 'p'] },
    { name: 'uid', values: ['530'] },
  ])
  let pia = made.child
  assert.equal(made.parent.instance, users.instance + 1)
  pia = await handle.createProperty(pia, { name: 'shell', values: [] })
  pia = await handle.createValue(pia, 2, '/bin/sh')
  pia = await handle.createValue(pia, 2, '/bin/first', 0)
  pia = await handle.writeValue(pia, 2, 1, '/bin/zsh')
  pia = await handle.destroyValue(pia, 2, 0)
  pia = await handle.renameProperty(pia, 2, 'login_shell')
  pia = await handle.writeProperty(pia, 1, ['531'])
  const properties = [
    { name: 'name', values: ['pia', 'p'] },
    { name: 'uid', values: ['531'] },
    { name: 'login_shell', values: ['/bin/zsh'] },
  ]
  assert.deepEqual(await handle.read(pia.object), { id: pia, properties })

  assert.deepEqual((await handle.lookup(users.object, 'uid', '531')).objects, [pia.object])
  assert.deepEqual((await handle.lookupRead(users.object, 'name', 'p')).properties, properties)
  assert.deepEqual((await handle.listProperties(pia.object)).names, ['name', 'uid', 'login_shell'])
  assert.deepEqual((await handle.readProperty(pia.object, 0)).values, ['pia', 'p'])
  assert.equal((await handle.readValue(pia.object, 0, 1)).value, 'p')
  assert.deepEqual((await handle.children(users.object)).objects, [pia.object])
  assert.deepEqual((await handle.list(users.object, 'uid')).entries, [{ object: pia.object, values: ['531'] }])
  assert.deepEqual((await handle.list(users.object, 'none')).entries, [{ object: pia.object, values: null }])
  assert.deepEqual((await handle.listAll(users.object)).children, [properties])
  assert.equal((await handle.parent(pia.object)).parent, users.object)
  assert.deepEqual(await handle.resolve('/users/uid=531'), pia)
  assert.deepEqual(await handle.self(pia.object), pia)

  pia = await handle.destroyProperty(pia, 2)
  pia = await handle.write(pia, [{ name: 'name', values: ['pia'] }])
  const fresh = await handle.self(users.object)
  await assert.rejects(handle.destroy(users, pia), isStatus(STATUS.STALE))
  assert.equal((await handle.destroy(fresh, pia)).instance, fresh.instance + 1)
  await assert.rejects(handle.resolve('/users/pia'), isStatus(STATUS.NODIR))
})

test('bytes that are no UTF-8 come back as they were sent', async (context) => {
  const { binderPort } = await startSite(context)
  const handle = await openServer(LOOPBACK, 'local', { binderPort })
  context.after(() => handle.close())
  const properties = [{ name: 'name', values: ['caf\uDCE9', 'é', '\u{1F600}', ''] }]
  const { child } = await handle.create(await handle.root(), properties)
  assert.deepEqual((await handle.read(child.object)).properties, properties)
})

test('statistics count the calls, and the rest of the server’s own procedures answer', async (context) => {
  const { binderPort } = await startSite(context)
  const handle = await openDomain('.', { binderPort })
  context.after(() => handle.close())
  await handle.ping()
  await handle.resync()
  await handle.crashed(1)
  await assert.rejects(handle.rparent(), isStatus(STATUS.NETROOT))
  assert.equal(firstValue(await handle.statistics(), 'tag'), 'local')
  assert.equal(await handle.master(), handle)
  assert.equal(await domainNameOf(handle, { binderPort }), '/')
  const root = await openDomain('/', { binderPort })
  assert.deepEqual(root.server, { tag: 'local', address: LOOPBACK })
  root.close()
})

test('a whole domain comes in, directory by directory, and not at all where nothing has changed', async (context) => {
  const { binderPort, domain } = await startSite(context)
  const handle = await openDomain('.', { binderPort })
  context.after(() => handle.close())
  const { child } = await handle.create(await handle.root(), [{ name: 'name', values: ['users'] }])
  let users = child
  for (let user = 0; user < 500; user += 1)
    users = (await handle.create(users, [{ name: 'name', values: [`user${user}`, 'x'.repeat(user)] }])).parent

  const answer = await handle.readAll(0)
  assert(answer !== null)
  assert.equal(answer.checksum, domain.checksum())
  const objects: DirectoryObject[] = []
  // Other calls may be made meanwhile: the domain comes in over a connection of its own.
  for await (const object of answer.objects) {
    if (object.parent === users.object) assert.deepEqual((await handle.self(object.id.object)).object, object.id.object)
    objects.push(object)
  }
  const sum = objects.reduce((total, { id }) => (total + (id.object + 1) * id.instance) % 2 ** 32, 0)
  assert.equal(sum, domain.checksum())
  assert.equal(objects.filter(({ parent }) => parent === users.object).length, 500)
  assert.equal(await handle.readAll(domain.checksum()), null)
})

test('a write is done by its operation, as a master sends it to a clone', async (context) => {
  const { tcpPort, domain } = await startSite(context)
  const server = await connectServer({ address: LOOPBACK, tcpPort, isReservedPort: true, timeoutMs: 20_000 })
  context.after(() => server.close())
  const target = { object: 40, instance: 7 }
  const properties = [{ name: 'name', values: ['users'] }]
  const root = await server.root()
  const changed = await server.perform({ kind: 'create', parent: root, properties, where: 0, target })
  assert.deepEqual(changed, { object: 0, instance: root.instance + 1 })
  assert.deepEqual(domain.read(40), { id: target, properties })
})

test('the example of the guide runs as it stands, and says what was written', async (context) => {
  const { domain, binderPort } = await startSite(context)
  const { id } = domain.read(0) ?? { id: { object: 0, instance: 0 } }
  const properties = [{ name: 'name', values: ['users'] }]
  await domain.write({ kind: 'create', parent: id, properties, where: APPEND }, SYSTEM_CALLER)
  const guide = readFileSync(join(ROOT, 'docs/how-to/netinfo-client.md'), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(guide)?.[1] ?? ''
  const library = pathToFileURL(join(ROOT, 'src/netinfo/index.ts')).href
  const file = join(tempFolder(context), 'example.ts')
  const text = example.replace('portolan/netinfo', library).replace("('.')", `('.', { binderPort: ${binderPort} })`)
  writeFileSync(file, text)
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  assert.equal(stdout, 'name: pia p\nuid: 530\nshell: /bin/sh\n1 users\n')
})

test('a binder lists its servers and tells their ports', async (context) => {
  const { tcpPort, binderPort } = await startSite(context)
  const binder = await openBinder('localhost', { binderPort })
  context.after(() => binder.close())
  await binder.ping()
  assert.equal((await binder.getRegister('local')).tcpPort, tcpPort)
  assert.deepEqual(
    (await binder.list()).map(({ tag }) => tag),
    ['local'],
  )
  await assert.rejects(binder.getRegister('nowhere'), isStatus(STATUS.NOTAG))
})
