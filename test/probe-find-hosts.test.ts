/** A network of which few addresses are machines: those are found, and the rest costs little. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { atEnd } from './support/at-end.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import type { Machine } from './support/namespaces.ts'
import { requirePeers, requireRoot } from './support/peers.ts'
import { tempFolder } from './support/temp-folder.ts'
import { until } from './support/until.ts'

const LIVE = ['10.77.0.2', '10.77.0.9', '10.77.0.14'] as const
/** Many enough that hosts are looked for first. */
const PORTS = '1-20,22,4711'
const SERVE = `
  const servers = [['10.77.0.2', 22], ['10.77.0.9', 4711], ['10.77.0.9', 7]]
  let left = servers.length
  for (const [host, port] of servers)
    require('net').createServer((socket) => socket.on('error', () => {}).end())
      .listen(port, host, () => (left -= 1) === 0 && console.log('ready'))`

function run(words: readonly string[]): void {
  const [program = '', ...rest] = words
  const { status, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
  assert.equal(status, 0, `${words.join(' ')}: ${stderr}`)
}

/** Behind `far` there are three machines; to the other addresses there is no answer, of any kind. */
function buildScene(context: TestContext): Record<'near' | 'far', Machine> {
  const machines = buildNetwork(context, { near: '10.78.0.1', far: '10.78.0.2' })
  const { near, far } = machines
  run([...near.through, 'ip', 'route', 'add', '10.77.0.0/28', 'via', far.address])
  for (const address of LIVE) run([...far.through, 'ip', 'addr', 'add', `${address}/32`, 'dev', 'lo'])
  run([...far.through, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'])
  run([...far.through, 'ip', 'route', 'add', 'blackhole', '10.77.0.0/28'])
  return machines
}

test('hosts that are there are found and probed, and the others are told of in words', async (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'ip')) return
  const { near, far } = buildScene(context)
  const [program, ...words] = [...far.through, process.execPath, '-e', SERVE]
  const servers = spawn(program ?? '', words, { stdio: ['ignore', 'pipe', 'inherit'] })
  atEnd(context, () => end(servers, 'SIGKILL'))
  await lineOf(servers)

  const folder = tempFolder(context)
  const xml = join(folder, 'scan.xml')
  const page = await near.portolan('probe', '10.77.0.0/28', '-p', PORTS, '--xml', xml)
  assert.equal(page.status, 0, page.stderr)
  const text = page.stdout.replaceAll(/\s+/g, ' ')
  assert.match(text, /13 hosts did not answer at TCP ports 22, 53, .* and were not probed further; --all-hosts/)
  assert.match(readFileSync(xml, 'utf8'), /<hosts up="3" down="13" total="16"\/>/)

  const keep = join(folder, 'keep')
  for (const round of ['first', 'resumed']) {
    const { stdout, stderr } = await near.portolan('probe', '10.77.0.0/28', '-p', PORTS, '--json', '--resume', keep)
    const answers: { host: string; port: number; state: string }[] = JSON.parse(stdout)
    assert.equal(answers.length, LIVE.length * 22, round)
    const open = answers.filter(({ state }) => state === 'open').map(({ host, port }) => `${host} ${port}`)
    assert.deepEqual(open.toSorted(), ['10.77.0.2 22', '10.77.0.9 4711', '10.77.0.9 7'], round)
    assert.ok(answers.every(({ state }) => state === 'open' || state === 'closed'))
    assert.match(stderr.replaceAll(/\s+/g, ' '), /13 hosts did not answer/)
    assert.ok(existsSync(keep))
  }

  const nobody = await near.portolan('probe', '10.77.0.3-8', '10.77.0.10-13', '-p', PORTS, '--json')
  assert.equal(nobody.status, 1)
  assert.equal(nobody.stdout.trim(), '[]')

  const all = await near.portolan('probe', '10.77.0.0/28', '-p', '1-20', '--all-hosts', '--retries', '0', '--json')
  const every: unknown[] = JSON.parse(all.stdout)
  assert.equal(every.length, 16 * 20)
})

test('a scan that was killed while it looked for hosts goes on, and a host that has answered is there', async (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'ip')) return
  const { near, far } = buildScene(context)
  const keep = join(tempFolder(context), 'keep')
  const words = ['probe', '10.77.0.0/28', '-p', PORTS, '--resume', keep]
  // Looking takes 128 attempts, and as many again: some seconds.
  const child = near.start(...words, '--rate', '40', '--ndjson')
  let told = ''
  child.stdout?.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await until('a host has answered', () => (told.includes('"10.77.0.14"') ? true : null))
  await end(child, 'SIGKILL')
  run([...far.through, 'ip', 'addr', 'del', '10.77.0.14/32', 'dev', 'lo'])

  const { status, stdout, stderr } = await near.portolan(...words, '--json')
  assert.equal(status, 1, stderr)
  const answers: { host: string; port: number; state: string; reason: string }[] = JSON.parse(stdout)
  assert.equal(answers.length, LIVE.length * 22)
  const gone = answers.filter(({ host }) => host === '10.77.0.14').map(({ port, state }) => `${port} ${state}`)
  assert.ok(gone.includes('22 closed'), 'what it said before is kept')
  assert.equal(gone.filter((text) => text.endsWith(' filtered')).length, 21)
  assert.match(stderr.replaceAll(/\s+/g, ' '), /13 hosts did not answer/)
})

test('a router that says no is not a host that is there; a host that says so itself is', async (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'ip', 'iptables')) return
  const { near, far } = buildScene(context)
  // Each error is to be seen, however quickly they are asked for.
  run([...far.through, 'sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0'])
  run([...far.through, 'sysctl', '-qw', 'net.ipv4.icmp_msgs_per_sec=100000'])
  run([...near.through, 'ip', 'route', 'add', '10.77.1.0/28', 'via', far.address])
  run([...far.through, 'ip', 'route', 'add', 'prohibit', '10.77.1.0/28'])
  run([...far.through, 'ip', 'addr', 'add', '10.77.1.5/32', 'dev', 'lo'])
  const reject = ['-j', 'REJECT', '--reject-with', 'icmp-admin-prohibited']
  run([...far.through, 'iptables', '-A', 'INPUT', '-d', '10.77.1.5', '-p', 'tcp', ...reject])
  const { status, stdout, stderr } = await near.portolan('probe', '10.77.1.0/28', '-p', PORTS, '--json')
  assert.equal(status, 1, stderr)
  const answers: { host: string; reason: string }[] = JSON.parse(stdout)
  assert.deepEqual(
    new Set(answers.map(({ host, reason }) => `${host} ${reason}`)),
    new Set(['10.77.1.5 admin-prohibited']),
  )
  assert.equal(answers.length, 22)
  assert.match(stderr.replaceAll(/\s+/g, ' '), /15 hosts did not answer/)
})
