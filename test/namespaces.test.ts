/**
 * Three machines with a network of their own: ada has the master of the domain `network`, eve its clone, and each of them, and
 * mia, its own domain `local`, which knows its parent by broadcast alone. They are asked with the NetInfo tools, as people ask.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DataFolder } from '../src/directory/index.ts'
import type { Domain } from '../src/directory/index.ts'
import { addTo, setProperty } from './support/domain-of.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import type { Machine } from './support/namespaces.ts'
import { requireLinux, requirePeers, requireRoot } from './support/peers.ts'
import { tempFolder } from './support/temp-folder.ts'

const ADDRESSES = { ada: '10.77.1.1', eve: '10.77.1.2', mia: '10.77.1.3' } as const
const NETWORK = '127.0.0.1/network'
/** A call into a cut cable is given up after a minute. */
const DEADLINE_MS = 120_000
const LOOK_AGAIN_MS = 250

interface Site {
  /** Of the machines' data: a folder each. */
  readonly folder: string
  readonly machines: Record<keyof typeof ADDRESSES, Machine>
  readonly servers: Record<keyof typeof ADDRESSES, ChildProcess>
  readonly serve: (name: keyof typeof ADDRESSES) => Promise<ChildProcess>
}

function canBuild(context: TestContext): boolean {
  return requireLinux(context) && requirePeers(context, 'ip') && requireRoot(context)
}

async function asLocal(domain: Domain): Promise<void> {
  await setProperty(domain, 0, 'master', 'localhost/local')
  const machines = [
    { name: 'localhost', ip_address: '127.0.0.1', serves: './local' },
    { name: 'broadcasthost', ip_address: '255.255.255.255', serves: '../network' },
  ]
  await addTo(domain, 0, { name: 'machines', at: machines })
}

/** The clone begins with the master's machine alone. */
async function asNetwork(domain: Domain, isMaster: boolean): Promise<void> {
  await setProperty(domain, 0, 'master', 'ada/network')
  const ada = { name: 'ada', ip_address: ADDRESSES.ada, serves: ['./network', 'ada/local'] }
  const others = [
    { name: 'eve', ip_address: ADDRESSES.eve, serves: ['./network', 'eve/local'] },
    { name: 'mia', ip_address: ADDRESSES.mia, serves: 'mia/local' },
  ]
  await addTo(domain, 0, { name: 'machines', at: isMaster ? [ada, ...others] : [ada] })
  if (!isMaster) return
  await setProperty(domain, 0, 'update_latency', '1')
  await setProperty(domain, 0, 'cleanup_wait', '60')
  await addTo(domain, 0, { name: 'users', at: [{ name: 'pia', uid: '530', passwd: '$argon2id$none' }] })
}

async function buildSite(context: TestContext): Promise<Site> {
  const folder = tempFolder(context)
  for (const name of ['ada', 'eve', 'mia'] as const) {
    const data = new DataFolder(join(folder, name))
    const local = await data.open('local')
    await asLocal(local)
    await local.close()
    if (name === 'mia') continue
    const network = await data.open('network')
    await asNetwork(network, name === 'ada')
    await network.close()
  }
  const machines = buildNetwork(context, ADDRESSES)
  const serve = async (name: keyof typeof ADDRESSES): Promise<ChildProcess> => {
    const anywhere = ['--netinfo', '0.0.0.0', '--binder', '0.0.0.0']
    const child = machines[name].start('serve', '--data', join(folder, name), ...anywhere)
    assert.match(await lineOf(child), /^Portolan serves/)
    return child
  }
  const servers = { ada: await serve('ada'), eve: await serve('eve'), mia: await serve('mia') }
  return { folder, machines, servers, serve }
}

/** Asks until the answer is as it shall be. */
async function answers(
  machine: Machine,
  words: readonly string[],
  isRight: (stdout: string) => boolean,
): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const { stdout, stderr, status } = await machine.portolan(...words)
    if (isRight(stdout)) return
    const said = `${machine.name}: ${words.join(' ')}: ${stdout}${stderr} (exit status ${status})`
    assert.ok(Date.now() < deadline, `not within ${DEADLINE_MS / 1000} s: ${said}`)
    await sleep(LOOK_AGAIN_MS)
  }
}

async function checksumAt(machine: Machine): Promise<string> {
  const { stdout } = await machine.portolan('niutil', '-statistics', '-t', NETWORK)
  const [, checksum] = /^checksum: (\d+)$/m.exec(stdout) ?? []
  assert.ok(checksum !== undefined, stdout)
  return checksum
}

async function untilEqual(one: Machine, other: Machine): Promise<void> {
  const checksum = await checksumAt(one)
  await answers(other, ['niutil', '-statistics', '-t', NETWORK], (text) => text.includes(`checksum: ${checksum}\n`))
}

test('a leaf finds its parent by broadcast, and climbs to the root', async (context) => {
  if (!canBuild(context)) return
  const { machines } = await buildSite(context)
  const { ada, eve, mia } = machines
  await untilEqual(ada, eve)
  for (const machine of [ada, eve, mia]) {
    const parent = await machine.portolan('niutil', '-n', '-rparent', '.')
    assert.match(parent.stdout, /^10\.77\.1\.[12]\/network\n$/, parent.stderr)
    const root = await machine.portolan('niutil', '-rparent', '/')
    assert.deepEqual([root.status, root.stdout], [111, 'root domain: no parent\n'])
    const name = await machine.portolan('niutil', '-domainname', '.')
    assert.equal(name.stdout, `/${machine.name}\n`)
  }
  const pia = await mia.portolan('niutil', '-readprop', '/', '/users/pia', 'uid')
  assert.equal(pia.stdout, '530\n')
  const climbed = await mia.portolan('nifind', '/users/pia')
  assert.match(climbed.stdout, /\/users\/pia found in/)
})

