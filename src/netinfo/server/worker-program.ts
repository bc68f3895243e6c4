/**
 * The domain server's program as a worker answers it: reads from its own view of the store, and all else by the main thread.
 *
 * A client that has been told of its write may read it at once through any connection. The main thread therefore counts each
 * commit on the board before it acknowledges a write, and a worker looks there before each read: it is a word of memory.
 */
import type { XdrWriter } from '../../core/index.ts'
import { WireReader } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { NETINFO_PROCEDURES, NETINFO_PROGRAM, NETINFO_VERSION } from '../programs.ts'
import { readHandlers } from './netinfo-reads.ts'
import type { ReadHandler } from './netinfo-reads.ts'
import type { RpcAnswer, RpcCall, RpcPeer, RpcProgram, RpcStream } from './rpc-program.ts'
import type { ServerBoard } from './server-board.ts'
import { isTrustedPeer } from './trusted-networks.ts'
import { tunablesReader } from './tunables-reader.ts'
import type { Tunables } from './tunables.ts'
import type { WorkerCalls } from './worker-calls.ts'

const US_PER_MS = 1000

export class WorkerProgram implements RpcProgram {
  readonly program = NETINFO_PROGRAM
  readonly version = NETINFO_VERSION
  readonly #domain: Domain
  readonly #board: ServerBoard
  readonly #calls: WorkerCalls
  readonly #tunables: () => Tunables
  /** Undefined for what the main thread answers. */
  readonly #reads: readonly (ReadHandler | undefined)[]
  #commits: number

  constructor(domain: Domain, board: ServerBoard, calls: WorkerCalls) {
    this.#domain = domain
    this.#board = board
    this.#calls = calls
    this.#commits = board.commits
    this.#tunables = tunablesReader(domain)
    const handlers: Readonly<Record<string, ReadHandler>> = readHandlers(new WireReader(domain))
    this.#reads = NETINFO_PROCEDURES.map((name) => handlers[name])
  }

  accepts(peer: RpcPeer): boolean {
    this.#catchUp()
    return isTrustedPeer(this.#domain, this.#tunables().trustedNetworks, peer)
  }

  answer(call: RpcCall, reply: XdrWriter): RpcAnswer | RpcStream | Promise<RpcAnswer | RpcStream> {
    const { procedure } = call.header
    const read = this.#reads[procedure]
    if (read === undefined)
      return procedure < NETINFO_PROCEDURES.length ? this.#calls.ask(this.#domain.tag, call, reply) : 'procUnavailable'
    this.#catchUp()
    return read(call, reply)
  }

  /** What the main thread has answered is counted there. */
  count(procedure: number, spentMs: number): void {
    if (this.#reads[procedure] !== undefined) this.#board.countCall(procedure, spentMs * US_PER_MS)
  }

  #catchUp(): void {
    const { commits } = this.#board
    if (commits === this.#commits) return
    this.#commits = commits
    this.#domain.refresh()
  }
}
