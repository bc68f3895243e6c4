/** The portmapper's list of programs: PMAPPROC_DUMP of version 2 (RFC 1833 §3), by TCP or UDP. */
import { LIMITS } from '../../core/index.ts'
import type { XdrReader } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import type { RpcProcedure } from '../payloads/rpc.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'
import { callByTcp } from './onc-rpc.ts'
import type { RpcReply } from './onc-rpc.ts'

export const PORTMAP_DUMP: RpcProcedure = { program: 100_000, version: 2, procedure: 4 }
const XID = 0x706f_7274
const MAPPINGS_MAX = 2048
const TCP = 6
const UDP = 17

/** The programs that are met most (IANA's registry of RPC program numbers). */
const PROGRAM_NAMES: ReadonlyMap<number, string> = new Map([
  [100_000, 'portmapper'],
  [100_003, 'nfs'],
  [100_004, 'ypserv'],
  [100_005, 'mountd'],
  [100_007, 'ypbind'],
  [100_021, 'nlockmgr'],
  [100_024, 'status'],
  [100_227, 'nfs_acl'],
  [200_100_001, 'nibindd'],
])

export async function askPortmap(conversation: Conversation): Promise<Banner | null> {
  return parsePortmap(await callByTcp(conversation, XID, PORTMAP_DUMP))
}

/** The programs by number, each with its versions and its ports; a server that does not tell them is one all the same. */
export function parsePortmap(reply: RpcReply | null): Banner | null {
  if (reply === null) return null
  if ('refusal' in reply) {
    // A server that denies, or has not this procedure, is the portmapper; one that has not the program is another.
    return reply.refusal === 1 ? null : makeBanner('sunrpc', { text: 'the list of programs is refused' })
  }
  return parseOrNull(() => describePrograms(reply.result))
}

function describePrograms(reader: XdrReader): Banner {
  const programs = new Map<number, { readonly versions: Set<number>; readonly ports: Set<string> }>()
  for (let count = 0; reader.bool('more') && count < MAPPINGS_MAX; count += 1) {
    const number = reader.u32('program')
    const version = reader.u32('version')
    const protocol = reader.u32('protocol')
    const port = reader.u32('port')
    const program = programs.get(number) ?? { versions: new Set(), ports: new Set() }
    programs.set(number, program)
    program.versions.add(version)
    const transport = protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : `protocol ${protocol}`
    program.ports.add(`${transport}/${port}`)
  }
  const lines = [...programs].map(([number, { versions, ports }]) => {
    const name = PROGRAM_NAMES.get(number)
    return `${name === undefined ? number : `${name} (${number})`} v${[...versions].join(',')} ${[...ports].join(' ')}`
  })
  const count = `${programs.size} ${programs.size === 1 ? 'program' : 'programs'}`
  return makeBanner('sunrpc', { text: count, details: { programs: lines.slice(0, LIMITS.bannerNames).join('; ') } })
}
