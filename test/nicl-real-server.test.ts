/** nicl and nifind as they are run: processes of their own, on a real server with a real store. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { firstValue, hashPassword } from '../src/directory/index.ts'
import { addTo, objectAt, setProperty } from './support/domain-of.ts'
import { requireLinux, requirePeers, requireRoot } from './support/peers.ts'
import { CLI, cliEnvironment, outcomeOf } from './support/run-cli.ts'
import type { Outcome } from './support/run-cli.ts'
import { startHost } from './support/server-host.ts'
import type { BinderPorts, Host } from './support/server-host.ts'

const ADDRESS = '127.0.0.1'
const NOBODY = 65_534
const AS_NOBODY = ['setsid', '-w', 'setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']

interface Site {
  readonly host: Host
  readonly run: (words: readonly string[], lines?: readonly string[]) => Promise<Outcome>
  readonly runAsNobody: (words: readonly string[], lines?: readonly string[]) => Promise<Outcome>
}

/** A master of the tag `local`, with root and a user who is nobody. */
async function startSite(context: TestContext): Promise<Site> {
  const binders: BinderPorts = new Map()
  const host = await startHost(context, {
    address: ADDRESS,
    tag: 'local',
    binders,
    prepare: async (domain) => {
      await setProperty(domain, 0, 'master', 'ada/local')
      await addTo(domain, 0, {
        name: 'users',
        at: [
          { name: 'root', uid: '0', passwd: await hashPassword('root-secret') },
          { name: 'nob', uid: String(NOBODY), passwd: await hashPassword('nob-secret'), _writers_shell: 'nob' },
        ],
      })
    },
  })
  const env = cliEnvironment({ PORTOLAN_BINDER_PORT: String(binders.get(ADDRESS)) })
  const start = (through: readonly string[], words: readonly string[], lines: readonly string[]): Promise<Outcome> => {
    const [program = '', ...rest] = [...through, process.execPath, CLI, ...words]
    const child = spawn(program, rest, { env })
    child.stdin.on('error', () => undefined)
    child.stdin.end(lines.map((line) => `${line}\n`).join(''))
    return outcomeOf(child)
  }
  return {
    host,
    run: (words, lines = []) => start([], words, lines),
    runAsNobody: (words, lines = []) => start(AS_NOBODY, words, lines),
  }
}

/** Root proves itself by a port below 1024; nobody must be someone else. */
function canBeBoth(context: TestContext): boolean {
  return requireLinux(context) && requireRoot(context) && requirePeers(context, 'setpriv', 'setsid')
}

test('nicl does a whole script on a server, and reads what it wrote', async (context) => {
  if (!canBeBoth(context)) return
  const { run } = await startSite(context)
  const { status, stdout, stderr } = await run(
    ['nicl', '.'],
    [
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
    ],
  )
  assert.equal(stderr, '')
  assert.equal(
    stdout,
    'name: ada\naddress: 192.168.1.5\nserves: first ./local x/y\n' +
      'Search found 1 match\n\nname: eva\naddress: 192.168.1.6\n' +
      'name: ada\naddress: 192.168.1.5\nserves: ./local x/y\nname: eva\naddress: 192.168.1.6\n/\n/\n',
  )
  assert.equal(status, 0)
  assert.match((await run(['nicl', '-t', `${ADDRESS}/local`, 'stats'])).stdout, /^tag: local master 0$/m)
})

test('nicl shows no password, keeps one where values are appended, and moves none', async (context) => {
  if (!canBeBoth(context)) return
  const { host, run } = await startSite(context)
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
  if (!canBeBoth(context)) return
  const { runAsNobody } = await startSite(context)
  const anonymous = await runAsNobody(['nicl', '.', 'create', '/x'])
  assert.deepEqual(anonymous, { status: 15, stdout: '', stderr: 'nicl: /x: permission denied\n' })
  const own = ['-u', 'nob', '-P', 'nob-secret', '.']
  assert.equal((await runAsNobody(['nicl', ...own, 'create', '/users/nob', 'shell', '/bin/sh'])).status, 15)
  const root = ['-P', 'root-secret', '.']
  assert.equal((await runAsNobody(['nicl', ...root, 'create', '/users/nob', 'shell', '/bin/sh'])).status, 0)
  assert.equal((await runAsNobody(['nicl', ...own, 'append', '/users/nob', 'shell', '/bin/csh'])).status, 0)
  const wrong = await runAsNobody(['nicl', '-P', 'wrong', '.', 'create', '/x'])
  assert.deepEqual(wrong, { status: 15, stdout: '', stderr: 'nicl: /x: wrong password\n' })
  const script = await runAsNobody(['nicl', '.'], ['create /x', 'auth root root-secret', 'create /x', 'ls /'])
  assert.equal(script.stderr, 'nicl: /x: permission denied\n')
  assert.match(script.stdout, / x\n$/)
})

test('nifind finds what a real server holds', async (context) => {
  if (!canBeBoth(context)) return
  const { run } = await startSite(context)
  assert.deepEqual(await run(['nifind', '/users/nob']), {
    status: 0,
    stdout: '/users/nob found in /, id = 3\n',
    stderr: '',
  })
  assert.equal((await run(['nifind', '-ap', '/users/nix'])).stdout, '')
})
