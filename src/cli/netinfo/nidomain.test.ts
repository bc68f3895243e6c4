import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startResponder } from '../../../test/support/rpc-responder.ts'
import type { Call } from '../../../test/support/rpc-responder.ts'
import { runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import type { XdrWriter } from '../../core/index.ts'
import { STATUS } from '../../directory/index.ts'
import { BINDER } from '../../netinfo/index.ts'
import type { Registration } from '../../netinfo/index.ts'
import { nidomain } from './nidomain.ts'

interface Made {
  readonly run: (...words: readonly string[]) => Promise<ToolRun>
  /** What the binder was asked to change. */
  readonly changes: readonly (readonly unknown[])[]
}

/** A binder with two tags, over real sockets; it does nothing, and answers every change with one status. */
async function started(context: TestContext, status: number = STATUS.OK): Promise<Made> {
  const tags = new Map<string, Registration>(
    [
      { tag: 'local', udpPort: 702, tcpPort: 703 },
      { tag: 'network', udpPort: 704, tcpPort: 705 },
    ].map((each) => [each.tag, each]),
  )
  const changes: unknown[][] = []
  const { port } = await startResponder(context, ({ header, args }: Call, results: XdrWriter) => {
    const answer = (...change: readonly unknown[]): boolean => {
      changes.push([...change])
      BINDER.register.result.encode(results, status)
      return true
    }
    switch (header.procedure) {
      case BINDER.ping.number:
        return true
      case BINDER.listreg.number:
        BINDER.listreg.result.encode(results, { status: STATUS.OK, value: [...tags.values()] })
        return true
      case BINDER.getregister.number: {
        const value = tags.get(BINDER.getregister.args.decode(args)) ?? null
        BINDER.getregister.result.encode(results, { status: value === null ? STATUS.NOTAG : STATUS.OK, value })
        return true
      }
      case BINDER.register.number:
        return answer('register', BINDER.register.args.decode(args))
      case BINDER.unregister.number:
        return answer('unregister', BINDER.unregister.args.decode(args))
      case BINDER.createmaster.number:
        return answer('createMaster', BINDER.createmaster.args.decode(args))
      case BINDER.createclone.number:
        return answer('createClone', BINDER.createclone.args.decode(args))
      case BINDER.destroydomain.number:
        return answer('destroyDomain', BINDER.destroydomain.args.decode(args))
      default:
        return false
    }
  })
  const env = { PORTOLAN_BINDER_PORT: String(port) }
  return { changes, run: (...words) => runTool((tool) => nidomain(words, tool), { env }) }
}

async function printed({ run }: Made, words: readonly string[], out: string): Promise<void> {
  assert.deepEqual(await run(...words), { status: 0, out, err: '', questions: [] })
}

test('nidomain -l prints a line for each tag that is served', async (context) => {
  const made = await started(context)
  const lines = 'tag=local udp=702 tcp=703\ntag=network udp=704 tcp=705\n'
  await printed(made, ['-l'], lines)
  await printed(made, ['-l', '127.0.0.1'], lines)
  await printed(made, ['-l', 'localhost'], lines)
})

test('nidomain -g prints the line of one tag', async (context) => {
  await printed(await started(context), ['-g', 'network'], 'tag=network udp=704 tcp=705\n')
})

test('nidomain -m, -d and -u name their tag to the binder', async (context) => {
  const made = await started(context)
  for (const flag of ['-m', '-d', '-u']) await printed(made, [flag, 'sales'], '')
  await printed(made, ['-m', 'sales', '127.0.0.1'], '')
  assert.deepEqual(made.changes, [
    ['createMaster', 'sales'],
    ['destroyDomain', 'sales'],
    ['unregister', 'sales'],
    ['createMaster', 'sales'],
  ])
})

test('nidomain -c finds the address of the master itself', async (context) => {
  const made = await started(context)
  await printed(made, ['-c', 'copy', 'localhost/network'], '')
  await printed(made, ['-c', 'copy', '192.168.1.5/network', '127.0.0.1'], '')
  assert.deepEqual(made.changes, [
    ['createClone', { tag: 'copy', masterName: 'localhost', masterAddress: '127.0.0.1', masterTag: 'network' }],
    ['createClone', { tag: 'copy', masterName: '192.168.1.5', masterAddress: '192.168.1.5', masterTag: 'network' }],
  ])
})

test('nidomain -a registers the ports of a tag under another', async (context) => {
  const made = await started(context)
  await printed(made, ['-a', 'network', 'sales'], '')
  assert.deepEqual(made.changes, [['register', { tag: 'sales', udpPort: 704, tcpPort: 705 }]])
})

test('nidomain tells what the binder refuses, and ends with 1', async (context) => {
  const made = await started(context, STATUS.PERM)
  for (const words of [
    ['-m', 'sales'],
    ['-c', 'copy', 'localhost/network'],
    ['-d', 'local'],
    ['-u', 'local'],
    ['-a', 'local', 'x'],
  ]) {
    const err = 'nidomain: operation failed - permission denied\n'
    assert.deepEqual(await made.run(...words), { status: 1, out: '', err, questions: [] })
  }
  const err = 'nidomain: operation failed - no such tag\n'
  for (const words of [
    ['-g', 'nix'],
    ['-a', 'nix', 'x'],
  ])
    assert.deepEqual(await made.run(...words), { status: 1, out: '', err, questions: [] })
})

test('nidomain says when no binder runs here: a failure for what changes, none for what asks', async (context) => {
  // Something is there, but nothing that speaks RPC.
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const at = server.address()
  assert.ok(at !== null && typeof at === 'object')
  const env = { PORTOLAN_BINDER_PORT: String(at.port) }
  for (const [words, status] of [
    [['-l'], 0],
    [['-g', 'local'], 0],
    [['-m', 'x'], 1],
    [['-c', 'x', 'localhost/y'], 1],
    [['-a', 'x', 'y'], 1],
    [['-d', 'x'], 1],
    [['-u', 'x'], 1],
  ] as const) {
    const result = await runTool((tool) => nidomain(words, tool), { env })
    assert.deepEqual({ status: result.status, out: result.out }, { status, out: '' })
    assert.match(result.err, /^nidomain: no NetInfo binder runs on this machine\n/)
  }
  const named = await runTool((tool) => nidomain(['-l', '127.0.0.1'], tool), { env })
  assert.equal(named.status, 1)
  assert.match(named.err, /^nidomain: operation failed - communication failed\n$/)
})

test('nidomain tells wrong use with its usage, and ends with 1', async (context) => {
  const { run, changes } = await started(context)
  for (const words of [
    [],
    ['-l', '-g', 'x'],
    ['-g'],
    ['-c', 'x'],
    ['-a', 'x'],
    ['-l', 'localhost', 'y'],
    ['-z'],
    ['local'],
  ]) {
    const { status, out, err } = await run(...words)
    assert.deepEqual({ status, out }, { status: 1, out: '' }, words.join(' '))
    assert.match(err, /^nidomain: .+\nusage: nidomain -l \[host\]\n/)
  }
  for (const master of ['network', '/network', 'localhost/', '1.2.3/x', 'a/b/c']) {
    const { status, err } = await run('-c', 'copy', master)
    assert.equal(status, 1)
    assert.match(err, /^nidomain: '/)
  }
  assert.deepEqual(changes, [])
})
