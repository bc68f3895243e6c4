/** The binder of a whole site, asked by a client that is not ours (test/peers): every procedure, over TCP and UDP. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { DataFolder, STATUS, hashPassword } from '../src/directory/index.ts'
import type { Domain } from '../src/directory/index.ts'
import { Site } from '../src/netinfo/index.ts'
import { BINDER_PROCEDURES, BINDER_PROGRAM } from '../src/netinfo/programs.ts'
import { atEnd } from './support/at-end.ts'
import { CPeer, STAT } from './support/c-peer.ts'
import type { Answer } from './support/c-peer.ts'
import { addTo, objectAt } from './support/domain-of.ts'
import { requireRoot } from './support/peers.ts'
import { tempFolder } from './support/temp-folder.ts'
import { until } from './support/until.ts'

const ROOT_PASSWORD = 'of root'
const LOOPBACK = 0x7f00_0001
/** 192.0.2.7, and an address that no machine has. */
const EVE = 0xc000_0207
const NOBODY = 0xc000_0209
const DONE = { done: true }
const AUTH_TOOWEAK = 5
const NOT_ROOT = { done: true, status: STATUS.PERM }
const NO = { done: false, stat: STAT.systemError }

interface Asked {
  readonly peer: CPeer
  readonly site: Site
  readonly tcpPort: number
  readonly udpPort: number
}

async function fill(domain: Domain, password: string): Promise<void> {
  const passwd = password === '' ? '' : await hashPassword(password)
  await addTo(domain, 0, { name: 'users', at: [{ name: 'root', uid: '0', passwd }] })
  const machines = objectAt(domain, 'machines')
  await addTo(domain, machines, { name: 'eve', ip_address: '192.0.2.7', serves: 'eve/local' })
}

async function askedSite(context: TestContext, password = ROOT_PASSWORD): Promise<Asked | null> {
  const peer = CPeer.start(context)
  if (peer === null) return null
  const errors: unknown[] = []
  const site = await Site.start({
    folder: new DataFolder(tempFolder(context)),
    mainTag: 'network',
    netinfo: { host: '127.0.0.1', port: 0 },
    binder: { host: '127.0.0.1', port: 0 },
    portmapPort: null,
    version: 'test',
    prepare: (domain, isNew) => (isNew ? fill(domain, password) : Promise.resolve()),
    onReplication: () => undefined,
    onError: (error) => errors.push(error),
  })
  atEnd(context, async () => {
    await site.close()
    if (errors.length > 0) throw new AggregateError(errors, 'the site failed')
  })
  const { tcpPort = 0, udpPort = 0 } = site.binderAt ?? {}
  await peer.openBinder({ port: tcpPort })
  return { peer, site, tcpPort, udpPort }
}

/** What a tag's own server says. */
function portsOf(site: Site, tag: string): Answer & { readonly udp: number; readonly tcp: number } {
  const { udpPort = 0, tcpPort = 0 } = site.domains.get(tag) ?? {}
  return { done: true, status: 0, udp: udpPort, tcp: tcpPort }
}

