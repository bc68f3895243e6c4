/** What an administrator sets in a domain's root directory (protocol.md §9, last paragraph; §8 for who may write and connect). */
import { findProperty, firstValue, valuesOf } from '../../directory/index.ts'
import type { Properties } from '../../directory/index.ts'

/** A domain's server as its root property `master` names it: `<host>/<tag>`. */
export interface ServerName {
  readonly host: string
  readonly tag: string
}

export interface Tunables {
  /** Null where `master` is missing or not of the form `<host>/<tag>`. */
  readonly master: ServerName | null
  /** Seconds between two RESYNCs of a master to its clones, 60 to 36,000. */
  readonly cleanupWaitSeconds: number
  /** Seconds for which a master gathers updates before it sends them, 1 to 7,200. */
  readonly updateLatencySeconds: number
  /** How many clones are sent updates at once, 0 to 1,024; 0 sends to one after the other. */
  readonly subthreads: number
  /** How many copies (READALL) are sent at once; Infinity for `unlimited`. */
  readonly readallProxies: number
  /** Whether a request beyond `readallProxies` is refused. */
  readonly isReadallStrict: boolean
  /** Whether the domain has no parent, whatever `/machines` says. */
  readonly isRoot: boolean
  /** Whether a clone gives copies, too. */
  readonly isCloneReplyingReadall: boolean
  readonly isSanityChecked: boolean
  /** Rounds of a search for the parent before it is given up. */
  readonly localBindAttempts: number
  /** The port to serve on; 0 for any. */
  readonly port: number
  /** Whether members of `/groups/admin` are superusers. */
  readonly isPromotingAdmins: boolean
  /** Networks that may connect (§8.1); null where everybody may. */
  readonly trustedNetworks: readonly string[] | null
  readonly aliasName: string | null
  readonly aliasAddresses: readonly string[]
  /** Whether passwords stay in crypt(3)'s forms for old clients that check them on their own. Portolan's own property. */
  readonly isServingCrypt: boolean
}

const MASTER_FORM = /^([^/]+)\/([^/]+)$/
const DECIMAL = /^\d{1,10}$/
const YES: ReadonlySet<string> = new Set(['YES', 'yes', 'Yes', 'Y', 'y', '1'])
const NO: ReadonlySet<string> = new Set(['NO', 'no', 'No', 'N', 'n', '0'])
const PORT_MAX = 65_535
/** Rounds beyond this search for more than ten minutes: nobody waits so long for a parent. */
const BIND_ATTEMPTS_MAX = 20
const SUBTHREADS_MAX = 1024

/** Reads the tunables; what is missing or no value of its property has its default, and a number out of bounds the nearest bound. */
export function parseTunables(root: Properties): Tunables {
  const proxies = valuesOf(root, 'readall_proxies')
  return {
    master: parseServerName(firstValue(root, 'master')),
    cleanupWaitSeconds: numberOf(root, 'cleanup_wait', { min: 60, max: 36_000, otherwise: 1800 }),
    updateLatencySeconds: numberOf(root, 'update_latency', { min: 1, max: 7200, otherwise: 2 }),
    subthreads: numberOf(root, 'subthreads', { min: 0, max: SUBTHREADS_MAX, otherwise: 5 }),
    readallProxies:
      proxies[0] === undefined || !DECIMAL.test(proxies[0]) ? Number.POSITIVE_INFINITY : Number(proxies[0]),
    isReadallStrict: proxies[1] === 'strict',
    isRoot: booleanOf(root, 'isRoot', false),
    isCloneReplyingReadall: booleanOf(root, 'cloneReplyReadall', false),
    isSanityChecked: booleanOf(root, 'sanitycheck', false),
    localBindAttempts: numberOf(root, 'localBindAttempts', { min: 1, max: BIND_ATTEMPTS_MAX, otherwise: 2 }),
    port: numberOf(root, 'port', { min: 0, max: PORT_MAX, otherwise: 0 }),
    isPromotingAdmins: booleanOf(root, 'promote_admins', true),
    trustedNetworks: findProperty(root, 'trusted_networks')?.values ?? null,
    aliasName: firstValue(root, 'alias_name') ?? null,
    aliasAddresses: valuesOf(root, 'alias_addrs'),
    isServingCrypt: booleanOf(root, 'serve_crypt', false),
  }
}

/** Reads `<host>/<tag>`; null for any other text. */
export function parseServerName(text: string | undefined): ServerName | null {
  const [, host, tag] = MASTER_FORM.exec(text ?? '') ?? []
  return host === undefined || tag === undefined ? null : { host, tag }
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly otherwise: number
}

function numberOf(root: Properties, name: string, { min, max, otherwise }: Bounds): number {
  const text = firstValue(root, name)
  return text !== undefined && DECIMAL.test(text) ? Math.min(Math.max(Number(text), min), max) : otherwise
}

function booleanOf(root: Properties, name: string, otherwise: boolean): boolean {
  const text = firstValue(root, name) ?? ''
  return YES.has(text) || (otherwise && !NO.has(text))
}
