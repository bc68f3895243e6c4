/** What is to be probed, in a form that takes no memory for what it spans: a /8 is as small as one address. */
import type { ProbeHost } from './model.ts'

/** Hosts by number, from 0 to `size` - 1; no address twice. */
export interface HostSet {
  readonly size: number
  readonly at: (index: number) => ProbeHost
}

/** Ports by number, ascending, no port twice. */
export interface PortSet {
  readonly size: number
  readonly at: (index: number) => number
  readonly has: (port: number) => boolean
  /** In the form `1-1024,8080`. */
  readonly toText: () => string
}
