/**
 * The raw format of `nidump -r` (tools.md §2.1), to the blank: two columns a level, names and values quoted.
 *
 * One thing differs. nidump writes a backslash as it is, and its loader takes a backslash together with what follows, so
 * that a value that ends in one swallows its own quote. Here a backslash is written twice, which every loader reads as one.
 */
import type { Properties } from '../model.ts'
import { checkDepth, checkLength } from './tree.ts'
import type { Tree } from './tree.ts'

const LEVEL = '  '

/**
 * Writes a tree, with a newline at the end.
 * @throws ERR_PORTOLAN_INPUT_TOO_LARGE for a tree that parseRaw would not take
 */
export function dumpRaw(tree: Tree): string {
  const text = `${dumpDirectory(tree, '', 0)}\n`
  checkLength(text.length)
  return text
}

function dumpDirectory(tree: Tree, indent: string, depth: number): string {
  checkDepth(depth)
  const inner = indent + LEVEL
  let text = `${indent}{\n${dumpProperties(tree.properties, inner)}`
  if (tree.children.length > 0) {
    text += `${inner}CHILDREN = (\n`
    let separator = ''
    for (const child of tree.children) {
      text += separator + dumpDirectory(child, inner + LEVEL, depth + 1)
      checkLength(text.length)
      separator = ',\n'
    }
    text += `\n${inner})\n`
  }
  return `${text}${indent}}`
}

function dumpProperties(properties: Properties, indent: string): string {
  let text = ''
  for (const { name, values } of properties) {
    const list = values.length === 0 ? '' : `${values.map(quote).join(', ')} `
    text += `${indent}${quote(name)} = ( ${list});\n`
  }
  return text
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
