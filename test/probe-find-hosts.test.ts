/** A network of which few addresses are machines: those are found, and the rest costs little. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { atEnd } from './support/at-end.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import { requirePeers, requireRoot } from './support/peers.ts'
import { tempFolder } from './support/temp-folder.ts'

const LIVE = ['10.77.0.2', '10.77.0.9', '10.77.0.14'] as const
/** Many enough that hosts are looked for first. */
const PORTS = '1-20,22,4711'
const SERVE = `
  const servers = [['10.77.0.2', 22], ['10.77.0.9', 4711], ['10.77.0.9', 7]]
  let left = servers.length
  for (const [host, port] of servers)
    require('net').createServer((socket) => socket.on('error', () => {}).end())
      .listen(port, host, () => (left -= 1) === 0 && console.log('ready'))`

test('hosts that are there are found and probed, and the others are told of in words', async (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'ip')) return
  const { near, far } = buildNetwork(context, { near: '10.78.0.1', far: '10.78.0.2' })
  const run = (words: readonly string[]): void => {
    const [program = '', ...rest] = words
    const { status, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
    assert.equal(status, 0, `${words.join(' ')}: ${stderr}`)
  }
  run([...near.through, 'ip', 'route', 'add', '10.77.0.0/28', 'via', far.address])
  for (const address of LIVE) run([...far.through, 'ip', 'addr', 'add', `${address}/32`, 'dev', 'lo'])
  // To the others there is no answer, of any kind.
  run([...far.through, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'])
  run([...far.through, 'ip', 'route', 'add', 'blackhole', '10.77.0.0/28'])
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
