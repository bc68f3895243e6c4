/**
 * The UDP side of an RPC server: a datagram is a call, and so is its reply.
 *
 * What is no call is dropped, replies among it; so two servers can never be set to answer each other, whatever source a
 * forged datagram names: what comes back from a server is a reply, from `echo` our own reply, from `chargen` text. Source
 * ports are therefore not judged, but for 0, to which nothing can be sent.
 */
import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { XdrWriter } from '../../core/index.ts'
import { MARK_BYTES } from '../record-mark.ts'
import { ACCEPT_STAT, encodeAccepted } from '../rpc-message.ts'
import { isOwnAddress, plainAddress } from './own-addresses.ts'
import { ReplyPieces } from './reply-pieces.ts'
import { PendingReply } from './rpc-dispatcher.ts'
import type { Settled } from './rpc-dispatcher.ts'
import type { RpcPeer, RpcStream } from './rpc-program.ts'
import type { RpcShared } from './rpc-shared.ts'

export class RpcUdp {
  readonly #shared: RpcShared
  readonly #socket: Socket
  #pending = 0
  #isClosing = false
  #onIdle: (() => void) | null = null

  constructor(shared: RpcShared, host: string) {
    this.#shared = shared
    const isV6 = isIPv6(host)
    this.#socket = createSocket({
      type: isV6 ? 'udp6' : 'udp4',
      // Replies go to the address that the kernel gave, never to a name: there is nothing to look up.
      lookup: (address, _options, found) => found(null, address, isV6 ? 6 : 4),
    })
    this.#socket.on('message', (message, from) => this.#receive(message, from))
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject)
      this.#socket.bind({ port, address: host }, () => {
        this.#socket.off('error', reject)
        // A reply that cannot be sent is lost, as any datagram may be.
        this.#socket.on('error', () => undefined)
        resolve(this.#socket.address().port)
      })
    })
  }

  /** Takes no more calls; waits up to `graceMs` for those that are under way. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true
    if (this.#pending > 0) {
      await new Promise<void>((resolve) => {
        const cut = setTimeout(resolve, graceMs)
        this.#onIdle = () => {
          clearTimeout(cut)
          resolve()
        }
      })
    }
    await new Promise<void>((resolve) => void this.#socket.close(() => resolve()))
  }

  #receive(message: Buffer, from: RemoteInfo): void {
    const { limits, dispatcher, output } = this.#shared
    if (this.#isClosing || from.port === 0 || this.#pending >= limits.pendingDatagrams) return
    const address = plainAddress(from.address)
    const peer: RpcPeer = { address, port: from.port, transport: 'udp', isOwnAddress: isOwnAddress(address) }
    dispatcher.beginTurn()
    const answer = dispatcher.dispatch(message, 0, message.length, peer, output)
    if (answer instanceof PendingReply) {
      if (answer.writer === output) this.#shared.replaceOutput()
      void this.#await(answer, from)
      return
    }
    if (answer === 'replied') this.#send(output, from)
    output.reset()
  }

  async #await(reply: PendingReply, from: RemoteInfo): Promise<void> {
    this.#pending += 1
    const settled: Settled = await reply.outcome
    this.#pending -= 1
    if (settled === 'replied') this.#send(reply.writer, from)
    else if (settled !== 'silent') this.#refuseStream(reply, settled, from)
    if (this.#pending === 0) this.#onIdle?.()
  }

  /** A stream has no place in a datagram. */
  #refuseStream(reply: PendingReply, stream: RpcStream, from: RemoteInfo): void {
    new ReplyPieces(reply.writer.view, stream, 0, (error) => this.#shared.onError(error, reply.call)).leave()
    this.#send(refusal(reply.call.header.xid), from)
  }

  /** Sends the one record that a writer holds, without its mark. */
  #send(writer: XdrWriter, to: RemoteInfo): void {
    const isTooLong = writer.length - MARK_BYTES > this.#shared.limits.datagramBytes
    const record = isTooLong ? refusal(writer.view.readUInt32BE(MARK_BYTES)).toBytes() : writer.toBytes()
    this.#socket.send(record.subarray(MARK_BYTES), to.port, to.address, () => undefined)
  }
}

/** A record that says that the system failed. */
function refusal(xid: number): XdrWriter {
  const writer = new XdrWriter().u32(0)
  encodeAccepted(writer, xid, ACCEPT_STAT.systemError)
  return writer
}
