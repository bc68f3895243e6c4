/** The hosts of a job one after another, in the order of its seed, each with what is known of it already. */
import type { ProbeJob } from '../job.ts'
import type { HostFeed, ScanHost, ScanPorts } from './flows.ts'
import { permute } from './permutation.ts'

export class HostOrder implements HostFeed {
  readonly ports: ScanPorts
  readonly #job: ProbeJob
  #taken = 0

  constructor(job: ProbeJob) {
    this.#job = job
    this.ports = { tcp: numbersOf(job.tcpPorts), udp: numbersOf(job.udpPorts) }
  }

  get isDry(): boolean {
    return this.#taken >= this.#job.hosts.size
  }

  next(): ScanHost | null {
    if (this.isDry) return null
    const { hosts, seed, rttMsOf } = this.#job
    const index = permute(this.#taken, hosts.size, seed)
    this.#taken += 1
    const rttMs = rttMsOf?.(index) ?? null
    return { index, host: hosts.at(index), answered: this.#answeredOf(index), rttMs }
  }

  /** A bit for each port; null where none is set. */
  #answeredOf(index: number): Uint8Array | null {
    const { answered } = this.#job
    if (answered === null || answered.size === 0) return null
    const { tcp, udp } = this.ports
    const bits = new Uint8Array((tcp.length + udp.length + 7) >> 3)
    let isAny = false
    for (let at = 0; at < tcp.length + udp.length; at += 1) {
      const isUdp = at >= tcp.length
      const port = (isUdp ? udp[at - tcp.length] : tcp[at]) ?? 0
      if (!answered.has(index, isUdp ? 'udp' : 'tcp', port)) continue
      bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
      isAny = true
    }
    return isAny ? bits : null
  }
}

function numbersOf(ports: ProbeJob['tcpPorts']): Uint16Array {
  return Uint16Array.from({ length: ports.size }, (_, index) => ports.at(index))
}
