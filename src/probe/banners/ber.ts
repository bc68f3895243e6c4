/** Reads as much of BER (X.690) as LDAP and SNMP need here: tags of one byte, definite lengths, and a bound on each. */
import { DecodeError } from '../../core/index.ts'

export interface BerElement {
  readonly tag: number
  readonly content: Buffer
  /** The offset after it. */
  readonly end: number
}

const LENGTH_BYTES_MAX = 4

/** @throws DecodeError where the element is not whole, or its form is not one that LDAP and SNMP use */
export function readBer(bytes: Buffer, offset: number, place: string): BerElement {
  const element = findBer(bytes, offset, place)
  if (element === null) throw new DecodeError(place, offset, 'an element is cut short')
  return element
}

/** The element at an offset; null where it has not come whole. @throws DecodeError as `readBer` */
export function findBer(bytes: Buffer, offset: number, place: string): BerElement | null {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) return null
  if ((tag & 0x1f) === 0x1f) throw new DecodeError(place, offset, 'a tag has more than one byte')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || lengthBytes > LENGTH_BYTES_MAX)
    throw new DecodeError(place, offset, 'a length is indefinite or too long')
  const from = offset + 2 + lengthBytes
  if (from > bytes.length) return null
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes)
  return from + length > bytes.length ? null : { tag, content: bytes.subarray(from, from + length), end: from + length }
}

/** The elements that a content is made of. @throws DecodeError as `readBer`, and where there are too many */
export function readBerAll(content: Buffer, countMax: number, place: string): BerElement[] {
  const elements: BerElement[] = []
  for (let at = 0; at < content.length;) {
    if (elements.length === countMax) throw new DecodeError(place, at, `there are more than ${countMax} elements`)
    const element = readBer(content, at, place)
    elements.push(element)
    at = element.end
  }
  return elements
}

/** A number of at most six bytes, without regard to its sign. @throws DecodeError for a longer one */
export function readBerNumber({ content }: BerElement, place: string): number {
  if (content.length === 0 || content.length > 6)
    throw new DecodeError(place, 0, `a number has ${content.length} bytes`)
  return content.readUIntBE(0, content.length)
}
