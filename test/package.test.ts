/** What `npm pack` makes works where it is installed, and holds nothing that does not belong there. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { asArray, asObject, asObjects, at } from './support/json.ts'
import { requireThat } from './support/peers.ts'
import { cliEnvironment } from './support/run-cli.ts'
import { until } from './support/until.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT_MAX = 64 * 1024 * 1024
const NPM_QUIET = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']

/** A copy of the checkout to build in, so that no other test sees files of a build come and go. */
const folder = mkdtempSync(join(tmpdir(), 'portolan-test-package-'))
const copy = join(folder, 'checkout')
const home = join(folder, 'home')
let packed: readonly string[] = []
let tarball = ''
/** Null when it could be installed, else why not. */
let notInstalled: string | null = null

function npm(args: readonly string[], cwd: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  // `npm test` hands its own settings down, and its PATH; neither is the user's.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_/i.test(name))
  return run('npm', [...args], { cwd, env: Object.fromEntries(own), maxBuffer: OUTPUT_MAX })
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 4).join(' ')
}

before(async () => {
  mkdirSync(copy)
  mkdirSync(home)
  const left = new Set(['.git', 'node_modules', 'dist', 'data'])
  for (const name of readdirSync(ROOT))
    if (!left.has(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], copy)
  // The scripts of the build may print before it.
  const told: unknown = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))
  const [entry] = Array.isArray(told) ? asObjects(told) : Object.values(asObject(told)).map(asObject)
  tarball = join(folder, String(entry?.['filename']))
  packed = asObjects(entry?.['files']).map((file) => String(file['path']))
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }\n')
  try {
    await npm(['install', tarball, ...NPM_QUIET], home)
  } catch (error) {
    notInstalled = reasonOf(error)
  }
})

after(() => rmSync(folder, { recursive: true, force: true }))

function requireInstalled(context: TestContext): boolean {
  return requireThat(context, notInstalled === null, `the package's dependencies (${notInstalled ?? ''})`)
}

/** Runs a program in the empty folder where the package is installed. */
function atHome(
  program: string,
  args: readonly string[],
  path = process.env['PATH'] ?? '',
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return run(program, [...args], { cwd: home, env: cliEnvironment({ PATH: path }), maxBuffer: OUTPUT_MAX })
}

test('the package holds the program, the data and the documents, and no sources, tests or settings', () => {
  for (const path of ['bin/portolan.cjs', 'dist/cli/main.cjs', 'data/registry.bin', 'data/lore.bin', 'package.json'])
    assert.ok(packed.includes(path), path)
  for (const path of ['LICENSE', 'README.md', 'CHANGELOG.md', 'THIRD-PARTY.md', 'dist/lib/registry/index.d.ts'])
    assert.ok(packed.includes(path), path)
  const foreign = packed.filter(
    (path) => /^(src|test|bench|scripts|lore|node_modules|\.)/.test(path) || /\.test\.|\.tmp$|tsconfig/.test(path),
  )
  assert.deepEqual(foreign, [])
  const typescript = packed.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  assert.deepEqual(typescript, [])
})

test('the package is small enough to fetch at a whim', () => {
  // A third of it is what the lore says in sixteen languages.
  assert.ok(statSync(tarball).size < 4 * 1024 * 1024, `${statSync(tarball).size} bytes`)
})

