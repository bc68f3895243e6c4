/** The blocks of 256 ports by which the index goes: `?from=768` is the one that begins there. */
import { PORT_MAX } from '../../../registry/index.ts'
import type { PortSpan } from '../../../registry/index.ts'

export const BLOCK_PORTS = 256

/** The block that holds a port. */
export function blockOf(port: number): PortSpan {
  const first = port - (port % BLOCK_PORTS)
  return { first, last: first + BLOCK_PORTS - 1 }
}

/** The blocks of a range; every range begins and ends with a block. */
export function blocksOf({ first, last }: PortSpan): readonly PortSpan[] {
  return Array.from({ length: (last + 1 - first) / BLOCK_PORTS }, (_, index) => blockOf(first + index * BLOCK_PORTS))
}

/** The blocks beside one; null at either end. */
export function blocksBeside({ first, last }: PortSpan): {
  readonly before: PortSpan | null
  readonly after: PortSpan | null
} {
  return {
    before: first === 0 ? null : blockOf(first - 1),
    after: last === PORT_MAX ? null : blockOf(last + 1),
  }
}
