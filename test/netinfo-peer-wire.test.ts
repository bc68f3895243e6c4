/**
 * Bytes: the vectors of protocol.md §14, which libtirpc makes as arguments and our server as results; and every result that our
 * server sends, as libtirpc would have sent it.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { APPEND, Domain, STATUS } from '../src/directory/index.ts'
import type { Id, Properties } from '../src/directory/index.ts'
import { Binder } from '../src/netinfo/server/binder.ts'
import { RpcServer } from '../src/netinfo/server/rpc-server.ts'
import { LmdbStore } from '../src/store/index.ts'
import { CPeer, listed } from './support/c-peer.ts'
import type { Word } from './support/c-peer.ts'
import { ROOT_CALLER, idOf, setProperty } from './support/domain-of.ts'
import { MASTER_MACHINE, serveDomain, servedDomain } from './support/served-domain.ts'
import { Tee } from './support/tee.ts'
import { tempFolder } from './support/temp-folder.ts'

const PIA: Properties = [{ name: 'name', values: ['pia'] }]
const OPEN: Properties = [{ name: '_writers', values: ['*'] }]
const NO_TARGET = 0
const PIA_BYTES = '00000001 00000004 6e616d65 00000001 00000003 70696100'

/** Groups of digits, as the vectors are written. */
function bytes(groups: string): string {
  return groups.replaceAll(' ', '')
}

async function emptyDomain(context: TestContext, tag = 'network'): Promise<Domain> {
  return Domain.open(LmdbStore.open(join(tempFolder(context), 'domain.mdb')), { tag })
}

async function put(domain: Domain, parent: number, target: Id, properties: Properties): Promise<void> {
  const operation = { kind: 'create', parent: idOf(domain, parent), properties, where: APPEND, target } as const
  await domain.write(operation, ROOT_CALLER)
}

/** The ids of the vectors: (0,7), 1 named users, (3,9), (5,1) named pia; 12 is the next number, and was used with instance 3. */
async function vectorDomain(context: TestContext): Promise<Domain> {
  const domain = await emptyDomain(context)
  await put(domain, 0, { object: 1, instance: 1 }, [{ name: 'name', values: ['users'] }])
  await put(domain, 0, { object: 2, instance: 1 }, [])
  await put(domain, 0, { object: 3, instance: 7 }, OPEN)
  await put(domain, 3, { object: 5, instance: 1 }, PIA)
  await put(domain, 3, { object: 6, instance: 1 }, [{ name: 'name', values: [] }])
  for (const object of [4, 7, 8, 9, 10, 11]) await put(domain, 2, { object, instance: 1 }, [])
  await put(domain, 2, { object: 12, instance: 3 }, [])
  const [parent, child] = [idOf(domain, 2), idOf(domain, 12)]
  await domain.write({ kind: 'destroy', parent, child }, ROOT_CALLER)
  await setProperty(domain, 0, 'master', 'ada/network')
  await setProperty(domain, 0, 'isRoot', 'YES')
  const machines = [{ name: 'name', values: ['machines'] }]
  const ada = [
    { name: 'name', values: ['ada'] },
    { name: 'ip_address', values: ['127.0.0.1'] },
  ]
  await put(domain, 0, { object: 13, instance: 0 }, machines)
  await put(domain, 13, { object: 14, instance: 0 }, ada)
  assert.deepEqual(idOf(domain, 0), { object: 0, instance: 7 })
  return domain
}

async function peerAt(context: TestContext, port: number): Promise<{ peer: CPeer; tee: Tee } | null> {
  const peer = CPeer.start(context)
  if (peer === null) return null
  const tee = await Tee.before(context, port)
  await peer.openNetInfo({ port: tee.port })
  return { peer, tee }
}

async function vectorPeer(context: TestContext, domain: Domain): ReturnType<typeof peerAt> {
  const { tcpPort } = await serveDomain(context, domain)
  return peerAt(context, tcpPort)
}

const ROOT = { object: 0, instance: 7 }
const PARENT = { object: 3, instance: 9 }

