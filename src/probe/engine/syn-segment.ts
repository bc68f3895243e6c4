/**
 * The segments of a half-open probe (RFC 9293 section 3.1): a SYN, whole with its IP header (RFC 791, RFC 8200), and what is read of
 * an answer. The kernel answers a SYN-ACK with a reset by itself, for no socket of its own has asked.
 */

export type Family = 4 | 6

const PROTOCOL_TCP = 6
const HOPS = 64
const IP_BYTES: Readonly<Record<Family, number>> = { 4: 20, 6: 40 }
const ADDRESS_AT: Readonly<Record<Family, number>> = { 4: 12, 6: 8 }
const ADDRESS_BYTES: Readonly<Record<Family, number>> = { 4: 4, 6: 16 }
/** The header, and the one option that hosts expect of a SYN: the largest segment (RFC 9293 section 3.7.1). */
const TCP_BYTES = 24
const OFFSET_AND_SYN = ((TCP_BYTES / 4) << 12) | 0x02
const WINDOW = 64_240
const SEGMENT_MOST: Readonly<Record<Family, number>> = { 4: 1460, 6: 1440 }
/** Without options, as answers may come. */
const TCP_BYTES_MIN = 20
const SYN = 0x02
const RST = 0x04
const ACK = 0x10

/** Bytes of a whole SYN. */
export const SYN_BYTES: Readonly<Record<Family, number>> = { 4: IP_BYTES[4] + TCP_BYTES, 6: IP_BYTES[6] + TCP_BYTES }

/** All of the SYNs from one address to another that does not differ between them. */
export class SynTemplate {
  readonly #bytes: Buffer
  readonly #tcpAt: number
  readonly #sum: number

  /** The addresses are of 4 or of 16 bytes, in the order of the network. */
  constructor(family: Family, source: Uint8Array, target: Uint8Array) {
    const bytes = Buffer.alloc(SYN_BYTES[family])
    const tcpAt = IP_BYTES[family]
    if (family === 4) {
      // Length, identification and checksum of this header are the kernel's to set (raw(7)).
      bytes[0] = 0x45
      bytes[8] = HOPS
      bytes[9] = PROTOCOL_TCP
    } else {
      bytes[0] = 0x60
      bytes.writeUInt16BE(TCP_BYTES, 4)
      bytes[6] = PROTOCOL_TCP
      bytes[7] = HOPS
    }
    bytes.set(source, ADDRESS_AT[family])
    bytes.set(target, ADDRESS_AT[family] + ADDRESS_BYTES[family])
    bytes.writeUInt16BE(OFFSET_AND_SYN, tcpAt + 12)
    bytes.writeUInt16BE(WINDOW, tcpAt + 14)
    bytes.writeUInt16BE(0x0204, tcpAt + 20)
    bytes.writeUInt16BE(SEGMENT_MOST[family], tcpAt + 22)
    this.#bytes = bytes
    this.#tcpAt = tcpAt
    // With the pseudo header: addresses, protocol and length (RFC 9293 section 3.1, RFC 8200 section 8.1).
    this.#sum = PROTOCOL_TCP + TCP_BYTES + sumWords(bytes, ADDRESS_AT[family], bytes.length)
  }

  /** Writes the SYN from a port to a port, with this sequence number. */
  write(into: Buffer, at: number, ports: { readonly from: number; readonly to: number }, sequence: number): void {
    const { from, to } = ports
    into.set(this.#bytes, at)
    const tcpAt = at + this.#tcpAt
    const [high, low] = [sequence >>> 16, sequence & 0xffff]
    into[tcpAt] = from >> 8
    into[tcpAt + 1] = from
    into[tcpAt + 2] = to >> 8
    into[tcpAt + 3] = to
    into[tcpAt + 4] = high >> 8
    into[tcpAt + 5] = high
    into[tcpAt + 6] = low >> 8
    into[tcpAt + 7] = low
    const sum = this.#sum + from + to + high + low
    const once = (sum & 0xffff) + (sum >>> 16)
    const checksum = ~((once & 0xffff) + (once >>> 16))
    into[tcpAt + 16] = checksum >> 8
    into[tcpAt + 17] = checksum
  }
}

/** The sum of 16-bit words of which the Internet checksum is made (RFC 1071). */
function sumWords(bytes: Buffer, from: number, end: number): number {
  let sum = 0
  for (let at = from; at < end; at += 2) sum += bytes.readUInt16BE(at)
  return sum
}

/**
 * Where TCP's header begins in what a raw socket got of so many bytes: with IPv4's header before it, and without IPv6's (raw(7),
 * RFC 3542 section 3); -1 where there is no whole one.
 */
export function tcpHeaderAt(family: Family, bytes: Buffer, at: number, length: number): number {
  const skipped = family === 4 ? ((bytes[at] ?? 0) & 0x0f) * 4 : 0
  if (family === 4 && skipped < IP_BYTES[4]) return -1
  return length >= skipped + TCP_BYTES_MIN ? at + skipped : -1
}

export type SynAnswer = 'syn-ack' | 'reset'

/** What a segment says to a SYN; null where it is no answer to one. */
export function synAnswerOf(bytes: Buffer, tcpAt: number): SynAnswer | null {
  const flags = bytes[tcpAt + 13] ?? 0
  if ((flags & ACK) === 0) return null
  if ((flags & RST) !== 0) return 'reset'
  return (flags & SYN) !== 0 ? 'syn-ack' : null
}

/** The sequence number that an answer acknowledges: that of the SYN, which counts as one. */
export function acknowledgedBy(bytes: Buffer, tcpAt: number): number {
  return (bytes.readUInt32BE(tcpAt + 8) - 1) >>> 0
}
