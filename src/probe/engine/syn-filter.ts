/**
 * The kernel's filter of what a raw socket gets (classic BPF, Linux's Documentation/networking/filter.rst): of all the segments of
 * this machine, answers to SYNs from a block of ports, which are resets and acknowledgements to one of them.
 */
import type { LibC } from './libc.ts'
import type { Family } from './syn-segment.ts'

const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26

/** Operations of the filter's machine. */
const LOAD_HEADER_LENGTH = 0xb1
const LOAD_HALF_BEHIND = 0x48
const LOAD_HALF = 0x28
const LOAD_BYTE_BEHIND = 0x50
const LOAD_BYTE = 0x30
const AND = 0x54
const JUMP_IF_EQUAL = 0x15
const RETURN = 0x06
/** As much of a segment as there is. */
const WHOLE = 0xffff
const INSTRUCTION_BYTES = 8
const RST_OR_ACK = 0x14

export interface PortBlock {
  readonly base: number
  readonly mask: number
}

type Instruction = readonly [operation: number, ifTrue: number, ifFalse: number, value: number]

/**
 * Lets through what goes to a port of the block and is a reset or an acknowledgement; false where the kernel takes no filter.
 * `mask` has the bits that all ports of the block share with `base`.
 */
export function attachSynFilter(libc: LibC, descriptor: number, family: Family, { base, mask }: PortBlock): boolean {
  const program = instructionsFor(family, { base, mask })
  const code = Buffer.allocUnsafeSlow(program.length * INSTRUCTION_BYTES)
  for (const [index, [operation, ifTrue, ifFalse, value]] of program.entries()) {
    const at = index * INSTRUCTION_BYTES
    code.writeUInt16LE(operation, at)
    code[at + 2] = ifTrue
    code[at + 3] = ifFalse
    code.writeUInt32LE(value, at + 4)
  }
  const filter = Buffer.alloc(16)
  filter.writeUInt16LE(program.length, 0)
  filter.writeBigUInt64LE(libc.addressOf(code), 8)
  return libc.setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, filter, filter.length) === 0
}

/** The filter sees what the socket is given: with IPv4's header, whose length the segment tells, and without IPv6's. */
function instructionsFor(family: Family, { base, mask }: PortBlock): readonly Instruction[] {
  const rest: readonly Instruction[] = [
    [AND, 0, 0, RST_OR_ACK],
    [JUMP_IF_EQUAL, 1, 0, 0],
    [RETURN, 0, 0, WHOLE],
    [RETURN, 0, 0, 0],
  ]
  return family === 4
    ? [
        [LOAD_HEADER_LENGTH, 0, 0, 0],
        [LOAD_HALF_BEHIND, 0, 0, 2],
        [AND, 0, 0, mask],
        [JUMP_IF_EQUAL, 0, 4, base],
        [LOAD_BYTE_BEHIND, 0, 0, 13],
        ...rest,
      ]
    : [[LOAD_HALF, 0, 0, 2], [AND, 0, 0, mask], [JUMP_IF_EQUAL, 0, 4, base], [LOAD_BYTE, 0, 0, 13], ...rest]
}
