/** The binder as others see it: rpcinfo, through rpcbind and through a portmapper of our own. Each in a network of its own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { asObject, at } from './support/json.ts'
import type { JsonObject } from './support/json.ts'
import { requireLinux, requirePeers, requireRoot } from './support/peers.ts'

const FIXTURE = join(import.meta.dirname, 'fixtures', 'portmap-peers.ts')
/** A machine with one interface beside the loopback, and a /run of its own, where rpcbind keeps its socket and its lock. */
const MACHINE = [
  'mount -t tmpfs none /run',
  'ip link set lo up',
  'ip link add eth0 type veth peer name eth1',
  'ip addr add 10.99.0.1/24 broadcast + dev eth0',
  'ip link set eth0 up',
  'ip link set eth1 up',
  'exec "$@"',
].join(' && ')
const READY = 'program 200100001 version 1 ready and waiting'

/** What the fixture saw; all that it starts ends with it. */
async function look(...rpcbindOptions: readonly string[]): Promise<JsonObject> {
  const inside = [process.execPath, FIXTURE, ...rpcbindOptions]
  const words = ['--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', MACHINE, 'sh', ...inside]
  const child = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 90_000 })
  let text = ''
  child.stdout.on('data', (chunk) => (text += String(chunk)))
  const status = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(status, 0, text)
  return asObject(JSON.parse(text))
}

function canRun(context: TestContext): boolean {
  return requireLinux(context) && requireRoot(context) && requirePeers(context, 'unshare', 'ip', 'rpcbind', 'rpcinfo')
}

/** The form in which rpcinfo tells an address and a port. */
function universalAddress(seen: JsonObject): string {
  const port = Number(at(seen, 'ports', 'udp'))
  return `10.99.0.1.${Math.floor(port / 256)}.${port % 256}`
}

function assertSeenByAll(seen: JsonObject): void {
  assert.deepEqual(seen['listed'], [
    `200100001 1 tcp ${String(at(seen, 'ports', 'tcp'))}`,
    `200100001 1 udp ${String(at(seen, 'ports', 'udp'))}`,
  ])
  for (const way of ['overUdp', 'overTcp', 'allVersions', 'oldWayUdp', 'oldWayTcp']) assert.equal(seen[way], READY, way)
  assert.equal(seen['ofPortmapper'], 'program 100000 version 2 ready and waiting')
  assert.equal(seen['unknown'], 'rpcinfo: RPC: Program not registered')
  assert.deepEqual(seen['afterClose'], [])
}

describe('the binder is found', { concurrency: true }, () => {
  test('where no portmapper runs, through our own, and by broadcast', async (context) => {
    if (!canRun(context)) return
    const seen = await look()
    assert.equal(seen['by'], 'portolan')
    assertSeenByAll(seen)
    assert.deepEqual(seen['portmapper'], ['100000 2 tcp 111 portmapper', '100000 2 udp 111 portmapper'])
    assert.equal(seen['isFound'], true)
    assert.ok(String(seen['broadcast']).includes(universalAddress(seen)), String(seen['broadcast']))
  })

  test('through rpcbind, in place of what an earlier run left there; by broadcast not, for rpcbind passes nothing on', async (context) => {
    if (!canRun(context)) return
    const seen = await look('-f')
    assert.equal(seen['by'], 'rpcbind')
    assertSeenByAll(seen)
    assert.equal(seen['isFound'], false)
  })

  test('through rpcbind by broadcast, too, when it was started with -r', async (context) => {
    if (!canRun(context)) return
    const seen = await look('-f', '-r')
    assert.equal(seen['by'], 'rpcbind')
    assertSeenByAll(seen)
    assert.equal(seen['isFound'], true)
    assert.ok(String(seen['broadcast']).includes(universalAddress(seen)), String(seen['broadcast']))
  })
})
