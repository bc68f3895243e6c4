import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startSite } from '../../../test/support/scripted-domain.ts'
import type { Scripted, Site, Tree } from '../../../test/support/scripted-domain.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { DomainHandle, OpenOptions } from '../handle.ts'
import { credentialOf } from './credential.ts'
import { openHandle } from './domain-handle.ts'
import { openServer } from './open.ts'
import { RpcError } from './rpc-error.ts'

const LOOPBACK = '127.0.0.1'
const ID = { object: 1, instance: 1 }

const TREE: Tree = {
  properties: { master: ['ada/boss'] },
  children: [
    { properties: { name: ['machines'] }, children: [{ properties: { name: ['ada'], ip_address: [LOOPBACK] } }] },
    {
      properties: { name: ['users'] },
      children: [
        { properties: { name: ['root'], uid: ['0'] } },
        { properties: { name: ['pia', 'p'], uid: ['530'] } },
        { properties: { name: ['nobody'], uid: ['-2'] } },
        { properties: { name: ['a/b=c'], home: ['/home/x'] } },
      ],
    },
  ],
}
const BOSS: Scripted = { tree: TREE, statistics: { tag: ['boss', 'master', '1'] } }
const CLONE: Scripted = { tree: TREE, statistics: { tag: ['copy', 'clone'] } }

async function open(
  context: TestContext,
  site: Site,
  tags: readonly string[],
  options: OpenOptions = {},
): Promise<DomainHandle> {
  const servers = tags.map((tag) => ({ tag, address: LOOPBACK }))
  const handle = await openHandle(
    { servers, isWritingToMaster: true },
    { binderPort: site.binderPort, readTimeoutMs: 20_000, ...options },
  )
  context.after(() => handle.close())
  return handle
}

function isStatus(status: number): (error: unknown) => boolean {
  return (error) => error instanceof DirectoryError && error.status === status
}

test('a path leads to its directory; a component that finds nothing is no such directory', async (context) => {
  const site = await startSite(context, { boss: BOSS })
  const handle = await open(context, site, ['boss'])
  assert.equal((await handle.resolve('/')).object, 0)
  assert.equal((await handle.resolve('/users/pia')).object, 5)
  assert.equal((await handle.resolve('/users/uid=530')).object, 5)
  assert.equal((await handle.resolve(String.raw`/users/a\/b\=c`)).object, 7)
  assert.equal((await handle.resolve('5')).object, 5)
  await assert.rejects(handle.resolve('/users/jon'), isStatus(STATUS.NODIR))
  await assert.rejects(handle.resolve('/users/pia/x'), isStatus(STATUS.NODIR))
})

test('writes go to the master, wherever reads go', async (context) => {
  const site = await startSite(context, { copy: CLONE, boss: BOSS })
  const handle = await open(context, site, ['copy'])
  assert.equal(handle.server.tag, 'copy')
  await handle.write(ID, [])
  await handle.destroyProperty(ID, 0)
  assert.deepEqual(
    site.writes.map(({ tag, procedure }) => [tag, procedure]),
    [
      ['boss', 8],
      ['boss', 13],
    ],
  )
})

test('writes of a server that was asked for by its tag go to that very server', async (context) => {
  const site = await startSite(context, { copy: CLONE, boss: BOSS })
  const handle = await openServer(LOOPBACK, 'copy', { binderPort: site.binderPort })
  context.after(() => handle.close())
  await handle.write(ID, [])
  assert.equal(site.writes[0]?.tag, 'copy')
})

test('the master of a master is itself; of a clone, what the root directory names', async (context) => {
  const site = await startSite(context, { copy: CLONE, boss: BOSS })
  const boss = await open(context, site, ['boss'])
  assert.equal(await boss.master(), boss)
  const copy = await open(context, site, ['copy'])
  const master = await copy.master()
  context.after(() => master.close())
  assert.deepEqual(master.server, { tag: 'boss', address: LOOPBACK })
})

test('a domain that names no master, or one without an address, has no place for writes', async (context) => {
  const site = await startSite(context, {
    copy: { ...CLONE, tree: { properties: {} } },
    other: { ...CLONE, tree: { properties: { master: ['bob/boss'] } } },
  })
  for (const tag of ['copy', 'other']) {
    const handle = await open(context, site, [tag])
    await assert.rejects(handle.write(ID, []), isStatus(STATUS.CANTFINDADDRESS))
  }
})

