/** The second thread of holders.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { walkProcesses } from './holders.ts'
import type { Walk } from './holders.ts'

parentPort?.postMessage(walkProcesses(workerData as Walk))
