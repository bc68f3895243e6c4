/** nicl where a server matters: clones and masters, who writes, and what a server hides. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { MemoryClient, SAMPLE_TREE, runTool, toolOnDomain } from '../../../test/support/tool-run.ts'
import type { ToolOnDomain } from '../../../test/support/tool-run.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { DomainHandle, OpenOptions } from '../../netinfo/index.ts'
import { nicl } from './nicl.ts'

const made = (isMaster = true): ToolOnDomain => toolOnDomain(nicl, { isMaster })

async function printed(
  { run }: ToolOnDomain,
  words: readonly string[],
  out: string,
  status = 0,
  err = '',
): Promise<void> {
  assert.deepEqual(await run(words), { status, out, err, questions: [] })
}

/** A file of commands: standard input belongs to the tests. */
function scriptOf(context: TestContext, ...lines: readonly string[]): string {
  const file = join(tempFolder(context), 'script')
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return file
}

test('a domain is opened by its name, or with -t by host and tag, and closed at the end', async () => {
  const site = made()
  await printed(site, ['.', 'read', '/users/jon', 'uid'], 'uid: 531\n')
  await printed(site, ['-t', '127.0.0.1/network', 'read', '/users/jon', 'uid'], 'uid: 531\n')
  assert.deepEqual(
    site.client.openings.map(({ name }) => name),
    ['.', '127.0.0.1/network'],
  )
  assert.equal(site.domain.openHandles, 0)
})

test('writes go to the master, and after them the reads too', async (context) => {
  const site = made(false)
  const file = scriptOf(
    context,
    'read /users/jon uid',
    'create /users/jon uid 600',
    'read /users/jon uid',
    'copy /users/jon /groups',
    'delete /users/jon',
    'ls /users',
  )
  await printed(site, ['.', 'source', file], 'uid: 531\nuid: 600\n2          pia\n')
  assert.ok(site.domain.writes.length > 0)
  assert.ok(site.domain.writes.every(({ at }) => at === 'master'))
})

test('-u, -p and -P say who writes; a password that is not given is asked for', async () => {
  for (const [options, secrets, user, password] of [
    [['-u', 'pia', '-P', 'secret'], [], 'pia', 'secret'],
    [['-P', 'secret'], [], 'root', 'secret'],
    [['-p'], ['typed'], 'root', 'typed'],
    [['-u', 'pia'], ['typed'], 'pia', 'typed'],
  ] as const) {
    const site = made()
    const { status, err, questions } = await site.run([...options, '.', 'create', '/x'], { secrets })
    assert.deepEqual({ status, err }, { status: 0, err: '' })
    assert.equal(questions.length, secrets.length)
    assert.equal(site.client.openings[0]?.options.user, user)
    assert.equal(site.client.openings[0]?.options.password, password)
  }
})

test('auth goes on as another user, in the same directory', async (context) => {
  const site = made()
  const file = scriptOf(context, 'cd /users', 'auth pia secret', 'create new', 'pwd', 'su', 'create newer')
  const { status, out, err, questions } = await site.run(['.', 'source', file], { secrets: ['typed'] })
  assert.deepEqual({ status, out, err }, { status: 0, out: '/users\n', err: '' })
  assert.deepEqual(questions, ['Password: '])
  assert.deepEqual(
    site.client.openings.map(({ options }) => [options.user, options.password]),
    [
      [undefined, undefined],
      ['pia', 'secret'],
      ['root', 'typed'],
    ],
  )
  assert.deepEqual(
    site.domain.writes.map(({ user }) => user),
    ['pia', 'root'],
  )
  assert.equal(site.domain.openHandles, 0)
})

/** Knows no user `eva`. */
class PickyClient extends MemoryClient {
  override openDomain(name: string, options: OpenOptions = {}): Promise<DomainHandle> {
    if (options.user !== 'eva') return super.openDomain(name, options)
    return Promise.reject(new DirectoryError(STATUS.NOUSER))
  }
}

test('auth that fails is told, and the session goes on as it was', async (context) => {
  const domain = new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, SAMPLE_TREE)
  const client = new PickyClient({ '.': domain })
  const file = scriptOf(context, 'auth eva wrong', 'create /x')
  const { status, err } = await runTool((tool) => nicl(['-u', 'pia', '-P', 'right', '.', 'source', file], tool, client))
  assert.equal(status, 0)
  assert.equal(err, "nicl: can't connect to server for domain .: no such user\n")
  assert.deepEqual(
    domain.writes.map(({ user }) => user),
    ['pia'],
  )
})

