import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { makeTestWeb } from '../../../test/support/web-services.ts'
import type { TestWeb } from '../../../test/support/web-services.ts'
import {
  APPEND,
  SYSTEM_CALLER,
  cryptPassword,
  firstValue,
  isModernHash,
  verifyPassword,
} from '../../directory/index.ts'

const PASSWORD = 'anchor up'
const OLD = cryptPassword(PASSWORD)

async function siteOf(context: TestContext, root: Readonly<Record<string, string>> = {}): Promise<TestWeb> {
  const web = await makeTestWeb(context)
  const create = async (parent: number, properties: Readonly<Record<string, string>>): Promise<number> => {
    const id = web.domain.id(parent)
    assert.ok(id)
    const list = Object.entries(properties).map(([name, value]) => ({ name, values: [value] }))
    const { child } = await web.domain.write(
      { kind: 'create', parent: id, properties: list, where: APPEND },
      SYSTEM_CALLER,
    )
    assert.ok(child)
    return child.object
  }
  const users = await create(0, { name: 'users' })
  await create(users, { name: 'pia', uid: '501', passwd: OLD })
  for (const [name, value] of Object.entries(root)) {
    const id = web.domain.id(0)
    assert.ok(id)
    const property = { name, values: [value] }
    await web.domain.write({ kind: 'createProperty', id, property, where: APPEND }, SYSTEM_CALLER)
  }
  return web
}

function storedIn({ domain }: TestWeb): string {
  const object = domain.findPath([
    ['name', 'users'],
    ['name', 'pia'],
  ])
  assert.ok(object !== undefined)
  return firstValue(domain.read(object)?.properties ?? [], 'passwd') ?? ''
}

const signIn = ({ services }: TestWeb, password: string): ReturnType<typeof services.access.signIn.check> =>
  services.access.signIn.check('pia', password, '127.0.0.1', '127.0.0.1')

test('an old value gives way to a new hash at the first good sign-in, whose session stands', async (context) => {
  const web = await siteOf(context)
  assert.equal((await signIn(web, 'wrong')).kind, 'wrong')
  assert.equal(storedIn(web), OLD)
  const result = await signIn(web, PASSWORD)
  const stored = storedIn(web)
  assert.ok(isModernHash(stored))
  assert.ok(await verifyPassword(PASSWORD, stored))
  // The account is that of the new value: what is kept of it for the session does not end with the old one.
  const again = await signIn(web, PASSWORD)
  assert.ok(result.kind === 'right' && again.kind === 'right')
  assert.equal(result.account.stamp, again.account.stamp)
  assert.equal(storedIn(web), stored, 'and it is not stored anew each time')
})

test('an old value stays where the domain serves it to old clients', async (context) => {
  const web = await siteOf(context, { serve_crypt: 'YES' })
  assert.equal((await signIn(web, PASSWORD)).kind, 'right')
  assert.equal(storedIn(web), OLD)
})
