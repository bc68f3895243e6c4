/** Listeners as a table for a terminal, each with what its port is for. */
import { printable } from '../core/index.ts'
import type { Listener } from '../listeners/index.ts'
import { openLore, openRegistry } from '../registry/index.ts'
import type { Context } from './command.ts'
import { REACH_WORDS } from './page-here.ts'
import { serviceLabel } from '../answer/index.ts'
import { table } from './style.ts'
import type { Style } from './style.ts'

/** Makes the table; the registry and the lore are opened once, however often it is drawn. */
export function listenerTable(context: Context): (listeners: readonly Listener[]) => string {
  const label = labeller(context)
  return (listeners) => renderListeners(listeners, label, context.style)
}

/** What the port of a listener is for, in a word; opened once as well. */
export function labeller({ env }: Context): (listener: Listener) => string {
  const { registry } = openRegistry(env)
  const lore = openLore()
  const labels = { tcp: new Map<number, string>(), udp: new Map<number, string>() }
  return ({ port, transport }) => {
    let label = labels[transport].get(port)
    if (label === undefined) {
      label = printable(serviceLabel(registry, lore, port, transport))
      labels[transport].set(port, label)
    }
    return label
  }
}

function renderListeners(listeners: readonly Listener[], label: (listener: Listener) => string, style: Style): string {
  const paint = { everywhere: style.red, network: style.yellow, machine: style.green, namespace: style.cyan }
  return table(
    listeners,
    [
      { title: 'PROTO', cell: (each) => each.transport, isAscii: true },
      { title: 'ADDRESS', cell: (each) => each.address, isAscii: true },
      {
        title: 'PORT',
        cell: (each) => String(each.port),
        align: 'right',
        isAscii: true,
        paint: (text) => style.bold(text),
      },
      { title: 'SERVICE', cell: label },
      { title: 'PROCESS', cell: (each) => (each.process === null ? '(not seen)' : printable(each.process.name)) },
      { title: 'PID', cell: pidText, align: 'right', isAscii: true },
      { title: 'USER', cell: (each) => each.process?.user ?? each.socketUser ?? '' },
      {
        title: 'REACHABLE FROM',
        isAscii: true,
        cell: (each) => REACH_WORDS[each.reach],
        paint: (text, each) => paint[each.reach](text),
      },
    ],
    style,
    false,
  )
}

function pidText({ process, holders }: Listener): string {
  if (process === null) return '-'
  return holders.length > 1 ? `${process.pid} +${holders.length - 1}` : String(process.pid)
}
