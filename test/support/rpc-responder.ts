/**
 * A server of ONC RPC whose answers a test writes: real sockets, the same port number for UDP and TCP where it can be had.
 * It knows nothing of NetInfo.
 */
import { createSocket } from 'node:dgram'
import type { RemoteInfo } from 'node:dgram'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { XdrReader, XdrWriter } from '../../src/core/index.ts'
import { fragmentMark } from '../../src/netinfo/record-mark.ts'
import { RecordReader } from '../../src/netinfo/record-reader.ts'
import { decodeCall, encodeAccepted } from '../../src/netinfo/rpc-message.ts'
import type { CallHeader } from '../../src/netinfo/rpc-message.ts'

export interface Call {
  readonly header: CallHeader
  /** Stands at the arguments. */
  readonly args: XdrReader
  readonly transport: 'tcp' | 'udp'
  readonly remotePort: number
  /** Null over UDP. */
  readonly socket: Socket | null
}

/** Writes the results, the reply's header being there already; false leaves the call without an answer. */
export type AnswerCall = (call: Call, results: XdrWriter) => boolean | Promise<boolean>

export interface Responder {
  readonly port: number
  readonly calls: readonly Call[]
  /** Resets every TCP connection. */
  readonly reset: () => void
  /** How many TCP connections were ever made. */
  readonly connectionCount: () => number
}

const RECORD_BYTES_MAX = 16 * 1024 * 1024

export async function startResponder(context: Pick<TestContext, 'after'>, answer: AnswerCall): Promise<Responder> {
  const calls: Call[] = []
  const sockets = new Set<Socket>()
  let connections = 0

  const respond = async (
    message: Buffer,
    call: Pick<Call, 'transport' | 'remotePort' | 'socket'>,
    send: (reply: Buffer) => void,
  ): Promise<void> => {
    const args = new XdrReader(Buffer.from(message))
    const whole: Call = { header: decodeCall(args), args, ...call }
    calls.push(whole)
    const results = new XdrWriter()
    encodeAccepted(results, whole.header.xid, 0)
    if (await answer(whole, results)) send(results.view)
  }

  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    const records = new RecordReader(RECORD_BYTES_MAX)
    const remotePort = socket.remotePort ?? 0
    socket.on('data', (chunk: Buffer) => {
      records.push(chunk)
      while (records.next())
        void respond(records.record, { transport: 'tcp', remotePort, socket }, (reply) => {
          socket.write(markRecord(reply))
        })
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(addressOf(server.address()).port)
    })
  })

  const udp = createSocket('udp4')
  udp.on('message', (datagram: Buffer, remote: RemoteInfo) => {
    void respond(datagram, { transport: 'udp', remotePort: remote.port, socket: null }, (reply) => {
      udp.send(reply, remote.port, remote.address)
    })
  })
  await new Promise<void>((resolve) => {
    udp.bind(port, '127.0.0.1', resolve)
  })

  context.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
    udp.close()
  })
  return {
    port,
    calls,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    connectionCount: () => connections,
  }
}

/** A whole record of one fragment. */
export function markRecord(message: Buffer): Buffer {
  const mark = Buffer.alloc(4)
  mark.writeUInt32BE(fragmentMark(message.length, true))
  return Buffer.concat([mark, message])
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address
}
