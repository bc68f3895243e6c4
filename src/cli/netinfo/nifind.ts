/** nifind (tools.md §6): finds a directory in the domains above this machine, or in all below one of them. */
import { DirectoryError, STATUS, statusText } from '../../directory/index.ts'
import type { Id } from '../../directory/index.ts'
import type { DomainHandle, OpenOptions } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { propertyLines, show } from './show.ts'
import { openOptionsOf, openTarget } from './target.ts'
import { ToolError, TOOL_EXIT, UsageError, isStatus, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'
import type { Words } from './words.ts'

const TEXT: ToolText = { name: 'nifind', usage: ['nifind [-anpv] [-T seconds] path [domain]'] }
const LETTERS = 'anpv'
/** The program wants -T, its manual says -t. */
const RULES = { flags: LETTERS.split(''), valued: ['T', 't'], operandsBeforeEnd: Number.POSITIVE_INFINITY }
/** What the original waits for a server to say that it is there. */
const TIMEOUT_SECONDS_DEFAULT = '2'
/** A hierarchy deeper than this goes round in a circle: those of the largest sites had five levels. */
const DEPTH_MAX = 32
/** The domain of one machine, by custom (protocol.md §7.1). */
const LOCAL_TAG = 'local'

interface Search {
  readonly context: Context
  readonly client: Client
  readonly options: OpenOptions
  readonly path: string
  readonly isSkippingLocal: boolean
  readonly isPrinting: boolean
  readonly isVerbose: boolean
}

/** Ends with 0 whether anything is found or not; with 1 for wrong use, a domain that cannot be opened, and too deep a tree. */
export async function nifind(words: readonly string[], context: Context, client: Client = CLIENT): Promise<number> {
  const exit = await runTool(TEXT, context, async () => {
    const read = readWords(words.flatMap(lettersApart), RULES)
    const { flags, operands } = read
    const [path, domain, more] = operands
    if (path === undefined) throw new UsageError('which directory is to be found?')
    if (more !== undefined) throw new UsageError(`what is '${more}'?`)
    const search: Search = {
      context,
      client,
      options: openOptionsOf(withTimeout(read), context.env),
      path,
      isSkippingLocal: flags.includes('n'),
      isPrinting: flags.includes('p'),
      isVerbose: flags.includes('v'),
    }
    return flags.includes('a') ? findBelow(search, domain ?? '/') : findAbove(search, domain)
  })
  return exit === TOOL_EXIT.done ? exit : TOOL_EXIT.usage
}

/** `-av` as `-a -v`. */
function lettersApart(word: string): readonly string[] {
  const letters = word.slice(1).split('')
  const areKnown = letters.length > 1 && letters.every((letter) => LETTERS.includes(letter))
  return word.startsWith('-') && areKnown ? letters.map((letter) => `-${letter}`) : [word]
}

function withTimeout(words: Words): Words {
  const { values } = words
  const seconds = values.get('T') ?? values.get('t') ?? TIMEOUT_SECONDS_DEFAULT
  return { ...words, values: new Map(values).set('T', seconds) }
}

/** From the domain of this machine up to the root, or up to one between. */
async function findAbove(search: Search, end: string | undefined): Promise<number> {
  const names = await namesAbove(search)
  if (names === null && end === undefined) return findAboveUnnamed(search)
  const last = end === undefined ? '/' : await nameAndClose(search, await open(search, end))
  const count = (names ?? []).indexOf(last) + 1
  if (count === 0) throw new ToolError(TOOL_EXIT.usage, `${end ?? last} is not above the domain of this machine`)
  let exit: number = TOOL_EXIT.done
  for (const [level, name] of (names ?? []).slice(0, count).entries())
    exit = Math.max(exit, await tellFailure(search, name, () => visit(search, stepsUp(level), name)))
  return exit
}

/** A domain whose name cannot be found, because one above it does not answer, is searched all the same. */
async function findAboveUnnamed(search: Search): Promise<number> {
  for (let level = 0; level <= DEPTH_MAX; level += 1) {
    const handle = await open(search, stepsUp(level))
    try {
      await look(search, handle, `${handle.server.tag}@${handle.server.address}`)
      await handle.rparent()
    } catch (error) {
      if (isStatus(error, STATUS.NETROOT)) return TOOL_EXIT.done
      throw error
    } finally {
      handle.close()
    }
  }
  throw new ToolError(TOOL_EXIT.usage, `more than ${DEPTH_MAX} domains above each other`)
}

/** Null where a domain above this machine's does not answer. */
async function namesAbove(search: Search): Promise<readonly string[] | null> {
  const local = await open(search, '.')
  try {
    return levelsOf(await nameAndClose(search, local))
  } catch (error) {
    if (error instanceof DirectoryError) return null
    throw error
  }
}

function stepsUp(level: number): string {
  return level === 0 ? '.' : Array.from({ length: level }, () => '..').join('/')
}

async function visit(search: Search, step: string, name: string): Promise<void> {
  const handle = await open(search, step)
  try {
    await look(search, handle, name)
  } finally {
    handle.close()
  }
}

/** A domain's name and those of the domains above it: `/sales/leaf`, `/sales`, `/`. */
function levelsOf(name: string): readonly string[] {
  // A slash that belongs to a name has a backslash before it.
  const parts = name.match(/(?:[^\\/]|\\.)+/gs) ?? []
  return Array.from({ length: parts.length + 1 }, (_, level) => `/${parts.slice(0, parts.length - level).join('/')}`)
}

async function nameAndClose({ client, options }: Search, handle: DomainHandle): Promise<string> {
  try {
    return await client.domainNameOf(handle, options)
  } finally {
    handle.close()
  }
}

async function findBelow(search: Search, top: string): Promise<number> {
  const handle = await open(search, top)
  try {
    return await lookBelow(search, handle, await search.client.domainNameOf(handle, search.options), 0)
  } finally {
    handle.close()
  }
}

async function lookBelow(search: Search, handle: DomainHandle, name: string, depth: number): Promise<number> {
  if (depth > DEPTH_MAX)
    throw new ToolError(TOOL_EXIT.usage, `more than ${DEPTH_MAX} domains below each other, the last of them ${name}`)
  await look(search, handle, name)
  const { tag, address } = handle.server
  let exit: number = TOOL_EXIT.done
  for (const child of await childrenOf(search, handle)) {
    const childName = `${name === '/' ? '' : name}/${escapeDomain(child)}`
    const visitChild = async (): Promise<number> => {
      const opened = await open(search, `${escapeDomain(tag)}@${address}/${escapeDomain(child)}`)
      try {
        return await lookBelow(search, opened, childName, depth + 1)
      } finally {
        opened.close()
      }
    }
    exit = Math.max(exit, await tellFailure(search, childName, visitChild))
  }
  return exit
}

/** The names of the domains below one, from the `serves` of its machines (protocol.md §7.1). */
async function childrenOf(search: Search, handle: DomainHandle): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (const value of await servesOf(handle)) {
    const slash = value.indexOf('/')
    const [name, tag] = [value.slice(0, slash), value.slice(slash + 1)]
    const isChild = slash > 0 && name !== '.' && name !== '..'
    if (isChild && !(search.isSkippingLocal && tag === LOCAL_TAG)) names.add(name)
  }
  return names
}

