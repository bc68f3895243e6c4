import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Domain } from '../../directory/index.ts'
import { addTo, domainOf, objectAt } from '../../../test/support/domain-of.ts'
import { isChild } from './bind-answer.ts'

function networkDomain(context: TestContext): Promise<Domain> {
  return domainOf(context, 'network', {
    at: [
      {
        name: 'machines',
        at: [
          { name: 'ada', ip_address: ['192.168.1.5', '10.0.0.5'], serves: ['./network', 'ada/local'] },
          { name: 'pia', ip_address: '192.168.1.9', serves: ['../root', 'sales/sales', 'odd/a/b'] },
          { name: 'jon', ip_address: '192.168.1.10' },
          { name: 'twin', ip_address: '192.168.1.9', serves: 'twin/local' },
          { name: 'nameless', ip_address: '192.168.1.11', serves: ['/local', 'local'] },
        ],
      },
    ],
  })
}

test('a client that its machine serves as a child is one, by any of its addresses', async (context) => {
  const domain = await networkDomain(context)
  assert.ok(isChild(domain, { address: '192.168.1.5', tag: 'local' }))
  assert.ok(isChild(domain, { address: '10.0.0.5', tag: 'local' }))
  assert.ok(isChild(domain, { address: '192.168.1.9', tag: 'sales' }))
})

test('what serves this domain or its parent is no child', async (context) => {
  const domain = await networkDomain(context)
  assert.ok(!isChild(domain, { address: '192.168.1.5', tag: 'network' }))
  assert.ok(!isChild(domain, { address: '192.168.1.9', tag: 'root' }))
})

test('an unknown address, another tag or a machine that serves nothing is refused', async (context) => {
  const domain = await networkDomain(context)
  assert.ok(!isChild(domain, { address: '192.168.1.6', tag: 'local' }))
  assert.ok(!isChild(domain, { address: '192.168.1.5', tag: 'loca' }))
  assert.ok(!isChild(domain, { address: '192.168.1.5', tag: 'LOCAL' }))
  assert.ok(!isChild(domain, { address: '192.168.1.10', tag: 'local' }))
  assert.ok(!isChild(domain, { address: '192.168.1.11', tag: 'local' }))
})

test('the tag is all that follows the first slash', async (context) => {
  const domain = await networkDomain(context)
  assert.ok(isChild(domain, { address: '192.168.1.9', tag: 'a/b' }))
  assert.ok(!isChild(domain, { address: '192.168.1.9', tag: 'b' }))
})

test('only the first machine with the address counts', async (context) => {
  const domain = await networkDomain(context)
  assert.ok(!isChild(domain, { address: '192.168.1.9', tag: 'local' }))
})

test('a machine that is added is a child at once', async (context) => {
  const domain = await networkDomain(context)
  await addTo(domain, objectAt(domain, 'machines'), { name: 'eve', ip_address: '192.168.1.20', serves: 'eve/local' })
  assert.ok(isChild(domain, { address: '192.168.1.20', tag: 'local' }))
})

test('a domain without machines has no children', async (context) => {
  const domain = await domainOf(context, 'network', {})
  assert.ok(!isChild(domain, { address: '192.168.1.5', tag: 'local' }))
})
