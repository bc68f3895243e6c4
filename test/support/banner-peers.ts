/** Peers that behave as a test tells them, on free ports of the loopback; they end with the test. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'
import { until } from './until.ts'

type Context = Pick<TestContext, 'after'>

export interface Peer {
  readonly port: number
  /** What each connection so far has sent, in order. */
  readonly heard: readonly Buffer[]
  /** Waits until no connection is left. */
  readonly allGone: () => Promise<unknown>
}

/** A TCP peer. Sockets take data and never fail the test. */
export function startPeer(
  context: Context,
  onConnection: (socket: Socket) => void,
  address = '127.0.0.1',
): Promise<Peer> {
  const heard: Buffer[] = []
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const index = heard.push(Buffer.alloc(0)) - 1
    open.add(socket)
    socket.on('data', (chunk: Buffer) => (heard[index] = Buffer.concat([heard[index] ?? Buffer.alloc(0), chunk])))
    socket.on('end', () => socket.end())
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    onConnection(socket)
  })
  return listen(context, server, address).then((port) => ({
    port,
    heard,
    allGone: () => until('all connections are gone', () => (open.size === 0 ? true : null)),
  }))
}

/** Has a server of any kind listen on a free port; it is closed with the test, and its connections with it. */
export function listen(context: Context, server: Server, address = '127.0.0.1'): Promise<number> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, address, () => {
      atEnd(context, () => {
        for (const socket of open) socket.destroy()
        server.close()
      })
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
}

/** A UDP peer: what it answers to each datagram, if anything. */
export function startUdpPeer(context: Context, answer: (question: Buffer) => readonly Buffer[]): Promise<number> {
  const socket = createSocket('udp4')
  atEnd(context, () => socket.close())
  socket.on('message', (question, { port, address }) => {
    for (const each of answer(question)) socket.send(each, port, address)
  })
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)))
}
