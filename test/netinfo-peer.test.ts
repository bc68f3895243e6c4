/** The reads of a domain's server, asked by a client that is not ours (test/peers): every field of every answer. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { MODEL_LIMITS, STATUS, createChildren } from '../src/directory/index.ts'
import type { Domain, Properties, Property } from '../src/directory/index.ts'
import { CPeer } from './support/c-peer.ts'
import { ROOT_CALLER, addTo, idOf, objectAt } from './support/domain-of.ts'
import type { Plan } from './support/domain-of.ts'
import { requireRoot } from './support/peers.ts'
import { MASTER_MACHINE, servedDomain } from './support/served-domain.ts'
import type { Served } from './support/served-domain.ts'

const HASH = 'Xy0fakefakefk'
/** Bytes that are no UTF-8, as text holds them: one each of the surrogates U+DC80 to U+DCFF. */
const NO_UTF8 = '\udcff\udc80\udcfe'
const PLAN: Plan = {
  master: 'ada/network',
  at: [
    MASTER_MACHINE,
    {
      name: 'users',
      at: [
        { name: ['pia', 'ph'], passwd: HASH, uid: '530', realname: 'Pia Łódź 🧭', class: [], mail: ['a@b', ''] },
        { name: 'jon', uid: '531', passwd: '' },
        { name: 'pia', uid: '532', passwd: [HASH, 'second'], _writers_passwd: 'pia' },
        { uid: '533', passwd: [] },
        { name: [], uid: '534' },
      ],
    },
    { name: NO_UTF8, [NO_UTF8]: [NO_UTF8, '"\\\u0001\t\n\u007f'], at: [{ name: 'within', at: [{ name: 'deeper' }] }] },
    { name: 'empty' },
  ],
}
const UNKNOWN = { object: 4711, instance: 1 }

/** What protocol.md says of `passwd`, in words of the test's own. */
function shown(properties: Properties): Properties {
  return properties.map(({ name, values }) => ({ name, values: shownValues(name, values) }))
}

function shownValues(name: string, values: readonly string[]): readonly string[] {
  return name === 'passwd' && values.length > 0 ? ['*'] : values
}

function firstOf(properties: Properties, name: string): Property | undefined {
  return properties.find((property) => property.name === name)
}

function propertiesOf(domain: Domain, object: number): Properties {
  return shown(domain.read(object)?.properties ?? [])
}

interface Asked extends Served {
  readonly peer: CPeer
}

async function askedDomain(context: TestContext, plan: Plan = PLAN, isReserved = false): Promise<Asked | null> {
  const peer = CPeer.start(context)
  if (peer === null) return null
  const served = await servedDomain(context, plan)
  await peer.openNetInfo({ port: served.tcpPort, isReserved })
  return { ...served, peer }
}

/** Properties of every name that a domain has, and one that it has not. */
function namesIn(domain: Domain): readonly string[] {
  const names = [...domain.objects()].flatMap(({ properties }) => properties.map(({ name }) => name))
  return [...new Set([...names, 'nowhere', ''])]
}

/** Its children, and what LIST and LISTALL say of them. */
async function checkFamily({ peer, domain }: Asked, object: number): Promise<void> {
  const id = idOf(domain, object)
  const children = domain.childrenOf(object)
  assert.deepEqual(await peer.netinfo('children', id), { done: true, status: 0, objects: children, id })
  const lists = children.map((child) => propertiesOf(domain, child))
  assert.deepEqual(await peer.netinfo('listall', id), { done: true, status: 0, id, lists })
  for (const name of namesIn(domain)) {
    const entries = children.map((child) => {
      const values = firstOf(propertiesOf(domain, child), name)?.values ?? []
      return { object: child, values: values.length === 0 ? null : values }
    })
    assert.deepEqual(await peer.netinfo('list', id, name), { done: true, status: 0, entries, id })
    const values = entries.flatMap((entry) => entry.values ?? [])
    for (const value of new Set([...values, 'nowhere'])) await checkLookup({ peer, domain }, object, name, value)
  }
}

