/**
 * Calls over UDP: sent again until an answer comes, or the time is over.
 *
 * `callUdp` asks one address; `raceUdp` asks many at once, nearest first, and takes the first success (protocol.md §7.2.7).
 */
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import type { Procedure } from '../codec-parts.ts'
import { replyXid } from '../rpc-message.ts'
import type { UnixCredential } from '../rpc-message.ts'
import { decodeResult, encodeDatagram, randomXid } from './rpc-call.ts'
import { RpcError } from './rpc-error.ts'

/** The waits between sends (protocol.md §7.2.7): they double from the first to the last. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 2000

export interface UdpOptions {
  readonly address: string
  readonly port: number
  readonly timeoutMs: number
  readonly credential?: UnixCredential | null
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes one call.
 * @throws RpcError `unreachable` where nothing listens there, `timeout`, `refused`, `garbled` or `aborted`
 */
export async function callUdp<A, R>(procedure: Procedure<A, R>, args: A, options: UdpOptions): Promise<R> {
  const place = `${options.address} port ${options.port} (udp)`
  const xid = randomXid()
  const message = encodeDatagram(procedure, args, xid, options.credential ?? null)
  // A binder may say so of a server that is not there.
  if (options.port === 0) throw new RpcError('unreachable', place)
  const reply = await withSocket<Buffer>(options, place, (socket, settle) => {
    // Connected, so that "nothing listens there" is told at once, and answers of others are not heard.
    // Not as the callback of `connect`, which is called for a failure, too, in place of the event `error`.
    socket.once('connect', () => {
      repeatWithWaits(options.timeoutMs, settle.isDone, () => {
        socket.send(message, ignoreError)
      })
    })
    socket.connect(options.port, options.address)
    socket.on('message', (datagram) => {
      if (replyXid(datagram) === xid) settle.resolve(datagram)
    })
  })
  return decodeResult(procedure, reply, place)
}

/** One of those asked in a race. */
export interface Racer {
  readonly address: string
  readonly port: number
  readonly message: (xid: number) => Buffer
}

export interface RaceOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** The first reply that `accept` takes: of which racer, and from which address it came. */
export interface RaceWinner<R> {
  readonly racer: number
  readonly address: string
  readonly result: R
}

/**
 * Sends to all racers, again and again, and waits for the first good answer. The transaction number is a base plus the
 * racer's place in the list, so a reply tells which racer it is of, whatever address it comes from.
 * @returns null when the time is over
 */
export async function raceUdp<R>(
  racers: readonly Racer[],
  accept: (reply: Buffer) => R | null,
  options: RaceOptions,
): Promise<RaceWinner<R> | null> {
  if (racers.length === 0) return null
  // Not so high that the sum would pass the end of the numbers.
  const base = randomXid() % (2 ** 32 - racers.length)
  try {
    return await withSocket<RaceWinner<R>>(options, 'race', (socket, settle) => {
      socket.bind(0, () => {
        socket.setBroadcast(true)
        repeatWithWaits(options.timeoutMs, settle.isDone, () => {
          for (const [index, { address, port, message }] of racers.entries())
            socket.send(message(base + index), port, address, ignoreError)
        })
      })
      socket.on('message', (datagram, { address }) => {
        const racer = (replyXid(datagram) ?? -1) - base
        if (racer < 0 || racer >= racers.length) return
        const result = accept(datagram)
        if (result !== null) settle.resolve({ racer, address, result })
      })
    })
  } catch (error) {
    if (error instanceof RpcError && error.failure === 'timeout') return null
    throw error
  }
}

/** A datagram that cannot be sent (no route, a full buffer) is as good as lost, and is sent again. */
function ignoreError(): void {
  // Nothing to do: the next send or the timeout follows.
}

interface Settle<T> {
  readonly resolve: (value: T) => void
  readonly isDone: () => boolean
}

function withSocket<T>(
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  place: string,
  use: (socket: Socket, settle: Settle<T>) => void,
): Promise<T> {
  const { timeoutMs, signal } = options
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    let isDone = false
    const finish = (): boolean => {
      if (isDone) return false
      isDone = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.close()
      return true
    }
    const fail = (error: RpcError): void => {
      if (finish()) reject(error)
    }
    const timer = setTimeout(() => {
      fail(new RpcError('timeout', `${place}: no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    const abort = (): void => {
      fail(new RpcError('aborted', place))
    }
    socket.on('error', (error) => {
      fail(new RpcError('unreachable', place, error))
    })
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) {
      abort()
      return
    }
    use(socket, {
      resolve: (value) => {
        if (finish()) resolve(value)
      },
      isDone: () => isDone,
    })
  })
}

/** Sends now, and after each wait again while there is time. */
function repeatWithWaits(timeoutMs: number, isDone: () => boolean, send: () => void): void {
  const end = Date.now() + timeoutMs
  const next = (waitMs: number): void => {
    if (isDone()) return
    send()
    if (Date.now() + waitMs >= end) return
    setTimeout(next, waitMs, Math.min(waitMs * 2, LONGEST_WAIT_MS)).unref()
  }
  next(FIRST_WAIT_MS)
}
