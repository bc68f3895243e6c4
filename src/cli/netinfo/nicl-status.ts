/** How a command of nicl ends (tools.md §8). */
import { STATUS } from '../../directory/index.ts'

/**
 * nicl counted its statuses by the thousand, and a shell keeps eight bits of them: "not found", 2004, becomes 212. Wrong use is
 * told and gives 0.
 */
export const NICL_EXIT = {
  done: 0,
  /** 9999: all that has no number of its own. */
  failed: 9999 & 0xff,
  /** 2003: no directory has this number. */
  badId: 2003 & 0xff,
  /** 2004: nothing is at this path. */
  notFound: 2004 & 0xff,
  /** 2005: the directory has no such property. */
  badKey: 2005 & 0xff,
  /** 2006: someone else was quicker. */
  stale: 2006 & 0xff,
} as const

const EXITS: Readonly<Record<number, number>> = {
  [STATUS.OK]: NICL_EXIT.done,
  [STATUS.BADID]: NICL_EXIT.badId,
  [STATUS.NODIR]: NICL_EXIT.notFound,
  [STATUS.NOPROP]: NICL_EXIT.badKey,
  [STATUS.NONAME]: NICL_EXIT.badKey,
  [STATUS.STALE]: NICL_EXIT.stale,
}

/** The exit status for a status of the directory. */
export function niclExit(status: number): number {
  return EXITS[status] ?? NICL_EXIT.failed
}

/** What ends one command: the message, without the tool's name, and the status. */
export class NiclError extends Error {
  override readonly name: string = 'NiclError'
  readonly exit: number

  constructor(message: string, exit: number = NICL_EXIT.failed) {
    super(message)
    this.exit = exit
  }
}
