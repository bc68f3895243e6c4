/**
 * NetInfo: a domain's server (program 200100000, version 2) tells its root and its statistics, a binder (200100001, version 1) which
 * domains its host serves. All of it is read without credentials.
 */
import { LIMITS } from '../../core/index.ts'
import type { XdrReader } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import type { RpcProcedure } from '../payloads/rpc.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'
import { callByTcp, PROGRAM_UNAVAILABLE } from './onc-rpc.ts'
import type { RpcReply } from './onc-rpc.ts'

const DOMAIN = { program: 200_100_000, version: 2 } as const
export const DOMAIN_STATISTICS: RpcProcedure = { ...DOMAIN, procedure: 1 }
const DOMAIN_ROOT: RpcProcedure = { ...DOMAIN, procedure: 2 }
export const BINDER_LIST: RpcProcedure = { program: 200_100_001, version: 1, procedure: 4 }

const XID = 0x6e69_6473
/** The protocol's own bounds: properties, values of each, bytes of a string; registrations of a binder. */
const COUNT_MAX = 65_535
const TEXT_BYTES_MAX = 65_535
const REGISTRATIONS_MAX = 32

/** Asks for a domain; where the server has not that program, for a binder. */
export async function askNetInfo(conversation: Conversation): Promise<Banner | null> {
  const root = await callByTcp(conversation, XID, DOMAIN_ROOT)
  if (root === null) return null
  if ('refusal' in root) {
    if (root.refusal !== PROGRAM_UNAVAILABLE) return null
    return parseBinder(await callByTcp(conversation, XID + 2, BINDER_LIST))
  }
  return parseDomain(root, await callByTcp(conversation, XID + 1, DOMAIN_STATISTICS))
}

/** The answers to ROOT and STATISTICS: tag, role, version, checksum, host and parent; the second may be missing. */
export function parseDomain(root: RpcReply | null, statistics: RpcReply | null): Banner | null {
  return parseOrNull(() => {
    if (root === null || 'refusal' in root) return null
    const status = root.result.u32('status')
    const id = status === 0 ? `${root.result.u32('object')}/${root.result.u32('instance')}` : null
    const facts =
      statistics === null || 'refusal' in statistics ? new Map<string, string[]>() : readFacts(statistics.result)
    const [tag, role] = facts.get('tag') ?? []
    const version = facts.get('server_version')?.[0]
    return makeBanner('netinfo', {
      product: 'NetInfo',
      version,
      text: tag === undefined ? null : `domain ${tag}${role === undefined ? '' : `, ${role}`}`,
      details: {
        tag,
        role,
        version,
        root: id,
        status: status === 0 ? null : String(status),
        checksum: facts.get('checksum')?.[0],
        hostname: facts.get('hostname')?.[0],
        parent: facts.get('binding')?.[0],
      },
    })
  })
}

function readFacts(reader: XdrReader): ReadonlyMap<string, string[]> {
  const facts = new Map<string, string[]>()
  const count = reader.count('properties', COUNT_MAX, 8)
  for (let index = 0; index < count; index += 1) {
    const name = reader.text('name', TEXT_BYTES_MAX)
    const values: string[] = []
    const valueCount = reader.count('values', COUNT_MAX, 4)
    for (let at = 0; at < valueCount; at += 1) {
      const value = reader.text('value', TEXT_BYTES_MAX)
      if (values.length < LIMITS.bannerNames) values.push(value)
    }
    if (!facts.has(name) && facts.size < 2 * LIMITS.bannerNames) facts.set(name, values)
  }
  return facts
}

/** The answer to LISTREG: each tag with its ports. */
export function parseBinder(reply: RpcReply | null): Banner | null {
  return parseOrNull(() => {
    if (reply === null || 'refusal' in reply) return null
    const reader = reply.result
    const status = reader.u32('status')
    if (status !== 0) return makeBanner('nibindd', { product: 'NetInfo', details: { status: String(status) } })
    const tags: string[] = []
    const count = reader.count('registrations', REGISTRATIONS_MAX, 12)
    for (let index = 0; index < count; index += 1) {
      const tag = reader.text('tag', TEXT_BYTES_MAX)
      const [udp, tcp] = [reader.u32('udp port'), reader.u32('tcp port')]
      tags.push(`${tag} tcp/${tcp} udp/${udp}`)
    }
    const text = `binder of ${count} ${count === 1 ? 'domain' : 'domains'}`
    return makeBanner('nibindd', { product: 'NetInfo', text, details: { tags: tags.join('; ') } })
  })
}
