/** The second thread of holders.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { walkProcesses } from './holders.ts'
import type { Walk } from './holders.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `startHelper` starts this
parentPort?.postMessage(walkProcesses(workerData as Walk))
