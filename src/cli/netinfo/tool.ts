/** A NetInfo tool: it reads its own words, says itself what went wrong, and ends with its historic status. */
import type { Context } from '../command.ts'

/**
 * Runs one tool with the words after its name. A mistake, or what a server refuses, is told on standard error; the promise is
 * kept with the exit status, 0 to 255 (docs/reference/netinfo-tools.md).
 */
export type Tool = (words: readonly string[], context: Context) => Promise<number>