async function checkLookup(
  { peer, domain }: Pick<Asked, 'peer' | 'domain'>,
  object: number,
  name: string,
  value: string,
): Promise<void> {
  const id = idOf(domain, object)
  const objects = domain
    .childrenOf(object)
    .filter((child) => firstOf(propertiesOf(domain, child), name)?.values.includes(value) === true)
  const [hit] = objects
  const found = { done: true, status: 0, objects, id }
  const nothing = { done: true, status: STATUS.NODIR }
  assert.deepEqual(await peer.netinfo('lookup', id, name, value), hit === undefined ? nothing : found)
  // The id that comes back is that of the directory searched.
  const read = { done: true, status: 0, id, properties: propertiesOf(domain, hit ?? 0) }
  assert.deepEqual(await peer.netinfo('lookupread', id, name, value), hit === undefined ? nothing : read)
}

async function checkProperties({ peer, domain }: Asked, object: number): Promise<void> {
  const id = idOf(domain, object)
  const properties = propertiesOf(domain, object)
  assert.deepEqual(await peer.netinfo('read', id), { done: true, status: 0, id, properties })
  const values = properties.map(({ name }) => name)
  assert.deepEqual(await peer.netinfo('listprops', id), { done: true, status: 0, values, id })
  for (const [index, property] of properties.entries()) {
    const read = { done: true, status: 0, values: property.values, id }
    assert.deepEqual(await peer.netinfo('readprop', id, index), read)
    for (const [at, value] of property.values.entries())
      assert.deepEqual(await peer.netinfo('readname', id, index, at), { done: true, status: 0, id, value })
    const beyond = { done: true, status: STATUS.NONAME }
    for (const at of [property.values.length, 0xffff_ffff])
      assert.deepEqual(await peer.netinfo('readname', id, index, at), beyond)
  }
  const beyond = { done: true, status: STATUS.NOPROP }
  for (const index of [properties.length, 0xffff_ffff]) {
    assert.deepEqual(await peer.netinfo('readprop', id, index), beyond)
    assert.deepEqual(await peer.netinfo('readname', id, index, 0), beyond)
  }
}

