import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startResponder } from '../../../test/support/rpc-responder.ts'
import { startSite } from '../../../test/support/scripted-domain.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { BINDER } from '../codec.ts'
import { connectFirst, getRegister } from './connect.ts'
import { nearnessOf, ownAddresses } from './own-network.ts'
import { RpcError } from './rpc-error.ts'

const LOOPBACK = '127.0.0.1'
const AMPLE_MS = 20_000
const BOSS = { tree: { properties: {} } }

test('a binder that is silent over UDP is asked over TCP', async (context) => {
  const { port, calls } = await startResponder(context, ({ transport }, results) => {
    BINDER.getregister.result.encode(results, { status: STATUS.OK, value: { udpPort: 700, tcpPort: 701 } })
    return transport === 'tcp'
  })
  const ports = await getRegister(LOOPBACK, 'network', { binderPort: port, readTimeoutMs: 1000 })
  assert.deepEqual(ports, { udpPort: 700, tcpPort: 701 })
  assert.deepEqual([...new Set(calls.map(({ transport }) => transport))], ['udp', 'tcp'])
})

test('of several servers one that answers is taken, whatever the others do', async (context) => {
  const { binderPort } = await startSite(context, { boss: BOSS })
  const bindings = ['gone', 'boss', 'away'].map((tag) => ({ tag, address: LOOPBACK }))
  const { binding, connection } = await connectFirst(bindings, { binderPort, readTimeoutMs: AMPLE_MS })
  context.after(() => connection.close())
  assert.equal(binding.tag, 'boss')
  assert.deepEqual(await connection.root(), { object: 0, instance: 1 })
})

test('when all refuse, the answer of a binder is told, and not that another was out of reach', async (context) => {
  const { binderPort } = await startSite(context, { boss: BOSS })
  const bindings = ['gone', 'away'].map((tag) => ({ tag, address: LOOPBACK }))
  await assert.rejects(
    connectFirst(bindings, { binderPort }),
    (error) => error instanceof DirectoryError && error.status === STATUS.NOTAG,
  )
  await assert.rejects(
    connectFirst([], { binderPort }),
    (error) => error instanceof DirectoryError && error.status === STATUS.CANTFINDADDRESS,
  )
})

test('a signal ends the opening of one server and of several', async (context) => {
  const { port } = await startResponder(context, () => false)
  for (const tags of [['one'], ['one', 'two']]) {
    const stop = new AbortController()
    const bindings = tags.map((tag) => ({ tag, address: LOOPBACK }))
    const opening = connectFirst(bindings, { binderPort: port, signal: stop.signal })
    setImmediate(() => stop.abort())
    await assert.rejects(opening, (error) => error instanceof RpcError && error.failure === 'aborted')
  }
})

test('this machine’s addresses are its own, and others are farther away', () => {
  assert.equal(nearnessOf(LOOPBACK), 'own')
  assert.equal(nearnessOf('127.9.9.9'), 'own')
  for (const address of ownAddresses()) assert.equal(nearnessOf(address), 'own')
  // TEST-NET-3 (RFC 5737): no machine has it.
  assert.equal(nearnessOf('203.0.113.7'), 'far')
})