test('a write carries the uid of the user and the password with every bit inverted; a read carries nothing', async (context) => {
  const site = await startSite(context, { boss: BOSS })
  const handle = await open(context, site, ['boss'], { user: 'pia', password: 'abc' })
  await handle.write(ID, [])
  const unix = site.writes[0]?.unix
  assert.equal(unix?.uid, 530)
  assert.equal(unix.gid, 0)
  assert.deepEqual(unix.gids, [])
  assert.equal(unix.machineName.toString('hex'), '9e9d9c')
  const reads = site.server('boss').calls.filter(({ header }) => header.procedure !== 8)
  assert(reads.every(({ header }) => header.unix === null))
})

test('a user alone sends no password, a password alone is root’s, and nobody is anonymous', async (context) => {
  const site = await startSite(context, { boss: BOSS })
  for (const options of [{ user: 'p' }, { password: 'x' }, {}]) {
    const handle = await open(context, site, ['boss'], options)
    await handle.write(ID, [])
  }
  assert.deepEqual(
    site.writes.map(({ unix }) => (unix === null ? null : [unix.uid, unix.machineName.toString('hex')])),
    [[530, ''], [0, '87'], null],
  )
})

test('a user that the domain does not know, or that has no number, is told before anything is sent', async (context) => {
  const site = await startSite(context, { boss: BOSS })
  for (const user of ['jon', 'a/b=c', 'nobody']) {
    const handle = await open(context, site, ['boss'], { user, password: 'x' })
    await assert.rejects(handle.write(ID, []), isStatus(STATUS.NOUSER))
  }
  assert.equal(site.writes.length, 0)
})

test('a password longer than can be sent is a wrong one', () => {
  assert.throws(() => credentialOf(0, 'x'.repeat(256)), isStatus(STATUS.AUTHERROR))
})

test('when a server is silent, the next is asked', async (context) => {
  let isSilent = false
  const site = await startSite(context, { one: { ...BOSS, isAnswering: () => !isSilent }, two: BOSS })
  const handle = await open(context, site, ['one', 'two'], { readTimeoutMs: 1000 })
  const first = handle.server.tag
  if (first === 'one') {
    isSilent = true
    await handle.root()
  }
  assert.equal(handle.server.tag, 'two')
})

test('a server that is lost while many calls are under way costs none of them', async (context) => {
  const site = await startSite(context, { one: BOSS, two: BOSS })
  const handle = await open(context, site, ['one', 'two'])
  const calls = Array.from({ length: 50 }, () => handle.root())
  site.server(handle.server.tag).reset()
  assert.equal((await Promise.all(calls)).length, 50)
})

test('a write that gets no answer is not tried again', async (context) => {
  let isSilent = false
  const site = await startSite(context, { boss: { ...BOSS, isAnswering: () => !isSilent } })
  const handle = await open(context, site, ['boss'], { writeTimeoutMs: 100 })
  await handle.write(ID, [])
  isSilent = true
  await assert.rejects(handle.write(ID, []), isStatus(STATUS.FAILED))
  assert.equal(site.server('boss').calls.filter(({ header }) => header.procedure === 8).length, 2)
})

test('a handle that does not give up waits for a server until its signal ends it', async (context) => {
  let isSilent = false
  const stop = new AbortController()
  const site = await startSite(context, { boss: { ...BOSS, isAnswering: () => !isSilent } })
  const options = { isAborting: false, readTimeoutMs: 100, signal: stop.signal }
  const handle = await open(context, site, ['boss'], options)
  isSilent = true
  const call = handle.root()
  const outcome = await Promise.race([
    call.then(
      () => 'ended',
      () => 'ended',
    ),
    new Promise((resolve) => setTimeout(resolve, 600, 'waits')),
  ])
  assert.equal(outcome, 'waits')
  stop.abort()
  await assert.rejects(call, (error) => error instanceof RpcError && error.failure === 'aborted')
})

test('after it is closed a handle makes no call', async (context) => {
  const site = await startSite(context, { boss: BOSS })
  const handle = await open(context, site, ['boss'])
  handle.close()
  await assert.rejects(handle.root(), (error) => error instanceof RpcError && error.failure === 'closed')
})

test('no server is named where none is served', async () => {
  await assert.rejects(openHandle({ servers: [], isWritingToMaster: true }, {}), isStatus(STATUS.CANTFINDADDRESS))
})
