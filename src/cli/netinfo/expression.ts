/**
 * Extended regular expressions of POSIX (IEEE 1003.1, Base Definitions §9.4) as those of JavaScript.
 *
 * JavaScript gives a meaning to much that POSIX leaves undefined (`\d`, `(?=`, `a+?`) and reads brackets in another way. So
 * an expression is read by the grammar of POSIX, and what that leaves undefined is refused, not guessed. Classes are those of
 * the C locale. Only whether something matches is asked here, so that the longest match of POSIX makes no difference.
 */

/** An expression that POSIX does not define, or that is broken: at which character, counted from 1. */
export class ExpressionError extends Error {
  override readonly name: string = 'ExpressionError'

  constructor(problem: string, index: number) {
    super(`invalid expression: ${problem}, at character ${index + 1}`)
  }
}

/** RE_DUP_MAX, the least that POSIX asks for. */
const REPEAT_MAX = 255
/** Groups within groups: each costs a level of our own stack. */
const DEPTH_MAX = 200

/** What JavaScript, outside of brackets, would not take as itself. */
const SPECIAL = /[\^.[\]$()|*+?{}\\/]/

/** Members of a bracket expression, as JavaScript writes them between brackets. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: ' \\t\\n\\v\\f\\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
}

/** @throws ExpressionError */
export function readExpression(text: string): RegExp {
  const reader = new Reader(text)
  const source = reader.readAlternatives(0)
  if (!reader.isAtEnd) reader.fail('a ) that closes nothing')
  // s: a dot means a newline too. u: a character is a whole one. No m: ^ and $ are the ends of the value.
  return new RegExp(source, 'su')
}

class Reader {
  /** Whole characters. */
  readonly #characters: readonly string[]
  #index = 0

  constructor(text: string) {
    this.#characters = Array.from(text)
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#characters.length
  }

  fail(problem: string, index: number = this.#index): never {
    throw new ExpressionError(problem, index)
  }

