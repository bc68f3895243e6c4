/** Compare-and-transfer (protocol.md §9): a clone asks its master for a copy unless the checksums are equal. */
import { messageOf } from '../../core/index.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { isRoot } from '../client/tcp-socket.ts'
import type { Binding } from '../handle.ts'
import { CopyRefused, checkCopy } from './copy-check.ts'
import type { ReplaceableDomain } from './domain-view.ts'
import type { ConnectReplica } from './replica-connection.ts'
import type { OwnServer } from './server-role.ts'

export type TransferOutcome =
  | { readonly kind: 'equal' }
  | { readonly kind: 'copied'; readonly checksum: number }
  /** The master has updates queued, or sends as many copies as it will: it is to be asked again soon. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly reason: string }

export interface TransferOptions {
  readonly domain: ReplaceableDomain
  readonly own: OwnServer
  readonly master: Binding
  readonly connect: ConnectReplica
  /** Whether to take a copy though the checksums are equal: two copies that went apart may well have the same sum. */
  readonly isForced?: boolean
  /** Ends the connection; what the domain has stays. */
  readonly signal?: AbortSignal
  /** Is called when a copy begins to come in. */
  readonly onCopy?: () => void
}

/** Makes the domain equal to the master's, or leaves it as it is. */
export async function compareAndTransfer(options: TransferOptions): Promise<TransferOutcome> {
  const { domain, own, master, connect } = options
  try {
    const connection = await connect(master, options.signal)
    try {
      const checksum = domain.checksum()
      const other = await connection.readAll(checksum)
      const copy = other ?? (options.isForced === true ? await connection.readAll((checksum + 1) >>> 0) : null)
      if (copy === null) return { kind: 'equal' }
      options.onCopy?.()
      await domain.replaceAll(checkCopy(copy, own, isRoot()), copy.checksum, `${master.address}/${master.tag}`)
      return { kind: 'copied', checksum: copy.checksum }
    } finally {
      connection.close()
    }
  } catch (error) {
    if (error instanceof DirectoryError && error.status === STATUS.MASTERBUSY) return { kind: 'busy' }
    const reason = error instanceof CopyRefused ? `the copy is unfit: ${error.message}` : messageOf(error)
    return { kind: 'failed', reason }
  }
}
