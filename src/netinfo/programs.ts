/** The numbers of the programs and their procedures (protocol.md §1, §5, §6, §13). */

export const NETINFO_PROGRAM = 200_100_000
export const NETINFO_VERSION = 2
export const BINDER_PROGRAM = 200_100_001
export const BINDER_VERSION = 1
export const PORTMAP_PROGRAM = 100_000
export const PORTMAP_VERSION = 2
export const PORTMAP_PORT = 111

/** netinfod's procedures by number; the lower-case names stand in STATISTICS. */
export const NETINFO_PROCEDURES = [
  'ping',
  'statistics',
  'root',
  'self',
  'parent',
  'create',
  'destroy',
  'read',
  'write',
  'children',
  'lookup',
  'list',
  'createprop',
  'destroyprop',
  'readprop',
  'writeprop',
  'renameprop',
  'listprops',
  'createname',
  'destroyname',
  'readname',
  'writename',
  'rparent',
  'listall',
  'bind',
  'readall',
  'crashed',
  'resync',
  'lookupread',
] as const

export const BINDER_PROCEDURES = [
  'ping',
  'register',
  'unregister',
  'getregister',
  'listreg',
  'createmaster',
  'createclone',
  'destroydomain',
  'bind',
] as const

export type NetInfoProcedure = (typeof NETINFO_PROCEDURES)[number]
export type BinderProcedure = (typeof BINDER_PROCEDURES)[number]

/** The number of a procedure of netinfod. */
export function netinfoProcedure(name: NetInfoProcedure): number {
  return NETINFO_PROCEDURES.indexOf(name)
}

export function binderProcedure(name: BinderProcedure): number {
  return BINDER_PROCEDURES.indexOf(name)
}

/** The port below which only root may bind: a source port there is what proves root on the caller's machine. */
export const RESERVED_PORT_END = 1024
