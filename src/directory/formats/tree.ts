/** Trees of directories as they stand in a text, without ids. */
import { LIMITS, PortolanError } from '../../core/index.ts'
import type { Properties } from '../model.ts'

/** A directory with all that is below it. */
export interface Tree {
  readonly properties: Properties
  /** In their order. */
  readonly children: readonly Tree[]
}

/** @throws ERR_PORTOLAN_INPUT_TOO_LARGE when a directory of this depth (0 for the topmost) lies too deep. */
export function checkDepth(depth: number): void {
  if (depth >= LIMITS.treeDepth) throw makeTooLarge(`the tree has more than ${LIMITS.treeDepth} levels`)
}

/** @throws ERR_PORTOLAN_INPUT_TOO_LARGE when a text is longer than Portolan takes. */
export function checkLength(lengthChars: number): void {
  if (lengthChars > LIMITS.flatFileChars) {
    throw makeTooLarge(`the text has more than ${LIMITS.flatFileChars} characters`)
  }
}

export function makeTooLarge(message: string): PortolanError {
  return new PortolanError('ERR_PORTOLAN_INPUT_TOO_LARGE', message, { hint: 'Take it in several parts.' })
}
