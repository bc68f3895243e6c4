/** nigrep (tools.md §5): finds properties by an expression, in a directory and all below it. */
import { firstValue } from '../../directory/index.ts'
import type { Property } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { ExpressionError, readExpression } from './expression.ts'
import { Way, readDirectory, readEach } from './read-tree.ts'
import type { Walked } from './read-tree.ts'
import { openOrUsage } from './session.ts'
import { show, valueWords } from './show.ts'
import { openOptionsOf } from './target.ts'
import { TOOL_EXIT, UsageError, doing, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'

const TEXT: ToolText = { name: 'nigrep', usage: ['nigrep [-T seconds] expression [-t] domain [path…]'] }
const RULES = { flags: ['t'], valued: ['T'], operandsBeforeEnd: 2 }

/**
 * Prints every property that matches. That none does is no failure. A domain that cannot be opened ends with 1 and the usage;
 * what fails later has the statuses of tools.md §0.
 */
export function nigrep(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  return runTool(TEXT, context, async () => {
    const read = readWords(words, RULES)
    const [expression, name, ...paths] = read.operands
    if (expression === undefined || name === undefined) throw new UsageError('what is to be found in which domain?')
    const pattern = patternOf(expression)
    const options = openOptionsOf(read, context.env)
    const session = await openOrUsage({ name, isServer: read.flags.includes('t'), options }, client)
    try {
      for (const path of paths.length === 0 ? ['/'] : paths) await grepAt(session.handle, pattern, path, context)
      return TOOL_EXIT.done
    } finally {
      session.close()
    }
  })
}

function patternOf(expression: string): RegExp {
  try {
    return readExpression(expression)
  } catch (error) {
    throw error instanceof ExpressionError ? new UsageError(error.message) : error
  }
}

async function grepAt(handle: DomainHandle, pattern: RegExp, path: string, context: Context): Promise<void> {
  const { object } = await doing(`can't find directory ${path}`, () => handle.resolve(path))
  await doing(`can't read below directory ${path}`, async () => {
    const at = await readDirectory(handle, object)
    await grepBelow({ handle, pattern, context, way: new Way() }, at, path)
  })
}

interface Search {
  readonly handle: DomainHandle
  readonly pattern: RegExp
  readonly context: Context
  readonly way: Way
}

/** A directory before its children, and these in their order. */
async function grepBelow(search: Search, at: Walked, path: string): Promise<void> {
  const { handle, pattern, context, way } = search
  for (const property of at.properties.filter((each) => matches(pattern, each)))
    show(context, `${at.object} ${path}:  ${property.name}${valueWords(property.values)}\n`)
  await way.goInto(at.object, async () => {
    for await (const child of readEach(handle, at.children)) {
      const name = firstValue(child.properties, 'name') ?? `dir: ${child.object}`
      await grepBelow(search, child, `${path.replace(/\/+$/, '')}/${name}`)
    }
  })
}

function matches(pattern: RegExp, { name, values }: Property): boolean {
  return pattern.test(name) || values.some((value) => pattern.test(value))
}
