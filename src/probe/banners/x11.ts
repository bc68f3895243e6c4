/** The X Window System (X protocol, release 7, "Connection Setup"): a set-up without authorisation, and what the server thinks of it. */
import type { Banner } from '../model.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

/** Least significant byte first, protocol 11.0, no authorisation. */
const SETUP = Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0])
const FAILED = 0
const SUCCESS = 1
const AUTHENTICATE = 2
const VENDOR_AT = 40

export async function askX11(conversation: Conversation): Promise<Banner | null> {
  conversation.send(SETUP)
  return parseX11(
    await conversation.receive((bytes) => bytes.length >= 8 && bytes.length >= 8 + 4 * bytes.readUInt16LE(6)),
  )
}

/** Refusal with its reason; or success, with the vendor and its release. */
export function parseX11(bytes: Buffer): Banner | null {
  return parseOrNull(() => {
    const status = bytes.readUInt8(0)
    const end = 8 + 4 * bytes.readUInt16LE(6)
    if (end > bytes.length || end === 8) return null
    if (status === AUTHENTICATE) {
      const reason = bytes.toString('latin1', 8, end).replace(/\0+$/, '')
      // Without a version, a text is all that tells it from other bytes.
      return /^[\x20-\x7e\n]+$/.test(reason) ? describeRefusal(reason, null) : null
    }
    const protocol = `${bytes.readUInt16LE(2)}.${bytes.readUInt16LE(4)}`
    if (!protocol.startsWith('11.')) return null
    if (status === FAILED) return describeRefusal(bytes.toString('latin1', 8, 8 + bytes.readUInt8(1)).trim(), protocol)
    if (status !== SUCCESS) return null
    const vendor = bytes.toString('latin1', VENDOR_AT, Math.min(VENDOR_AT + bytes.readUInt16LE(24), end))
    const release = String(bytes.readUInt32LE(8))
    return makeBanner('x11', {
      product: vendor,
      text: vendor,
      details: { protocol, release, access: 'open to anybody' },
    })
  })
}

function describeRefusal(reason: string, protocol: string | null): Banner {
  return makeBanner('x11', { text: reason, details: { protocol, access: 'refused' } })
}
