/** How the NetInfo tools end: their historic statuses (tools.md §0), and the errors that lead to each. */
import { PortolanError, printable } from '../../core/index.ts'
import { DirectoryError, STATUS, statusText } from '../../directory/index.ts'
import type { Context } from '../command.ts'

/**
 * Scripts depend on these numbers, odd as some are: a malformed HOST/TAG was meant to give 201 and on, and gives 217 and on,
 * because the original passed a negative number on to a shell that keeps eight bits.
 */
export const TOOL_EXIT = {
  done: 0,
  usage: 1,
  /** Of niutil: an index that is no number. */
  badIndex: 3,
  /** Status n of the directory gives 100 + n. */
  status: 100,
  /** No server gave an answer that could be used. */
  failed: 199,
  noHandle: 200,
  badServer: 217,
  noHost: 218,
  noTag: 219,
  badAddress: 220,
  unknownHost: 221,
} as const

/** The exit status of a status of the directory, 0 or 101 to 199. */
export function exitOfStatus(status: number): number {
  if (status === STATUS.OK) return TOOL_EXIT.done
  return Math.min(TOOL_EXIT.status + status, TOOL_EXIT.failed)
}

/** What ends a tool: the lines for standard error, without the tool's name, and the status. */
export class ToolError extends Error {
  override readonly name: string = 'ToolError'
  readonly exit: number
  readonly lines: readonly string[]

  constructor(exit: number, ...lines: readonly string[]) {
    super(lines[0])
    this.exit = exit
    this.lines = lines
  }
}

/** Wrong use: the message is followed by the tool's usage, and the status is 1. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** What a tool is called, and the lines that say how it is used. */
export interface ToolText {
  readonly name: string
  readonly usage: readonly string[]
}

/** Does the work of a tool; what ends it is told on standard error, each line after the tool's name. */
export async function runTool(text: ToolText, context: Context, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    return tellError(text, context, error)
  }
}

/** @throws what is neither the user's mistake nor an answer of a directory */
function tellError({ name, usage }: ToolText, { err }: Context, error: unknown): number {
  if (error instanceof UsageError) {
    err(`${name}: ${printable(error.message)}\n${usageText(usage)}`)
    return TOOL_EXIT.usage
  }
  if (error instanceof ToolError) {
    for (const line of error.lines) err(`${name}: ${printable(line)}\n`)
    return error.exit
  }
  if (error instanceof DirectoryError) {
    err(`${name}: ${printable(error.message)}\n`)
    return exitOfStatus(error.status)
  }
  if (error instanceof PortolanError) {
    err(`${name}: ${printable(error.message)}\n${error.hint === undefined ? '' : `  ${printable(error.hint)}\n`}`)
    return TOOL_EXIT.usage
  }
  throw error
}

/** The first line after `usage:`, the others below it. */
function usageText(usage: readonly string[]): string {
  return usage.map((line, index) => `${index === 0 ? 'usage:' : '      '} ${line}\n`).join('')
}

/** Does a part of the work; what the directory answers ends the tool with what it could not do, a colon and the status's text. */
export async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    throw new ToolError(exitOfStatus(error.status), `${what}: ${statusText(error.status)}`)
  }
}

/** Whether an error is this status of the directory. */
export function isStatus(error: unknown, status: number): boolean {
  return error instanceof DirectoryError && error.status === status
}
