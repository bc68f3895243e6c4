/** `portolan serve` as it is run: what it prints, who can ask it, how it ends, and what stays when it is killed. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { DirectoryError, checkDomain, firstValue, valuesOf } from '../src/directory/index.ts'
import { DataFolder } from '../src/directory/index.ts'
import { enumerateUp, findUp, openServer } from '../src/netinfo/index.ts'
import { atEnd } from './support/at-end.ts'
import { requireRoot } from './support/peers.ts'
import { runCli } from './support/run-cli.ts'
import { startServed } from './support/served.ts'
import { tempFolder } from './support/temp-folder.ts'

const LOCAL = '127.0.0.1/local'

test('a new domain is served, with this machine in it and the registry below /services', async (context) => {
  const { output, run, end } = await startServed(context, tempFolder(context), '--load')
  assert.match(output(), /domain local\s+127\.0\.0\.1:\d+/)
  assert.match(output(), /no password was read/)
  const users = await run('niutil', '-list', '-t', LOCAL, '/users')
  assert.equal(users.status, 0)
  assert.match(users.stdout, /^\d+\t root$/m)
  const root = await run('niutil', '-read', '-t', LOCAL, '/users/root')
  assert.match(root.stdout, /^passwd: \*$/m)
  const ssh = await run('niutil', '-readprop', '-t', LOCAL, '/services/ssh', 'port')
  assert.equal(ssh.stdout, '22\n')
  assert.equal((await run('niutil', '-rparent', '-t', LOCAL)).status, 111)
  const { status, stderr } = await end()
  assert.deepEqual([status, stderr], [0, ''])
})

test('a write by root is there at once for every client, in the log, and after a restart', async (context) => {
  if (!requireRoot(context)) return
  const data = tempFolder(context)
  const first = await startServed(context, data)
  assert.equal((await first.run('niutil', '-create', '-t', LOCAL, '/users/pia')).status, 0)
  assert.equal((await first.run('niutil', '-createprop', '-t', LOCAL, '/users/pia', 'uid', '530')).status, 0)
  const log = await first.run('log', '/users/pia', '--data', data)
  assert.match(log.stdout, /\/users\/pia changed by root from 127\.0\.0\.1:\d+/)
  assert.match(log.stdout, /\+ uid: 530/)
  await first.end()
  const second = await startServed(context, data)
  const read = await second.run('niutil', '-read', '-t', LOCAL, '/users/pia')
  assert.equal(read.stdout, 'name: pia\nuid: 530\n')
})

test('what was acknowledged before a kill -9 is there afterwards', async (context) => {
  if (!requireRoot(context)) return
  const data = tempFolder(context)
  const served = await startServed(context, data)
  const handle = await openServer('127.0.0.1', 'local', { binderPort: served.binderPort })
  const { child } = await handle.create(await handle.root(), [{ name: 'name', values: ['kept'] }])
  handle.close()
  await served.end('SIGKILL')
  const domain = await new DataFolder(data).openExisting('local')
  atEnd(context, () => domain.close())
  assert.equal(firstValue(domain.read(child.object)?.properties ?? [], 'name'), 'kept')
  assert.deepEqual(checkDomain(domain), [])
})

test('what a machine lacks is found above it, and its own entry comes first', async (context) => {
  const data = tempFolder(context)
  await (await startServed(context, data, '--domain', 'network')).end()
  const served = await startServed(context, data, '--parent', '127.0.0.1/network')
  assert.match(served.output(), /domain network/)
  const options = { binderPort: served.binderPort }
  const lowest = 'local@127.0.0.1'
  const found = await findUp('/services/ssh', options, lowest)
  assert.deepEqual([found?.level, valuesOf(found?.properties ?? [], 'port')], [1, ['22']])
  const own = '{ "name" = ("services"); CHILDREN = ({ "name" = ("ssh"); "port" = ("2222"); "protocol" = ("tcp"); }) }'
  assert.equal((await runCli(['load', '-', '--data', data], { input: own })).status, 0)
  const overridden = await findUp('/services/ssh', options, lowest)
  assert.deepEqual([overridden?.level, valuesOf(overridden?.properties ?? [], 'port')], [0, ['2222']])
  const levels: number[] = []
  for await (const { level, properties } of enumerateUp('/services', options, lowest))
    if (firstValue(properties, 'name') === 'ssh') levels.push(level)
  assert.deepEqual(levels, [0, 1])
  assert.equal(await findUp('/services/no-such', options, lowest), null)
  const parent = await served.run('niutil', '-rparent', '-n', '-t', LOCAL)
  assert.equal(parent.stdout, '127.0.0.1/network\n')
})

test('the binder makes and destroys domains', async (context) => {
  if (!requireRoot(context)) return
  const data = tempFolder(context)
  const { run } = await startServed(context, data)
  assert.equal((await run('nidomain', '-m', 'sales')).status, 0)
  assert.match((await run('nidomain', '-l')).stdout, /^tag=sales udp=\d+ tcp=\d+$/m)
  assert.equal((await run('niutil', '-list', '-t', '127.0.0.1/sales', '/machines')).status, 0)
  assert.equal((await run('nidomain', '-m', 'sales')).status, 1)
  assert.equal((await run('nidomain', '-d', 'sales')).status, 0)
  assert.deepEqual(new DataFolder(data).tags(), ['local'])
})

test('a port that is taken is named, and nothing is left behind', async (context) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  atEnd(context, () => new Promise((resolve) => other.close(resolve)))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const data = tempFolder(context)
  const words = ['serve', '--data', data, '--netinfo', `127.0.0.1:${port}`, '--portmap', 'none']
  const { status, stderr } = await runCli(words)
  assert.equal(status, 3)
  assert.match(stderr, new RegExp(`cannot listen on 127\\.0\\.0\\.1 TCP port ${port}`))
  assert.doesNotMatch(stderr, /^\s+at /m)
})

test('what the options cannot mean is refused with the mend', async () => {
  for (const [words, pattern] of [
    [['--netinfo', 'none'], /served over NetInfo, too/],
    [['--netinfo', 'here:70000'], /takes ADDRESS:PORT or none, not 'here:70000'/],
    [['--ldap', '127.0.0.1:389'], /--ldap takes none/],
    [['--parent', 'ada'], /--parent takes HOST\/TAG, not 'ada'/],
    [['--domain', '../x'], /'\.\.\/x' cannot be the tag of a domain/],
    [['--portmap', 'x'], /--portmap takes a port or none, not 'x'/],
  ] as const) {
    const { status, stderr, stdout } = await runCli(['serve', ...words])
    assert.deepEqual([status, stdout], [2, ''], words.join(' '))
    assert.match(stderr, pattern)
  }
})

test('a write without a right to it is refused, and changes nothing', async (context) => {
  const served = await startServed(context, tempFolder(context))
  const handle = await openServer('127.0.0.1', 'local', {
    binderPort: served.binderPort,
    user: 'nobody-here',
    password: 'x',
  })
  atEnd(context, () => handle.close())
  const before = await handle.root()
  await assert.rejects(handle.write(before, []), DirectoryError)
  assert.deepEqual(await handle.root(), before)
})

test('with workers it answers the same, and ends as well', async (context) => {
  const served = await startServed(context, tempFolder(context), '--workers', '2')
  for (let turn = 0; turn < 6; turn += 1) {
    const ssh = await served.run('niutil', '-readprop', '-t', LOCAL, '/services/ssh', 'port')
    assert.equal(ssh.stdout, '22\n')
  }
  const handle = await openServer('127.0.0.1', 'local', { binderPort: served.binderPort })
  atEnd(context, () => handle.close())
  const { status, stderr } = await served.end()
  assert.deepEqual([status, stderr], [0, ''])
})

test('a number of workers that is none is refused', async () => {
  for (const words of ['x', '-1', '33', '1.5']) {
    const { status, stderr } = await runCli(['serve', `--workers=${words}`])
    assert.equal(status, 2)
    assert.match(stderr, /--workers takes a number from 0 to 32/)
  }
})
