/** The forms in which directories leave and enter as text: the flat files of `/etc`, the raw format, JSON. */
import { ALIASES } from './aliases.ts'
import { BOOTPARAMS } from './bootparams.ts'
import { BOOTPTAB } from './bootptab.ts'
import { EXPORTS } from './exports.ts'
import type { Format } from './format.ts'
import { FSTAB } from './fstab.ts'
import { GROUP } from './group.ts'
import { ETHERS, HOSTS } from './hosts.ts'
import { NETWORKS, PROTOCOLS, RPC } from './named-numbers.ts'
import { PASSWD, PASSWD_43 } from './passwd.ts'
import { PRINTCAP } from './printcap.ts'
import { RESOLV_CONF } from './resolver.ts'
import { SERVICES } from './services.ts'

export type { Format, FormatProblem, Parsed } from './format.ts'
export { formatTreeJson, parseTreeJson } from './json.ts'
export { parseRaw } from './raw-parse.ts'
export { dumpRaw } from './raw.ts'
export type { Tree } from './tree.ts'

/** Every flat-file format by its name, in the order in which nidump's usage has them. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(
  [
    ALIASES,
    BOOTPTAB,
    BOOTPARAMS,
    ETHERS,
    EXPORTS,
    FSTAB,
    GROUP,
    HOSTS,
    NETWORKS,
    PASSWD,
    PASSWD_43,
    PRINTCAP,
    PROTOCOLS,
    RESOLV_CONF,
    RPC,
    SERVICES,
  ].map((format) => [format.name, format]),
)
