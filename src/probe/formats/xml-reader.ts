/**
 * Reads the part of XML 1.0 that reports of scans are written in: tags and attributes, one at a time.
 *
 * Texts between tags are passed over, for nmap's and masscan's reports hold all they say in attributes. No entity is known but
 * the five of XML and characters by number (XML 1.0 §4.1, §4.6): a DOCTYPE may name a file, which is never read, and may not
 * declare anything. Nothing is copied but the attributes that are asked for. Why this is no library's work: docs/decisions/0020-own-xml-reader.md
 */
import { LIMITS } from '../../core/index.ts'
import { FormatError, findLine } from './format-error.ts'

/** `whole` when the root has ended, and only white space is left; `cut` when the text ends before that. */
export type XmlEvent = 'start' | 'end' | 'whole' | 'cut'

const TAG = /<([A-Za-z_:][\w:.-]*)/y
const ATTRIBUTE = /\s+([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const TAG_END = /\s*(\/?)>/y
/** What may follow the attributes read so far when the text ends there. */
const CUT_IN_TAG = /(?:\s+(?:[A-Za-z_:][\w:.-]*\s*(?:=\s*(?:"[^"<]*|'[^'<]*)?)?)?|\s*\/)?$/y
const END_TAG = /<\/([A-Za-z_:][\w:.-]*)\s*>/y
const CUT_IN_END_TAG = /<\/(?:[A-Za-z_:][\w:.-]*\s*)?$/y
const DOCTYPE =
  /^<!DOCTYPE\s+[\w:.-]+(?:\s+(?:SYSTEM\s*("[^"]*"|'[^']*')|PUBLIC\s*("[^"]*"|'[^']*')\s*("[^"]*"|'[^']*')))?\s*([[>])/
/** Two addresses of a DTD at the most. */
const DOCTYPE_CHARS = 1024
const REFERENCE = /&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|([a-z]{2,4}));|&/g
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])
const CODE_POINT_MAX = 0x10_ffff

interface Attribute {
  readonly name: string
  /** As it is written. */
  readonly raw: string
}

export class XmlReader {
  /** The name of the tag that `next` found last. */
  name: string = ''
  readonly #text: string
  readonly #open: string[] = []
  #attributes: readonly Attribute[] = []
  #offset = 0
  #tagOffset = 0
  #isEmptyTag = false
  #hasRoot = false
  #hasDoctype = false

  constructor(text: string) {
    this.#text = text
    if (text.startsWith('\uFEFF')) this.#offset = 1
  }

  /** How many elements are open. */
  get depth(): number {
    return this.#open.length
  }

