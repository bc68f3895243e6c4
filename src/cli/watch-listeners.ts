/** `portolan ls --watch`: shows what comes and goes until Ctrl-C. */
import { printable } from '../core/index.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Listener, Sockets } from '../listeners/index.ts'
import type { Context } from './command.ts'
import { endpointText } from './page-here.ts'

const CLEAR = '\u001b[H\u001b[2J'

/** Looks again and again; on a terminal the list is redrawn, elsewhere only changes are told, a line each. */
export async function watchListeners(
  look: () => Promise<Sockets>,
  intervalMs: number,
  render: (listeners: readonly Listener[]) => string,
  context: Context,
): Promise<void> {
  let before = new Map<string, Listener>()
  while (!context.signal.aborted) {
    const { listeners } = await look()
    const now = new Map(listeners.map((each) => [keyOf(each), each]))
    if (context.isOutTerminal)
      context.out(
        `${CLEAR}${new Date().toLocaleTimeString()}, every ${intervalMs / 1000} s, Ctrl-C ends\n\n${render(listeners)}`,
      )
    else context.out(changes(before, now))
    before = now
    await sleep(intervalMs, undefined, { signal: context.signal }).catch(() => undefined)
  }
}

function changes(before: ReadonlyMap<string, Listener>, now: ReadonlyMap<string, Listener>): string {
  const time = new Date().toISOString()
  const line = (sign: string, each: Listener): string => {
    const who = each.process === null ? 'process not seen' : `${printable(each.process.name)}, pid ${each.process.pid}`
    return `${time} ${sign} ${each.transport} ${endpointText(each.address, each.port)} ${who}\n`
  }
  const gone = [...before].filter(([key]) => !now.has(key)).map(([, each]) => line('-', each))
  const come = [...now].filter(([key]) => !before.has(key)).map(([, each]) => line('+', each))
  return [...gone, ...come].join('')
}

function keyOf(each: Listener): string {
  // Not its holders: while a process ends, its sockets are for a moment no one's.
  return [each.transport, each.address, each.port, each.namespace].join(' ')
}
