import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startResponder } from '../../../test/support/rpc-responder.ts'
import type { Responder } from '../../../test/support/rpc-responder.ts'
import { BINDER, NETINFO } from '../codec.ts'
import { BINDER_PROGRAM } from '../programs.ts'
import { openServer } from './open.ts'

/** A binder and a server at one port. */
async function startBinderAndServer(context: TestContext): Promise<Responder> {
  let port = 0
  const responder = await startResponder(context, ({ header, args }, results) => {
    if (header.program === BINDER_PROGRAM) {
      const tag = BINDER.getregister.args.decode(args)
      BINDER.getregister.result.encode(
        results,
        tag === 'local' ? { status: 0, value: { udpPort: port, tcpPort: port } } : { status: 19, value: null },
      )
      return true
    }
    if (header.procedure === NETINFO.root.number)
      NETINFO.root.result.encode(results, { status: 0, value: { object: 0, instance: 7 } })
    return true
  })
  port = responder.port
  return responder
}

test('a server is found by its binder and answers calls', async (context) => {
  const { port } = await startBinderAndServer(context)
  const handle = await openServer('127.0.0.1', 'local', { binderPort: port })
  context.after(() => handle.close())
  assert.deepEqual(await handle.root(), { object: 0, instance: 7 })
  const ids = await Promise.all(Array.from({ length: 100 }, () => handle.root()))
  assert.equal(ids.length, 100)
})
