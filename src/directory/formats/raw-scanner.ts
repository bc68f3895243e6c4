/** The tokens of the raw format (tools.md §2.1): words, and the marks `{ } ( ) , ; =`. */
import { PortolanError } from '../../core/index.ts'
import { findTextFault, unifyText } from './byte-text.ts'

/** `=` is a mark only where a token begins: inside an unquoted word it is part of it. */
const MARKS = '{}(),;='
export type Mark = '{' | '}' | '(' | ')' | ',' | ';' | '='

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'mark'; readonly mark: string }
  | { readonly kind: 'end' }

const WHITE = /[ \t\r\n]*/y
const BARE_WORD = /[^{}(),;" \t\r\n]+/y
const QUOTED_RUN = /[^"\\]*/y

export class RawScanner {
  readonly #text: string
  #offset = 0
  /** The line of the token that is next. */
  #line = 1
  #next: Token | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** The next token, which stays the next. */
  peek(): Token {
    this.#next ??= this.#scan()
    return this.#next
  }

  take(): Token {
    const token = this.peek()
    this.#next = undefined
    return token
  }

  /** Takes a mark if it is next. */
  accept(mark: Mark): boolean {
    const token = this.peek()
    if (token.kind !== 'mark' || token.mark !== mark) return false
    this.#next = undefined
    return true
  }

  expect(mark: Mark, where: string): void {
    if (!this.accept(mark)) this.fail(`${mark} is missing ${where}`)
  }

  /** @throws ERR_PORTOLAN_TREE_INVALID, always */
  fail(problem: string): never {
    throw new PortolanError('ERR_PORTOLAN_TREE_INVALID', `line ${this.#line}: ${problem}`, {
      hint: 'The text should be in the raw format, as nidump -r writes it.',
    })
  }

  #scan(): Token {
    this.#countLines(this.#match(WHITE))
    const character = this.#text[this.#offset]
    if (character === undefined) return { kind: 'end' }
    if (character === '"') return { kind: 'word', text: this.#check(this.#scanQuoted()), isQuoted: true }
    if (MARKS.includes(character)) {
      this.#offset += 1
      return { kind: 'mark', mark: character }
    }
    return { kind: 'word', text: this.#check(this.#match(BARE_WORD)), isQuoted: false }
  }

  /** Between quotes a backslash makes the next character, whatever it is, part of the word. */
  #scanQuoted(): string {
    const startLine = this.#line
    let word = ''
    this.#offset += 1
    for (;;) {
      const run = this.#match(QUOTED_RUN)
      this.#countLines(run)
      word += run
      const character = this.#text[this.#offset]
      const escaped = this.#text.codePointAt(this.#offset + 1)
      if (character === '"') {
        this.#offset += 1
        return word
      }
      if (character === undefined || escaped === undefined) {
        this.#line = startLine
        this.fail('a quote is not closed: the text is cut off')
      }
      const literal = String.fromCodePoint(escaped)
      this.#countLines(literal)
      word += literal
      this.#offset += 1 + literal.length
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#offset
    const run = pattern.exec(this.#text)?.[0] ?? ''
    this.#offset += run.length
    return run
  }

  #countLines(run: string): void {
    for (let at = run.indexOf('\n'); at !== -1; at = run.indexOf('\n', at + 1)) this.#line += 1
  }

  #check(word: string): string {
    const fault = findTextFault(word)
    if (fault !== undefined) this.fail(`a name or value ${fault}`)
    return unifyText(word)
  }
}