describe('a client made by rpcgen and libtirpc', () => {
  test('reads of every directory what the domain holds, with passwd masked', async (context) => {
    const asked = await askedDomain(context)
    if (asked === null) return
    const { peer, domain } = asked
    assert.deepEqual(await peer.netinfo('root'), { done: true, status: 0, id: idOf(domain, 0) })
    for (const { id, parent } of domain.objects()) {
      assert.deepEqual(await peer.netinfo('self', id), { done: true, status: 0, id })
      // A read does not look at the instance that it is sent, and answers with the current one.
      assert.deepEqual(await peer.netinfo('self', { ...id, instance: 77 }), { done: true, status: 0, id })
      assert.deepEqual(await peer.netinfo('parent', id), { done: true, status: 0, parent, id })
      await checkProperties(asked, id.object)
      await checkFamily(asked, id.object)
    }
  })

  test('is told of a directory that is not there by NODIR, whatever it asks', async (context) => {
    const asked = await askedDomain(context)
    if (asked === null) return
    const { peer } = asked
    const expected = { done: true, status: STATUS.NODIR }
    for (const procedure of ['self', 'parent', 'read', 'children', 'listprops', 'listall'])
      assert.deepEqual(await peer.netinfo(procedure, UNKNOWN), expected, procedure)
    assert.deepEqual(await peer.netinfo('lookup', UNKNOWN, 'name', 'pia'), expected)
    assert.deepEqual(await peer.netinfo('lookupread', UNKNOWN, 'name', 'pia'), expected)
    assert.deepEqual(await peer.netinfo('list', UNKNOWN, 'name'), expected)
    assert.deepEqual(await peer.netinfo('readprop', UNKNOWN, 0), expected)
    assert.deepEqual(await peer.netinfo('readname', UNKNOWN, 0, 0), expected)
  })

  test('never sees a password, nor finds anybody by one', async (context) => {
    const asked = await askedDomain(context)
    if (asked === null) return
    const { peer, domain } = asked
    const users = idOf(domain, objectAt(domain, 'users'))
    for (const secret of [HASH, 'second', ''])
      assert.deepEqual(await peer.netinfo('lookup', users, 'passwd', secret), { done: true, status: STATUS.NODIR })
    const objects = domain.childrenOf(users.object).slice(0, 3)
    assert.deepEqual(await peer.netinfo('lookup', users, 'passwd', '*'), { done: true, status: 0, objects, id: users })
    const everything = [await peer.netinfo('readall', 0), await peer.netinfo('listall', users)]
    assert.ok(!JSON.stringify(everything).includes(HASH))
  })

  test('takes the whole of a domain of 5,000 directories, each before its children', async (context) => {
    const asked = await askedDomain(context)
    if (asked === null) return
    const { peer, domain } = asked
    await createChildren(domain, objectAt(domain, 'empty'), manyDirectories(5000), ROOT_CALLER)
    const whole = await peer.netinfo('readall', 0)
    const directories = [...domain.objects()].map(({ id, properties, parent, children }) => {
      return { id, properties: shown(properties), parent, children }
    })
    assert.ok(directories.length > 5000)
    const highest = Math.max(...directories.map(({ id }) => id.object)) + 1
    assert.deepEqual(whole, { done: true, status: 0, checksum: domain.checksum(), highest, directories })
    // protocol.md §2.2: the sum of (object + 1) × instance, modulo 2^32.
    const sum = directories.reduce((all, { id }) => all + BigInt(id.object + 1) * BigInt(id.instance), 0n)
    assert.equal(BigInt.asUintN(32, sum), BigInt(domain.checksum()))
    const same = await peer.netinfo('readall', domain.checksum())
    assert.deepEqual(same, { done: true, status: 0, checksum: 0, highest, directories: [] })
  })

  test('is given the passwords in a copy when root on a listed machine asks', async (context) => {
    if (!requireRoot(context)) return
    const asked = await askedDomain(context, PLAN, true)
    if (asked === null) return
    const { peer, domain } = asked
    const whole = await peer.netinfo('readall', 0)
    const directories = [...domain.objects()]
    const highest = Math.max(...directories.map(({ id }) => id.object)) + 1
    assert.deepEqual(whole, { done: true, status: 0, checksum: domain.checksum(), highest, directories })
    const read = await peer.netinfo('read', idOf(domain, objectAt(domain, 'users', 'pia')))
    assert.ok(!JSON.stringify(read).includes(HASH))
  })

  test('reads strings, values, properties and children up to the limits of the protocol', async (context) => {
    const asked = await askedDomain(context, { ...PLAN, at: [MASTER_MACHINE] })
    if (asked === null) return
    const { peer, domain } = asked
    const longest = 'ü'.repeat(MODEL_LIMITS.stringBytes / 2) + 'x'
    const values = Array.from({ length: MODEL_LIMITS.values }, (_, index) => `value ${index}`)
    const long = await addTo(domain, 0, { name: 'long', [longest]: longest })
    assert.deepEqual(await peer.netinfo('readname', long, 1, 0), { done: true, status: 0, id: long, value: longest })
    assert.deepEqual(await peer.netinfo('listprops', long), {
      done: true,
      status: 0,
      values: ['name', longest],
      id: long,
    })
    const wide = await addTo(domain, 0, { name: 'wide', values })
    assert.deepEqual(await peer.netinfo('readprop', wide, 1), { done: true, status: 0, values, id: wide })
    const properties = values.map((name) => ({ name, values: [] }))
    const operation = { kind: 'create', parent: idOf(domain, 0), properties, where: 0 } as const
    const { child: full = UNKNOWN } = await domain.write(operation, ROOT_CALLER)
    assert.deepEqual(await peer.netinfo('read', full), { done: true, status: 0, id: full, properties })
    const parent = await addTo(domain, 0, { name: 'parent' })
    await createChildren(domain, parent.object, manyDirectories(4001), ROOT_CALLER)
    const id = idOf(domain, parent.object)
    const children = domain.childrenOf(parent.object)
    assert.deepEqual(await peer.netinfo('children', id), { done: true, status: 0, objects: children, id })
    const entries = children.map((object, index) => ({ object, values: [`many ${index}`] }))
    // The second answer is one that the server has kept.
    for (let time = 0; time < 2; time += 1)
      assert.deepEqual(await peer.netinfo('list', id, 'name'), { done: true, status: 0, entries, id })
    const lists = entries.map(({ values: names }) => [{ name: 'name', values: names }])
    assert.deepEqual(await peer.netinfo('listall', id), { done: true, status: 0, id, lists })
  })
})

function manyDirectories(count: number): readonly Properties[] {
  return Array.from({ length: count }, (_, index) => [{ name: 'name', values: [`many ${index}`] }])
}