describe('a client made by rpcgen and libtirpc', () => {
  test('finds the servers of a site, over TCP and UDP', async (context) => {
    const at = await askedSite(context)
    if (at === null) return
    const { peer, site } = at
    for (const [transport, port] of [
      ['tcp', at.tcpPort],
      ['udp', at.udpPort],
    ] as const) {
      await peer.openBinder({ transport, port })
      assert.deepEqual(await peer.binder('ping'), DONE)
      assert.deepEqual(await peer.binder('getregister', 'network'), portsOf(site, 'network'))
      assert.deepEqual(await peer.binder('getregister', 'nowhere'), { done: true, status: STATUS.NOTAG })
      const { udp, tcp } = portsOf(site, 'network')
      const registrations = [{ tag: 'network', udp, tcp }]
      assert.deepEqual(await peer.binder('listreg'), { done: true, status: 0, registrations })
      assert.deepEqual(await peer.binder('bind', EVE, 'local', 'network'), DONE)
      assert.deepEqual(await peer.binder('bind', EVE, 'other', 'network'), NO)
      assert.deepEqual(await peer.binder('bind', EVE, 'local', 'nowhere'), NO)
      assert.deepEqual(await peer.binder('bind', NOBODY, 'local', 'network'), NO)
    }
  })

  test('is not root without the password, nor over UDP at all', async (context) => {
    const at = await askedSite(context)
    if (at === null) return
    const { peer, site } = at
    const askAll = async (): Promise<readonly Answer[]> => [
      await peer.binder('register', 'x', 1, 2),
      await peer.binder('unregister', 'network'),
      await peer.binder('createmaster', 'x'),
      await peer.binder('createclone', 'x', 'ada', LOOPBACK, 'network'),
      await peer.binder('destroydomain', 'network'),
    ]
    for (const answer of await askAll()) assert.deepEqual(answer, NOT_ROOT)
    await peer.beUser(0, 'wrong')
    assert.deepEqual(await peer.binder('destroydomain', 'network'), NOT_ROOT)
    await peer.openBinder({ transport: 'udp', port: at.udpPort })
    await peer.beUser(0, ROOT_PASSWORD)
    for (const answer of await askAll())
      assert.deepEqual(answer, { done: false, stat: STAT.authError, why: AUTH_TOOWEAK })
    assert.deepEqual(await peer.binder('getregister', 'network'), portsOf(site, 'network'))
  })

  test('registers, replaces and forgets servers as root, who has no password', async (context) => {
    const at = await askedSite(context, '')
    if (at === null) return
    const { peer, site } = at
    await peer.beUser(4711, 'anything')
    const done = { done: true, status: 0 }
    assert.deepEqual(await peer.binder('register', 'dead', 1, 2), done)
    // Its server is asked whether it lives.
    assert.deepEqual(await peer.binder('getregister', 'dead'), { done: true, status: STATUS.NORESPONSE })
    const { udp, tcp } = portsOf(site, 'network')
    assert.deepEqual(await peer.binder('register', 'dead', udp, 7), done)
    assert.deepEqual(await peer.binder('getregister', 'dead'), { done: true, status: 0, udp, tcp: 7 })
    for (let number = 0; number < 40; number += 1) await peer.binder('register', `Łódź ${number}`, number, 0xffff)
    const { registrations } = await peer.binder('listreg')
    assert.ok(Array.isArray(registrations))
    assert.deepEqual(registrations.slice(0, 3), [
      { tag: 'network', udp, tcp },
      { tag: 'dead', udp, tcp: 7 },
      { tag: 'Łódź 0', udp: 0, tcp: 0xffff },
    ])
    // There is room for no more in the protocol.
    assert.equal(registrations.length, 32)
    assert.deepEqual(await peer.binder('unregister', 'dead'), done)
    assert.deepEqual(await peer.binder('unregister', 'dead'), done)
    assert.deepEqual(await peer.binder('getregister', 'dead'), { done: true, status: STATUS.NOTAG })
  })

  test('makes a master and a clone of it, and destroys both', async (context) => {
    const at = await askedSite(context)
    if (at === null) return
    const { peer, site } = at
    await peer.beUser(0, ROOT_PASSWORD)
    const done = { done: true, status: 0 }
    assert.deepEqual(await peer.binder('createmaster', 'lab'), done)
    assert.deepEqual(await peer.binder('getregister', 'lab'), portsOf(site, 'lab'))
    assert.deepEqual(await peer.binder('createmaster', 'lab'), { done: true, status: STATUS.DUPTAG })
    assert.deepEqual(await peer.binder('createmaster', '../lab'), { done: true, status: STATUS.SYSTEMERR })
    assert.deepEqual(await peer.binder('createclone', 'copy', 'ada', LOOPBACK, 'lab'), done)
    assert.deepEqual(await peer.binder('createclone', 'copy', 'ada', LOOPBACK, 'lab'), {
      done: true,
      status: STATUS.DUPTAG,
    })
    const [lab, copy] = [site.domains.get('lab'), site.domains.get('copy')]
    await until('the clone has its copy', () => (lab?.domain.checksum() === copy?.domain.checksum() ? true : null))
    assert.deepEqual(await peer.binder('getregister', 'copy'), portsOf(site, 'copy'))
    for (const tag of ['copy', 'lab']) {
      assert.deepEqual(await peer.binder('destroydomain', tag), done)
      assert.deepEqual(await peer.binder('getregister', tag), { done: true, status: STATUS.NOTAG })
      assert.deepEqual(await peer.binder('destroydomain', tag), { done: true, status: STATUS.NOTAG })
    }
    assert.deepEqual(
      site.domains.servers.map(({ tag }) => tag),
      ['network'],
    )
  })

  test('cannot have a second server of a domain made, nor of one that is being destroyed', async (context) => {
    const at = await askedSite(context)
    if (at === null) return
    const { peer, site } = at
    await peer.beUser(0, ROOT_PASSWORD)
    const done = { done: true, status: 0 }
    assert.deepEqual(await peer.binder('createmaster', 'lab'), done)
    // The binder forgets it, but it is served all the same.
    assert.deepEqual(await peer.binder('unregister', 'lab'), done)
    assert.deepEqual(await peer.binder('createmaster', 'lab'), { done: true, status: STATUS.DUPTAG })
    assert.deepEqual(
      site.domains.servers.map(({ tag }) => tag),
      ['network', 'lab'],
    )
    const destroyed = site.domains.destroy('lab')
    await assert.rejects(site.domains.serve('lab'), { status: STATUS.MASTERBUSY })
    await destroyed
    assert.deepEqual(await peer.binder('createmaster', 'lab'), done)
  })

  test('that calls from a reserved port of this machine is root, without a password', async (context) => {
    if (!requireRoot(context)) return
    const at = await askedSite(context)
    if (at === null) return
    await at.peer.openBinder({ port: at.tcpPort, isReserved: true })
    assert.deepEqual(await at.peer.binder('register', 'x', 1, 2), { done: true, status: 0 })
  })

  test('is told of other versions, unknown procedures and garbage, and the connection goes on', async (context) => {
    const at = await askedSite(context)
    if (at === null) return
    const { peer, tcpPort: port, udpPort } = at
    await peer.open({ port, program: BINDER_PROGRAM, version: 2 })
    assert.deepEqual(await peer.raw(0), { done: false, stat: STAT.programVersionMismatch, low: 1, high: 1 })
    await peer.openBinder({ port: udpPort, transport: 'udp' })
    assert.deepEqual(await peer.raw(BINDER_PROCEDURES.length), { done: false, stat: STAT.procedureUnavailable })
    await peer.openBinder({ port })
    assert.deepEqual(await peer.raw(BINDER_PROCEDURES.length), { done: false, stat: STAT.procedureUnavailable })
    for (const [number, name] of BINDER_PROCEDURES.entries()) {
      if (name === 'ping' || name === 'listreg') continue
      assert.deepEqual(await peer.raw(number, Buffer.from('fffffff0', 'hex')), garbage(), name)
      assert.deepEqual(await peer.raw(number, Buffer.alloc(3)), garbage(), name)
      assert.deepEqual(await peer.binder('ping'), DONE)
    }
  })
})

function garbage(): Answer {
  return { done: false, stat: STAT.garbageArguments }
}
