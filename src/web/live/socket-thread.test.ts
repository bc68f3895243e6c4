import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import type { Sockets } from '../../listeners/index.ts'
import { SocketThread } from './socket-thread.ts'

function ports({ listeners }: Sockets): readonly number[] {
  return listeners.map(({ port }) => port)
}

test('sees a listener of this machine come and go, from its own thread', async (context) => {
  const thread = new SocketThread()
  context.after(() => thread.close())
  const before = await thread.read()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  assert.equal(ports(before).includes(port), false)
  assert.ok(ports(await thread.read()).includes(port))
  await new Promise((resolve) => server.close(resolve))
  assert.equal(ports(await thread.read()).includes(port), false)
})

test('begins anew after its thread was ended', async (context) => {
  const thread = new SocketThread()
  context.after(() => thread.close())
  await thread.read()
  await thread.close()
  const server = createServer().listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  assert.ok(ports(await thread.read()).includes(port))
})
