/**
 * Reads sockets from the kernel by netlink (sock_diag(7)), where koffi is installed: on a machine with thousands of
 * listeners that takes half as long as reading /proc/net, which stays the way everywhere else.
 *
 * A request is a netlink header and an inet_diag_req_v2, the answer a header and an inet_diag_msg a socket:
 *
 *     0   u32 length, u16 type, u16 flags, u32 sequence, u32 port       the header, in the machine's byte order
 *     16  u8 family, u8 state, u8 timer, u8 retransmissions
 *     20  u16 port, u16 remote port, both big-endian
 *     24  16 bytes address, 16 bytes remote address
 *     56  u32 interface, u64 cookie, u32 expires, u32 received, u32 sent
 *     80  u32 user, u32 inode
 */
import { closeSync } from 'node:fs'
import { endianness } from 'node:os'
import { formatIpv6 } from './address.ts'
import type { SocketRow } from './linux-sockets.ts'
import type { SocketTransport } from './model.ts'

const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
const SOCK_RAW_CLOEXEC = 3 | 0o2000000
const NETLINK_SOCK_DIAG = 4
const SOCK_DIAG_BY_FAMILY = 20
const NLM_F_REQUEST_DUMP = 0x301
const NLMSG_DONE = 3
const MSG_DONTWAIT = 0x40
const HEADER_BYTES = 16
const REQUEST_BYTES = HEADER_BYTES + 56
const MESSAGE_BYTES = HEADER_BYTES + 72
/** The kernel fills at most 32 KiB an answer (NETLINK dump size). */
const ANSWER_BYTES = 65_536

/** The tables to ask for, with the states that make a listener: LISTEN of TCP, CLOSE of UDP, which is bound and has no peer. */
const REQUESTS = [
  { transport: 'tcp', family: AF_INET, protocol: 6, states: 1 << 10 },
  { transport: 'tcp', family: AF_INET6, protocol: 6, states: 1 << 10 },
  { transport: 'udp', family: AF_INET, protocol: 17, states: 1 << 7 },
  { transport: 'udp', family: AF_INET6, protocol: 17, states: 1 << 7 },
] as const

interface LibC {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly send: (descriptor: number, bytes: Buffer, length: number, flags: number) => number
  readonly recv: (descriptor: number, bytes: Buffer, length: number, flags: number) => number
}

/** The listeners of Portolan's own network namespace; null where this way is closed, and /proc has to be read. */
export function readNetlinkListeners(): SocketRow[] | null {
  if (endianness() !== 'LE') return null
  const libc = openLibC()
  if (libc === null) return null
  const descriptor = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG)
  if (descriptor < 0) return null
  try {
    const rows: SocketRow[] = []
    const isComplete = REQUESTS.every((request) => dump(libc, descriptor, request, rows))
    return isComplete ? rows : null
  } finally {
    closeSync(descriptor)
  }
}

/** Null where koffi is not installed (it is optional), has no binary for this machine, or finds no libc of this name. */
function openLibC(): LibC | null {
  try {
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.filename)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `require` knows no types
    const koffi = require('koffi') as typeof import('koffi')
    const library = koffi.load('libc.so.6')
    return {
      socket: library.func('int socket(int, int, int)'),
      send: library.func('long send(int, _In_ void *, ulong, int)'),
      recv: library.func('long recv(int, _Out_ void *, ulong, int)'),
    }
  } catch {
    return null
  }
}

/** Asks for one table and adds its rows; false when the kernel does not give it whole. */
function dump(libc: LibC, descriptor: number, request: (typeof REQUESTS)[number], rows: SocketRow[]): boolean {
  const bytes = Buffer.alloc(REQUEST_BYTES)
  bytes.writeUInt32LE(REQUEST_BYTES, 0)
  bytes.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4)
  bytes.writeUInt16LE(NLM_F_REQUEST_DUMP, 6)
  bytes.writeUInt8(request.family, HEADER_BYTES)
  bytes.writeUInt8(request.protocol, HEADER_BYTES + 1)
  bytes.writeUInt32LE(request.states, HEADER_BYTES + 4)
  if (libc.send(descriptor, bytes, REQUEST_BYTES, 0) !== REQUEST_BYTES) return false
  const answer = Buffer.alloc(ANSWER_BYTES)
  for (;;) {
    // A dump is made while it is received, so an answer is always there; waiting for one could be for ever.
    const length = libc.recv(descriptor, answer, ANSWER_BYTES, MSG_DONTWAIT)
    if (length < HEADER_BYTES) return false
    const end = parseAnswer(answer.subarray(0, length), request.transport, rows)
    if (end !== 'more') return end === 'done'
  }
}

/** Adds the rows of one answer. `failed`: the kernel refuses, or the bytes have another form. */
export function parseAnswer(answer: Buffer, transport: SocketTransport, rows: SocketRow[]): 'more' | 'done' | 'failed' {
  let lastAt = -1
  let lastAddress = ''
  for (let at = 0; at + HEADER_BYTES <= answer.length;) {
    const length = u32(answer, at)
    const type = (answer[at + 4] ?? 0) | ((answer[at + 5] ?? 0) << 8)
    if (type === NLMSG_DONE) return 'done'
    if (type !== SOCK_DIAG_BY_FAMILY || length < MESSAGE_BYTES || at + length > answer.length) return 'failed'
    const family = answer[at + 16] ?? 0
    // Most listeners of a busy machine have the same address: it is put into words once.
    if (lastAt === -1 || !isSameAddress(answer, lastAt, at)) {
      lastAt = at
      lastAddress = addressAt(answer, at + 24, family)
    }
    rows.push({
      transport,
      address: lastAddress,
      port: ((answer[at + 20] ?? 0) << 8) | (answer[at + 21] ?? 0),
      remoteAddress: family === AF_INET ? '0.0.0.0' : '::',
      remotePort: 0,
      state: 'listen',
      uid: u32(answer, at + 80),
      inode: u32(answer, at + 84),
      namespace: null,
    })
    at += (length + 3) & ~3
  }
  return 'more'
}

/** By index and not by Buffer's own readers: their checks would take half of the time, and the bounds are known here. */
function u32(bytes: Buffer, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0
}

/** Whether two messages have the same family and address. */
function isSameAddress(bytes: Buffer, one: number, other: number): boolean {
  if (bytes[one + 16] !== bytes[other + 16]) return false
  for (let offset = 24; offset < 40; offset += 1) if (bytes[one + offset] !== bytes[other + offset]) return false
  return true
}

/** Addresses come in network byte order, whatever the machine's is. */
function addressAt(answer: Buffer, at: number, family: number): string {
  if (family === AF_INET) return answer.subarray(at, at + 4).join('.')
  return formatIpv6(Array.from({ length: 8 }, (_, group) => answer.readUInt16BE(at + 2 * group)))
}
