/** A port in an address. */
import { PORT_MAX } from '../../../registry/index.ts'

/** A port as its address spells it: digits alone, without leading zeros; null for anything else. */
export function readPort(text: string): number | null {
  if (!/^(0|[1-9]\d{0,4})$/.test(text)) return null
  const port = Number(text)
  return port <= PORT_MAX ? port : null
}
