/** The thread of socket-thread.ts: reads this machine's sockets when it is asked, and tells what has changed since. */
import { parentPort } from 'node:worker_threads'
import { messageOf } from '../../core/index.ts'
import { readSockets } from '../../listeners/index.ts'
import type { Sockets } from '../../listeners/index.ts'
import { changeOf } from './socket-changes.ts'
import type { SocketsChange } from './socket-changes.ts'

export type Answer = { readonly change: SocketsChange } | { readonly failure: string }

let last: Sockets = { listeners: [], connections: [], notes: [] }

async function answer(): Promise<Answer> {
  try {
    const now = await readSockets({ connections: true })
    const change = changeOf(last, now)
    last = now
    return { change }
  } catch (error) {
    return { failure: messageOf(error) }
  }
}

parentPort?.on('message', () => void answer().then((told) => parentPort?.postMessage(told)))
