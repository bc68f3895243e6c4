/** Where a worker's thread begins (workers.ts starts it). */
import { parentPort, workerData } from 'node:worker_threads'
import { WorkerDomains } from './worker-domains.ts'
import type { ToWorker } from './worker-messages.ts'

const port = parentPort
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `startWorkerThread` starts this
const { row } = workerData as { readonly row: number }
if (port !== null) {
  const domains = new WorkerDomains(row, (message, transfer) => port.postMessage(message, [...transfer]))
  port.on('message', (message: ToWorker) => domains.receive(message))
}
