/** Stands between a client and a server over TCP, passes on what each sends, and keeps it. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'

/** Of a call without credentials (RFC 5531 §9). */
const CALL_HEADER_BYTES = 40
/** Of a reply that says SUCCESS. */
const REPLY_HEADER_BYTES = 24
const MARK_BYTES = 4
const LAST_FRAGMENT = 0x8000_0000

export class Tee {
  readonly port: number
  readonly #sent: Buffer[]
  readonly #received: Buffer[]

  private constructor(port: number, sent: Buffer[], received: Buffer[]) {
    this.port = port
    this.#sent = sent
    this.#received = received
  }

  static async before(context: Pick<TestContext, 'after'>, port: number): Promise<Tee> {
    const [sent, received]: [Buffer[], Buffer[]] = [[], []]
    const sockets = new Set<Socket>()
    const server = createServer((client) => {
      const upstream = connect({ port, host: '127.0.0.1' })
      for (const [from, to, kept] of [
        [client, upstream, sent],
        [upstream, client, received],
      ] as const) {
        sockets.add(from)
        from.on('data', (chunk: Buffer) => {
          kept.push(chunk)
          to.write(chunk)
        })
        from.on('error', () => undefined)
        from.on('close', () => to.destroy())
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    atEnd(context, () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const bound = server.address()
    return new Tee(typeof bound === 'object' && bound !== null ? bound.port : 0, sent, received)
  }

  /** The arguments of the newest call, made without credentials, and the results of the newest reply, as hexadecimal digits. */
  last(): { readonly args: string; readonly results: string } {
    const [call, reply] = [recordsIn(this.#sent).at(-1), recordsIn(this.#received).at(-1)]
    if (call === undefined || reply === undefined) throw new Error('nothing has passed')
    return {
      args: call.subarray(CALL_HEADER_BYTES).toString('hex'),
      results: reply.subarray(REPLY_HEADER_BYTES).toString('hex'),
    }
  }
}

/** The records of a stream, put together of their fragments (RFC 5531 §11). */
function recordsIn(chunks: readonly Buffer[]): readonly Buffer[] {
  const stream = Buffer.concat(chunks)
  const records: Buffer[] = []
  let fragments: Buffer[] = []
  for (let at = 0; at < stream.length;) {
    const mark = stream.readUInt32BE(at)
    const end = at + MARK_BYTES + (mark % LAST_FRAGMENT)
    fragments.push(stream.subarray(at + MARK_BYTES, end))
    if (mark >= LAST_FRAGMENT) {
      records.push(Buffer.concat(fragments))
      fragments = []
    }
    at = end
  }
  return records
}
