import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addTo, domainOf, idOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import { ROOT_CALLER } from '../../../test/support/domain-of.ts'
import { packagedRegistry } from '../../../test/support/packaged-data.ts'
import { syncRegistryServices } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import type { ServedDomains } from './served-domains.ts'
import { DeclaredPorts } from './declared-ports.ts'

function served(...domains: readonly Domain[]): ServedDomains {
  const all = domains.map((domain) => ({ tag: domain.tag, domain, isMaster: true }))
  return { main: () => all[0], get: (tag) => all.find((each) => each.tag === tag), all: () => all }
}

const SERVICES = {
  at: [
    {
      name: 'services',
      at: [
        { name: 'wiki', port: '8080', protocol: ['tcp'] },
        { name: 'clock', port: ['1230', '1231', '8080'], protocol: ['udp', 'tcp'] },
        { name: 'any', port: '70' },
        { name: 'broken', port: ['70000', '-1', 'eighty', ''] },
        { name: 'none' },
      ],
    },
  ],
}

test('ports are declared for the protocols that an entry names, or for all', async (context) => {
  const declared = new DeclaredPorts(served(await domainOf(context, 'local', SERVICES)))
  assert.deepEqual(declared.of('tcp'), [70, 1230, 1231, 8080])
  assert.deepEqual(declared.of('udp'), [70, 1230, 1231, 8080])
  assert.deepEqual(declared.of('sctp'), [70])
})

test('what every domain declares is joined, and a domain without services declares nothing', async (context) => {
  const domains = [
    await domainOf(context, 'local', {}),
    await domainOf(context, 'network', SERVICES),
    await domainOf(context, 'root', { at: [{ name: 'services', at: [{ name: 'gate', port: '9', protocol: 'tcp' }] }] }),
  ]
  assert.deepEqual(new DeclaredPorts(served(...domains)).of('tcp'), [9, 70, 1230, 1231, 8080])
})

test('a new, a changed and a removed entry are seen, and told of', async (context) => {
  const domain = await domainOf(context, 'local', SERVICES)
  const declared = new DeclaredPorts(served(domain))
  let told = 0
  const forget = declared.watch(() => (told += 1))
  assert.deepEqual(declared.of('sctp'), [70])
  await addTo(domain, objectAt(domain, 'services'), { name: 'new', port: '4242' })
  assert.deepEqual(declared.of('sctp'), [70, 4242])
  await setProperty(domain, objectAt(domain, 'services', 'any'), 'port', '71')
  assert.deepEqual(declared.of('sctp'), [71, 4242])
  const [parent, child] = [objectAt(domain, 'services'), objectAt(domain, 'services', 'new')]
  await domain.write({ kind: 'destroy', parent: idOf(domain, parent), child: idOf(domain, child) }, ROOT_CALLER)
  assert.deepEqual(declared.of('sctp'), [71])
  assert.ok(told >= 3)
  forget()
  const before = told
  await setProperty(domain, objectAt(domain, 'services', 'any'), 'port', '72')
  assert.equal(told, before)
})

test('what a root repeats of the registry is no declaration', async (context) => {
  const domain = await domainOf(context, 'local', SERVICES)
  await syncRegistryServices(domain, packagedRegistry())
  assert.deepEqual(new DeclaredPorts(served(domain)).of('tcp'), [70, 1230, 1231, 8080])
})
