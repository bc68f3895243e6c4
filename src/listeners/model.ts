/** What Portolan says of a socket of this machine. */

export type SocketTransport = 'tcp' | 'udp'

/**
 * From where a listener can be reached, judged by its address alone (a firewall may allow less):
 * - `machine`: a loopback address; only programs of this machine.
 * - `network`: a private or link-local address; machines of that network.
 * - `everywhere`: every address of this machine, or a public one.
 * - `namespace`: it listens in a network namespace of its own (a container); the machine outside has to forward to it.
 */
export type Reach = 'machine' | 'network' | 'everywhere' | 'namespace'

/** What a process was started by, as far up as it is known. */
export type OriginKind = 'systemd' | 'container' | 'cron' | 'shell' | 'init' | 'unknown'

export interface Origin {
  readonly kind: OriginKind
  /** The unit, the container's runtime and short id, or the shell's name. */
  readonly name: string | null
}

export interface ParentProcess {
  readonly pid: number
  readonly name: string
}

export interface ProcessInfo {
  /** Always positive: a pid that could not be learned is no process at all (`Listener.process` is null then). */
  readonly pid: number
  readonly name: string
  /** The effective user's name, its number where it has no name, or null where it cannot be seen. */
  readonly user: string | null
  /** The command line, arguments quoted where they need it; null where it cannot be seen. */
  readonly command: string | null
  /** ISO 8601. */
  readonly startedAt: string | null
  readonly workingDirectory: string | null
  readonly origin: Origin
  /** From the process's parent upwards to pid 1. */
  readonly parents: readonly ParentProcess[]
}

/** What is said of a process of which only pid, name and user are known. */
export const UNKNOWN_DETAILS = {
  startedAt: null,
  workingDirectory: null,
  origin: { kind: 'unknown', name: null },
  parents: [],
} as const satisfies Partial<ProcessInfo>

/** Why the process behind a socket is not known, and what would show it. */
export interface Unseen {
  readonly reason: 'permission' | 'kernel' | 'gone'
  readonly hint: string
}

interface SocketBase {
  readonly transport: SocketTransport
  readonly address: string
  readonly port: number
  /** The process that holds the socket; where several do, the one with the lowest pid. */
  readonly process: ProcessInfo | null
  /** The pids of all processes that hold it, ascending. */
  readonly holders: readonly number[]
  /** Set exactly where `process` is null. */
  readonly unseen: Unseen | null
  /** The user who made the socket, where the system tells. */
  readonly socketUser: string | null
  /** The network namespace, where it is not Portolan's own. */
  readonly namespace: string | null
}

/** A local socket that accepts: TCP in LISTEN, or a bound UDP socket without a peer. */
export interface Listener extends SocketBase {
  readonly reach: Reach
}

/** A socket with a peer. */
export interface Connection extends SocketBase {
  readonly remoteAddress: string
  readonly remotePort: number
  /** `established`, `time-wait`, … in the words of RFC 9293 §3.3.2, lower case. */
  readonly state: string
}

export interface SocketQuery {
  /** Only sockets with one of these ports at this end, or, for connections, at either end. */
  readonly ports?: ReadonlySet<number>
  /** Also sockets with a peer. Default: listeners alone. */
  readonly connections?: boolean
  /**
   * How much to read of each process: `names` stops at pid, name and user, `commands` adds the command line, `all` (the
   * default) the start, the directory, the parents and the origin.
   */
  readonly details?: 'names' | 'commands' | 'all'
}

export interface Sockets {
  readonly listeners: readonly Listener[]
  readonly connections: readonly Connection[]
  /** What could not be seen, in sentences for the reader; empty when all was. */
  readonly notes: readonly string[]
}
