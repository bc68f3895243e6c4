/** Reads the tables of /proc/net: tcp, tcp6, udp, udp6 (proc_pid_net(5); the columns are those of the kernel's tcp4_seq_show). */
import { endianness } from 'node:os'
import { ipv4FromHex, ipv6FromHex } from './address.ts'
import type { SocketTransport } from './model.ts'

/** One line of a table. */
export interface SocketRow {
  readonly transport: SocketTransport
  readonly address: string
  readonly port: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** In the words of RFC 9293 §3.3.2, lower case; `listen` also for a bound UDP socket without a peer. */
  readonly state: string
  readonly uid: number
  /** 0 where the socket has left its process (time-wait). */
  readonly inode: number
  /** The network namespace of the table, where it is not Portolan's own. */
  readonly namespace: string | null
}

/** The numbers of include/net/tcp_states.h. */
const TCP_STATES: readonly string[] = [
  'unknown',
  'established',
  'syn-sent',
  'syn-received',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'closed',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'syn-received',
]
const LISTEN = 10
/** The first column is a number of at most 20 digits, right-aligned. */
const SLOT_CHARS = 24
/** Addresses, ports and state; parseInt alone would read `-1DD` and `0xAB`. */
const FIXED = /^[\dA-F]+:[\dA-F]{4} [\dA-F]+:[\dA-F]{4} [\dA-F]{2}$/
const UDP_UNCONNECTED = 7
const IS_LITTLE_ENDIAN = endianness() === 'LE'

export interface TableQuery {
  readonly transport: SocketTransport
  readonly namespace: string | null
  readonly ports?: ReadonlySet<number> | undefined
  readonly connections: boolean
}

/**
 * Adds to `rows` those rows of a table that are asked for; lines of another form are passed over.
 *
 * Most lines of a busy machine are not asked for, so a line is read only as far as needed to see that. Addresses repeat,
 * so each is put into words once.
 *
 * The kernel writes a table out a page at a time, and finds its place again by counting in a chain of its hash table: where a
 * socket came into that chain meanwhile, it writes the last line twice (tcp_seek_last_pos in net/ipv4/tcp_ipv4.c).
 */
export function parseSocketTable(text: string, query: TableQuery, rows: SocketRow[]): void {
  const words = new Map<string, string>()
  const address = (hex: string): string => {
    let word = words.get(hex)
    if (word === undefined) {
      word = hex.length === 8 ? ipv4FromHex(hex, IS_LITTLE_ENDIAN) : ipv6FromHex(hex, IS_LITTLE_ENDIAN)
      words.set(hex, word)
    }
    return word
  }
  let last: SocketRow | null = null
  let from = text.indexOf('\n') + 1 // the first line names the columns
  while (from > 0 && from < text.length) {
    const newline = text.indexOf('\n', from)
    const end = newline === -1 ? text.length : newline
    const row = parseLine(text, from, end, query, address)
    if (row !== null && (last === null || !isSameSocket(row, last))) {
      rows.push(row)
      last = row
    }
    from = end + 1
  }
}

/** Its state may have changed between the two lines. */
function isSameSocket(one: SocketRow, other: SocketRow): boolean {
  return (
    one.inode === other.inode &&
    one.port === other.port &&
    one.remotePort === other.remotePort &&
    one.address === other.address &&
    one.remoteAddress === other.remoteAddress
  )
}

/** Where the columns begin that count: after the first, the place in the kernel's hash table, and its colon. */
function afterSlot(text: string, from: number, end: number): number {
  const last = Math.min(from + SLOT_CHARS, end - 1)
  for (let at = from; at < last; at += 1) if (text[at] === ':') return at + 2
  return -1
}

function parseLine(
  text: string,
  from: number,
  end: number,
  query: TableQuery,
  address: (hex: string) => string,
): SocketRow | null {
  const local = afterSlot(text, from, end)
  if (local === -1) return null
  const digits = text[local + 8] === ':' ? 8 : 32
  // local:port remote:port state …, all of fixed width
  const remote = local + digits + 6
  const stateAt = remote + digits + 6
  if (stateAt + 2 > end) return null
  const stateNumber = Number.parseInt(text.slice(stateAt, stateAt + 2), 16)
  const isListener = query.transport === 'tcp' ? stateNumber === LISTEN : stateNumber === UDP_UNCONNECTED
  if (!isListener && !query.connections) return null
  const port = Number.parseInt(text.slice(local + digits + 1, local + digits + 5), 16)
  const remotePort = Number.parseInt(text.slice(remote + digits + 1, remote + digits + 5), 16)
  if (query.ports !== undefined && !query.ports.has(port) && (isListener || !query.ports.has(remotePort))) return null
  if (!FIXED.test(text.slice(local, stateAt + 2))) return null
  // … tx:rx tr:tm retransmits uid timeout inode …: the first three of fixed width, 17, 11 and 8 characters
  const rest = text.slice(stateAt + 2 + 1 + 17 + 1 + 11 + 1 + 8, end)
  const tail = /^ +(\d+) +\d+ (\d+) /.exec(rest)
  const uid = Number(tail?.[1])
  const inode = Number(tail?.[2])
  if (!Number.isSafeInteger(uid) || !Number.isSafeInteger(inode)) return null
  return {
    transport: query.transport,
    address: address(text.slice(local, local + digits)),
    port,
    remoteAddress: address(text.slice(remote, remote + digits)),
    remotePort,
    state: isListener ? 'listen' : (TCP_STATES[stateNumber] ?? 'unknown'),
    uid,
    inode,
    namespace: query.namespace,
  }
}