  /** The line of the tag that `next` found last. */
  get line(): number {
    return findLine(this.#text, this.#tagOffset)
  }

  /**
   * Goes on to the next tag.
   * @throws FormatError for what is no XML, declares entities, or is nested too deep
   */
  next(): XmlEvent {
    if (this.#isEmptyTag) return this.#leave()
    for (;;) {
      const open = this.#text.indexOf('<', this.#offset)
      if (open === -1) return this.#finish()
      this.#tagOffset = open
      if (this.#open.length === 0) this.#requireBlank(open)
      const second = this.#text[open + 1]
      if (second === undefined) return 'cut'
      if (second === '?') {
        if (!this.#skipPast('?>')) return 'cut'
      } else if (second === '!') {
        if (!this.#skipDeclaration()) return 'cut'
      } else {
        return second === '/' ? this.#readEndTag() : this.#readTag()
      }
    }
  }

  /**
   * The value of an attribute of the tag that was found last; null where it has none of that name.
   * @throws FormatError for a reference to what is not known
   */
  attribute(name: string): string | null {
    const found = this.#attributes.find((each) => each.name === name)
    return found === undefined ? null : this.#decode(found.raw)
  }

  /** Goes past the end of the element that has begun; false when the text ends before. */
  skipElement(): boolean {
    const depth = this.depth - 1
    for (;;) {
      const event = this.next()
      if (event === 'cut' || event === 'whole') return false
      if (event === 'end' && this.depth === depth) return true
    }
  }

  #fail(message: string): never {
    throw new FormatError(this.line, message)
  }

  /** White space alone stands outside of the root. */
  #requireBlank(end: number): void {
    if (/^\s*$/.test(this.#text.slice(this.#offset, end))) return
    this.#tagOffset = this.#offset
    this.#fail('there is text outside of the root element')
  }

  #finish(): XmlEvent {
    if (this.#open.length > 0) return 'cut'
    this.#requireBlank(this.#text.length)
    return this.#hasRoot ? 'whole' : 'cut'
  }

  #skipPast(mark: string, from: number = this.#tagOffset + 2): boolean {
    const end = this.#text.indexOf(mark, from)
    if (end === -1) return false
    this.#offset = end + mark.length
    return true
  }

  /** Goes past a comment, a CDATA section or a DOCTYPE; false when the text ends in it. */
  #skipDeclaration(): boolean {
    const start = this.#text.slice(this.#tagOffset, this.#tagOffset + '<![CDATA['.length)
    if (start.startsWith('<!--')) return this.#skipPast('-->', this.#tagOffset + '<!--'.length)
    if (start === '<![CDATA[' && this.#open.length > 0) return this.#skipPast(']]>')
    if (start === '<!DOCTYPE' && !this.#hasRoot && !this.#hasDoctype) return this.#skipDoctype()
    const isAtEnd = this.#tagOffset + start.length === this.#text.length
    if (isAtEnd && ['<!--', '<![CDATA[', '<!DOCTYPE'].some((mark) => mark.startsWith(start))) return false
    return this.#fail('a declaration stands where none may')
  }

  #skipDoctype(): boolean {
    const head = this.#text.slice(this.#tagOffset, this.#tagOffset + DOCTYPE_CHARS)
    const found = DOCTYPE.exec(head)
    if (found?.[4] === '[')
      this.#fail('its DOCTYPE declares entities or elements of its own, which Portolan never reads')
    if (found === null) {
      if (head.length === DOCTYPE_CHARS || head.includes('>')) this.#fail('its DOCTYPE is not well formed')
      return false
    }
    this.#hasDoctype = true
    this.#offset = this.#tagOffset + found[0].length
    return true
  }

  #match(pattern: RegExp, offset: number): RegExpExecArray | null {
    pattern.lastIndex = offset
    return pattern.exec(this.#text)
  }

  #readTag(): XmlEvent {
    const tag = this.#match(TAG, this.#tagOffset)
    const [head = '', name = ''] = tag ?? this.#fail('a < begins no tag')
    if (this.#hasRoot && this.#open.length === 0)
      this.#fail('a second document begins: the file is of more than one scan')
    let offset = this.#tagOffset + head.length
    const attributes: Attribute[] = []
    for (;;) {
      const found = this.#match(ATTRIBUTE, offset)
      if (found === null) break
      const [whole, attributeName = '', quoted, apostrophed = ''] = found
      if (attributes.length === LIMITS.xmlAttributes)
        this.#fail(`a tag has more than ${LIMITS.xmlAttributes} attributes`)
      if (attributes.some((each) => each.name === attributeName))
        this.#fail(`a tag has two attributes of the name ${attributeName}`)
      attributes.push({ name: attributeName, raw: quoted ?? apostrophed })
      offset += whole.length
    }
    const end = this.#match(TAG_END, offset)
    if (end === null) {
      if (this.#match(CUT_IN_TAG, offset) !== null) return 'cut'
      this.#fail(`the tag <${name}> is not well formed`)
    }
    if (this.#open.length === LIMITS.xmlDepth) this.#fail(`elements are nested more than ${LIMITS.xmlDepth} deep`)
    this.#open.push(name)
    this.#hasRoot = true
    this.#isEmptyTag = end[1] === '/'
    this.#attributes = attributes
    this.#offset = offset + end[0].length
    this.name = name
    return 'start'
  }

  #readEndTag(): XmlEvent {
    const found = this.#match(END_TAG, this.#tagOffset)
    if (found === null) {
      if (this.#match(CUT_IN_END_TAG, this.#tagOffset) !== null) return 'cut'
      this.#fail('an end tag is not well formed')
    }
    const open = this.#open.at(-1)
    if (found[1] !== open)
      this.#fail(`</${found[1]}> stands where ${open === undefined ? 'nothing is open' : `<${open}> is open`}`)
    this.#offset = this.#tagOffset + found[0].length
    return this.#leave()
  }

  #leave(): XmlEvent {
    this.name = this.#open.pop() ?? ''
    this.#isEmptyTag = false
    this.#attributes = []
    return 'end'
  }

  #decode(raw: string): string {
    // White space in an attribute is a space, but where it is written by its number (XML 1.0 §3.3.3).
    const spaced = /[\t\r\n]/.test(raw) ? raw.replace(/\r\n|[\t\r\n]/g, ' ') : raw
    if (!spaced.includes('&')) return spaced
    return spaced.replace(REFERENCE, (_, decimal?: string, hex?: string, entity?: string) => {
      const known = ENTITIES.get(entity ?? '')
      if (known !== undefined) return known
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
      if (!(code > 0 && code <= CODE_POINT_MAX) || (code >= 0xd800 && code < 0xe000))
        this.#fail('a reference (&…;) names no character that is known')
      return String.fromCodePoint(code)
    })
  }
}
