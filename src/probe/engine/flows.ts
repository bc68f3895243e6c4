/**
 * Which pairs are still to be measured: hosts by slot, and in each a flow of TCP and one of UDP, with a place in the order of its
 * ports. So what is remembered grows with the hosts under measurement and not with the pairs, and one slow host stops no other.
 */
import type { ProbeHost, ProbeTransport } from '../model.ts'
import { mixBits, permute } from './permutation.ts'

const NONE = -1
const FLOWS_PER_HOST = 2

/** A host as it is handed to the scan. */
export interface ScanHost {
  /** Its number in the job's `HostSet`. */
  readonly index: number
  readonly host: ProbeHost
  /** A bit for each port, those of TCP first: set where an earlier scan has the answer. Null: none has. */
  readonly answered: Uint8Array | null
  /** A round trip to it that was measured before; null where none was. */
  readonly rttMs: number | null
}

/** Where the scan gets its hosts from, in the order of the job's seed. */
export interface HostFeed {
  /** The next host; null where none is left, or none is there yet. */
  readonly next: () => ScanHost | null
}

export interface ScanPorts {
  readonly tcp: Uint16Array
  readonly udp: Uint16Array
}

export class Flows {
  /** Flows that there can be; the number after the last stands for all of them together. */
  readonly capacity: number
  readonly #ports: ScanPorts
  readonly #seed: number
  readonly #hosts: (ScanHost | null)[]
  readonly #freeHosts: Int32Array
  #freeCount: number
  readonly #cursors: Int32Array
  readonly #left: Int32Array

  constructor(hosts: number, ports: ScanPorts, seed: number) {
    this.capacity = hosts * FLOWS_PER_HOST
    this.#ports = ports
    this.#seed = seed
    this.#hosts = Array.from({ length: hosts }, () => null)
    this.#freeHosts = Int32Array.from({ length: hosts }, (_, index) => hosts - 1 - index)
    this.#freeCount = hosts
    this.#cursors = new Int32Array(this.capacity)
    this.#left = new Int32Array(this.capacity)
  }

  get hasRoom(): boolean {
    return this.#freeCount > 0
  }

  get isEmpty(): boolean {
    return this.#freeCount === this.#hosts.length
  }

  /** Takes a host in, and gives its slot; its flows are twice that number and the one after. */
  admit(host: ScanHost): number {
    this.#freeCount -= 1
    const slot = this.#freeHosts[this.#freeCount] ?? NONE
    this.#hosts[slot] = host
    for (const flow of flowsOf(slot)) {
      this.#cursors[flow] = 0
      let left = this.sizeOf(flow)
      if (host.answered !== null)
        for (let port = this.sizeOf(flow) - 1; port >= 0; port -= 1) left -= this.#bit(flow, port)
      this.#left[flow] = left
    }
    return slot
  }

  hostOf(flow: number): ScanHost {
    const host = this.#hosts[hostSlotOf(flow)]
    if (host === null || host === undefined) throw new RangeError(`flow ${flow} has no host`)
    return host
  }

  isInUse(hostSlot: number): boolean {
    return this.#hosts[hostSlot] !== null
  }

  /** Takes the next port of a flow's order, by its number; -1 where all were taken. */
  takePort(flow: number): number {
    const size = this.sizeOf(flow)
    const host = this.hostOf(flow)
    for (let cursor = this.#cursors[flow] ?? size; cursor < size; cursor += 1) {
      const port = permute(cursor, size, mixBits(this.#seed ^ mixBits(host.index)) + transportBit(flow))
      if (host.answered !== null && this.#bit(flow, port) === 1) continue
      this.#cursors[flow] = cursor + 1
      return port
    }
    this.#cursors[flow] = size
    return NONE
  }

  hasPorts(flow: number): boolean {
    return (this.#cursors[flow] ?? 0) < this.sizeOf(flow)
  }

  portOf(flow: number, port: number): number {
    const { tcp, udp } = this.#ports
    return (isUdp(flow) ? udp : tcp)[port] ?? 0
  }

  /** Counts a pair as told; true when it was the last of its host, which is then let go. */
  finish(flow: number): boolean {
    this.#left[flow] = (this.#left[flow] ?? 0) - 1
    return this.releaseIfDone(hostSlotOf(flow))
  }

  /** Lets a host go that has nothing to be told. */
  releaseIfDone(hostSlot: number): boolean {
    for (const flow of flowsOf(hostSlot)) if ((this.#left[flow] ?? 0) > 0) return false
    this.#hosts[hostSlot] = null
    this.#freeHosts[this.#freeCount] = hostSlot
    this.#freeCount += 1
    return true
  }

  sizeOf(flow: number): number {
    return isUdp(flow) ? this.#ports.udp.length : this.#ports.tcp.length
  }

  #bit(flow: number, port: number): number {
    const at = isUdp(flow) ? this.#ports.tcp.length + port : port
    return ((this.hostOf(flow).answered?.[at >> 3] ?? 0) >> (at & 7)) & 1
  }
}

export function flowsOf(hostSlot: number): readonly [number, number] {
  return [hostSlot * FLOWS_PER_HOST, hostSlot * FLOWS_PER_HOST + 1]
}

export function hostSlotOf(flow: number): number {
  return Math.floor(flow / FLOWS_PER_HOST)
}

export function isUdp(flow: number): boolean {
  return transportBit(flow) === 1
}

export function transportOf(flow: number): ProbeTransport {
  return isUdp(flow) ? 'udp' : 'tcp'
}

function transportBit(flow: number): number {
  return flow & 1
}
