/** Microsoft's Remote Desktop ([MS-RDPBCGR] §2.2.1.1, §2.2.1.2): the X.224 connection request, in which security is negotiated. */
import type { Banner } from '../model.ts'
import { makeBanner } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

/** TPKT, X.224 CR, and a negotiation request that offers TLS and CredSSP. */
const REQUEST = Buffer.from([3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0])
const CONFIRM = 0xd0
const NEGOTIATION = 2
const FAILURE = 3
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, 'RDP'],
  [1, 'TLS'],
  [2, 'CredSSP'],
  [4, 'RDSTLS'],
  [8, 'CredSSP with early authorisation'],
])

export async function askRdp(conversation: Conversation): Promise<Banner | null> {
  conversation.send(REQUEST)
  return parseRdp(await conversation.receive((bytes) => bytes.length >= 4 && bytes.length >= bytes.readUInt16BE(2)))
}

/** The connection confirm: which security the server chose. */
export function parseRdp(bytes: Buffer): Banner | null {
  if (bytes.length < 11 || bytes[0] !== 3 || bytes[1] !== 0 || bytes[5] !== CONFIRM) return null
  if (bytes.length < bytes.readUInt16BE(2)) return null
  const hasChoice = bytes.length >= 19 && bytes[4] === 14
  const kind = hasChoice ? bytes[11] : undefined
  const choice = hasChoice ? bytes.readUInt32LE(15) : 0
  if (kind === FAILURE)
    return makeBanner('ms-wbt-server', { text: 'negotiation refused', details: { failure: String(choice) } })
  const security = kind === NEGOTIATION ? (PROTOCOLS.get(choice) ?? String(choice)) : 'RDP'
  return makeBanner('ms-wbt-server', { text: `security ${security}`, details: { security } })
}
