/** Answers that come when their attempt has been sent again already: they count, and their round trip is right. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { PROBE_ENGINES } from '../src/probe/index.ts'
import { atEnd } from './support/at-end.ts'
import { layDelayedLink } from './support/delayed-link.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import { requirePeers, requireRoot, requireThat } from './support/peers.ts'

const FAR = '10.81.0.2'
const [OPEN, CLOSED, SILENT] = [4711, 4712, 4713]
const ONE_WAY_MS = 450
const SERVE = `require('net').createServer((socket) => socket.on('error', () => {}).end())
  .listen(${OPEN}, '${FAR}', () => console.log('ready'))`

test('over a link with a round trip of 900 ms, ports are told as they are by time-outs shorter and longer', async (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'ip', 'iptables', 'cc')) return
  if (!requireThat(context, existsSync('/dev/net/tun'), '/dev/net/tun')) return
  const { near, far } = buildNetwork(context, { near: '10.78.0.1', far: '10.78.0.2' })
  const ends = [
    { machine: near, address: '10.81.0.1/24' },
    { machine: far, address: `${FAR}/24` },
  ] as const
  await layDelayedLink(context, ends, ONE_WAY_MS)
  const run = async (words: readonly string[]): Promise<void> => {
    const [program = '', ...rest] = words
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
    atEnd(context, () => end(child, 'SIGKILL'))
    if (words.includes('-e')) await lineOf(child)
    else await new Promise((resolve) => child.once('close', resolve))
  }
  await run([...far.through, 'iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', String(SILENT), '-j', 'DROP'])
  await run([...far.through, process.execPath, '-e', SERVE])

  for (const engine of PROBE_ENGINES)
    for (const timeout of ['400ms', '800ms', '1500ms']) {
      const words = ['-p', `${OPEN}-${SILENT}`, '--timeout', timeout, '--engine', engine, '--json']
      const { status, stdout, stderr } = await near.portolan('probe', FAR, ...words)
      const name = `${engine}, ${timeout}`
      assert.equal(status, 0, `${name}: ${stderr}`)
      const answers: { port: number; state: string; reason: string; rttMs: number | null }[] = JSON.parse(stdout)
      assert.deepEqual(
        answers.map(({ port, state, reason }) => `${port} ${state} ${reason}`),
        [
          `${OPEN} open syn-ack`,
          `${CLOSED} closed ${engine === 'raw' ? 'reset' : 'conn-refused'}`,
          `${SILENT} filtered no-response`,
        ],
        name,
      )
      for (const { port, rttMs } of answers) {
        if (port === SILENT) continue
        // From a later attempt it would be shorter than the way is; how long a busy machine takes to look is not told here.
        assert.ok(rttMs !== null && rttMs >= 2 * ONE_WAY_MS - 5, `${name}: ${rttMs} ms`)
      }
    }
})