test('statistics, domainname, rparent, resync and flush speak to the server', async () => {
  const site = made()
  await printed(site, ['.', 'stats'], 'checksum: 42\ntag: network master\n')
  await printed(site, ['.', 'name'], '/ada\n')
  await printed(site, ['.', 'rparent'], 'root domain: no parent\n', 15)
  site.domain.parent = { tag: 'top', address: '192.168.1.5' }
  await printed(site, ['.', 'rparent'], '192.168.1.5/top\n')
  await printed(site, ['.', 'resync'], '')
  await printed(site, ['-ro', '.', 'resync'], '', 15, 'nicl: read-only, because of -ro: nothing was changed\n')
  await printed(site, ['.', 'flush'], '')
  assert.deepEqual(
    site.domain.writes.map(({ method }) => method),
    ['resync'],
  )
})

test('the answers of a server end a command with their statuses', async () => {
  for (const [status, exit] of [
    [STATUS.BADID, 211],
    [STATUS.NODIR, 212],
    [STATUS.NOPROP, 213],
    [STATUS.NONAME, 213],
    [STATUS.STALE, 214],
    [STATUS.PERM, 15],
    [STATUS.AUTHERROR, 15],
    [STATUS.MASTERBUSY, 15],
    [STATUS.FAILED, 15],
  ] as const) {
    const site = made()
    site.domain.refusals.push({ method: 'create', status })
    const { status: ended, out, err } = await site.run(['.', 'create', '/new'])
    assert.deepEqual([ended, out], [exit, ''])
    assert.match(err, /^nicl: \/new: .+\n$/)
  }
})

test('a domain that cannot be opened ends with 15', async () => {
  const site = made()
  for (const words of [
    ['/nix', 'read', '/'],
    ['-t', 'network', 'read', '/'],
    ['-t', '127.0.0.1/nix', 'read', '/'],
  ]) {
    const { status, out, err } = await site.run(words)
    assert.deepEqual([status, out], [15, ''])
    assert.match(err, /^nicl: /)
  }
})

test('a history needs the store itself', async () => {
  const { status, err } = await made().run(['.', 'history'])
  assert.equal(status, 15)
  assert.match(err, /open its store with -raw/)
})

test('a copy says that passwords were hidden, and a move that would lose them is refused', async () => {
  const site = made()
  const hidden = [
    { name: 'name', values: ['eva'] },
    { name: 'passwd', values: ['*'] },
  ]
  const users = site.domain.find('/users')
  site.domain.add(users, hidden)
  const copied = await site.run(['.', 'copy', '/users/eva', '/groups'])
  assert.equal(copied.status, 0)
  assert.match(copied.err, /^nicl: the server does not show passwords/)
  assert.deepEqual(site.domain.propertiesOf('/groups/eva'), hidden)
  for (const path of ['/users/eva', '/users']) {
    const moved = await site.run(['.', 'move', path, '/machines'])
    assert.equal(moved.status, 15)
    assert.match(moved.err, /moving would lose them/)
  }
  assert.deepEqual(site.domain.propertiesOf('/users/eva'), hidden)
  await printed(site, ['.', 'move', '/users/jon', '/machines'], '')
  assert.equal(site.domain.propertiesOf('/machines/jon')[1]?.values[0], '531')
})

test('values are added one by one, so that a hidden password is not written back as it was read', async () => {
  const site = made()
  await printed(site, ['.', 'append', '/groups/staff', 'users', 'eva', 'kim'], '')
  await printed(site, ['.', 'merge', '/groups/staff', 'users', 'jon', 'lee'], '')
  assert.deepEqual(
    site.domain.writes.map(({ method }) => method),
    ['createValue', 'createValue', 'createValue'],
  )
  await printed(site, ['.', 'read', '/groups/staff', 'users'], 'users: pia jon eva kim lee\n')
})

test('-v shows no version, which a server does not tell', async () => {
  const site = made()
  const object = site.domain.find('/users/jon')
  const { out } = await site.run(['-v', '.', 'read', '/users/jon'])
  assert.match(
    out,
    new RegExp(`^Record: ${object} {3}Version: - {3}Serial: 1\nParent: \\d+\nChildren: 0\nProperties:\n`),
  )
})
