/** What a hostile client of ONC RPC does to a server, each until it is told to stop; then it leaves. */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { XdrWriter } from '../../src/core/index.ts'
import { NETINFO_PROGRAM, NETINFO_VERSION, netinfoProcedure } from '../../src/netinfo/programs.ts'
import type { NetInfoProcedure } from '../../src/netinfo/programs.ts'
import { LAST_FRAGMENT, fragmentMark } from '../../src/netinfo/record-mark.ts'
import { callBytes, recordOf } from '../support/rpc-calls.ts'
import { Dice, makeCall } from './rpc-calls-mutated.ts'
import type { Ports } from './rpc-target.ts'

export type Attack = (ports: Ports, signal: AbortSignal) => Promise<void>

const ROOT_ID = Buffer.alloc(8)
/** Beyond the server's own limit of connections. */
const CONNECTIONS = 3500
const SLOW_CLIENTS = 200
const FLOODS = 4
const CALLS_PER_WRITE = 100
const SLOW_MS = 20
const RECORD_BYTES = 8 * 1024 * 1024

/** Sockets that go on as long as the attack, and are all gone at its end. */
class Crowd {
  readonly #sockets: Set<Socket> = new Set()

  open(port: number): Socket {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    return socket
  }

  async leave(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    while (this.#sockets.size > 0) await sleep(1)
  }
}

/** Keeps so many connections busy: each begins anew when the server has cut it. */
function crowding(count: number, behave: (socket: Socket, signal: AbortSignal) => Promise<void>): Attack {
  return async ({ tcpPort }, signal) => {
    const crowd = new Crowd()
    const live = async (): Promise<void> => {
      while (!signal.aborted) {
        const socket = crowd.open(tcpPort)
        await behave(socket, signal)
        socket.destroy()
        await sleep(1)
      }
    }
    await Promise.all(Array.from({ length: count }, live))
    await crowd.leave()
  }
}

/** Writes as fast as the server takes it; false where that cannot be any more. */
async function write(socket: Socket, bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
  if (socket.destroyed || signal.aborted) return false
  if (socket.write(bytes)) {
    // The others of this process have their turn.
    await sleep(0)
    return true
  }
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    socket.once('drain', done)
    socket.once('close', done)
    signal.addEventListener('abort', done, { once: true })
  })
  return !socket.destroyed
}

function call(procedure: NetInfoProcedure, args: Uint8Array = Buffer.alloc(0), credential?: Uint8Array): Buffer {
  return callBytes({
    xid: 7,
    program: NETINFO_PROGRAM,
    version: NETINFO_VERSION,
    procedure: netinfoProcedure(procedure),
    args,
    ...(credential === undefined ? {} : { flavor: 1, credential }),
  })
}

/** The same call again and again, as many as the server takes; the answers are read, or not. */
function flooding(message: Buffer, isRead = true, count = FLOODS): Attack {
  const many = Buffer.concat(Array.from({ length: CALLS_PER_WRITE }, () => recordOf(message)))
  return crowding(count, async (socket, signal) => {
    if (isRead) socket.resume()
    else socket.pause()
    while (await write(socket, many, signal));
  })
}

const idleConnections: Attack = async ({ tcpPort }, signal) => {
  const crowd = new Crowd()
  for (let opened = 0; opened < CONNECTIONS && !signal.aborted; opened += 1) {
    crowd.open(tcpPort)
    if (opened % 50 === 0) await sleep(1)
  }
  while (!signal.aborted) await sleep(SLOW_MS)
  await crowd.leave()
}

/** A record of which a byte comes now and then. */
const slowWriters = crowding(SLOW_CLIENTS, async (socket, signal) => {
  const record = recordOf(call('statistics'))
  for (let at = 0; at < record.length && !signal.aborted && !socket.destroyed; at += 1) {
    socket.write(record.subarray(at, at + 1))
    await sleep(SLOW_MS)
  }
})

/** Records that are announced at the most that is allowed, and of which the most comes, but not the end. */
const unfinishedRecords = crowding(2 * FLOODS, async (socket, signal) => {
  const part = Buffer.alloc(64 * 1024)
  await write(socket, new XdrWriter().u32(fragmentMark(RECORD_BYTES, true)).view, signal)
  for (let sent = 0; sent < RECORD_BYTES - part.length; sent += part.length)
    if (!(await write(socket, part, signal))) return
  while (!signal.aborted && !socket.destroyed) await sleep(SLOW_MS)
})

