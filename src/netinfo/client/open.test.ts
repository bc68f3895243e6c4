import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSite } from '../../../test/support/scripted-domain.ts'
import type { Scripted, Tree } from '../../../test/support/scripted-domain.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { domainNameOf, openDomain, openServer } from './open.ts'

const LOOPBACK = '127.0.0.1'
const AMPLE_MS = 20_000

function machine(name: string, serves: readonly string[], addresses: readonly string[] = [LOOPBACK]): Tree {
  return { properties: { name: [name], ip_address: addresses, serves } }
}

function domain(children: readonly Tree[], more: Partial<Scripted> = {}): Scripted {
  const machines = { properties: { name: ['machines'] }, children }
  return { tree: { properties: { master: ['ada/network'] }, children: [machines] }, ...more }
}

/** `/` has the child `sales`, which two servers serve, and that has the child `leaf`: this machine's. */
const HIERARCHY: Readonly<Record<string, Scripted>> = {
  local: domain([machine('leaf', ['./local'])], { parent: { tag: 'sales', address: LOOPBACK } }),
  sales: domain([machine('ada', ['./sales', 'leaf/local']), machine('bob', ['./spare'])], {
    parent: { tag: 'network', address: LOOPBACK },
  }),
  spare: domain([]),
  network: domain([machine('ada', ['./network', 'sales/sales']), machine('bob', ['sales/spare'])]),
}

function isStatus(status: number): (error: unknown) => boolean {
  return (error) => error instanceof DirectoryError && error.status === status
}

test('a server is found by its binder, and answers a hundred calls at once', async (context) => {
  const { binderPort } = await startSite(context, HIERARCHY)
  const handle = await openServer('localhost', 'local', { binderPort })
  context.after(() => handle.close())
  assert.deepEqual(handle.server, { address: LOOPBACK, tag: 'local' })
  const ids = await Promise.all(Array.from({ length: 100 }, () => handle.root()))
  assert.deepEqual(ids[99], { object: 0, instance: 1 })
})

test('a tag that the binder does not know is told as such', async (context) => {
  const { binderPort } = await startSite(context, HIERARCHY)
  await assert.rejects(openServer(LOOPBACK, 'nowhere', { binderPort }), isStatus(STATUS.NOTAG))
})

test('a host that nobody knows has no address', async () => {
  await assert.rejects(openServer('no-such-host.invalid', 'local'), isStatus(STATUS.CANTFINDADDRESS))
})

test('each name of a domain leads to its servers', async (context) => {
  const { binderPort } = await startSite(context, HIERARCHY)
  for (const [name, tag] of [
    ['.', 'local'],
    ['./.', 'local'],
    ['..', 'sales'],
    ['../..', 'network'],
    ['/', 'network'],
    ['/sales/leaf', 'local'],
    ['../leaf', 'local'],
    ['network@localhost', 'network'],
    ['/sales/network@127.0.0.1', 'network'],
  ] as const) {
    const handle = await openDomain(name, { binderPort, readTimeoutMs: AMPLE_MS })
    const expected = tag === 'sales' ? ['sales', 'spare'] : [tag]
    assert(expected.includes(handle.server.tag), `${name} is served by ${handle.server.tag}`)
    handle.close()
  }
})

test('a child that nobody serves is no domain, and above the root there is none', async (context) => {
  const { binderPort } = await startSite(context, HIERARCHY)
  await assert.rejects(openDomain('/nobody', { binderPort }), isStatus(STATUS.INVALIDDOMAIN))
  await assert.rejects(openDomain('/..', { binderPort }), isStatus(STATUS.NETROOT))
})

test('the name of a domain is what its parents call it', async (context) => {
  const { binderPort } = await startSite(context, HIERARCHY)
  for (const [name, absolute] of [
    ['.', '/sales/leaf'],
    ['/', '/'],
  ] as const) {
    const handle = await openDomain(name, { binderPort })
    assert.equal(await domainNameOf(handle, { binderPort }), absolute)
    // The handle is still the caller's.
    await handle.ping()
    handle.close()
  }
})

test('a domain that its parent does not know stands by its server', async (context) => {
  const { binderPort } = await startSite(context, {
    local: domain([], { parent: { tag: 'network', address: LOOPBACK } }),
    network: domain([machine('ada', ['./network'])]),
  })
  const handle = await openDomain('.', { binderPort })
  context.after(() => handle.close())
  assert.equal(await domainNameOf(handle, { binderPort }), '/local@127.0.0.1')
})

test('a parent that does not list the server it was reached by is taken at one that it lists', async (context) => {
  const { binderPort } = await startSite(context, {
    local: domain([], { parent: { tag: 'rogue', address: LOOPBACK } }),
    rogue: domain([], { statistics: { domain_servers: ['127.0.0.1/network'] } }),
    network: domain([]),
  })
  const handle = await openDomain('..', { binderPort })
  context.after(() => handle.close())
  assert.equal(handle.server.tag, 'network')
})

test('a parent that is still sought is asked for again until the time is over', async (context) => {
  const { binderPort, server } = await startSite(context, { local: domain([], { parent: STATUS.NORESPONSE }) })
  await assert.rejects(openDomain('..', { binderPort, readTimeoutMs: 1500 }), isStatus(STATUS.NORESPONSE))
  assert.equal(server('local').calls.filter(({ header }) => header.procedure === 22).length, 2)
})

test('domains that are each other’s parents do not hold a caller for ever', async (context) => {
  const { binderPort } = await startSite(context, {
    local: domain([], { parent: { tag: 'other', address: LOOPBACK } }),
    other: domain([], { parent: { tag: 'local', address: LOOPBACK } }),
  })
  await assert.rejects(openDomain('/', { binderPort }), isStatus(STATUS.INVALIDDOMAIN))
})
