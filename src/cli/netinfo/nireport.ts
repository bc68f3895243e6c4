/** nireport (tools.md §4): a table of properties of the children of a directory. */
import { valuesOf } from '../../directory/index.ts'
import type { Properties } from '../../directory/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { readChildren } from './read-tree.ts'
import { withSession } from './session.ts'
import { show } from './show.ts'
import { openOptionsOf } from './target.ts'
import type { Target } from './target.ts'
import { TOOL_EXIT, UsageError, doing, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'

const TEXT: ToolText = { name: 'nireport', usage: ['nireport [-T seconds] [-t] domain path key…'] }
// After the path a word may be a key, whatever it begins with.
const RULES = { flags: ['t'], valued: ['T'], operandsBeforeEnd: 2 }
const NOTHING = '#NoValue#'

/** Prints one line for each child; its statuses are those of tools.md §0. */
export function nireport(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  return runTool(TEXT, context, async () => {
    const read = readWords(words, RULES)
    const [name, path, ...keys] = read.operands
    if (name === undefined || path === undefined) throw new UsageError('which directory of which domain?')
    if (keys.length === 0) throw new UsageError('which keys are to be printed?')
    const options = openOptionsOf(read, context.env)
    const target: Target = { name, isServer: read.flags.includes('t'), options }
    return withSession(target, client, async ({ handle }) => {
      const { object } = await doing(`can't find directory ${path}`, () => handle.resolve(path))
      const children = await doing(`can't list directory ${path}`, () => readChildren(handle, object))
      for (const child of children) show(context, reportLine(child, keys))
      return TOOL_EXIT.done
    })
  })
}

/** A TAB follows every column, the last too. */
function reportLine(child: Properties, keys: readonly string[]): string {
  return `${keys.map((key) => `${valuesOf(child, key).join(',') || NOTHING}\t`).join('')}\n`
}