  #peek(ahead = 0): string {
    return this.#characters[this.#index + ahead] ?? ''
  }

  #take(): string {
    const character = this.#peek()
    this.#index += 1
    return character
  }

  #accept(character: string): boolean {
    const isNext = this.#peek() === character
    if (isNext) this.#index += 1
    return isNext
  }

  readAlternatives(depth: number): string {
    if (depth > DEPTH_MAX) this.fail(`more than ${DEPTH_MAX} groups within each other`)
    const alternatives = [this.#readSequence(depth)]
    while (this.#accept('|')) alternatives.push(this.#readSequence(depth))
    return alternatives.join('|')
  }

  #readSequence(depth: number): string {
    let source = ''
    while (!this.isAtEnd && this.#peek() !== '|' && this.#peek() !== ')') source += this.#readPart(depth)
    if (source === '') this.fail('an empty expression')
    return source
  }

  #readPart(depth: number): string {
    const start = this.#index
    const character = this.#take()
    switch (character) {
      case '^':
      case '$':
        this.#refuseRepeat('an anchor')
        return character
      case '*':
      case '+':
      case '?':
      case '{':
        return this.fail(`${character} repeats nothing`, start)
      case '(':
        return this.#readGroup(depth, start) + this.#readRepeat()
      case '[':
        return this.#readBracket(start) + this.#readRepeat()
      case '.':
        return character + this.#readRepeat()
      case '\\':
        return this.#readEscape(start) + this.#readRepeat()
      default:
        return literal(character) + this.#readRepeat()
    }
  }

  #readGroup(depth: number, start: number): string {
    const inner = this.readAlternatives(depth + 1)
    if (!this.#accept(')')) this.fail('a ( that is not closed', start)
    return `(?:${inner})`
  }

  /** Before other marks than POSIX names a backslash is taken to do the same; letters and digits may mean anything. */
  #readEscape(start: number): string {
    if (this.isAtEnd) this.fail('a backslash with nothing after it', start)
    const character = this.#take()
    if (/[0-9A-Za-z]/.test(character)) this.fail(`\\${character} has no meaning in POSIX`, start)
    return literal(character)
  }

  #readRepeat(): string {
    const character = this.#peek()
    if (character !== '' && '*+?'.includes(character)) {
      this.#index += 1
      this.#refuseRepeat('a repetition')
      return character
    }
    return character === '{' ? this.#readInterval() : ''
  }

  /** `{m}`, `{m,}`, `{m,n}`. */
  #readInterval(): string {
    const start = this.#index
    const rest = this.#characters.slice(start, start + '{255,255}'.length + 1).join('')
    const [whole, from, comma, to = ''] = /^\{(\d+)(,)?(\d*)\}/.exec(rest) ?? []
    if (whole === undefined || from === undefined || (comma === undefined && to !== ''))
      return this.fail('{ begins no {m}, {m,} or {m,n}; \\{ is the character itself', start)
    const [least, most] = [Number(from), to === '' ? Number(from) : Number(to)]
    if (most > REPEAT_MAX || least > REPEAT_MAX) this.fail(`more than ${REPEAT_MAX} repetitions`, start)
    if (least > most) this.fail('{m,n} with m above n', start)
    this.#index += whole.length
    this.#refuseRepeat('a repetition')
    return whole
  }

  #refuseRepeat(of: string): void {
    const next = this.#peek()
    if (next !== '' && '*+?{'.includes(next)) this.fail(`${next} repeats ${of}`)
  }

  /** From after the `[`. Neither a backslash nor anything else but `]`, `-`, `^` and `[.`, `[=`, `[:` is special within. */
  #readBracket(start: number): string {
    const isNegated = this.#accept('^')
    let members = ''
    let isFirst = true
    while (isFirst || this.#peek() !== ']') {
      if (this.isAtEnd) this.fail('a [ that is not closed', start)
      members += this.#readMember(isFirst)
      isFirst = false
    }
    this.#index += 1
    return `[${isNegated ? '^' : ''}${members}]`
  }

  #readMember(isFirst: boolean): string {
    const at = this.#index
    if (this.#peek() === '[' && this.#peek(1) === ':') return this.#readClass()
    if (this.#peek() === '-' && !isFirst && this.#peek(1) !== ']' && this.#peek(1) !== '-')
      this.fail('a - that is neither first, last nor between two characters')
    const from = this.#readEndpoint()
    if (this.#peek() !== '-' || this.#peek(1) === ']') return member(from)
    this.#index += 1
    if (this.#peek() === '[' && this.#peek(1) === ':') this.fail('a class as the end of a range')
    const to = this.#readEndpoint()
    if ((from.codePointAt(0) ?? 0) > (to.codePointAt(0) ?? 0)) this.fail(`${from}-${to} is a range backwards`, at)
    return `${member(from)}-${member(to)}`
  }

  /** A character, or `[.x.]` or `[=x=]`, which in the C locale are that character. */
  #readEndpoint(): string {
    const at = this.#index
    const mark = this.#peek(1)
    if (this.#peek() !== '[' || (mark !== '.' && mark !== '=')) {
      if (this.isAtEnd) this.fail('a [ that is not closed')
      return this.#take()
    }
    const character = this.#peek(2)
    if (character === '' || this.#peek(3) !== mark || this.#peek(4) !== ']')
      this.fail(`[${mark} holds no single character`, at)
    this.#index += '[.x.]'.length
    return character
  }

  #readClass(): string {
    const at = this.#index
    const rest = this.#characters.slice(at, at + '[:xdigit:]'.length).join('')
    const [whole = '', name = ''] = /^\[:([a-z]+):\]/.exec(rest) ?? []
    const members = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
    if (members === undefined) return this.fail('no such class', at)
    this.#index += whole.length
    if (this.#peek() === '-' && this.#peek(1) !== ']') this.fail('a class as the beginning of a range', at)
    return members
  }
}

function literal(character: string): string {
  return SPECIAL.test(character) ? `\\${character}` : character
}

/** Within brackets JavaScript takes these for its own. */
function member(character: string): string {
  return /[\\\]^-]/.test(character) ? `\\${character}` : character
}
