/** nidump (tools.md §2): prints a directory as a flat file, or raw with all below it. */
import { FORMATS, dumpRaw } from '../../directory/index.ts'
import type { Format, Properties } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { readChildren, readTree, unlessMissing } from './read-tree.ts'
import { openOrUsage } from './session.ts'
import { show } from './show.ts'
import { openOptionsOf } from './target.ts'
import type { Target } from './target.ts'
import { TOOL_EXIT, UsageError, doing, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'
import type { Words } from './words.ts'

/** nidump prints users with ten fields alone. */
const LOADED_ONLY = 'passwd.43'
const NAMES = [...FORMATS.keys()].filter((name) => name !== LOADED_ONLY)

const TEXT: ToolText = {
  name: 'nidump',
  usage: [
    'nidump [-T seconds] format domain',
    'nidump [-T seconds] -r path domain',
    'nidump [-T seconds] {format | -r path} -t host/tag',
    `formats: ${NAMES.join(' ')}`,
  ],
}

/** -t takes the domain as its value, unlike that of niutil. */
const RULES = { flags: ['r'], valued: ['t', 'T'], operandsBeforeEnd: Number.POSITIVE_INFINITY }

/**
 * Prints a dump; a directory that is not there is an empty one, and the status is 0. With all else it is 1: the original ends
 * with 0 also where the connection broke, which would let half a dump be taken for a whole one.
 */
export async function nidump(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  const exit = await runTool(TEXT, context, async () => {
    const read = readWords(words, RULES)
    const { what, target } = readRequest(read, context)
    const dump = read.flags.includes('r') ? rawDump(what) : flatDump(what)
    const session = await openOrUsage(target, client)
    try {
      show(context, await doing(`can't print ${what}`, () => dump(session.handle)))
      return TOOL_EXIT.done
    } finally {
      session.close()
    }
  })
  return exit === TOOL_EXIT.done ? exit : TOOL_EXIT.usage
}

interface Request {
  /** A format, or a path. */
  readonly what: string
  readonly target: Target
}

function readRequest(words: Words, context: Context): Request {
  const server = words.values.get('t')
  const [what, domain, ...rest] = server === undefined ? words.operands : [...words.operands.slice(0, 1), server]
  const isExact = server === undefined ? rest.length === 0 : words.operands.length === 1
  if (what === undefined || domain === undefined) throw new UsageError('what of which domain is to be printed?')
  if (!isExact) throw new UsageError('there is a word too many')
  const options = openOptionsOf(words, context.env)
  return { what, target: { name: domain, isServer: server !== undefined, options } }
}

type Dump = (handle: DomainHandle) => Promise<string>

function rawDump(path: string): Dump {
  return async (handle) => {
    const id = await unlessMissing(() => handle.resolve(path))
    return id === null ? '' : dumpRaw(await readTree(handle, id.object))
  }
}

/** @throws UsageError for a format that nidump has not */
function flatDump(name: string): Dump {
  const format = NAMES.includes(name) ? FORMATS.get(name) : undefined
  if (format === undefined) throw new UsageError(`unknown format '${name}'`)
  return async (handle) => {
    const id = await unlessMissing(() => handle.resolve(format.directory))
    return id === null ? '' : format.dump(await entriesOf(handle, id.object, format))
  }
}

async function entriesOf(handle: DomainHandle, object: number, { holds }: Format): Promise<readonly Properties[]> {
  return holds === 'itself' ? [(await handle.read(object)).properties] : readChildren(handle, object)
}
