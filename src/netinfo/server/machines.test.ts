import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { Domain } from '../../directory/index.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { ROOT_CALLER, addTo, domainOf, idOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import { Machines, bindingsOf, parseServes } from './machines.ts'

async function given(context: TestContext): Promise<{ readonly domain: Domain; readonly machines: Machines }> {
  const domain = await domainOf(context, 'network', {
    master: 'ada/network',
    at: [
      {
        name: 'machines',
        at: [
          { name: 'ada', ip_address: ['192.168.1.5', '10.0.0.5'], serves: ['./network', 'ada/local'] },
          { name: 'eve', ip_address: '192.168.2.1', serves: ['../root', './network'] },
          { name: 'jon', ip_address: '192.168.1.10' },
        ],
      },
      { name: 'users' },
    ],
  })
  const machines = new Machines(domain)
  atEnd(context, () => machines.close())
  return { domain, machines }
}

const namesOf = (servers: readonly { readonly name: string | undefined }[]): unknown => servers.map(({ name }) => name)

test('the servers of the domain and of its parent are told apart', async (context) => {
  const { machines } = await given(context)
  assert.deepEqual(namesOf(machines.servers()), ['ada', 'eve'])
  assert.deepEqual(namesOf(machines.parentServers()), ['eve'])
  const [ada] = machines.servers()
  assert.ok(ada)
  assert.deepEqual(bindingsOf(ada, '.'), [{ tag: 'network', address: '192.168.1.5' }])
})

test('a write to a machine is followed, and changes the version', async (context) => {
  const { domain, machines } = await given(context)
  const before = machines.version
  await setProperty(domain, objectAt(domain, 'machines', 'jon'), 'serves', './network')
  assert.deepEqual(namesOf(machines.servers()), ['ada', 'eve', 'jon'])
  assert.notEqual(machines.version, before)
})

test('a machine that is created or destroyed is followed', async (context) => {
  const { domain, machines } = await given(context)
  machines.servers()
  const parent = objectAt(domain, 'machines')
  const child = await addTo(domain, parent, { name: 'mia', ip_address: '10.1.1.1', serves: './network' })
  assert.deepEqual(namesOf(machines.servers()), ['ada', 'eve', 'mia'])
  await domain.write({ kind: 'destroy', parent: idOf(domain, parent), child }, ROOT_CALLER)
  assert.deepEqual(namesOf(machines.servers()), ['ada', 'eve'])
})

test('a write elsewhere changes nothing, not even the version', async (context) => {
  const { domain, machines } = await given(context)
  const before = machines.version
  await addTo(domain, objectAt(domain, 'users'), { name: 'pia', serves: './network' })
  assert.equal(machines.version, before)
  assert.deepEqual(namesOf(machines.servers()), ['ada', 'eve'])
})

test('a directory that gets the name of /machines is taken for it', async (context) => {
  const { domain, machines } = await given(context)
  machines.servers()
  await setProperty(domain, objectAt(domain, 'machines'), 'name', 'old')
  assert.deepEqual(namesOf(machines.servers()), [])
  await setProperty(domain, objectAt(domain, 'old'), 'name', 'machines')
  assert.deepEqual(namesOf(machines.servers()), ['ada', 'eve'])
})

test('a copy that replaces the domain is read anew', async (context) => {
  const { machines, domain } = await given(context)
  const other = await domainOf(context, 'network', {
    master: 'max/network',
    at: [{ name: 'machines', at: [{ name: 'max', ip_address: '10.2.2.2', serves: './network' }] }],
  })
  machines.servers()
  async function* objects(): AsyncGenerator<ReturnType<typeof other.objects> extends Generator<infer T> ? T : never> {
    yield* other.objects()
  }
  await domain.replaceAll(objects(), other.checksum(), 'test')
  assert.deepEqual(namesOf(machines.servers()), ['max'])
})

test('after any writes the servers are those that a new reader finds', async (context) => {
  const { domain, machines } = await given(context)
  const parent = objectAt(domain, 'machines')
  const serves = fc.constantFrom('./network', '../root', 'x/local', 'odd')
  const step = fc.record({ pick: fc.nat(6), serves: fc.array(serves, { maxLength: 2 }), isNew: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
      for (const { pick, serves: values, isNew } of steps) {
        const children = domain.childrenOf(parent)
        const child = children[pick % children.length]
        if (isNew || child === undefined) await addTo(domain, parent, { name: 'new', serves: values })
        else await setProperty(domain, child, 'serves', ...values)
      }
      const fresh = new Machines(domain)
      const byObject = (list: readonly { readonly object: number }[]): unknown =>
        list.toSorted((one, other) => one.object - other.object)
      assert.deepEqual(byObject(machines.servers()), byObject(fresh.servers()))
      assert.deepEqual(byObject(machines.parentServers()), byObject(fresh.parentServers()))
      fresh.close()
    }),
    { numRuns: 20 },
  )
})

test('a value without a slash serves nothing', () => {
  assert.equal(parseServes('network'), null)
  assert.deepEqual(parseServes('./a/b'), { domain: '.', tag: 'a/b' })
})
