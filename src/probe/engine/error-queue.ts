/**
 * Reads from a socket's error queue which ICMP came for it (ip(7), IP_RECVERR; the layout is sock_extended_err's, after a
 * cmsghdr of 64-bit systems):
 *
 *     0   u64 length, s32 level, s32 type                              the header of a control message
 *     16  u32 errno, u8 origin, u8 type, u8 code, u8, u32, u32         origin 2 is ICMP, 3 ICMPv6
 *     32  sockaddr_in or sockaddr_in6                                  who sent it (SO_EE_OFFENDER)
 */
import type { Reason } from '../model.ts'
import type { LibC } from './libc.ts'
import { BY_OTHERS, CODE_OF, reasonOfIcmp } from './reasons.ts'
import { isSameAddress } from './socket-address.ts'
import type { SocketAddress } from './socket-address.ts'

const MSG_ERRQUEUE = 0x2000
const MSG_DONTWAIT = 0x40
const SOL_IP = 0
const IP_RECVERR = 11
const SOL_IPV6 = 41
const IPV6_RECVERR = 25
const ORIGIN_ICMP = 2
const ORIGIN_ICMP6 = 3
/** msghdr: name, its length, vector, its length, control, its length, flags; 8 bytes each. */
const MESSAGE_BYTES = 56
/** Where the bytes are and how many, behind the message that points to it. */
const VECTOR_BYTES = 16
/** A header, an error and the address of who sent it take 60; more than twice that for what else may be said. */
const CONTROL_BYTES = 512
const HEADER_BYTES = 16
const ERROR_BYTES = 16
/** Of the packet that was in error as much as ICMP must quote: the first eight bytes of what IP carried (RFC 792). */
const QUOTED_BYTES = 64
/** Errors of one socket: a router or two, and the host. */
const ERRORS_MOST = 16
/** Errors of a socket for many that are read before others have their turn. */
const DRAINED_MOST = 4096

/** An ICMP error that came for a socket. */
export interface IcmpError {
  readonly reason: Reason
  /** The address of who sent it, as a structure of the kernel's; empty where it is not told. */
  readonly sender: Buffer
}

export class ErrorQueue {
  readonly #libc: LibC
  readonly #control = Buffer.allocUnsafeSlow(CONTROL_BYTES)
  readonly #quoted = Buffer.allocUnsafeSlow(QUOTED_BYTES)
  readonly #message = Buffer.allocUnsafeSlow(MESSAGE_BYTES + VECTOR_BYTES)

  constructor(libc: LibC) {
    this.#libc = libc
    this.#message.fill(0)
    this.#message.writeBigUInt64LE(libc.addressOf(this.#message) + BigInt(MESSAGE_BYTES), 16)
    this.#message.writeBigUInt64LE(1n, 24)
    this.#message.writeBigUInt64LE(libc.addressOf(this.#control), 32)
    this.#message.writeBigUInt64LE(libc.addressOf(this.#quoted), MESSAGE_BYTES)
    this.#message.writeBigUInt64LE(BigInt(QUOTED_BYTES), MESSAGE_BYTES + 8)
  }

  /**
   * The number of the reason that the queue gives, with `BY_OTHERS` where not the target itself says so; null where there is none
   * in it. The queue is empty then.
   */
  read(descriptor: number, target: SocketAddress): number | null {
    let code: number | null = null
    for (let errors = 0; errors < ERRORS_MOST && this.#take(descriptor) >= 0; errors += 1) {
      const error = readIcmp(this.#taken())
      if (error !== null) code ??= codeOfIcmp(error, target)
    }
    return code
  }

  /** Tells the ICMP errors in the queue, with what they quote of the packet behind its IP header; says whether there were any. */
  drain(descriptor: number, hear: (error: IcmpError, quoted: Buffer) => void): boolean {
    for (let errors = 0; errors < DRAINED_MOST; errors += 1) {
      const length = this.#take(descriptor)
      if (length < 0) return errors > 0
      const error = readIcmp(this.#taken())
      if (error !== null) hear(error, this.#quoted.subarray(0, length))
    }
    return true
  }

  /** How many bytes of the packet are quoted; -1 where the queue is empty. */
  #take(descriptor: number): number {
    this.#message.writeBigUInt64LE(BigInt(CONTROL_BYTES), 40)
    return this.#libc.recvmsg(descriptor, this.#message, MSG_ERRQUEUE | MSG_DONTWAIT)
  }

  #taken(): Buffer {
    return this.#control.subarray(0, Math.min(Number(this.#message.readBigUInt64LE(40)), CONTROL_BYTES))
  }
}

/** The number of an error's reason, with `BY_OTHERS` where not the target itself says so. */
export function codeOfIcmp({ reason, sender }: IcmpError, target: SocketAddress): number {
  return CODE_OF[reason] + (isSameAddress(target, sender) ? 0 : BY_OTHERS)
}

/** The first ICMP error in control messages; null where there is none, or the bytes have another form. */
export function readIcmp(control: Buffer): IcmpError | null {
  for (let at = 0; at + HEADER_BYTES + ERROR_BYTES <= control.length;) {
    const length = Number(control.readBigUInt64LE(at))
    const level = control.readInt32LE(at + 8)
    const type = control.readInt32LE(at + 12)
    if (length < HEADER_BYTES || at + length > control.length) return null
    const isError = (level === SOL_IP && type === IP_RECVERR) || (level === SOL_IPV6 && type === IPV6_RECVERR)
    if (isError && length >= HEADER_BYTES + ERROR_BYTES) {
      const origin = control[at + 20]
      if (origin === ORIGIN_ICMP || origin === ORIGIN_ICMP6) {
        const reason = reasonOfIcmp(origin === ORIGIN_ICMP ? 4 : 6, control[at + 21] ?? 0, control[at + 22] ?? 0)
        return reason === null
          ? null
          : { reason, sender: control.subarray(at + HEADER_BYTES + ERROR_BYTES, at + length) }
      }
    }
    at += Math.ceil(length / 8) * 8
  }
  return null
}
