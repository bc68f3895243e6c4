/** LDAP (RFC 4511): one search for the root DSE (RFC 4512 §5.1), which every server lets anybody read. */
import { LIMITS } from '../../core/index.ts'
import type { Banner } from '../model.ts'
import { ber, berInteger, berText } from '../payloads/ber.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import { findBer, readBer, readBerAll, readBerNumber } from './ber.ts'
import type { BerElement } from './ber.ts'
import type { Conversation } from './conversation.ts'

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const OCTETS = 0x04
const ENUMERATED = 0x0a
const BOOLEAN = 0x01
const SEARCH = 0x63
const PRESENT = 0x87
const SEARCH_ENTRY = 0x64
const SEARCH_DONE = 0x65
const EXTENDED_RESPONSE = 0x78
const MESSAGE_ID = 1
const SECONDS_MAX = 5
const ATTRIBUTES_MAX = 256
const VALUES_MAX = 1024

/** What is asked of the root DSE: RFC 4512 §5.1, RFC 3045, and Active Directory's and OpenLDAP's own. */
const ATTRIBUTES = [
  'namingContexts',
  'vendorName',
  'vendorVersion',
  'supportedLDAPVersion',
  'defaultNamingContext',
  'dnsHostName',
  'domainControllerFunctionality',
  'structuralObjectClass',
]

/** The search: base "", scope base, filter (objectClass=*). */
export function encodeRootSearch(): Buffer {
  const search = ber(
    SEARCH,
    ber(OCTETS),
    berInteger(0, ENUMERATED),
    berInteger(0, ENUMERATED),
    berInteger(1),
    berInteger(SECONDS_MAX),
    ber(BOOLEAN, Buffer.of(0)),
    berText('objectClass', PRESENT),
    ber(SEQUENCE, ...ATTRIBUTES.map((name) => berText(name))),
  )
  return ber(SEQUENCE, berInteger(MESSAGE_ID), search)
}

export async function askLdap(conversation: Conversation): Promise<Banner | null> {
  conversation.send(encodeRootSearch())
  return parseLdap(await conversation.receive(isLdapWhole))
}

/** Entry and result, or the result alone where the server lets nobody read. */
export function parseLdap(bytes: Buffer): Banner | null {
  return parseOrNull(() => {
    const values = new Map<string, string[]>()
    let result: number | null = null
    let isEntry = false
    for (let at = 0; at < bytes.length && result === null;) {
      const { operation, end } = readMessage(bytes, at)
      at = end
      if (operation.tag === SEARCH_ENTRY) {
        isEntry = true
        readEntry(operation, values)
      } else if (operation.tag === SEARCH_DONE || operation.tag === EXTENDED_RESPONSE) {
        result = readBerNumber(readBer(operation.content, 0, 'result'), 'result')
      } else return null
    }
    return isEntry || result !== null ? describe(values, result) : null
  })
}

function isLdapWhole(bytes: Buffer): boolean {
  return (
    parseOrNull(() => {
      for (let at = 0; at < bytes.length;) {
        const message = findBer(bytes, at, 'message')
        if (message === null) return false
        const { operation } = readMessage(bytes, at)
        if (operation.tag !== SEARCH_ENTRY) return true
        at = message.end
      }
      return false
    }) ?? true
  )
}

function readMessage(bytes: Buffer, offset: number): { readonly operation: BerElement; readonly end: number } {
  const message = readBer(bytes, offset, 'message')
  const id = readBer(message.content, 0, 'message id')
  const operation = readBer(message.content, id.end, 'operation')
  // What has another form is no message; its operation is then one that nobody asked for.
  const isMessage = message.tag === SEQUENCE && id.tag === INTEGER
  return { operation: isMessage ? operation : { ...operation, tag: 0 }, end: message.end }
}

function readEntry(entry: BerElement, values: Map<string, string[]>): void {
  const [, attributes] = readBerAll(entry.content, 2, 'entry')
  for (const attribute of readBerAll(attributes?.content ?? Buffer.alloc(0), ATTRIBUTES_MAX, 'attributes')) {
    const [name, set] = readBerAll(attribute.content, 2, 'attribute')
    if (name === undefined || set?.tag !== SET) continue
    const texts = readBerAll(set.content, VALUES_MAX, 'values').slice(0, LIMITS.bannerNames)
    values.set(
      name.content.toString('utf8').toLowerCase(),
      texts.map(({ content }) => content.toString('utf8')),
    )
  }
}

function describe(values: ReadonlyMap<string, readonly string[]>, result: number | null): Banner {
  const at = (name: string): string | undefined => values.get(name.toLowerCase())?.join(', ')
  const isActiveDirectory = values.has('domaincontrollerfunctionality')
  // OpenLDAP names no vendor; the class of its root DSE is its own.
  const isOpenLdap = at('structuralObjectClass') === 'OpenLDAProotDSE'
  const product = at('vendorName') ?? (isOpenLdap ? 'OpenLDAP' : isActiveDirectory ? 'Active Directory' : undefined)
  return makeBanner('ldap', {
    product,
    version: at('vendorVersion'),
    text: at('namingContexts') ?? product,
    details: {
      namingContexts: at('namingContexts'),
      defaultNamingContext: at('defaultNamingContext'),
      vendorName: at('vendorName'),
      vendorVersion: at('vendorVersion'),
      supportedLDAPVersion: at('supportedLDAPVersion'),
      dnsHostName: at('dnsHostName'),
      result: result === null || result === 0 ? null : String(result),
    },
  })
}
