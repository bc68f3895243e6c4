import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import { MemoryClient, SAMPLE_TREE, runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import { STATUS, verifyPassword } from '../../directory/index.ts'
import { nipasswd } from './nipasswd.ts'
import type { Runner } from './nipasswd.ts'
import { findPasswordFault } from './password-rules.ts'

interface Made {
  readonly local: MemoryDomain
  readonly network: MemoryDomain
  readonly client: MemoryClient
  readonly run: (words: readonly string[], secrets: readonly string[], runner?: Partial<Runner>) => Promise<ToolRun>
}

const PIA: Runner = { name: 'pia', uid: 530, isOwnAddress: (address) => address === '127.0.0.1' }

/** A local domain without users, below one that has pia. */
function made(): Made {
  const local = new MemoryDomain({ tag: 'local', address: '127.0.0.1' })
  const network = new MemoryDomain({ tag: 'network', address: '192.0.2.1' }, SAMPLE_TREE)
  local.parent = network.server
  const client = new MemoryClient({ '.': local, '/': network, '127.0.0.1/local': local, '192.0.2.1/network': network })
  return {
    local,
    network,
    client,
    run: (words, secrets, runner = {}) =>
      runTool((context) => nipasswd(words, context, client, { ...PIA, ...runner }), { secrets }),
  }
}

function stored({ network }: Made, path = '/users/pia'): string {
  return network.propertiesOf(path).find(({ name }) => name === 'passwd')?.values[0] ?? ''
}

const ALL = ['Old password: ', 'New password: ', 'Retype new password: ']

async function refused(here: Made, result: Promise<ToolRun>, message: RegExp): Promise<ToolRun> {
  const before = stored(here)
  const told = await result
  assert.equal(told.status, 1)
  assert.equal(told.out, '')
  assert.match(told.err, message)
  assert.equal(stored(here), before)
  assert.deepEqual([here.local.openHandles, here.network.openHandles], [0, 0])
  return told
}

test('the domain that has the user is found by climbing; what is sent is the value of crypt', async () => {
  const here = made()
  const { status, out, err, questions } = await here.run([], ['before', 'after1', 'after1'])
  assert.deepEqual([status, out, questions], [0, '', ALL])
  assert.equal(err, 'Changing the password of pia in 192.0.2.1/network.\n')
  assert.match(stored(here), /^[./0-9A-Za-z]{13}$/)
  assert.ok(await verifyPassword('after1', stored(here)))
  assert.deepEqual([here.local.openHandles, here.network.openHandles], [0, 0])
})

test('the user and the old password are what the write is made with, and nothing else is', async () => {
  const here = made()
  await here.run([], ['before', 'after1', 'after1'])
  const credentials = here.client.openings.map(({ options: { user, password } }) => [user, password])
  assert.deepEqual(credentials.pop(), ['pia', 'before'])
  for (const each of credentials) assert.deepEqual(each, [undefined, undefined])
  assert.deepEqual(here.network.writes, [{ method: 'writeProperty', user: 'pia', at: 'master' }])
})

test('no password stands in what is printed', async () => {
  const here = made()
  here.network.refusals.push({ method: 'writeProperty', status: STATUS.AUTHERROR })
  for (const secrets of [
    ['old-secret', 'new-secret', 'new-secret'],
    ['old-secret', 'new-secret', 'other-secret'],
  ]) {
    const { out, err } = await here.run([], secrets)
    assert.doesNotMatch(out + err, /secret/)
  }
})

test('-l names the domain, by name or by server', async () => {
  for (const location of ['/', '192.0.2.1/network']) {
    const here = made()
    assert.equal((await here.run(['-i', 'netinfo', '-l', location, 'pia'], ['before', 'after1', 'after1'])).status, 0)
    assert.equal(here.client.openings[0]?.name, location)
  }
  const here = made()
  await refused(here, here.run(['-l', '127.0.0.1/local'], []), /^nipasswd: 127\.0\.0\.1\/local has no user pia\n$/)
})

test('a user whom no domain has is told', async () => {
  const here = made()
  await refused(here, here.run(['max'], []), /^nipasswd: no domain has the user max\n$/)
})

test('only the user, and root on the machine of the master, may change a password', async () => {
  for (const runner of [{ uid: 531 }, { uid: 0 }]) {
    const here = made()
    const { questions } = await refused(here, here.run(['pia'], [], runner), /^nipasswd: permission denied\n$/)
    assert.deepEqual(questions, [])
  }
})

test('root on the machine of the master is not asked for the old password, and presents no user', async () => {
  const here = made()
  const root = { uid: 0, name: 'root', isOwnAddress: (address: string) => address === '192.0.2.1' }
  const { status, questions } = await here.run(['jon'], ['after1', 'after1'], root)
  assert.deepEqual([status, questions], [0, ALL.slice(1)])
  assert.ok(await verifyPassword('after1', stored(here, '/users/jon')))
  // jon had none: it is a new property.
  assert.deepEqual(here.network.writes, [{ method: 'createProperty', user: undefined, at: 'master' }])
})

test('what does not fit is refused: too short, typed wrong, not typed at all', async () => {
  const here = made()
  const { questions } = await refused(here, here.run([], ['before', 'four']), /has 4 characters and needs 5/)
  assert.deepEqual(questions, ALL.slice(0, 2))
  await refused(here, here.run([], ['before', 'after1', 'after2']), /the two are not the same/)
  await refused(here, here.run([], []), /no password was given/)
  await refused(here, here.run([], ['before']), /no password was given/)
})

test('secure_passwords, in any domain on the way up, asks for more', async () => {
  for (const where of ['local', 'network'] as const) {
    const here = made()
    here[where].at(0).properties.push({ name: 'security_options', values: ['other', 'secure_passwords'] })
    await refused(here, here.run([], ['before', 'after12']), /has 7 characters and needs 8/)
    await refused(here, here.run([], ['before', 'afterwards']), /needs both letters and other characters/)
    await refused(here, here.run([], ['before', 'xPIA12345']), /contains the name of the user/)
    assert.equal((await here.run([], ['before', 'after123', 'after123'])).status, 0)
  }
})

test('the domains above the one that has the user count too', async () => {
  const here = made()
  here.local.fill(0, SAMPLE_TREE)
  here.network.at(0).properties.push({ name: 'security_options', values: ['secure_passwords'] })
  await refused(here, here.run([], ['before', 'after12']), /needs 8/)
})

test('that crypt passes over all but eight bytes is said', async () => {
  const here = made()
  const { status, err } = await here.run([], ['before', 'long enough', 'long enough'])
  assert.equal(status, 0)
  assert.match(err, /only the first 8 bytes count/)
})

test('what the directory refuses is told, with status 1', async () => {
  for (const [status, text] of [
    [STATUS.AUTHERROR, 'wrong password'],
    [STATUS.PERM, 'permission denied'],
  ] as const) {
    const here = made()
    here.network.refusals.push({ method: 'writeProperty', status })
    const result = here.run([], ['before', 'after1', 'after1'])
    await refused(here, result, new RegExp(`nipasswd: can't change the password of pia: ${text}\n$`))
  }
})

test('a hierarchy that is a loop is not climbed for ever', async () => {
  const here = made()
  here.network.parent = here.local.server
  await refused(here, here.run(['max'], []), /no domain has the user max/)
})

test('wrong use ends with 1 and the usage', async () => {
  const here = made()
  for (const words of [['a', 'b'], ['-x'], ['-l'], ['-i', 'file']])
    await refused(here, here.run(words, []), /^nipasswd: .*\nusage: nipasswd \[-l location\] \[user\]\n$/)
  await refused(here, here.run(['-l', '/nowhere'], []), /can't connect to server for domain \/nowhere/)
})

test('a name of one or two letters may stand in a secure password', () => {
  assert.equal(findPasswordFault('xpi12345', 'pi', true), null)
  assert.match(findPasswordFault('xpia2345', 'pia', true) ?? '', /name of the user/)
})

test('the length of a password is counted in characters', () => {
  assert.equal(findPasswordFault('äöüß€', 'pia', false), null)
  assert.match(findPasswordFault('𝒶𝒷𝒸𝒹', 'pia', false) ?? '', /has 4 characters/)
})
