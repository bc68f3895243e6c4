/** Which group a new user is proposed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addTo, objectAt } from '../../../test/support/domain-of.ts'
import { makeTestWeb } from '../../../test/support/web-services.ts'
import { findUsualGroup } from './usual-group.ts'

test('proposes what most people have, else the group of everybody, else nothing', async (context) => {
  const { domain } = await makeTestWeb(context)
  await addTo(domain, 0, { name: 'users', at: [{ name: 'root', uid: '0', gid: '0' }] })
  const users = objectAt(domain, 'users')
  assert.equal(findUsualGroup(domain, users), null)
  await addTo(domain, 0, { name: 'groups', at: [{ name: 'users', gid: '100' }] })
  assert.equal(findUsualGroup(domain, users), '100')
  await addTo(domain, users, { name: 'pia', uid: '1000', gid: '1000' })
  assert.equal(findUsualGroup(domain, users), '100', "one person's own group is nobody else's")
  await addTo(domain, users, { name: 'jon', uid: '1001', gid: '20' })
  await addTo(domain, users, { name: 'ada', uid: '1002', gid: '20' })
  assert.equal(findUsualGroup(domain, users), '20')
})
