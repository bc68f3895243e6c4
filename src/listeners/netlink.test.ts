import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { requireLinux, requireThat } from '../../test/support/peers.ts'
import { beginLinuxSockets } from './linux.ts'
import type { SocketRow } from './linux-sockets.ts'
import { parseAnswer, readNetlinkListeners } from './netlink.ts'

/** One inet_diag_msg with its header, as the kernel writes it. */
function message(row: {
  family: 2 | 10
  port: number
  address: readonly number[]
  uid: number
  inode: number
}): Buffer {
  const bytes = Buffer.alloc(88)
  bytes.writeUInt32LE(88, 0)
  bytes.writeUInt16LE(20, 4)
  bytes.writeUInt8(row.family, 16)
  bytes.writeUInt8(10, 17)
  bytes.writeUInt16BE(row.port, 20)
  Buffer.from(row.address).copy(bytes, 24)
  bytes.writeUInt32LE(row.uid, 80)
  bytes.writeUInt32LE(row.inode, 84)
  return bytes
}

const DONE = Buffer.from([20, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

test('the messages of an answer become rows, until the kernel says that all were told', () => {
  const rows: SocketRow[] = []
  const answer = Buffer.concat([
    message({ family: 2, port: 973, address: [127, 0, 0, 1], uid: 0, inode: 4026 }),
    message({
      family: 10,
      port: 443,
      address: [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      uid: 33,
      inode: 7,
    }),
    DONE,
  ])
  assert.equal(parseAnswer(answer, 'tcp', rows), 'done')
  assert.deepEqual(
    rows.map(({ address, port, uid, inode, state }) => ({ address, port, uid, inode, state })),
    [
      { address: '127.0.0.1', port: 973, uid: 0, inode: 4026, state: 'listen' },
      { address: '2001:db8::1', port: 443, uid: 33, inode: 7, state: 'listen' },
    ],
  )
})

test('an answer without an end has more to come', () => {
  assert.equal(parseAnswer(message({ family: 2, port: 1, address: [0, 0, 0, 0], uid: 0, inode: 1 }), 'tcp', []), 'more')
})

test('an error of the kernel, and a message cut off, fail', () => {
  const whole = message({ family: 2, port: 1, address: [0, 0, 0, 0], uid: 0, inode: 1 })
  const refused = Buffer.from(whole)
  refused.writeUInt16LE(2, 4)
  assert.equal(parseAnswer(refused, 'tcp', []), 'failed')
  for (let length = 16; length < whole.length; length += 1) {
    assert.equal(parseAnswer(whole.subarray(0, length), 'tcp', []), 'failed', `${length} bytes`)
  }
})

test('any bytes end in an answer, and never in more rows than they have room for', () => {
  const near = fc.array(fc.tuple(fc.nat(87), fc.nat(255)), { maxLength: 4 }).map((edits) => {
    const bytes = message({ family: 2, port: 80, address: [10, 0, 0, 1], uid: 1, inode: 2 })
    for (const [at, value] of edits) bytes[at] = value
    return bytes
  })
  fc.assert(
    fc.property(
      fc.oneof(
        near,
        fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        const rows: SocketRow[] = []
        assert.ok(['more', 'done', 'failed'].includes(parseAnswer(bytes, 'udp', rows)))
        assert.ok(rows.length * 88 <= bytes.length)
      },
    ),
    { numRuns: 2000 },
  )
})

test('netlink and /proc tell the same listeners', async (context) => {
  if (!requireLinux(context)) return
  const rows = readNetlinkListeners()
  if (!requireThat(context, rows !== null, 'koffi, or sock_diag in this kernel')) return
  const servers = ['127.0.0.1', '::1', '0.0.0.0'].map((host) => createServer().listen(0, host))
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  try {
    await Promise.all([...servers.map((server) => once(server, 'listening')), once(udp, 'listening')])
    const ports = new Set([...servers, udp].map((each) => portOf(each.address())))
    const byNetlink = (readNetlinkListeners() ?? []).filter((row) => ports.has(row.port))
    const { listeners } = await beginLinuxSockets(false)({ ports })
    const told = (all: readonly { transport: string; address: string; port: number }[]): string[] =>
      all.map((each) => `${each.transport} ${each.address} ${each.port}`).toSorted()
    assert.equal(byNetlink.length, 4)
    assert.deepEqual(told(byNetlink), told(listeners))
  } finally {
    for (const server of servers) server.close()
    udp.close()
  }
})

function portOf(address: string | { readonly port: number } | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
