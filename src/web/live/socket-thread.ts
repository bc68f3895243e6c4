/**
 * Reads this machine's sockets on a thread of its own: with ten thousand of them a reading takes longer than any request should
 * wait. The thread begins with the first reading.
 */
import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { PortolanError } from '../../core/index.ts'
import { readSockets } from '../../listeners/index.ts'
import type { Sockets } from '../../listeners/index.ts'
import { applyChange } from './socket-changes.ts'
import type { Answer } from './sockets-worker.ts'

const NOTHING: Sockets = { listeners: [], connections: [], notes: [] }

export class SocketThread {
  #worker: Worker | null = null
  #last: Sockets = NOTHING

  /**
   * One reading; who asks again waits for the first to be done.
   * @throws ERR_PORTOLAN_LISTENERS_UNREADABLE
   */
  async read(): Promise<Sockets> {
    // Beside this file, as source or as bundled.
    const file = join(import.meta.dirname, `sockets-worker${extname(import.meta.filename)}`)
    if (!existsSync(file)) return readSockets({ connections: true })
    this.#worker ??= this.#start(file)
    const told = await ask(this.#worker)
    if ('failure' in told) throw new PortolanError('ERR_PORTOLAN_LISTENERS_UNREADABLE', told.failure)
    this.#last = applyChange(this.#last, told.change)
    return this.#last
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = null
  }

  #start(file: string): Worker {
    const worker = new Worker(file)
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = null
      // A new thread knows nothing of what was read before.
      this.#last = NOTHING
    })
    return worker
  }
}

function ask(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.removeListener('message', onMessage)
      worker.removeListener('error', onError)
      worker.removeListener('exit', onExit)
      worker.unref()
      act()
    }
    const onMessage = (told: Answer): void => settle(() => resolve(told))
    const onError = (error: unknown): void =>
      settle(() => reject(error instanceof Error ? error : new Error(String(error))))
    const onExit = (): void => settle(() => reject(new Error('the thread that reads sockets has ended')))
    worker.once('message', onMessage)
    worker.once('error', onError)
    worker.once('exit', onExit)
    // It keeps the process running while it is asked, and no longer.
    worker.ref()
    worker.postMessage(null)
  })
}
