/** How fast a scan goes when the user does not say: polite, and the more so the further away. */
import { isOwnAddress, readOwnAddresses } from '../../probe/index.ts'
import type { HostSet, Pace } from '../../probe/index.ts'

/** Where the targets are: on this machine, in private networks or those it stands in, or elsewhere too. */
export type Ground = 'here' | 'own' | 'outside'

/** More hosts than these are not all of this machine. */
const HERE_MAX = 256

export const DEFAULT_RETRIES = 2

/**
 * - `here`: nobody else is troubled; answers alone set the pace.
 * - `own`: 5,000 probes a second are 3 Mbit/s of SYNs, which a home router bears; 1,000 a second to one host are less than what
 *   Linux accepts from one peer without a thought (net.core.somaxconn is 4096).
 * - `outside`: 100 a second is what masscan begins with (its manual page, `--rate`).
 *
 * An answer within a machine or a building takes less than 1 s, and across the world less than 2; 100 ms is what nmap's -T4 takes
 * for its least time (its manual page, "Timing and performance").
 */
export const DEFAULT_PACES: Readonly<Record<Ground, Pace>> = {
  here: {
    rate: null,
    hostRate: null,
    retries: DEFAULT_RETRIES,
    timeoutMinMs: 100,
    timeoutMaxMs: 1000,
    hostTimeoutMs: null,
  },
  own: {
    rate: 5000,
    hostRate: 1000,
    retries: DEFAULT_RETRIES,
    timeoutMinMs: 100,
    timeoutMaxMs: 1000,
    hostTimeoutMs: null,
  },
  outside: {
    rate: 100,
    hostRate: 100,
    retries: DEFAULT_RETRIES,
    timeoutMinMs: 250,
    timeoutMaxMs: 2000,
    hostTimeoutMs: null,
  },
}

/** @param outside those of the hosts that are neither private nor in a network of this machine */
export function groundOf(hosts: HostSet, outside: HostSet): Ground {
  if (outside.size > 0) return 'outside'
  if (hosts.size > HERE_MAX) return 'own'
  const own = readOwnAddresses()
  for (let index = 0; index < hosts.size; index += 1) if (!isOwnAddress(hosts.at(index).address, own)) return 'own'
  return 'here'
}