const hugeLengths = crowding(FLOODS, async (socket, signal) => {
  await write(socket, new XdrWriter().u32(0xffff_ffff).u32(0x7fff_ffff).view, signal)
  while (!signal.aborted && !socket.destroyed) await sleep(1)
})

const emptyFragments = crowding(FLOODS, async (socket, signal) => {
  const empty = Buffer.alloc(64 * 1024)
  while (await write(socket, empty, signal));
})

/** Records that are empty, and so no calls. */
const emptyRecords = crowding(FLOODS, async (socket, signal) => {
  const writer = new XdrWriter()
  for (let record = 0; record < 1000; record += 1) writer.u32(LAST_FRAGMENT)
  await write(socket, writer.view, signal)
  while (!signal.aborted && !socket.destroyed) await sleep(1)
})

/** Half a call, then the end of the client's side, which stays open for reading. */
const halfOpen = crowding(SLOW_CLIENTS, async (socket, signal) => {
  const record = recordOf(call('statistics'))
  socket.end(record.subarray(0, record.length / 2))
  for (let waited = 0; waited < 50 && !signal.aborted && !socket.destroyed; waited += 1) await sleep(SLOW_MS)
})

/** Asks for the whole domain, and resets the connection. */
const resets = crowding(FLOODS, async (socket, signal) => {
  const many = Buffer.concat(Array.from({ length: 10 }, () => recordOf(call('readall', Buffer.alloc(4)))))
  await write(socket, many, signal)
  await sleep(2)
  socket.resetAndDestroy()
})

/** Stale, and from nobody: but all of it must be looked at before that may be said. */
function heavyWrite(lists: number, values: number, text: string): Buffer {
  const property = new XdrWriter().text('').u32(values)
  for (let value = 0; value < values; value += 1) property.text(text)
  const writer = new XdrWriter(RECORD_BYTES).u32(0).u32(0xffff_ffff).u32(lists)
  for (let list = 0; list < lists; list += 1) writer.raw(property.view)
  return call('write', writer.view)
}

function heavyCalls(message: () => Buffer): Attack {
  return crowding(FLOODS, async (socket, signal) => {
    const record = recordOf(message())
    socket.resume()
    while (await write(socket, record, signal));
  })
}

const unknownUser = new XdrWriter().u32(0).opaque(Buffer.from('guess')).u32(530).u32(0).u32(0).toBytes()

const datagrams: Attack = async ({ udpPort }, signal) => {
  const socket = createSocket('udp4')
  socket.on('error', () => undefined)
  const dice = new Dice(1)
  while (!signal.aborted) {
    for (let sent = 0; sent < CALLS_PER_WRITE; sent += 1) {
      const message = makeCall(dice, 'netinfo', [], sent)
      socket.send(message.subarray(0, 8000), udpPort, '127.0.0.1', () => undefined)
    }
    await sleep(1)
  }
  socket.close()
}

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'nothing at all': async (_, signal) => {
    while (!signal.aborted) await sleep(1)
  },
  'idle connections': idleConnections,
  'slow writers': slowWriters,
  'records that never end': unfinishedRecords,
  'huge lengths': hugeLengths,
  'empty fragments': emptyFragments,
  'empty records': emptyRecords,
  'half-open connections': halfOpen,
  'copies asked for, and reset': resets,
  'copies asked for, and not read': flooding(call('readall', Buffer.alloc(4)), false),
  'copies asked for, and read': flooding(call('readall', Buffer.alloc(4))),
  'a flood of PING': flooding(call('ping')),
  'a flood of STATISTICS': flooding(call('statistics')),
  'a flood of answers that are not read': flooding(call('listall', ROOT_ID), false),
  'a flood of questions about versions': flooding(call('self', new XdrWriter().u32(0xffff_fffe).u32(9999).view)),
  'a flood of wrong passwords': flooding(call('destroy', Buffer.alloc(16), unknownUser)),
  'a flood of RESYNC': flooding(call('resync')),
  // With the most values in them: two million.
  'calls of the greatest length': heavyCalls(() => heavyWrite(34, 60_000, '')),
  'writes with the most values that are taken': heavyCalls(() => heavyWrite(2, 65_535, 'ab')),
  'a flood of datagrams': datagrams,
}
