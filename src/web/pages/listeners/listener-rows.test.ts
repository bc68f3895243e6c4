import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeConnection, madeListener, madeSockets } from '../../../../test/support/sockets-made.ts'
import { makeTestWeb } from '../../../../test/support/web-services.ts'
import { ListenerRows } from './listener-rows.ts'

const SSH = madeListener({ port: 22, address: '0.0.0.0', reach: 'everywhere' })
const PEER = madeConnection({ address: '192.0.2.1', port: 22, remotePort: 50_000, state: 'established' })

test('tells what a port is for, and counts who is connected', async (context) => {
  const sockets = madeSockets({ listeners: [SSH], connections: [PEER, { ...PEER, state: 'time-wait' }] })
  const { services } = await makeTestWeb(context, { sockets })
  const [row] = new ListenerRows(services).of(await services.sockets.current())
  assert.equal(row?.service, 'ssh')
  assert.equal(row.connections, 1)
  assert.equal(row.isDeclared, false)
})

test('keeps the row of what has not changed, and makes anew what has', async (context) => {
  const other = madeListener({ port: 973 })
  const { services, showSockets } = await makeTestWeb(context, { sockets: madeSockets({ listeners: [SSH, other] }) })
  const rows = new ListenerRows(services)
  const [ssh, netinfo] = rows.of(await services.sockets.current())
  showSockets(madeSockets({ listeners: [SSH, other], connections: [PEER] }))
  const [sshLater, netinfoLater] = rows.of(await services.sockets.current())
  assert.equal(netinfoLater, netinfo)
  assert.notEqual(sshLater, ssh)
  assert.equal(sshLater?.connections, 1)
})

test('tells two equal sockets of one process from each other', async (context) => {
  const listeners = [madeListener(), madeListener(), madeListener()]
  const { services } = await makeTestWeb(context, { sockets: madeSockets({ listeners }) })
  const rows = new ListenerRows(services).of(await services.sockets.current())
  assert.equal(new Set(rows.map(({ id }) => id)).size, 3)
})
