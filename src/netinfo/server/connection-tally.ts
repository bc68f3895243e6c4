/** TCP connections, counted: those of one server, or of several that share a port and a limit. */

export interface ConnectionTally {
  /** Of all servers that share it. */
  readonly current: number
  readonly peak: number
  readonly closedOldest: number
  readonly opened: () => void
  readonly closed: () => void
  /** One was closed to make room for another; it is told to `closed`, too. */
  readonly madeRoom: () => void
}

/** The count of a server that is alone at its port. */
export function ownTally(): ConnectionTally {
  let current = 0
  let peak = 0
  let closedOldest = 0
  return {
    get current() {
      return current
    },
    get peak() {
      return peak
    },
    get closedOldest() {
      return closedOldest
    },
    opened: () => {
      current += 1
      peak = Math.max(peak, current)
    },
    closed: () => {
      current -= 1
    },
    madeRoom: () => {
      closedOldest += 1
    },
  }
}
