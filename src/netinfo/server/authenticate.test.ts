import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { bytesOf } from '../../core/index.ts'
import { STATUS, cryptWithSalt, hashPassword } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { ManualTimers } from '../../../test/support/manual-timers.ts'
import { domainOf, objectAt, setProperty } from '../../../test/support/domain-of.ts'
import type { Plan } from '../../../test/support/domain-of.ts'
import { AUTH_FLAVOR } from '../rpc-message.ts'
import type { CallHeader } from '../rpc-message.ts'
import { Authenticator } from './authenticate.ts'
import type { Authentication } from './authenticate.ts'
import type { RpcPeer } from './rpc-program.ts'
import type { ServerRole } from './server-role.ts'
import { tunablesReader } from './tunables-reader.ts'

const MASTER: ServerRole = { kind: 'master' }
const CRYPT = cryptWithSalt('abc', 'xy')

const USERS: Plan = {
  name: 'users',
  at: [
    { name: 'root', uid: '0', passwd: CRYPT },
    { name: ['pia', 'p.holm'], uid: '530', passwd: CRYPT },
    { name: 'open', uid: '531', passwd: '' },
    { name: 'bare', uid: '532' },
    { name: 'shut', uid: '533', passwd: '*' },
    { uid: '534', passwd: '' },
    { name: 'first', uid: '535', passwd: CRYPT },
    { name: 'second', uid: '535', passwd: '' },
    { name: 'far', uid: '536', passwd: CRYPT, authentication_authority: ';Kerberosv5;x' },
    { name: 'near', uid: '537', passwd: CRYPT, authentication_authority: ['1.0;Kerberosv5;', ';basic;'] },
    { name: 'nobody', uid: '-2', passwd: '' },
    { name: 'adi', uid: '540', passwd: '' },
  ],
}
const GROUPS: Plan = { name: 'groups', at: [{ name: 'admin', users: ['adi'] }] }

interface Given {
  readonly domain: Domain
  readonly timers: ManualTimers
  readonly authenticator: Authenticator
  readonly by: (uid: number, password: string, peer?: Partial<RpcPeer>) => Promise<Authentication>
  readonly upgrades: string[]
}

async function given(
  context: TestContext,
  options: { readonly plan?: Plan; readonly role?: ServerRole; readonly isLocked?: () => boolean } = {},
): Promise<Given> {
  const { plan = { at: [USERS, GROUPS] }, role = MASTER, ...others } = options
  const domain = await domainOf(context, 'network', plan)
  const timers = new ManualTimers()
  const upgrades: string[] = []
  const authenticator = new Authenticator({
    domain,
    tunables: tunablesReader(domain),
    role: () => role,
    clock: timers,
    onCryptPassword: (user, stored) => upgrades.push(`${user} ${stored}`),
    ...others,
  })
  const by: Given['by'] = (uid, password, peer = {}) =>
    authenticator.authenticate(unixHeader(uid, bytesOf(password)), peerAt(peer))
  return { domain, timers, authenticator, by, upgrades }
}

function peerAt(peer: Partial<RpcPeer> = {}): RpcPeer {
  return { address: '192.168.1.9', port: 2000, transport: 'tcp', isOwnAddress: false, ...peer }
}

const PLAIN: CallHeader = {
  xid: 1,
  rpcVersion: 2,
  program: 200_100_000,
  version: 2,
  procedure: 5,
  flavor: AUTH_FLAVOR.none,
  unix: null,
  isBadCredential: false,
}

function unixHeader(uid: number, password: Buffer): CallHeader {
  const machineName = Buffer.from(password.map((byte) => ~byte & 0xff))
  return { ...PLAIN, flavor: AUTH_FLAVOR.unix, unix: { stamp: 0, machineName, uid, gid: 0, gids: [] } }
}

const nameOf = (answer: Authentication): string =>
  'caller' in answer ? `${answer.caller.kind} ${answer.caller.name}` : `status ${answer.status}`

/** Waits for an answer that is given late, letting time pass until it comes. */
async function answered<T>(timers: ManualTimers, answer: Promise<T>): Promise<T> {
  const done = new AbortController()
  const ended = answer.finally(() => done.abort())
  while (!done.signal.aborted) {
    await timers.pass(0)
    await timers.pass(timers.nextInMs ?? 0)
  }
  return ended
}

