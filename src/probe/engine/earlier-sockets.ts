/**
 * The sockets of attempts by TCP that were sent again, for their answers may still come: each is listened to until the kernel would
 * send its SYN again, or its pair has been told.
 */
import { DeadlineHeap } from './deadline-heap.ts'
import { KERNEL_RESENDS_MS } from './driver.ts'

const NONE = -1

interface Earlier {
  readonly descriptor: number
  readonly sentAt: number
}

export class EarlierSockets {
  /** By slot, oldest first. */
  readonly #sockets = new Map<number, readonly Earlier[]>()
  readonly #ends: DeadlineHeap
  readonly #close: (descriptor: number) => void

  constructor(slots: number, close: (descriptor: number) => void) {
    this.#ends = new DeadlineHeap(slots)
    this.#close = close
  }

  /** Takes over the socket of an attempt that was sent at `sentAt`, and closes it where it is too old. */
  keep(slot: number, descriptor: number, sentAt: number, now: number): void {
    if (now - sentAt >= KERNEL_RESENDS_MS) this.#close(descriptor)
    else this.#set(slot, [...(this.#sockets.get(slot) ?? []), { descriptor, sentAt }])
  }

  /** When the attempt of a socket was sent; undefined where it is none of these. */
  sentAtOf(slot: number, descriptor: number): number | undefined {
    return this.#sockets.get(slot)?.find((each) => each.descriptor === descriptor)?.sentAt
  }

  /** Lets a socket go, if it is here; it is not closed. */
  remove(slot: number, descriptor: number): void {
    const sockets = this.#sockets.get(slot)
    if (sockets === undefined) return
    this.#set(
      slot,
      sockets.filter((each) => each.descriptor !== descriptor),
    )
  }

  /** Closes those of a slot that were sent at a time or before. */
  closeOf(slot: number, sentAt: number = Infinity): void {
    const sockets = this.#sockets.get(slot)
    if (sockets === undefined) return
    for (const each of sockets) if (each.sentAt <= sentAt) this.#close(each.descriptor)
    this.#set(
      slot,
      sockets.filter((each) => each.sentAt > sentAt),
    )
  }

  closeOld(now: number): void {
    for (let slot = this.#ends.takeDue(now); slot !== NONE; slot = this.#ends.takeDue(now))
      this.closeOf(slot, now - KERNEL_RESENDS_MS)
  }

  /** Whether there was one. */
  closeAll(): boolean {
    const isAny = this.#sockets.size > 0
    for (const slot of this.#sockets.keys()) this.closeOf(slot)
    return isAny
  }

  #set(slot: number, sockets: readonly Earlier[]): void {
    const [oldest] = sockets
    if (oldest === undefined) {
      this.#sockets.delete(slot)
      this.#ends.remove(slot)
    } else {
      this.#sockets.set(slot, sockets)
      this.#ends.set(slot, oldest.sentAt + KERNEL_RESENDS_MS)
    }
  }
}
