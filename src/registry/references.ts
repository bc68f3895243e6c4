/** The registry's references and people, from IANA's bracketed form to something a reader can follow. */

export interface Reference {
  readonly label: string
  /** Null where the registry names a person or a document without an address. */
  readonly url: string | null
}

/** Splits `[RFC6335][RFC-ietf-foo-12]` into its parts, with an address for RFCs, drafts and links. */
export function parseReferences(text: string): readonly Reference[] {
  if (text === '') return []
  const parts = text.startsWith('[') ? [...text.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '') : [text]
  return parts.filter((part) => part !== '').map((label) => ({ label: labelOf(label), url: addressOf(label) }))
}

/** `[Mark_Lottor]` to `Mark Lottor`: the registry writes people and organisations as keys. */
export function readablePeople(text: string): string {
  return text
    .replace(/\[([^[\]]*)\]/g, (_, key: string) => `${key.replace(/_\d+$/, '').replaceAll('_', ' ')}, `)
    .replace(/,\s*$/, '')
}

function labelOf(text: string): string {
  const rfc = /^RFC(\d+)(.*)$/.exec(text)
  return rfc === null ? text : `RFC ${rfc[1] ?? ''}${rfc[2] ?? ''}`
}

function addressOf(text: string): string | null {
  const rfc = /^RFC(\d+)/.exec(text)
  if (rfc !== null) return `https://www.rfc-editor.org/rfc/rfc${rfc[1] ?? ''}`
  const draft = /^(?:RFC-)?(draft-[a-z0-9-]+|ietf-[a-z0-9-]+)/.exec(text)
  if (draft !== null) {
    const name = draft[1] ?? ''
    return `https://datatracker.ietf.org/doc/${name.startsWith('draft-') ? name : `draft-${name}`}`
  }
  return /^https?:\/\/[^\s"<>]+$/.test(text) ? text : null
}