describe('on a master', () => {
  test('a reserved port on the own machine is the superuser, whatever the credential says', async (context) => {
    const { authenticator, by } = await given(context)
    const own = { isOwnAddress: true, port: 1023 }
    assert.equal(nameOf(await authenticator.authenticate(PLAIN, peerAt(own))), 'superuser root')
    assert.equal(nameOf(await by(530, 'wrong', own)), 'superuser root')
  })

  test('a reserved port elsewhere, or another port here, proves nothing', async (context) => {
    const { authenticator } = await given(context)
    for (const peer of [{ port: 1023 }, { isOwnAddress: true, port: 1024 }])
      assert.equal(nameOf(await authenticator.authenticate(PLAIN, peerAt(peer))), 'anonymous anonymous')
  })

  test('the example of the protocol: abc travels as 9e 9d 9c', async (context) => {
    const { authenticator } = await given(context)
    const header = unixHeader(530, Buffer.from('abc'))
    assert.deepEqual(header.unix?.machineName, Buffer.from('9e9d9c', 'hex'))
    assert.equal(nameOf(await authenticator.authenticate(header, peerAt())), 'user pia')
  })

  test('the caller is named by address and port', async (context) => {
    const { by } = await given(context)
    const answer = await by(530, 'abc')
    assert.deepEqual(answer, { status: 0, caller: { kind: 'user', name: 'pia', from: '192.168.1.9:2000' } })
  })

  test('no password and an empty one accept anything', async (context) => {
    const { by } = await given(context)
    for (const password of ['', 'anything']) {
      assert.equal(nameOf(await by(531, password)), 'user open')
      assert.equal(nameOf(await by(532, password)), 'user bare')
    }
  })

  test('a wrong password and one that nothing fits are AUTHERROR', async (context) => {
    const { by, timers } = await given(context)
    assert.deepEqual(await answered(timers, by(530, 'abd')), { status: STATUS.AUTHERROR })
    assert.deepEqual(await answered(timers, by(530, '')), { status: STATUS.AUTHERROR })
    assert.deepEqual(await answered(timers, by(533, '*')), { status: STATUS.AUTHERROR })
  })

  test('an unknown uid, and an entry without a name, are NOUSER', async (context) => {
    const { by } = await given(context)
    assert.deepEqual(await by(999, 'abc'), { status: STATUS.NOUSER })
    assert.deepEqual(await by(534, ''), { status: STATUS.NOUSER })
  })

  test('a domain without users knows none', async (context) => {
    const { by } = await given(context, { plan: {} })
    assert.deepEqual(await by(0, ''), { status: STATUS.NOUSER })
  })

  test('of several entries of one uid the first that accepts counts, in their order', async (context) => {
    const { by } = await given(context)
    assert.equal(nameOf(await by(535, 'abc')), 'user first')
    assert.equal(nameOf(await by(535, 'other')), 'user second')
    assert.equal(nameOf(await by(535, 'abc')), 'user first')
  })

  test('authentication_authority without basic is checked elsewhere, and so not accepted', async (context) => {
    const { by, timers } = await given(context)
    assert.deepEqual(await answered(timers, by(536, 'abc')), { status: STATUS.AUTHERROR })
    assert.equal(nameOf(await by(537, 'abc')), 'user near')
  })

  test('uid 0 is the superuser', async (context) => {
    const { by } = await given(context)
    assert.equal(nameOf(await by(0, 'abc')), 'superuser root')
  })

  test('a member of the group admin is a superuser unless promote_admins says no', async (context) => {
    const { by, domain } = await given(context)
    assert.equal(nameOf(await by(540, '')), 'superuser adi')
    await setProperty(domain, 0, 'promote_admins', 'No')
    assert.equal(nameOf(await by(540, '')), 'user adi')
  })

  test('a uid beyond the signed numbers is also sought as the negative one', async (context) => {
    const { by } = await given(context)
    assert.equal(nameOf(await by(0xffff_fffe, '')), 'user nobody')
  })

  test('what follows a NUL is not part of the password', async (context) => {
    const { by } = await given(context)
    assert.equal(nameOf(await by(530, 'abc\0junk')), 'user pia')
  })

  test('argon2id is checked, and remembered until the password is changed', async (context) => {
    const { by, domain, timers } = await given(context)
    const pia = objectAt(domain, 'users', 'pia')
    await setProperty(domain, pia, 'passwd', await hashPassword('geheim'))
    assert.equal(nameOf(await by(530, 'geheim')), 'user pia')
    assert.equal(nameOf(await by(530, 'geheim')), 'user pia')
    await setProperty(domain, pia, 'passwd', await hashPassword('anders'))
    assert.deepEqual(await answered(timers, by(530, 'geheim')), { status: STATUS.AUTHERROR })
  })

  test('a password of bytes that are no UTF-8 is compared as bytes', async (context) => {
    const { authenticator, domain } = await given(context)
    const bytes = Buffer.from('70fc', 'hex')
    await setProperty(domain, objectAt(domain, 'users', 'pia'), 'passwd', await hashPassword('p\udcfc'))
    assert.equal(nameOf(await authenticator.authenticate(unixHeader(530, bytes), peerAt())), 'user pia')
  })

  test('a locked database answers MASTERBUSY to everybody', async (context) => {
    const { by } = await given(context, { isLocked: () => true })
    assert.deepEqual(await by(530, 'abc'), { status: STATUS.MASTERBUSY })
    assert.deepEqual(await by(0, '', { isOwnAddress: true, port: 1000 }), { status: STATUS.MASTERBUSY })
  })

  test('good and bad answers are counted', async (context) => {
    const { authenticator, by, timers } = await given(context)
    await by(530, 'abc')
    await answered(timers, by(530, 'bad'))
    await by(999, 'bad')
    await authenticator.authenticate(PLAIN, peerAt())
    assert.deepEqual(authenticator.counts, { userGood: 1, userBad: 2, writeGood: 2, writeBad: 2 })
  })

  test('a right crypt value is reported for its upgrade, an argon2id one is not', async (context) => {
    const { by, domain, upgrades } = await given(context)
    const pia = objectAt(domain, 'users', 'pia')
    await by(530, 'abc')
    assert.deepEqual(upgrades, [`${pia} ${CRYPT}`])
    await setProperty(domain, pia, 'passwd', await hashPassword('abc'))
    await by(530, 'abc')
    assert.equal(upgrades.length, 1)
  })
})

