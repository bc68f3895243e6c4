/** `portolan kill` on real processes, each of which the test started itself. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { requireLinux, requirePeers, requireRoot } from './support/peers.ts'
import { AS_NOBODY, CLI, cliEnvironment, outcomeOf, runCli } from './support/run-cli.ts'
import { endProcess, hasEnded, openSockets } from './support/sockets.ts'
import type { Holder } from './support/sockets.ts'
import { until } from './support/until.ts'

const ONE_TCP = { transport: 'tcp', address: '127.0.0.1', count: 1 } as const

function portOf(holder: Holder): string {
  return String(holder.sockets[0]?.port)
}

async function hasGone(holder: Holder): Promise<void> {
  await until('the process ends', () => (hasEnded(holder.child) ? true : null))
}

/** Its port answers no more, but whether a process of ours is alive its own pid tells best. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('kill --yes ends what listens on a port, and says its name and pid', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { title: 'left behind', sockets: [ONE_TCP] })
  const { status, stdout, stderr } = await runCli(['kill', portOf(holder), '--yes'])
  assert.equal(status, 0, stderr)
  assert.match(stdout, new RegExp(`left behind, pid ${holder.pid}, is gone`))
  assert.match(stderr, new RegExp(`left behind, pid ${holder.pid}.*listens on tcp 127\\.0\\.0\\.1:${portOf(holder)}`))
  await hasGone(holder)
  assert.equal(holder.child.signalCode, 'SIGTERM')
})

test('kill names all that ends with the process, not only the port asked for', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { sockets: [{ ...ONE_TCP, count: 3 }] })
  const { stderr } = await runCli(['kill', portOf(holder), '--yes'])
  for (const { port } of holder.sockets) assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}\\b`))
})

test('kill --json says what it ended', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { title: 'left behind', sockets: [ONE_TCP] })
  const { status, stdout } = await runCli(['kill', portOf(holder), '--yes', '--json', '--signal', 'INT'])
  assert.equal(status, 0)
  assert.deepEqual(JSON.parse(stdout), [
    { schemaVersion: 1, pid: holder.pid, name: 'left behind', signal: 'SIGINT', ended: true },
  ])
  await hasGone(holder)
  assert.equal(holder.child.signalCode, 'SIGINT')
})

test('kill without --yes and without a terminal is wrong use, and the process lives', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { sockets: [ONE_TCP] })
  const { status, stdout, stderr } = await runCli(['kill', portOf(holder)], { input: 'y\n' })
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /not a terminal/)
  assert.match(stderr, /--yes/)
  assert.ok(!hasEnded(holder.child) && isAlive(holder.pid))
})

test('kill of a port on which nothing listens is a clear no', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(portOfServer(server))),
  )
  await new Promise((resolve) => server.close(resolve))
  const { status, stdout, stderr } = await runCli(['kill', String(port), '--yes'])
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, new RegExp(`Nothing listens on ${port}`))
})

test('kill of one transport leaves the holder of the other alone', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { sockets: [ONE_TCP] })
  const { status } = await runCli(['kill', `${portOf(holder)}/udp`, '--yes'])
  assert.equal(status, 1)
  assert.ok(isAlive(holder.pid))
})

test('kill of a process that ignores SIGTERM says so and exits with 3; --signal KILL then ends it', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { sockets: [ONE_TCP], ignoreTerm: true })
  const stubborn = await runCli(['kill', portOf(holder), '--yes', '--wait', '1'])
  assert.equal(stubborn.status, 3)
  assert.match(stubborn.stdout, new RegExp(`pid ${holder.pid}, still runs after 1 s: try --signal KILL`))
  assert.ok(isAlive(holder.pid))
  const ended = await runCli(['kill', portOf(holder), '--yes', '--signal', 'KILL'])
  assert.equal(ended.status, 0, ended.stderr)
  await hasGone(holder)
  assert.equal(holder.child.signalCode, 'SIGKILL')
})

test('kill --wait 0 sends the signal and waits for nothing', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { sockets: [ONE_TCP], ignoreTerm: true })
  const { status, stdout } = await runCli(['kill', portOf(holder), '--yes', '--wait', '0'])
  assert.equal(status, 0)
  assert.match(stdout, /was sent the signal/)
})

test('kill ends every process that holds a shared socket', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { title: 'chief', sockets: [ONE_TCP], sharers: 2 })
  const { status, stdout, stderr } = await runCli(['kill', portOf(holder), '--yes'])
  assert.equal(status, 0, stderr)
  for (const pid of [holder.pid, ...holder.sharers]) {
    assert.match(stdout, new RegExp(`pid ${pid}, is gone`))
    assert.match(stderr, new RegExp(`, pid ${pid}\\b`))
  }
})

test('kill names every process that holds a shared socket before it ends them', async (context) => {
  if (!requireLinux(context)) return
  const holder = await openSockets(context, { title: 'chief', sockets: [ONE_TCP], sharers: 2 })
  const { stderr } = await runCli(['kill', portOf(holder)])
  assert.match(stderr, new RegExp(`^chief, pid ${holder.pid}, user `, 'm'))
  for (const pid of holder.sharers) assert.match(stderr, new RegExp(`^node, pid ${pid}, user `, 'm'))
})

test('kill refuses the process that started it, which lives', async (context) => {
  if (!requireLinux(context)) return
  const server = createServer()
  context.after(() => server.close())
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(portOfServer(server))),
  )
  const { status, stderr } = await runCli(['kill', String(port), '--yes', '--signal', 'KILL'])
  assert.equal(status, 2)
  assert.match(stderr, new RegExp(`pid ${process.pid}, is what started Portolan`))
  assert.ok(server.listening)
})

test('kill refuses everything when one of the processes is its own ancestor', async (context) => {
  if (!requireLinux(context)) return
  const server = createServer()
  context.after(() => server.close())
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(portOfServer(server))),
  )
  const holder = await openSockets(context, { sockets: [ONE_TCP] })
  const { status } = await runCli(['kill', portOf(holder), String(port), '--yes'])
  assert.equal(status, 2)
  assert.ok(isAlive(holder.pid))
})

test('kill refuses pid 1', async (context) => {
  if (!requireLinux(context) || !requireRoot(context) || !requirePeers(context, 'unshare')) return
  // The first process of a pid namespace of its own listens, and asks Portolan to end it.
  const script = `
    const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
      const args = [${JSON.stringify(CLI)}, 'kill', String(server.address().port), '--yes']
      const child = require('node:child_process').spawn(process.execPath, args, { stdio: 'inherit' })
      child.on('exit', (status) => { console.log('status', status, 'pid', process.pid); process.exit(0) })
    })`
  const child = spawn('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', process.execPath, '-e', script], {
    env: cliEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  context.after(() => endProcess(child))
  const { stdout, stderr } = await outcomeOf(child)
  assert.match(stdout, /status 2 pid 1/, stderr)
  assert.match(stderr, /pid 1, is the first process/)
})

test('kill says that a process it cannot see may be seen with sudo, and ends nothing', async (context) => {
  if (!requireLinux(context) || !requireRoot(context) || !requirePeers(context, 'setpriv')) return
  const holder = await openSockets(context, { sockets: [ONE_TCP] })
  const { status, stderr } = await runCli(['kill', portOf(holder), '--yes'], { through: AS_NOBODY })
  assert.equal(status, 3)
  assert.match(stderr, /cannot be seen/)
  assert.match(stderr, /sudo/)
  assert.ok(isAlive(holder.pid))
})

test('kill takes a process that has ended but was not yet collected by its parent for gone', async (context) => {
  if (!requireLinux(context)) return
  // A parent that sleeps on its only thread cannot collect its child.
  const script = `
    const { spawn } = require('node:child_process')
    const listen = "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(process.pid, s.address().port))"
    spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'inherit', 'ignore'] })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  parent.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const [pid = 0, port = 0] = (await until('the child listens', () => /^(\d+) (\d+)\n/.exec(text))).slice(1).map(Number)
  context.after(() => endProcess(parent))
  context.after(() => (isAlive(pid) ? process.kill(pid, 'SIGKILL') : undefined))
  const { status, stdout } = await runCli(['kill', String(port), '--yes', '--wait', '3'])
  assert.match(stdout, new RegExp(`pid ${pid}, is gone`))
  assert.equal(status, 0)
})

test('kill of no port, of a name without one, and with a wrong option is wrong use', async (context) => {
  const wrong = [['kill'], ['kill', 'no-such-service-at-all'], ['kill', '70000'], ['kill', '973', '--signal', 'STOP']]
  for (const words of [...wrong, ['kill', '973', '--wait', 'soon']]) {
    await context.test(words.join(' '), async () => {
      const { status, stdout, stderr } = await runCli(words)
      assert.equal(status, 2)
      assert.equal(stdout, '')
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
  }
})

function portOfServer(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  return address.port
}