async function servesOf(handle: DomainHandle): Promise<readonly string[]> {
  try {
    const { object } = await handle.resolve('/machines')
    return (await handle.list(object, 'serves')).entries.flatMap(({ values }) => values ?? [])
  } catch (error) {
    if (isStatus(error, STATUS.NODIR)) return []
    throw error
  }
}

function escapeDomain(name: string): string {
  return name.replaceAll(/[/\\]/g, String.raw`\$&`)
}

function open({ client, options }: Search, name: string): Promise<DomainHandle> {
  return openTarget({ name, isServer: false, options }, client)
}

/** Looks in one domain, and says what was found. */
async function look(search: Search, handle: DomainHandle, name: string): Promise<void> {
  const { context, path, isSkippingLocal, isPrinting, isVerbose } = search
  const { tag, address } = handle.server
  if (isSkippingLocal && tag === LOCAL_TAG) return
  if (isVerbose) context.err(`nifind: looking in ${name}, served by ${address}/${tag}\n`)
  const id = await findIn(handle, path)
  if (id === null) {
    if (isVerbose) show(context, `${path} not found in ${name}\n`)
    return
  }
  show(context, `${path} found in ${name}, id = ${id.object}\n`)
  if (isPrinting) show(context, `${propertyLines((await handle.read(id.object)).properties)}\n`)
}

async function findIn(handle: DomainHandle, path: string): Promise<Id | null> {
  try {
    return await handle.resolve(path)
  } catch (error) {
    if (isStatus(error, STATUS.NODIR) || isStatus(error, STATUS.BADID)) return null
    throw error
  }
}

/** A domain that cannot be read is told, and the others are looked at all the same. */
async function tellFailure(search: Search, name: string, work: () => Promise<number | void>): Promise<number> {
  return runTool(TEXT, search.context, async () => {
    try {
      return (await work()) ?? TOOL_EXIT.done
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      throw new ToolError(TOOL_EXIT.usage, `can't read domain ${name}: ${statusText(error.status)}`)
    }
  })
}
