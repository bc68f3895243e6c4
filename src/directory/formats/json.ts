/**
 * Trees of directories as JSON:
 *
 *     { "schemaVersion": 1, "tree": DIRECTORY }
 *     DIRECTORY = { "properties": [ { "name": TEXT, "values": [ TEXT, … ] }, … ], "children": [ DIRECTORY, … ] }
 *
 * Properties are a list, for their order counts and a name may be there twice. All fields are always there; others may be
 * added without a new version, and a reader passes over what it does not know. A byte that is not part of valid UTF-8 is
 * the lone surrogate U+DC00 + byte (core/text.ts), which JSON writes as `\udc80` to `\udcff`: bytes come back as they were.
 */
import * as v from 'valibot'
import { LIMITS, PortolanError, messageOf } from '../../core/index.ts'
import { MODEL_LIMITS } from '../model.ts'
import { findTextFault, unifyText } from './byte-text.ts'
import { checkDepth, checkLength, makeTooLarge } from './tree.ts'
import type { Tree } from './tree.ts'

const SCHEMA_VERSION = 1

const text = v.pipe(
  v.string(),
  v.check(
    (value) => findTextFault(value) === undefined,
    (issue) => `a name or value ${findTextFault(issue.input) ?? ''}`,
  ),
  v.transform(unifyText),
)
const documentSchema = v.object({ schemaVersion: v.literal(SCHEMA_VERSION), tree: v.unknown() })
/** One directory, its children still unread: a schema that called itself could be led as deep as the input likes. */
const directory = v.object({
  properties: v.pipe(
    v.array(v.object({ name: text, values: v.pipe(v.array(text), v.maxLength(MODEL_LIMITS.values)) })),
    v.maxLength(MODEL_LIMITS.properties),
  ),
  children: v.array(v.unknown()),
})

/**
 * Writes a tree as JSON, indented, with a newline at the end.
 * @throws ERR_PORTOLAN_INPUT_TOO_LARGE for a tree that parseTreeJson would not take
 */
export function formatTreeJson(tree: Tree): string {
  const document = { schemaVersion: SCHEMA_VERSION, tree: copyTree(tree, 0) }
  let json: string
  try {
    json = `${JSON.stringify(document, null, 2)}\n`
  } catch (error) {
    // The engine's longest string is not much longer than the limit.
    if (error instanceof RangeError) throw makeTooLarge('the tree is too large for one JSON document')
    throw error
  }
  checkLength(json.length)
  return json
}

/**
 * Reads a tree from JSON.
 * @throws ERR_PORTOLAN_TREE_INVALID with the place (`tree.children.2.properties.0.name`); ERR_PORTOLAN_INPUT_TOO_LARGE
 */
export function parseTreeJson(json: string): Tree {
  checkLength(json.length)
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    // The engine's own message quotes the text, in which passwords may be.
    const at = /line \d+ column \d+/.exec(messageOf(error))?.[0]
    throw new PortolanError('ERR_PORTOLAN_TREE_INVALID', at === undefined ? 'not JSON' : `not JSON, at ${at}`)
  }
  const { tree } = check(documentSchema, value, '')
  return readTree(tree, 'tree', 0, { count: 0 })
}

/** The fields of the form alone, in their order, whatever else the object has. */
function copyTree({ properties, children }: Tree, depth: number): Tree {
  checkDepth(depth)
  return {
    properties: properties.map(({ name, values }) => ({ name, values })),
    children: children.map((child) => copyTree(child, depth + 1)),
  }
}

function readTree(value: unknown, place: string, depth: number, read: { count: number }): Tree {
  checkDepth(depth)
  read.count += 1
  if (read.count > LIMITS.flatEntries) throw makeTooLarge(`the tree has more than ${LIMITS.flatEntries} directories`)
  const { properties, children } = check(directory, value, place)
  return {
    properties,
    children: children.map((child, index) => readTree(child, `${place}.children.${index}`, depth + 1, read)),
  }
}

function check<Schema extends v.GenericSchema>(schema: Schema, value: unknown, place: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const path = [place, v.getDotPath(issue) ?? ''].filter((part) => part !== '').join('.')
  throw new PortolanError('ERR_PORTOLAN_TREE_INVALID', `${path === '' ? 'the document' : path}: ${issue.message}`, {
    hint: 'The form is { "schemaVersion": 1, "tree": { "properties": [{ "name", "values" }], "children": [] } }.',
  })
}