test('a write reaches the clone soon, and refuses to be made there', async (context) => {
  if (!canBuild(context)) return
  const { machines } = await buildSite(context)
  const { ada, eve } = machines
  await untilEqual(ada, eve)
  const realname = ['niutil', '-readprop', '-t', NETWORK, '/users/pia', 'realname']
  const written = await ada.portolan('niutil', '-createprop', '-t', NETWORK, '/users/pia', 'realname', 'Pia Holm')
  assert.equal(written.status, 0, written.stderr)
  await answers(eve, realname, (text) => text === 'Pia Holm\n')
  // Not even as root: root on another machine than the master's is nobody without a password.
  const refused = await eve.portolan('niutil', '-createprop', '-t', NETWORK, '/users/pia', 'realname', 'Nobody')
  assert.notEqual(refused.status, 0)
  await untilEqual(ada, eve)
})

test('when the master is killed its clone answers, and when it is back both are equal', async (context) => {
  if (!canBuild(context)) return
  const { machines, servers, serve } = await buildSite(context)
  const { ada, eve, mia } = machines
  await untilEqual(ada, eve)
  const uid = ['niutil', '-readprop', '..', '/users/pia', 'uid']
  await answers(mia, uid, (text) => text === '530\n')
  await end(servers.ada, 'SIGKILL')
  await answers(mia, uid, (text) => text === '530\n')
  const parent = await mia.portolan('niutil', '-n', '-rparent', '.')
  assert.equal(parent.stdout, `${ADDRESSES.eve}/network\n`)
  await serve('ada')
  const created = await ada.portolan('niutil', '-create', '-t', NETWORK, '/users/jon')
  assert.equal(created.status, 0, created.stderr)
  await untilEqual(ada, eve)
})

test('a cable that is cut and mended leaves equal copies', async (context) => {
  if (!canBuild(context)) return
  const { machines } = await buildSite(context)
  const { ada, eve } = machines
  await untilEqual(ada, eve)
  eve.plug(false)
  const created = await ada.portolan('niutil', '-create', '-t', NETWORK, '/users/jon')
  assert.equal(created.status, 0, created.stderr)
  // The clone goes on answering from what it has.
  const before = await eve.portolan('niutil', '-readprop', '-t', NETWORK, '/users/pia', 'uid')
  assert.equal(before.stdout, '530\n')
  assert.notEqual(await checksumAt(eve), await checksumAt(ada))
  await sleep(3000)
  eve.plug(true)
  await untilEqual(ada, eve)
})

test('a clone that nidomain makes takes the copy of its master as soon as it is listed', async (context) => {
  if (!canBuild(context)) return
  const { machines } = await buildSite(context)
  const { ada, mia } = machines
  const made = await mia.portolan('nidomain', '-c', 'network', `${ADDRESSES.ada}/network`)
  assert.equal(made.status, 0, made.stdout + made.stderr)
  // Until then the passwords are hidden from it, and it takes no copy without them.
  const users = ['niutil', '-list', '-t', NETWORK, '/users']
  const before = await mia.portolan(...users)
  assert.notEqual(before.status, 0, before.stdout)
  const listed = await ada.portolan('niutil', '-appendprop', '-t', NETWORK, '/machines/mia', 'serves', './network')
  assert.equal(listed.status, 0, listed.stderr)
  await untilEqual(ada, mia)
  const created = await ada.portolan('niutil', '-create', '-t', NETWORK, '/users/jon')
  assert.equal(created.status, 0, created.stderr)
  await answers(mia, users, (text) => text.includes('jon'))
  await untilEqual(ada, mia)
})

test('SIGHUP makes a leaf that found no parent look for it again', async (context) => {
  if (!canBuild(context)) return
  const { machines, servers } = await buildSite(context)
  const { mia } = machines
  mia.plug(false)
  const alone = ['niutil', '-n', '-rparent', '.']
  await answers(mia, alone, (text) => text === 'root domain: no parent\n')
  mia.plug(true)
  const there = ['niutil', '-statistics', '-t', `${ADDRESSES.ada}/network`]
  await answers(mia, there, (text) => text.startsWith('checksum'))
  // It is remembered for ten minutes that there is no parent.
  assert.equal((await mia.portolan(...alone)).status, 111)
  servers.mia.kill('SIGHUP')
  await answers(mia, alone, (text) => text.endsWith('/network\n'))
})

test('when the master is gone for good its clone is made the master', async (context) => {
  if (!canBuild(context)) return
  const { folder, machines, servers, serve } = await buildSite(context)
  const { ada, eve, mia } = machines
  await untilEqual(ada, eve)
  await end(servers.ada, 'SIGKILL')
  await end(servers.eve)
  const file = join(folder, 'eve', 'network.mdb')
  const promoted = await eve.portolan('nicl', '-raw', file, '-create', '/', 'master', 'eve/network')
  assert.equal(promoted.status, 0, promoted.stdout + promoted.stderr)
  await serve('eve')
  const created = await eve.portolan('niutil', '-create', '-t', NETWORK, '/users/jon')
  assert.equal(created.status, 0, created.stderr)
  await answers(mia, ['niutil', '-list', '..', '/users'], (text) => text.includes('jon'))
  // The old master still takes itself for the master: a copy of before. It must be told before it comes back.
  const old = join(folder, 'ada', 'network.mdb')
  const demoted = await ada.portolan('nicl', '-raw', old, '-create', '/', 'master', 'eve/network')
  assert.equal(demoted.status, 0, demoted.stdout + demoted.stderr)
  await serve('ada')
  await untilEqual(eve, ada)
})
