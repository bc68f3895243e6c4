/** In a worker: the domains that it serves, each at the address where the main thread serves it, too. */
import { messageOf } from '../../core/index.ts'
import { DataFolder } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { RpcServer } from './rpc-server.ts'
import { ServerBoard } from './server-board.ts'
import { WorkerCalls } from './worker-calls.ts'
import type { ToMain, ToWorker, WorkerPlace } from './worker-messages.ts'
import { WorkerProgram } from './worker-program.ts'

type Send = (message: ToMain, transfer: readonly ArrayBuffer[]) => void

interface Serving {
  readonly domain: Domain
  readonly rpc: RpcServer
}

export class WorkerDomains {
  readonly #row: number
  readonly #send: Send
  readonly #calls: WorkerCalls
  readonly #serving: Map<string, Serving> = new Map()
  /** What is under way for each tag, done one after the other: a domain may be stopped while it is being opened. */
  readonly #work: Map<string, Promise<void>> = new Map()

  /** `row`: this worker's on every board. */
  constructor(row: number, send: Send) {
    this.#row = row
    this.#send = send
    this.#calls = new WorkerCalls((message, bytes) => send(message, bytes === null ? [] : [bytes.buffer]))
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'serve':
        this.#inTurn(message.tag, () => this.#serve(message))
        return
      case 'stop':
        this.#inTurn(message.tag, () => this.#stop(message.tag, message.graceMs))
        return
      default:
        this.#calls.receive(message)
    }
  }

  #inTurn(tag: string, task: () => Promise<void>): void {
    const before = this.#work.get(tag) ?? Promise.resolve()
    const mine = before.then(async () => {
      await task()
      if (this.#work.get(tag) === mine) this.#work.delete(tag)
    })
    this.#work.set(tag, mine)
  }

  async #serve(place: WorkerPlace): Promise<void> {
    const { tag } = place
    let domain: Domain | null = null
    try {
      domain = new DataFolder(place.folder).follow(tag)
      this.#serving.set(tag, { domain, rpc: await this.#listen(domain, place) })
      this.#send({ kind: 'serving', tag }, [])
    } catch (error) {
      await domain?.close()
      this.#send({ kind: 'refused', tag, reason: messageOf(error) }, [])
    }
  }

  #listen(domain: Domain, { host, tcpPort, board: memory }: WorkerPlace): Promise<RpcServer> {
    const board = new ServerBoard(memory, this.#row)
    return RpcServer.listen([new WorkerProgram(domain, board, this.#calls)], {
      host,
      tcpPort,
      udpPort: null,
      reusePort: true,
      tally: board,
      onError: (error) => this.#send({ kind: 'failure', reason: messageOf(error) }, []),
    })
  }

  async #stop(tag: string, graceMs: number): Promise<void> {
    const serving = this.#serving.get(tag)
    this.#serving.delete(tag)
    try {
      await serving?.rpc.close(graceMs)
      await serving?.domain.close()
    } catch (error) {
      this.#send({ kind: 'failure', reason: messageOf(error) }, [])
    }
    this.#send({ kind: 'stopped', tag }, [])
  }
}
