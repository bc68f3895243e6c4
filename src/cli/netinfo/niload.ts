/** niload (tools.md §3): loads a flat file, or a raw tree, from standard input. */
import { LIMITS, PortolanError, messageOf, printable, textOf } from '../../core/index.ts'
import { FORMATS, STATUS, parseRaw } from '../../directory/index.ts'
import type { Format } from '../../directory/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { destroyTree } from './edit.ts'
import { loadEntries } from './load-flat.ts'
import { loadTree } from './load-raw.ts'
import { withSession } from './session.ts'
import type { Session } from './session.ts'
import { PASSWORD_FLAGS, PASSWORD_VALUED, credentialsOf, hidePassword, openOptionsOf } from './target.ts'
import type { Target } from './target.ts'
import { TOOL_EXIT, ToolError, UsageError, doing, isStatus, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'

/** What nidump prints and niload does not read. */
const DUMPED_ONLY: ReadonlySet<string> = new Set(['ethers', 'exports', 'resolv.conf'])
const NAMES = [...FORMATS.keys()].filter((name) => !DUMPED_ONLY.has(name))

const TEXT: ToolText = {
  name: 'niload',
  usage: [
    'niload [-d] [-m] [-v] [-p] [-u user] [-P password] [-T seconds] [-t] format domain',
    'niload [-d] [-m] [-v] [-p] [-u user] [-P password] [-T seconds] [-t] -r path domain',
    `formats: ${NAMES.join(' ')}`,
  ],
}

const RULES = {
  flags: ['d', 'm', 'v', 't', ...PASSWORD_FLAGS],
  valued: ['r', 'T', ...PASSWORD_VALUED],
  operandsBeforeEnd: Number.POSITIVE_INFINITY,
}

/** The original always presents itself as root, with an empty password when none is given. */
const USER_DEFAULT = 'root'

interface Call {
  readonly context: Context
  readonly isDestroying: boolean
  readonly isMerging: boolean
  readonly tell: (line: string) => void
}

/** Loads standard input; 0 when all of it was loaded, or it was empty; 1 else. */
export async function niload(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  const exit = await runTool(TEXT, context, () => load(words, context, client))
  return exit === TOOL_EXIT.done ? exit : TOOL_EXIT.usage
}

async function load(words: readonly string[], context: Context, client: Client): Promise<number> {
  const read = readWords(words, RULES)
  hidePassword(read, TEXT.name)
  const path = read.values.get('r')
  const operands = path === undefined ? read.operands : [path, ...read.operands]
  const [what, name, ...rest] = operands
  if (what === undefined || name === undefined) throw new UsageError('what is to be loaded into which domain?')
  if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`)
  const work = path === undefined ? flatLoad(what) : rawLoad(path)
  const plain: Target = { name, isServer: read.flags.includes('t'), options: openOptionsOf(read, context.env) }
  const given = await credentialsOf(read, context, true)
  const target = given.user === undefined ? await asDefaultUser(plain, client) : withUser(plain, given)
  const call: Call = {
    context,
    isDestroying: read.flags.includes('d'),
    isMerging: read.flags.includes('m'),
    tell: (line) => {
      if (read.flags.includes('v')) context.err(`${TEXT.name}: ${printable(line)}\n`)
    },
  }
  return withSession(target, client, (session) => work(session, call))
}

function withUser(target: Target, credentials: Pick<Target['options'], 'user' | 'password'>): Target {
  return { ...target, options: { ...target.options, ...credentials } }
}

/** A new domain may not know root yet: then nobody is presented, and what proves root is the port that the call comes from. */
function asDefaultUser(target: Target, client: Client): Promise<Target> {
  return withSession(target, client, async ({ handle }) => {
    try {
      await handle.resolve(`/users/${USER_DEFAULT}`)
      return withUser(target, { user: USER_DEFAULT })
    } catch (error) {
      if (isStatus(error, STATUS.NODIR)) return target
      throw error
    }
  })
}

type Work = (session: Session, call: Call) => Promise<number>

/** @throws UsageError for a format that niload has not */
function flatLoad(name: string): Work {
  const format = NAMES.includes(name) ? FORMATS.get(name) : undefined
  if (format === undefined) throw new UsageError(`unknown format '${name}'`)
  return (session, call) => loadFlat(session, call, format)
}

/**
 * What is not understood is told and left out, and changes no status: so is it with the original, which does not even tell. An
 * empty input changes nothing, not even with -d: it is the sign that whatever was to write it has failed.
 */
async function loadFlat(
  session: Session,
  { context, isDestroying, isMerging, tell }: Call,
  format: Format,
): Promise<number> {
  const { entries, problems } = parsed(() => format.parse(inputOf(context)))
  for (const { line, message } of problems)
    context.err(`${TEXT.name}: line ${line}: ${printable(message)}; it was left out\n`)
  if (entries.length === 0) {
    tell('there is nothing to load, and nothing was done')
    return TOOL_EXIT.done
  }
  const master = await doing("can't find the master", () => session.master())
  if (isDestroying) {
    await doing(`can't destroy directory ${format.directory}`, async () => {
      const { object } = await master.resolve(format.directory)
      await destroyTree(master, object)
    })
    tell(`destroyed directory ${format.directory}`)
  }
  await loadEntries(master, format, entries, { isMerging, tell })
  return TOOL_EXIT.done
}

/** @throws UsageError for a path that is not absolute */
function rawLoad(path: string): Work {
  if (!path.startsWith('/')) throw new UsageError(`-r needs a path from the root, not '${path}'`)
  return async (session, { context, tell }) => {
    const text = inputOf(context)
    if (text === '') return TOOL_EXIT.done
    try {
      const tree = parsed(() => parseRaw(text))
      const master = await doing("can't find the master", () => session.master())
      await doing(`can't load directory ${path}`, () => loadTree(master, path, tree, tell))
    } catch (error) {
      // The original ends with 0 even when loading failed. Scripts may rely on that; the message is what tells them apart.
      if (!(error instanceof ToolError)) throw error
      for (const line of error.lines) context.err(`${TEXT.name}: ${printable(line)}\n`)
    }
    return TOOL_EXIT.done
  }
}

/** @throws ToolError when it is longer than what a format takes: it could not even be made into a text */
function inputOf(context: Context): string {
  const bytes = context.readInputBytes()
  if (bytes.length > LIMITS.flatFileChars)
    throw new ToolError(TOOL_EXIT.usage, `standard input has more than ${LIMITS.flatFileChars} bytes: load it in parts`)
  return textOf(bytes)
}

/** What cannot be read as a whole ends the tool with its reason, which names the line. */
function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof PortolanError ? new ToolError(TOOL_EXIT.usage, messageOf(error)) : error
  }
}
