/** The ports that are most likely open, for `--top N` and `top:N`: measured, chosen, and by a rule (docs/reference/probe-ports.md). */
import type { ProbeTransport } from './model.ts'
import { RANKED_PORTS } from './top-ports-list.ts'

/** The ranked ports of a transport, most likely open first: 1,000 of each. */
export function rankedPorts(transport: ProbeTransport): readonly number[] {
  return RANKED_PORTS[transport]
}
