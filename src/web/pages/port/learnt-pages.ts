/**
 * The pages of ports that are alike, from one that was made.
 *
 * Some 58,000 ports lie in gaps between known ones, and the pages of a gap differ in nothing but the port's own number and the two
 * beside it. One page of a gap is made, and where those numbers stand in it is noted; the others are copies of it with their own
 * numbers there. That the places are right is not taken on trust: two more pages of the gap are made, and must come out the same.
 * (A test compares all of them.) It takes a few µs where making a page takes 150.
 */
import { hash } from 'node:crypto'
import { PORT_MAX, TRANSPORTS } from '../../../registry/index.ts'
import type { LoreBook, Registry } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import type { KnownPorts } from './known-ports.ts'

/** Makes the page of a port that nobody listens on, and nobody declares. */
export type MakePage = (view: View, port: number) => string

/** A page to be written where it is wanted. */
export interface ReadyPage {
  /** Tells it from every other that was or will be at its address. */
  readonly tag: string
  /** In bytes, at most. */
  readonly size: number
  /** @returns how many bytes it wrote, from the target's beginning */
  readonly write: (target: Buffer<ArrayBuffer>) => number
}

/** What all pages of a gap have in common. */
interface Pattern {
  readonly tag: string
  /** The page that was learnt from. */
  readonly bytes: Buffer<ArrayBuffer>
  /** Where in it numbers stand that are others on other pages; each has as many bytes there as here. */
  readonly places: Uint32Array
  /** For each of them its place in `numbersOf`. */
  readonly kinds: Uint8Array
}

/** The gap of ports that are alone in what is known of them; 0 stands for one that is not yet worked out. */
const UNIQUE = 1
/** How many ports are tried as the one to learn from: a number beside it may stand in the page for another reason. */
const TRIES = 6
const PROOFS = 2
/** How far to the sides another port of the gap is looked for. */
const REACH = 24
/** Patterns kept, of 13 kB each: the gaps of a language, or the widest ones of several. */
const PATTERNS_MAX = 4000
const TAG_CHARS = 12

export class LearntPages {
  readonly #make: MakePage
  readonly #registry: Registry
  readonly #lore: LoreBook
  readonly #known: KnownPorts
  /** The gap of each port that was asked for. */
  readonly #gaps: Uint16Array = new Uint16Array(PORT_MAX + 1)
  readonly #gapNumbers: Map<string, number> = new Map()
  /** By language, and in each by gap; null where none could be learnt. */
  readonly #patterns: Map<View, Map<number, Pattern | null>> = new Map()
  #patternCount = 0

  constructor(registry: Registry, lore: LoreBook, known: KnownPorts, make: MakePage) {
    this.#registry = registry
    this.#lore = lore
    this.#known = known
    this.#make = make
  }

  /** The page of a port; null where it has to be made. */
  page(view: View, port: number): ReadyPage | null {
    const gap = this.#gapOf(port)
    if (gap === UNIQUE) return null
    const ofView = this.#patternsOf(view)
    let pattern = ofView.get(gap)
    if (pattern === undefined) {
      pattern = this.#learn(view, port, gap)
      ofView.set(gap, pattern)
      this.#patternCount += 1
    }
    if (pattern === null) return null
    const known = pattern
    return {
      tag: `${known.tag}-${port}`,
      size: known.bytes.length,
      write: (target) => fill(known, numbersOf(view, port), target),
    }
  }

