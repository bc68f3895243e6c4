/**
 * Keeps the answers of a scan in columns, 13 bytes each, until a report is made of them: an object for each of a million closed
 * ports would take a hundred times that.
 */
import { PORT_STATES, PROBE_TRANSPORTS, REASONS } from '../../probe/index.ts'
import type { PortAnswer } from '../../probe/index.ts'

const FIRST_ROOM = 1024

/** An answer as it is kept; `host` is a number that the store gave to the address. */
export interface KeptAnswer extends Omit<PortAnswer, 'host'> {
  readonly host: number
}

export class AnswerStore {
  readonly #hosts: Map<string, number> = new Map()
  readonly #addresses: string[] = []
  #host: Uint32Array = new Uint32Array(FIRST_ROOM)
  #port: Uint16Array = new Uint16Array(FIRST_ROOM)
  /** The number of the state, and that of the transport times 16. */
  #state: Uint8Array = new Uint8Array(FIRST_ROOM)
  #reason: Uint8Array = new Uint8Array(FIRST_ROOM)
  /** NaN where there is none. */
  #rtt: Float32Array = new Float32Array(FIRST_ROOM)
  #attempts: Uint8Array = new Uint8Array(FIRST_ROOM)
  #length: number = 0

  get length(): number {
    return this.#length
  }

  /** The addresses, each at its number. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  add(answer: PortAnswer): void {
    const at = this.#length
    if (at === this.#port.length) this.#grow()
    this.#length += 1
    this.#host[at] = this.#numberOf(answer.host)
    this.#port[at] = answer.port
    this.#state[at] = PORT_STATES.indexOf(answer.state) + 16 * PROBE_TRANSPORTS.indexOf(answer.transport)
    this.#reason[at] = REASONS.indexOf(answer.reason)
    this.#rtt[at] = answer.rttMs ?? Number.NaN
    this.#attempts[at] = Math.min(255, answer.attempts)
  }

  /** The answers in the order of `compareHosts`, then by transport and port. */
  *inOrder(compareHosts: (a: string, b: string) => number): Generator<KeptAnswer, void, undefined> {
    for (const place of this.placesInOrder(compareHosts)) yield this.at(place)
  }

  /** The places of the answers, from 0 to `length` - 1, in that order. */
  placesInOrder(compareHosts: (a: string, b: string) => number): Uint32Array {
    const rank = new Uint32Array(this.#addresses.length)
    const ordered = this.#addresses.map((address, host) => ({ address, host }))
    ordered.sort((a, b) => compareHosts(a.address, b.address))
    for (const [place, { host }] of ordered.entries()) rank[host] = place
    // Sorted as numbers, without calling back: host (20 bits and more), transport (1 bit), port (16 bits), place (32 bits)
    // do not fit into 53, so that the place is found by sorting two times: by port first, then, as that keeps, by host.
    const places = new Uint32Array(this.#length)
    for (let at = 0; at < places.length; at += 1) places[at] = at
    this.#sort(places, (at) => (((this.#state[at] ?? 0) >> 4) << 16) | (this.#port[at] ?? 0))
    if (rank.length > 1) this.#sort(places, (at) => rank[this.#host[at] ?? 0] ?? 0)
    return places
  }

  /** Sorts places by a number below 2^21, and keeps the order of those that are equal. */
  #sort(places: Uint32Array, keyOf: (at: number) => number): void {
    const keys = new Float64Array(places.length)
    for (let index = 0; index < keys.length; index += 1) keys[index] = keyOf(places[index] ?? 0) * 2 ** 32 + index
    keys.sort()
    const before = places.slice()
    for (let index = 0; index < keys.length; index += 1) places[index] = before[(keys[index] ?? 0) % 2 ** 32] ?? 0
  }

  hostAt(place: number): number {
    return this.#host[place] ?? 0
  }

  portAt(place: number): number {
    return this.#port[place] ?? 0
  }

  /** A number below 32 for the transport and the state of an answer. */
  kindAt(place: number): number {
    return this.#state[place] ?? 0
  }

  /** A number below 1024 for those and the reason. */
  groupAt(place: number): number {
    return (this.#reason[place] ?? 0) * 32 + this.kindAt(place)
  }

  at(at: number): KeptAnswer {
    const rtt = this.#rtt[at] ?? Number.NaN
    const state = this.#state[at] ?? 0
    return {
      host: this.#host[at] ?? 0,
      port: this.#port[at] ?? 0,
      transport: PROBE_TRANSPORTS[state >> 4] ?? 'tcp',
      state: PORT_STATES[state & 15] ?? 'unmeasured',
      reason: REASONS[this.#reason[at] ?? 0] ?? 'no-response',
      rttMs: Number.isNaN(rtt) ? null : rtt,
      attempts: this.#attempts[at] ?? 0,
    }
  }

  #numberOf(address: string): number {
    const known = this.#hosts.get(address)
    if (known !== undefined) return known
    const number = this.#addresses.length
    this.#hosts.set(address, number)
    this.#addresses.push(address)
    return number
  }

  #grow(): void {
    const room = this.#port.length * 2
    const larger = <Column extends Uint32Array | Uint16Array | Uint8Array | Float32Array>(
      column: Column,
      made: Column,
    ): Column => {
      made.set(column)
      return made
    }
    this.#host = larger(this.#host, new Uint32Array(room))
    this.#port = larger(this.#port, new Uint16Array(room))
    this.#state = larger(this.#state, new Uint8Array(room))
    this.#reason = larger(this.#reason, new Uint8Array(room))
    this.#rtt = larger(this.#rtt, new Float32Array(room))
    this.#attempts = larger(this.#attempts, new Uint8Array(room))
  }
}
