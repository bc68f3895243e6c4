/** libc's own calls on sockets, for Linux on x64 and arm64, by koffi (socket(2), epoll(7), ip(7)). */
import { endianness } from 'node:os'

/** errno(3) of Linux; the same on both architectures. */
export const ERRNO = {
  EPERM: 1,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOPROTOOPT: 92,
  EPROTO: 71,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const

export interface LibC {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly connect: (descriptor: number, address: Uint8Array, length: number) => number
  readonly close: (descriptor: number) => number
  readonly setsockopt: (descriptor: number, level: number, name: number, value: Uint8Array, length: number) => number
  readonly getsockname: (descriptor: number, address: Uint8Array, length: Uint8Array) => number
  readonly send: (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number
  readonly recv: (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number
  readonly bind: (descriptor: number, address: Uint8Array, length: number) => number
  readonly recvmsg: (descriptor: number, message: Uint8Array, flags: number) => number
  /** How many of the messages were sent; -1 where not even the first was. */
  readonly sendmmsg: (descriptor: number, messages: Uint8Array, count: number, flags: number) => number
  /** How many messages were received; does not wait for them. */
  readonly recvmmsg: (descriptor: number, messages: Uint8Array, count: number, flags: number) => number
  readonly epollCreate: (flags: number) => number
  readonly epollControl: (epoll: number, operation: number, descriptor: number, event: Uint8Array) => number
  readonly epollWait: (epoll: number, events: Uint8Array, most: number, timeoutMs: number) => number
  /** The number of an interface by its name, ended by a zero byte; 0 where there is none. */
  readonly interfaceNumber: (name: Uint8Array) => number
  /** Of the call that failed last. */
  readonly errno: () => number
  /** Where the bytes lie, for a structure that points to them; they must be allocated by themselves and outlive it. */
  readonly addressOf: (bytes: Uint8Array) => bigint
  /** The kernel packs the structure epoll_event on x64 alone. */
  readonly epollEventBytes: 12 | 16
}

type ReceiveMany = (descriptor: number, messages: Uint8Array, count: number, flags: number, timeout: null) => number

function withoutTimeout(receive: ReceiveMany): LibC['recvmmsg'] {
  return (descriptor, messages, count, flags) => receive(descriptor, messages, count, flags, null)
}

/** Null where koffi is not installed (it is optional), or the machine is another than those known here. */
export function openLibC(): LibC | null {
  const isKnown = process.arch === 'x64' || process.arch === 'arm64'
  if (process.platform !== 'linux' || !isKnown || endianness() !== 'LE') return null
  try {
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.filename)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `require` knows no types
    const koffi = require('koffi') as typeof import('koffi')
    const library = koffi.load('libc.so.6')
    return {
      socket: library.func('int socket(int, int, int)'),
      connect: library.func('int connect(int, void *, uint)'),
      close: library.func('int close(int)'),
      setsockopt: library.func('int setsockopt(int, int, int, void *, uint)'),
      getsockname: library.func('int getsockname(int, void *, void *)'),
      send: library.func('long send(int, void *, ulong, int)'),
      recv: library.func('long recv(int, void *, ulong, int)'),
      bind: library.func('int bind(int, void *, uint)'),
      recvmsg: library.func('long recvmsg(int, void *, int)'),
      sendmmsg: library.func('int sendmmsg(int, void *, uint, int)'),
      recvmmsg: withoutTimeout(library.func('int recvmmsg(int, void *, uint, int, void *)')),
      epollCreate: library.func('int epoll_create1(int)'),
      epollControl: library.func('int epoll_ctl(int, int, int, void *)'),
      epollWait: library.func('int epoll_wait(int, void *, int, int)'),
      interfaceNumber: library.func('uint if_nametoindex(void *)'),
      errno: () => koffi.errno(),
      addressOf: (bytes) => koffi.address(bytes),
      epollEventBytes: process.arch === 'x64' ? 12 : 16,
    }
  } catch {
    return null
  }
}