test('every file that package.json names is in the package', () => {
  const manifest = asObject(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const named = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : Object.values(asObject(value)).flatMap(named)
  for (const path of [...named(manifest['bin']), ...named(manifest['exports'])])
    assert.ok(packed.includes(path.replace(/^\.\//, '')), path)
})

test('the installed program answers, from its own data', async (context) => {
  if (!requireInstalled(context)) return
  const program = join(home, 'node_modules', '.bin', 'portolan')
  const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`
  const { stdout } = await atHome(program, ['973', '--json'], path)
  assert.equal(at(JSON.parse(stdout), 0, 'transports', 'tcp', 'status'), 'unassigned')
  const info = await atHome(program, ['registry', 'info', '--json'], path)
  assert.equal(at(JSON.parse(info.stdout), 'file'), join(home, 'node_modules', 'portolan', 'data', 'registry.bin'))
  const { version } = asObject(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  assert.equal((await atHome(program, ['--version'], path)).stdout, `portolan ${String(version)}\n`)
})

/** Every command once, so that each part of the bundle is loaded. */
const EVERY_COMMAND: readonly (readonly string[])[] = [
  ['973'],
  ['6000-6063'],
  ['973', '--all', '--json'],
  ['search', 'netinfo'],
  ['ls', '--csv'],
  ['free', '-n', '1'],
  ['kill', '--help'],
  ['registry', 'check'],
  ['probe', '127.0.0.1', '-p', '1-50', '--json', '--banners'],
  ['import', '--help'],
  ['completion', 'bash'],
  ['load', '--only', 'groups', '--data', join(folder, 'domains')],
  ['export', '/groups', '--data', join(folder, 'domains')],
  ['log', '--data', join(folder, 'domains')],
  ['check', '--data', join(folder, 'domains')],
  ['niutil', '--help'],
  ['--help'],
]

/** Some end with 1 where nothing listens: that is an answer too. */
async function assertAnswers(node: string, words: readonly string[]): Promise<void> {
  const script = join(home, 'node_modules', 'portolan', 'bin', 'portolan.cjs')
  try {
    const { stdout, stderr } = await atHome(node, [script, ...words])
    assert.notEqual(stdout, '')
    assert.doesNotMatch(stderr, /^\s+at /m)
  } catch (error) {
    const isNo =
      error instanceof Error && 'code' in error && error.code === 1 && ['ls', 'check', 'probe'].includes(words[0] ?? '')
    if (!isNo) throw error
  }
}

test('every command of the installed program runs', async (context) => {
  if (!requireInstalled(context)) return
  for (const words of EVERY_COMMAND) await context.test(words.join(' '), () => assertAnswers(process.execPath, words))
})

test('the installed modules are imported alone, and give the same answers', async (context) => {
  if (!requireInstalled(context)) return
  const script = `
    const { openRegistry } = await import('portolan/registry')
    const { readSockets } = await import('portolan/listeners')
    const { parsePorts } = await import('portolan/probe')
    const { registry } = openRegistry()
    const sockets = await readSockets()
    console.log(JSON.stringify([registry.status(973, 'tcp'), registry.lookup(22, 'tcp').name, Array.isArray(sockets.listeners), parsePorts('20-22', { transports: ['tcp'], portsOfName: () => [] }).tcp.size]))`
  const { stdout, stderr } = await atHome(process.execPath, ['--input-type=module', '-e', script])
  assert.deepEqual(JSON.parse(stdout), ['unassigned', 'ssh', true, 3])
  assert.equal(stderr, '')
})

/** Starts the installed server, asks it by the installed tool, and ends it. */
async function assertServes(node: string): Promise<void> {
  const script = join(home, 'node_modules', 'portolan', 'bin', 'portolan.cjs')
  const ports = ['--netinfo', '127.0.0.1:0', '--binder', '127.0.0.1:0', '--portmap', 'none']
  const data = ['--data', mkdtempSync(join(folder, 'served-'))]
  const server = spawn(node, [script, 'serve', '--load', ...data, ...ports], { env: cliEnvironment() })
  let output = ''
  server.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  server.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise((resolve) => server.once('close', resolve))
  try {
    await until('the server is ready', () => {
      assert.equal(server.exitCode, null, output)
      return output.includes('Ctrl-C ends it.') ? true : null
    })
    const port = /binder\s+127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? ''
    const env = cliEnvironment({ PORTOLAN_BINDER_PORT: port })
    const { stdout } = await run(
      node,
      [script, 'niutil', '-readprop', '-t', '127.0.0.1/local', '/services/ssh', 'port'],
      { env },
    )
    assert.equal(stdout, '22\n')
  } finally {
    server.kill('SIGTERM')
  }
  assert.equal(await ended, 0, output)
}

test('the installed server serves, and ends when it is told to', async (context) => {
  if (requireInstalled(context)) await assertServes(process.execPath)
})

test('what package.json does not export cannot be imported', async (context) => {
  if (!requireInstalled(context)) return
  for (const path of ['portolan', 'portolan/core', 'portolan/dist/lib/core/index.js']) {
    const { stdout } = await atHome(process.execPath, [
      '--input-type=module',
      '-e',
      `await import('${path}').then(() => console.log('got it'), (error) => console.log(error.code))`,
    ])
    assert.equal(stdout, 'ERR_PACKAGE_PATH_NOT_EXPORTED\n', path)
  }
})

test("the types of the installed modules are found by a reader's compiler", async (context) => {
  if (!requireInstalled(context)) return
  writeFileSync(
    join(home, 'reader.ts'),
    `import { openRegistry } from 'portolan/registry'
import { readSockets } from 'portolan/listeners'
import { openDomain } from 'portolan/netinfo'
import type { DomainHandle } from 'portolan/netinfo'
import { Domain } from 'portolan/directory'
import { LmdbStore } from 'portolan/store'
import { resolveTargets } from 'portolan/probe'
import type { Targets } from 'portolan/probe'
export const targets: Promise<Targets> = resolveTargets([{ word: '127.0.0.1', place: null }])
export const opened: Promise<DomainHandle> = openDomain('.')
export const domain: Promise<Domain> = Domain.open(LmdbStore.open('x.mdb'), { tag: 'x' })
export const name: string = openRegistry().registry.lookup(80, 'tcp').name
export const ports: Promise<readonly number[]> = readSockets().then(({ listeners }) => listeners.map((each) => each.port))
// @ts-expect-error a status is a word, so this fails only where the types are really there
export const wrong: number = openRegistry().registry.status(80, 'tcp')
`,
  )
  const types = join(ROOT, 'node_modules', '@types')
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', '--typeRoots', types]
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc')
  const path = `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`
  // Without skipLibCheck: the declarations themselves are checked too.
  await atHome(compiler, [...options, '--types', 'node', 'reader.ts'], path).catch((error: unknown) =>
    assert.fail(error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  )
})

test('the package runs on Node 22, the oldest that it says it runs on', async (context) => {
  if (!requireInstalled(context)) return
  const old = join(folder, 'node-22')
  mkdirSync(old)
  writeFileSync(join(old, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }\n')
  let failure = ''
  try {
    await npm(['install', 'node@22.12.0', ...NPM_QUIET], old)
  } catch (error) {
    failure = reasonOf(error)
  }
  const node = join(old, 'node_modules', 'node', 'bin', 'node')
  if (!requireThat(context, existsSync(node), `Node 22 from the npm registry (${failure})`)) return
  assert.match((await run(node, ['--version'])).stdout, /^v22\.12\./)
  for (const words of EVERY_COMMAND) await context.test(words.join(' '), () => assertAnswers(node, words))
  await assertServes(node)
  const script = "import('portolan/registry').then((module) => console.log(typeof module.openRegistry))"
  assert.equal((await atHome(node, ['-e', script])).stdout, 'function\n')
  const { stdout } = await atHome(node, [join(home, 'node_modules', 'portolan', 'bin', 'portolan.cjs'), 'ls', '--json'])
  assert.ok(asArray(JSON.parse(stdout)).length >= 0)
})

test('the program says which Node it needs, where it is started by an older one', async (context) => {
  if (!requireInstalled(context)) return
  const script = join(home, 'node_modules', 'portolan', 'bin', 'portolan.cjs')
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.19.0' })"
  writeFileSync(join(home, 'pretend.cjs'), pretend)
  const { code, stderr } = await run(process.execPath, ['--require', './pretend.cjs', script, '973'], {
    cwd: home,
  }).then(
    () => ({ code: 0, stderr: '' }),
    (error: unknown) => {
      const failed = asObject(error)
      return { code: failed['code'], stderr: String(failed['stderr']) }
    },
  )
  assert.equal(code, 3)
  assert.equal(stderr, 'portolan: needs Node 22.12 or later, and this is 20.19.0.\n')
})