  /** Begins anew when there are too many: a crawler has then gone through several languages. */
  #patternsOf(view: View): Map<number, Pattern | null> {
    if (this.#patternCount >= PATTERNS_MAX) {
      this.#patterns.clear()
      this.#patternCount = 0
    }
    let ofView = this.#patterns.get(view)
    if (ofView === undefined) {
      ofView = new Map()
      this.#patterns.set(view, ofView)
    }
    return ofView
  }

  #gapOf(port: number): number {
    const known = this.#gaps[port] ?? 0
    if (known !== 0) return known
    const gap = this.#known.has(port) ? UNIQUE : this.#numberOf(this.#nameOf(port))
    this.#gaps[port] = gap
    return gap
  }

  /** Ports of one name have the same answer of the registry, the same uses, the same known ports around them, and as many digits. */
  #nameOf(port: number): string {
    const runs = TRANSPORTS.map((transport) => this.#registry.lookup(port, transport).run.first)
    const uses = this.#lore.forPort(port).map(({ lore, uses: all }) => [lore.id, all.map(({ ports }) => ports)])
    const digits = [port - 1, port, port + 1].map((each) => String(each).length)
    return JSON.stringify([this.#known.knownBefore(port), runs, uses, digits])
  }

  #numberOf(name: string): number {
    let number = this.#gapNumbers.get(name)
    if (number === undefined) {
      number = this.#gapNumbers.size + UNIQUE + 1
      this.#gapNumbers.set(name, number)
    }
    return number
  }

  #learn(view: View, port: number, gap: number): Pattern | null {
    const kin = this.#kinOf(port, gap)
    if (kin.length <= PROOFS) return null
    const isLike = (pattern: Pattern, other: number): boolean => {
      const target = Buffer.alloc(pattern.bytes.length)
      fill(pattern, numbersOf(view, other), target)
      return target.equals(Buffer.from(this.#make(view, other)))
    }
    for (const teacher of kin.slice(0, TRIES)) {
      const pattern = markNumbers(this.#make(view, teacher), numbersOf(view, teacher))
      const others = kin.filter((each) => each !== teacher).slice(-PROOFS)
      if (others.every((other) => isLike(pattern, other))) return pattern
    }
    return null
  }

  /** Near ports of the gap; first those that have their neighbours in it. */
  #kinOf(port: number, gap: number): readonly number[] {
    const near = new Set<number>()
    for (let each = Math.max(port - REACH, 0); each <= Math.min(port + REACH, PORT_MAX); each += 1)
      if (this.#gapOf(each) === gap) near.add(each)
    const { inside = [], edge = [] } = Object.groupBy(near, (each) =>
      near.has(each - 1) && near.has(each + 1) ? 'inside' : 'edge',
    )
    return [...inside.toReversed(), ...edge]
  }
}

/** The port before, the port itself, the one after: in Latin digits, then in the reader's own. */
function numbersOf(view: View, port: number): readonly string[] {
  const numbers = [port - 1, port, port + 1]
  const latin = numbers.map(String)
  return view.hasOwnDigits ? [...latin, ...numbers.map((each) => view.digits(each))] : latin
}

/** Finds where numbers stand in a page as whole numbers. */
function markNumbers(page: string, numbers: readonly string[]): Pattern {
  const wanted = new RegExp(`(?<!\\p{Nd})(?:${numbers.join('|')})(?!\\p{Nd})`, 'gu')
  const places: number[] = []
  const kinds: number[] = []
  let [from, at] = [0, 0]
  for (const { 0: text, index } of page.matchAll(wanted)) {
    at += Buffer.byteLength(page.slice(from, index))
    from = index
    places.push(at)
    kinds.push(numbers.indexOf(text))
  }
  const tag = hash('sha256', page, 'base64url').slice(0, TAG_CHARS)
  return { tag, bytes: Buffer.from(page), places: Uint32Array.from(places), kinds: Uint8Array.from(kinds) }
}

function fill({ bytes, places, kinds }: Pattern, numbers: readonly string[], target: Buffer): number {
  bytes.copy(target)
  const digits = numbers.map((text) => Buffer.from(text))
  for (let index = 0; index < places.length; index += 1) {
    const at = places[index] ?? 0
    const number = digits[kinds[index] ?? 0]
    if (number === undefined) continue
    // Some five bytes: writing each is quicker than calling for a copy.
    for (let digit = 0; digit < number.length; digit += 1) target[at + digit] = number[digit] ?? 0
  }
  return bytes.length
}