describe('the vectors of the protocol', () => {
  test('of reads', async (context) => {
    const at = await vectorPeer(context, await vectorDomain(context))
    if (at === null) return
    const { peer, tee } = at
    await peer.netinfo('lookup', ROOT, 'name', 'users')
    assert.deepEqual(tee.last(), {
      args: bytes('00000000 00000007 00000004 6e616d65 00000005 75736572 73000000'),
      results: bytes('00000000 00000001 00000001 00000000 00000007'),
    })
    await peer.netinfo('list', PARENT, 'name')
    const entries = '00000005 00000001 00000001 00000003 70696100 00000006 00000000'
    assert.equal(tee.last().results, bytes(`00000000 00000002 ${entries} 00000003 00000009`))
    await peer.netinfo('parent', { object: 5, instance: 1 })
    assert.equal(tee.last().results, bytes('00000000 00000003 00000005 00000001'))
    await peer.netinfo('rparent')
    assert.equal(tee.last().results, bytes('0000000b'))
  })

  test('of a directory created with no target', async (context) => {
    const at = await vectorPeer(context, await vectorDomain(context))
    if (at === null) return
    const { peer, tee } = at
    await peer.netinfo('create', PARENT, listed(PIA), APPEND, NO_TARGET)
    assert.deepEqual(tee.last(), {
      args: bytes(`00000003 00000009 ${PIA_BYTES} ffffffff 00000000`),
      results: bytes('00000000 0000000c 00000004 00000003 0000000a'),
    })
    // Its id is old by now.
    await peer.netinfo('createprop', PARENT, ['name', 1, 'pia'], 0)
    assert.deepEqual(tee.last(), {
      args: bytes('00000003 00000009 00000004 6e616d65 00000001 00000003 70696100 00000000'),
      results: bytes('00000002'),
    })
  })

  test('of a directory created with a target', async (context) => {
    const at = await vectorPeer(context, await vectorDomain(context))
    if (at === null) return
    const { peer, tee } = at
    await peer.netinfo('create', PARENT, listed(PIA), APPEND, 1, { object: 12, instance: 4 })
    assert.deepEqual(tee.last(), {
      args: bytes(`00000003 00000009 ${PIA_BYTES} ffffffff 00000001 0000000c 00000004`),
      results: bytes('00000000 0000000c 00000004 00000003 0000000a'),
    })
  })

  test('of all children, and of the whole domain', async (context) => {
    // The server of tag `local` is its domain's master, though the root directory says nothing of it.
    const domain = await emptyDomain(context, 'local')
    await put(domain, 0, { object: 1, instance: 1 }, PIA)
    const at = await vectorPeer(context, domain)
    if (at === null) return
    const { peer, tee } = at
    await peer.netinfo('readall', 0)
    // The highest id is one more than the largest: line N refuses what is above it (protocol.md §15.3).
    const root = '00000001 00000000 00000002 00000000 00000000 00000001 00000001'
    const child = `00000001 00000001 00000001 ${PIA_BYTES} 00000000 00000000`
    assert.equal(tee.last().results, bytes(`00000000 00000004 00000002 ${root} ${child} 00000000`))
    await put(domain, 0, { object: 3, instance: 8 }, [])
    await put(domain, 3, { object: 5, instance: 1 }, PIA)
    await peer.netinfo('listall', PARENT)
    assert.equal(tee.last().results, bytes(`00000000 00000003 00000009 00000001 ${PIA_BYTES}`))
  })

  test('of the binder', async (context) => {
    const peer = CPeer.start(context)
    if (peer === null) return
    const refuse = (): Promise<never> => Promise.reject(new Error('nothing is made here'))
    const binder = new Binder({
      createMaster: refuse,
      createClone: refuse,
      destroy: refuse,
      rootPassword: () => null,
    })
    const server = await RpcServer.listen([binder])
    context.after(() => server.close())
    const tee = await Tee.before(context, server.tcpPort ?? 0)
    await peer.openBinder({ port: tee.port })
    await peer.binder('register', 'network', 700, 701)
    const refused = bytes('00000004')
    assert.deepEqual(tee.last(), {
      args: bytes('00000007 6e657477 6f726b00 000002bc 000002bd'),
      results: refused,
    })
    await peer.binder('createclone', 'network', 'ada', 0xc0a8_0105, 'network')
    assert.deepEqual(tee.last(), {
      args: bytes('00000007 6e657477 6f726b00 00000003 61646100 c0a80105 00000007 6e657477 6f726b00'),
      results: refused,
    })
    await peer.binder('bind', 0xc0a8_0109, 'local', 'network')
    assert.equal(tee.last().args, bytes('c0a80109 00000005 6c6f6361 6c000000 00000007 6e657477 6f726b00'))
    binder.register({ tag: 'network', udpPort: 700, tcpPort: 701 })
    await peer.binder('listreg')
    assert.equal(tee.last().results, bytes('00000000 00000001 00000007 6e657477 6f726b00 000002bc 000002bd'))
  })
})

test('every result is byte for byte what libtirpc sends for the same', async (context) => {
  const plan = { master: 'ada/network', isRoot: 'YES', _writers: '*', at: [MASTER_MACHINE, { name: 'é', none: [] }] }
  const { domain, tcpPort } = await servedDomain(context, plan)
  const at = await peerAt(context, tcpPort)
  if (at === null) return
  const { peer, tee } = at
  const self = (object: number): Id => idOf(domain, object)
  const check = async (procedure: string, status: number | null, ...words: readonly Word[]): Promise<void> => {
    const answer = await peer.netinfoWithWire(procedure, ...words)
    assert.equal(answer['done'], true, procedure)
    if (status !== null) assert.equal(answer['status'], status, procedure)
    assert.equal(answer['wire'], tee.last().results, procedure)
  }
  await check('ping', null)
  await check('statistics', null)
  await check('root', 0)
  for (const object of [0, 1, 2, 3]) {
    const id = self(object)
    for (const procedure of ['self', 'parent', 'read', 'children', 'listprops', 'listall'])
      await check(procedure, 0, id)
    await check('list', 0, id, 'name')
    await check('list', 0, id, 'nowhere')
    await check('readprop', 0, id, 0)
    await check('readname', 0, id, 0, 0)
  }
  await check('lookup', 0, self(0), 'name', 'é')
  await check('lookupread', 0, self(0), 'name', 'é')
  await check('rparent', STATUS.NETROOT)
  await check('readall', 0, 0)
  await check('readall', 0, domain.checksum())
  await check('crashed', null, 0)
  await check('resync', 0)
  await check('create', 0, self(0), listed([...PIA, ...OPEN]), 0, NO_TARGET)
  const highest = domain.highestId()
  await check('createprop', 0, self(highest), ['x', 0], 0)
  await check('createname', 0, self(highest), 0, 'y', 0)
  await check('writename', 0, self(highest), 0, 0, 'z')
  await check('destroyname', 0, self(highest), 0, 0)
  await check('writeprop', 0, self(highest), 0, [2, 'a', 'bcd'])
  await check('renameprop', 0, self(highest), 0, 'name')
  await check('destroyprop', 0, self(highest), 0)
  await check('write', 0, self(highest), listed(PIA))
  await check('destroy', 0, self(0), self(highest))
  await check('readname', STATUS.NODIR, { object: 99, instance: 0 }, 0, 0)
})
