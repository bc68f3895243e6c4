/**
 * Reads the raw format by the grammar of tools.md §2.1.
 *
 * Braces may be left out, but one that opens must close: where niload tolerates a missing one, it takes a file that was cut
 * off for a whole one. After the `)` of CHILDREN nothing but a `;` is taken. A quoted "CHILDREN" is a property.
 */
import { LIMITS } from '../../core/index.ts'
import { MODEL_LIMITS } from '../model.ts'
import type { Property } from '../model.ts'
import { RawScanner } from './raw-scanner.ts'
import { checkDepth, checkLength, makeTooLarge } from './tree.ts'
import type { Tree } from './tree.ts'

/**
 * Reads one directory with all that is below it.
 * @throws ERR_PORTOLAN_TREE_INVALID with the line; ERR_PORTOLAN_INPUT_TOO_LARGE
 */
export function parseRaw(text: string): Tree {
  checkLength(text.length)
  const reading: Reading = { scanner: new RawScanner(text), count: 0 }
  if (reading.scanner.peek().kind === 'end') reading.scanner.fail('there is no directory: the text is empty')
  const tree = parseDirectory(reading, 0)
  if (reading.scanner.peek().kind !== 'end') reading.scanner.fail('something follows the end of the directory')
  return tree
}

interface Reading {
  readonly scanner: RawScanner
  /** Directories begun so far. */
  count: number
}

/** `dir ::= [ "{" ] item* [ "}" ]` */
function parseDirectory(reading: Reading, depth: number): Tree {
  const { scanner } = reading
  checkDepth(depth)
  reading.count += 1
  if (reading.count > LIMITS.flatEntries) throw makeTooLarge(`the tree has more than ${LIMITS.flatEntries} directories`)
  const isBraced = scanner.accept('{')
  const properties: Property[] = []
  const children: Tree[] = []
  let isEmpty = true
  for (let word = scanner.peek(); word.kind === 'word'; word = scanner.peek()) {
    isEmpty = false
    scanner.take()
    scanner.expect('=', 'after a name')
    if (word.text === 'CHILDREN' && !word.isQuoted) parseChildren(reading, depth, children)
    else properties.push({ name: word.text, values: parseValues(scanner) })
    if (properties.length > MODEL_LIMITS.properties) {
      throw makeTooLarge(`a directory has more than ${MODEL_LIMITS.properties} properties`)
    }
  }
  if (isBraced) scanner.expect('}', 'at the end of a directory')
  else if (isEmpty) scanner.fail('a directory is missing')
  return { properties, children }
}

/** `CHILDREN "=" [ "(" ] dir { "," dir } [ ")" ] [ ";" ]`, of which `)` or `;` must be there; `( )` holds none. */
function parseChildren(reading: Reading, depth: number, children: Tree[]): void {
  const { scanner } = reading
  const isEmpty = scanner.accept('(') && scanner.accept(')')
  if (!isEmpty) {
    do children.push(parseDirectory(reading, depth + 1))
    while (scanner.accept(','))
  }
  const isClosed = isEmpty || scanner.accept(')')
  const isEnded = scanner.accept(';')
  if (!isClosed && !isEnded) scanner.fail(') is missing at the end of CHILDREN')
}

/** `values ::= word | "(" [ word { [","] word } ] ")"`, and the `;` after it. */
function parseValues(scanner: RawScanner): string[] {
  const values: string[] = []
  const isList = scanner.accept('(')
  for (let token = scanner.peek(); token.kind === 'word'; token = scanner.peek()) {
    scanner.take()
    values.push(token.text)
    if (values.length > MODEL_LIMITS.values)
      throw makeTooLarge(`a property has more than ${MODEL_LIMITS.values} values`)
    if (!isList) break
    if (scanner.accept(',') && scanner.peek().kind !== 'word') scanner.fail('a value is missing after a comma')
  }
  if (isList) scanner.expect(')', 'after a list of values')
  else if (values.length === 0) scanner.fail('a value is missing after =')
  scanner.expect(';', 'after the values of a property')
  return values
}
