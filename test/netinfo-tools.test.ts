/** The NetInfo tools as they are run: processes of their own, on a real server with a real store, over real sockets. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spellOption } from '../src/cli/command.ts'
import { NETINFO_TOOLS } from '../src/cli/commands/netinfo-tools.ts'
import { firstValue, verifyPassword } from '../src/directory/index.ts'
import { objectAt } from './support/domain-of.ts'
import { asObject } from './support/json.ts'
import { runTool } from './support/tool-run.ts'
import { PROGRAMS_FOLDER, SITE_ADDRESS, requireRootAndNobody, startToolSite } from './support/tool-site.ts'
import type { ToolRunner } from './support/tool-site.ts'

async function printed(run: ToolRunner, words: readonly string[], out: string, input?: string): Promise<void> {
  assert.deepEqual(await run(words, input), { status: 0, stdout: out, stderr: '' }, words.join(' '))
}

const HOSTS = '127.0.0.1\tlocalhost\n192.168.1.5\tada ada.example\n'
const SERVICES = 'finger\t79/tcp\t\nsmtp\t25/tcp\tmail\n'
const GROUP = 'staff:*:20:pia,jon\n'
const PASSWD_43 = 'pia:Xy0fakefakefk:530:20:Pia Holm:/home/pia:/bin/csh\n'

test('what is loaded is dumped, reported, found and read', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { run } = await startToolSite(context)
  for (const [format, text] of Object.entries({
    hosts: HOSTS,
    services: SERVICES,
    group: GROUP,
    'passwd.43': PASSWD_43,
  }))
    await printed(run, ['niload', format, '.'], '', text)
  await printed(run, ['nidump', 'hosts', '.'], HOSTS)
  await printed(run, ['nidump', 'services', '-t', `${SITE_ADDRESS}/local`], SERVICES)
  await printed(run, ['nidump', 'group', '.'], GROUP)
  // The hash of a password leaves no server.
  const { stdout } = await run(['nidump', 'passwd', '/'])
  assert.match(stdout, /^pia:\*:530:20::0:0:Pia Holm:\/home\/pia:\/bin\/csh$/m)
  await printed(
    run,
    ['nireport', '.', '/machines', 'name', 'ip_address', 'x'],
    'localhost\t127.0.0.1\t#NoValue#\t\nada,ada.example\t192.168.1.5\t#NoValue#\t\n',
  )
  assert.match((await run(['nigrep', '^Pia [[:upper:]]', '.'])).stdout, /^\d+ \/users\/pia: {2}realname Pia Holm\n$/)
  await printed(run, ['niutil', '-readprop', '.', '/users/uid=530', 'realname'], 'Pia Holm\n')
  await printed(
    run,
    ['niutil', '-list', '-t', `${SITE_ADDRESS}/local`, '/groups'],
    (await run(['niutil', '-list', '.', '/groups', 'name'])).stdout,
  )
})

test('every change of niutil is seen by the next read', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { run } = await startToolSite(context)
  const change = (...words: readonly string[]): Promise<void> => printed(run, ['niutil', ...words], '')
  await change('-create', '.', '/a/b\\/c')
  await change('-createprop', '.', '/a/b\\/c', 'k', '1', '2', '-t')
  await change('-appendprop', '.', '/a/b\\/c', 'k', '2', '3')
  await change('-mergeprop', '.', '/a/b\\/c', 'k', '3', '4')
  await change('-insertval', '.', '/a/b\\/c', 'k', '0', '0')
  await printed(run, ['niutil', '-read', '.', '/a/b\\/c'], 'name: b/c\nk: 0 1 2 -t 2 3 4\n')
  await change('-destroyval', '.', '/a/b\\/c', 'k', '2', '0')
  await change('-renameprop', '.', '/a/b\\/c', 'k', 'n')
  await change('-createprop', '.', '/a/b\\/c', 'gone')
  await change('-destroyprop', '.', '/a/b\\/c', 'gone', 'never')
  await printed(run, ['niutil', '-read', '.', '/a/b\\/c'], 'name: b/c\nn: 1 -t 3 4\n')
  await printed(run, ['niutil', '-readval', '.', '/a/b\\/c', 'n', '1'], '-t\n')
  await change('-destroy', '.', '/a')
  assert.equal((await run(['niutil', '-read', '.', '/a'])).status, 105)
  await change('-resync', '.')
  await printed(run, ['niutil', '-domainname', '.'], '/\n')
  assert.match((await run(['niutil', '-statistics', '.'])).stdout, /^tag: local master 0$/m)
  assert.deepEqual(await run(['niutil', '-rparent', '.']), {
    status: 111,
    stdout: 'root domain: no parent\n',
    stderr: '',
  })
})

test('a raw dump, loaded elsewhere, is dumped the same', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { run } = await startToolSite(context)
  await printed(run, ['niload', 'hosts', '.'], '', HOSTS)
  await run(['niutil', '-createprop', '.', '/machines/ada', 'note', 'a "b" \\', '', 'ü\n'])
  const { stdout } = await run(['nidump', '-r', '/machines', '.'])
  await printed(run, ['niload', '-r', '/copy', '.'], '', stdout.replace('"machines"', '"copy"'))
  await printed(run, ['nidump', '-r', '/copy', '.'], stdout.replace('"machines"', '"copy"'))
})

test('who may not write is refused: nobody, a wrong password, an unknown user', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { runAsNobody } = await startToolSite(context)
  const write = ['niutil', '-createprop']
  const rest = ['.', '/users/nob', 'shell', '/bin/sh']
  for (const [options, status, text] of [
    [[], 104, 'permission denied'],
    [['-P', 'wrong-secret'], 120, 'wrong password'],
    [['-u', 'max', '-P', 'x'], 121, 'no such user'],
    [['-u', 'nob', '-P', 'nob-secret'], 104, 'permission denied'],
  ] as const) {
    const stderr = `niutil: can't modify shell in directory /users/nob: ${text}\n`
    assert.deepEqual(await runAsNobody([...write, ...options, ...rest]), { status, stdout: '', stderr })
  }
  const { status, stderr } = await runAsNobody(['niload', 'hosts', '.'], HOSTS)
  assert.deepEqual([status, stderr], [1, "niload: can't open directory /machines: wrong password\n"])
})

test('root proves itself by its password too, given, typed or piped', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { runAsNobody } = await startToolSite(context)
  const silent = { status: 0, stdout: '', stderr: '' }
  assert.deepEqual(await runAsNobody(['niutil', '-create', '-P', 'root-secret', '.', '/a']), silent)
  const asked = { ...silent, stderr: 'Password: \n' }
  assert.deepEqual(await runAsNobody(['niutil', '-create', '-p', '.', '/b'], 'root-secret\n'), asked)
  assert.deepEqual(await runAsNobody(['niload', '-P', 'root-secret', 'hosts', '.'], HOSTS), silent)
})

test('a user changes the own password, with the old one, and nobody else does', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { host, run, runAsNobody } = await startToolSite(context)
  const stored = (): string =>
    firstValue(host.domain.read(objectAt(host.domain, 'users', 'nob'))?.properties ?? [], 'passwd') ?? ''
  const wrong = await runAsNobody(['nipasswd', 'nob'], 'wrong\nnew-one\nnew-one\n')
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /nipasswd: can't change the password of nob: wrong password\n$/)
  assert.ok(await verifyPassword('nob-secret', stored()))

  const changed = await runAsNobody(['nipasswd', 'nob'], 'nob-secret\nnew-one\nnew-one\n')
  assert.deepEqual([changed.status, changed.stdout], [0, ''])
  assert.equal(
    changed.stderr,
    'Changing the password of nob in 127.0.0.1/local.\nOld password: \nNew password: \nRetype new password: \n',
  )
  assert.ok(await verifyPassword('new-one', stored()))

  assert.match((await runAsNobody(['nipasswd', 'root'], '')).stderr, /^nipasswd: permission denied\n$/)
  assert.match((await run(['nipasswd', 'max'], '')).stderr, /^nipasswd: no domain has the user max\n$/)
})

test('a tag that no one serves, and a server that is not there, have their statuses', async (context) => {
  const { run } = await startToolSite(context)
  const unknown = await run(['niutil', '-read', '-t', `${SITE_ADDRESS}/nowhere`, '/'])
  assert.deepEqual(unknown, {
    status: 119,
    stdout: '',
    stderr: `niutil: can't connect to server ${SITE_ADDRESS}/nowhere: no such tag\n`,
  })
  const { status, stderr } = await run(['niutil', '-read', '/sales', '/'])
  assert.deepEqual([status, stderr], [200, "niutil: can't connect to server for domain /sales: invalid domain\n"])
})

test('each tool is a program of its own name, and a command', async (context) => {
  const bins = asObject(asObject(JSON.parse(readFileSync(join(PROGRAMS_FOLDER, '..', 'package.json'), 'utf8')))['bin'])
  const { run } = await startToolSite(context)
  for (const tool of Object.keys(NETINFO_TOOLS)) {
    assert.equal(bins[tool], `bin/${tool}.cjs`)
    const { status, stdout } = await run([tool, '--help'])
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`^Name\n  portolan ${tool} - `))
    assert.deepEqual(await run(['portolan', tool, '--help']), { status, stdout, stderr: '' })
  }
})

test('every option that a record lists is one that its tool knows', async () => {
  for (const [tool, load] of Object.entries(NETINFO_TOOLS)) {
    const { options, run } = await load()
    for (const option of options) {
      const words = [spellOption(option)]
      const { err } = await runTool((context) => run(words, context), { env: { PORTOLAN_BINDER_PORT: '1' } })
      assert.doesNotMatch(err, /unknown option/, `${tool} ${words.join(' ')}`)
    }
    const { err } = await runTool((context) => run(['-no-such-option', '.', '/'], context))
    assert.match(err, /unknown option -no-such-option/, tool)
  }
})
