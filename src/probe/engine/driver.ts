/** What sends attempts and hears what comes of them. Two can do it: libc's own calls, and Node's sockets. */
import type { ProbeHost } from '../model.ts'

/** One attempt at a pair, to be sent now. */
export interface Attempt {
  readonly host: ProbeHost
  readonly isUdp: boolean
  readonly port: number
  /** 1 for the first. */
  readonly number: number
}

/** Takes the outcome of a slot's attempt, by its number in `CODE_OF`, with `BY_OTHERS` where not the host said it; `rttMs` is the time since it was sent. */
export type OnOutcome = (slot: number, code: number, rttMs: number) => void

/** The datagrams for ports of UDP, in the order in which attempts send them; a port that is not in it is sent an empty one. */
export type DatagramBook = ReadonlyMap<number, readonly Uint8Array[]>

const NOTHING = new Uint8Array(0)

/** The one for an attempt, of those of a port; attempts are counted from 0. */
export function chooseDatagram(datagrams: readonly Uint8Array[] = [], attempt: number): Uint8Array {
  return datagrams[attempt % datagrams.length] ?? NOTHING
}

/**
 * How long the socket of an attempt is listened to by TCP after it was sent again, in ms, from when it was sent itself: the kernel
 * sends a SYN again after a second (RFC 6298 section 2.1), which the rate does not know of.
 */
export const KERNEL_RESENDS_MS = 980

/** Times that a pair is tried again whose connection came back to its own socket. */
export const SELF_CONNECTIONS_MOST = 8
