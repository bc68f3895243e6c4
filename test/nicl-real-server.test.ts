/** nicl and nifind as they are run: processes of their own, on a real server with a real store. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstValue } from '../src/directory/index.ts'
import { objectAt } from './support/domain-of.ts'
import { SITE_ADDRESS, requireRootAndNobody, startToolSite } from './support/tool-site.ts'

function linesOf(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

test('nicl does a whole script on a server, and reads what it wrote', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { run } = await startToolSite(context)
  const { status, stdout, stderr } = await run(
    ['nicl', '.'],
    linesOf(
      'create /machines/ada ip_address 192.168.1.5',
      'append /machines/ada serves ./local',
      'merge /machines/ada serves ./local x/y',
      'insert /machines/ada serves first 0',
      'rename /machines/ada ip_address address',
      'cd /machines',
      'cat ada',
      'load : name eva : address 192.168.1.6',
      'search . 1 1 address 192.168.1.6',
      'mv eva /',
      'delete ada serves first',
      'cp ada /',
      'rm ada',
      'ls',
      'cat /ada',
      'cat /eva',
      'rm /machines',
      'pwd',
      'domainname',
    ),
  )
  assert.equal(stderr, '')
  assert.equal(
    stdout,
    'name: ada\naddress: 192.168.1.5\nserves: first ./local x/y\n' +
      'Search found 1 match\n\nname: eva\naddress: 192.168.1.6\n' +
      'name: ada\naddress: 192.168.1.5\nserves: ./local x/y\nname: eva\naddress: 192.168.1.6\n/\n/\n',
  )
  assert.equal(status, 0)
  assert.match((await run(['nicl', '-t', `${SITE_ADDRESS}/local`, 'stats'])).stdout, /^tag: local master 0$/m)
})

test('nicl shows no password, keeps one where values are appended, and moves none', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { host, run } = await startToolSite(context)
  const stored = firstValue(host.domain.read(objectAt(host.domain, 'users', 'nob'))?.properties ?? [], 'passwd')
  const { stdout } = await run(['nicl', '.', 'read', '/users/nob', 'passwd'])
  assert.equal(stdout, 'passwd: *\n')
  const { status, stderr } = await run(['nicl', '.', 'move', '/users/nob', '/'])
  assert.equal(status, 15)
  assert.match(stderr, /moving would lose them/)
  assert.equal((await run(['nicl', '.', 'append', '/users/nob', 'passwd', 'x'])).status, 0)
  const after = host.domain.read(objectAt(host.domain, 'users', 'nob'))?.properties ?? []
  assert.equal(firstValue(after, 'passwd'), stored)
})

test('nicl writes as whoever proves to be someone, and as nobody else', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { runAsNobody } = await startToolSite(context)
  const anonymous = await runAsNobody(['nicl', '.', 'create', '/x'])
  assert.deepEqual(anonymous, { status: 15, stdout: '', stderr: 'nicl: /x: permission denied\n' })
  const own = ['-u', 'nob', '-P', 'nob-secret', '.']
  assert.equal((await runAsNobody(['nicl', ...own, 'create', '/users/nob', 'shell', '/bin/sh'])).status, 15)
  const root = ['-P', 'root-secret', '.']
  assert.equal((await runAsNobody(['nicl', ...root, 'create', '/users/nob', 'shell', '/bin/sh'])).status, 0)
  assert.equal((await runAsNobody(['nicl', ...own, 'append', '/users/nob', 'shell', '/bin/csh'])).status, 0)
  const wrong = await runAsNobody(['nicl', '-P', 'wrong', '.', 'create', '/x'])
  assert.deepEqual(wrong, { status: 15, stdout: '', stderr: 'nicl: /x: wrong password\n' })
  const script = await runAsNobody(['nicl', '.'], linesOf('create /x', 'auth root root-secret', 'create /x', 'ls /'))
  assert.equal(script.stderr, 'nicl: /x: permission denied\n')
  assert.match(script.stdout, / x\n$/)
})

test('nifind finds what a real server holds', async (context) => {
  if (!requireRootAndNobody(context)) return
  const { run } = await startToolSite(context)
  assert.deepEqual(await run(['nifind', '/users/nob']), {
    status: 0,
    stdout: '/users/nob found in /, id = 3\n',
    stderr: '',
  })
  assert.equal((await run(['nifind', '-ap', '/users/nix'])).stdout, '')
})
