/** Waiting between tries. */
import { setTimeout as sleep } from 'node:timers/promises'
import { RpcError } from './rpc-error.ts'

/**
 * Waits for some milliseconds.
 * @throws RpcError `aborted`
 */
export async function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    throw new RpcError('aborted', 'between two tries', error)
  }
}
