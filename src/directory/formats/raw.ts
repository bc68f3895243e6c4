/**
 * The raw format of `nidump -r` (tools.md §2.1), to the blank: two columns a level, names and values quoted.
 *
 * One thing differs. nidump writes a backslash as it is, and its loader takes a backslash together with what follows, so
 * that a value that ends in one swallows its own quote. Here a backslash is written twice, which every loader reads as one.
 */
import { checkDepth, checkLength } from './tree.ts'
import type { Tree } from './tree.ts'

const LEVEL = '  '
/** Parts that are joined at once: a text that grows piece by piece is a rope that the collector walks again and again. */
const JOINED_PARTS = 4096

/**
 * Writes a tree, with a newline at the end.
 * @throws ERR_PORTOLAN_INPUT_TOO_LARGE for a tree that parseRaw would not take
 */
export function dumpRaw(tree: Tree): string {
  const output = new BoundedText()
  dumpDirectory(output, tree, '', 0)
  output.write('\n')
  return output.finish()
}

class BoundedText {
  readonly #chunks: string[] = []
  #parts: string[] = []
  #length = 0

  write(part: string): void {
    this.#length += part.length
    checkLength(this.#length)
    this.#parts.push(part)
    if (this.#parts.length === JOINED_PARTS) this.#join()
  }

  finish(): string {
    this.#join()
    return this.#chunks.join('')
  }

  #join(): void {
    this.#chunks.push(this.#parts.join(''))
    this.#parts = []
  }
}

function dumpDirectory(output: BoundedText, tree: Tree, indent: string, depth: number): void {
  checkDepth(depth)
  const inner = indent + LEVEL
  output.write(`${indent}{\n`)
  for (const { name, values } of tree.properties) {
    const list = values.length === 0 ? '' : `${values.map(quote).join(', ')} `
    output.write(`${inner}${quote(name)} = ( ${list});\n`)
  }
  if (tree.children.length > 0) {
    output.write(`${inner}CHILDREN = (\n`)
    tree.children.forEach((child, index) => {
      if (index > 0) output.write(',\n')
      dumpDirectory(output, child, inner + LEVEL, depth + 1)
    })
    output.write(`\n${inner})\n`)
  }
  output.write(`${indent}}`)
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