describe('wrong passwords', () => {
  test('one address is answered later and later, another at once', async (context) => {
    const { by, timers } = await given(context)
    const waits: number[] = []
    for (let guess = 0; guess < 8; guess += 1) {
      const before = timers.now()
      await answered(timers, by(530, `guess ${guess}`))
      waits.push(timers.now() - before)
    }
    assert.deepEqual(waits.slice(0, 3), [100, 200, 400])
    assert.equal(Math.max(...waits), 5000)
    const before = timers.now()
    await answered(timers, by(530, 'guess', { address: '192.168.1.10' }))
    assert.equal(timers.now() - before, 100)
  })

  test('while one user of an address waits, another user of it does not', async (context) => {
    const { by, timers } = await given(context)
    const guess = by(530, 'wrong')
    assert.equal(nameOf(await by(531, '')), 'user open')
    assert.deepEqual(await answered(timers, guess), { status: STATUS.AUTHERROR })
  })

  test('a user whose password is known does not wait for those who guess it', async (context) => {
    const { by, timers } = await given(context)
    await by(530, 'abc')
    const guess = by(530, 'wrong')
    assert.equal(nameOf(await by(530, 'abc')), 'user pia')
    await answered(timers, guess)
  })

  test('more guesses at once than a queue holds are told to come again', async (context) => {
    const { by, timers } = await given(context)
    const guesses = Array.from({ length: 40 }, (_, guess) => by(533, `guess ${guess}`))
    const answers = await answered(timers, Promise.all(guesses))
    assert.equal(answers.filter(({ status }) => status === STATUS.MASTERBUSY).length, 8)
    assert.equal(answers.filter(({ status }) => status === STATUS.AUTHERROR).length, 32)
  })
})

describe('on a clone', () => {
  const role: ServerRole = {
    kind: 'clone',
    master: { tag: 'network', address: '192.168.1.5' },
    masterAddresses: ['192.168.1.5', '10.0.0.5'],
  }

  test('an update of the master, from any of its addresses, runs as the superuser', async (context) => {
    const { authenticator } = await given(context, { role })
    for (const address of role.kind === 'clone' ? role.masterAddresses : []) {
      const answer = await authenticator.authenticate(PLAIN, peerAt({ address, port: 1023 }))
      assert.equal(nameOf(answer), 'superuser master')
    }
  })

  test('anybody else, another port or a credential is read-only', async (context) => {
    const { authenticator, by } = await given(context, { role })
    const refused = { status: STATUS.RDONLY }
    const master = { address: '192.168.1.5', port: 1023 }
    assert.deepEqual(await authenticator.authenticate(PLAIN, peerAt({ ...master, port: 1024 })), refused)
    assert.deepEqual(await authenticator.authenticate(PLAIN, peerAt({ ...master, address: '192.168.1.6' })), refused)
    assert.deepEqual(await by(0, 'abc', master), refused)
    const own = peerAt({ address: '127.0.0.1', isOwnAddress: true, port: 1000 })
    assert.deepEqual(await authenticator.authenticate(PLAIN, own), refused)
  })

  test('a server that does not know its role takes no writes', async (context) => {
    const { authenticator } = await given(context, { role: { kind: 'unknown' } })
    const own = peerAt({ isOwnAddress: true, port: 1000 })
    assert.deepEqual(await authenticator.authenticate(PLAIN, own), { status: STATUS.RDONLY })
  })
})
