/** nipasswd (tools.md §9): changes the password of a user, as `passwd -i netinfo` did. */
import { networkInterfaces, userInfo } from 'node:os'
import { printable } from '../../core/index.ts'
import { cryptPassword, firstValue } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import { CLIENT } from './client.ts'
import type { Client } from './client.ts'
import { findUser } from './find-user.ts'
import type { FoundUser } from './find-user.ts'
import { CRYPT_BYTES, findPasswordFault } from './password-rules.ts'
import { openOptionsOf } from './target.ts'
import type { Target } from './target.ts'
import { TOOL_EXIT, ToolError, UsageError, doing, runTool } from './tool-exit.ts'
import type { ToolText } from './tool-exit.ts'
import { readWords } from './words.ts'

const TEXT: ToolText = { name: 'nipasswd', usage: ['nipasswd [-l location] [user]'] }
const RULES = { flags: [], valued: ['l', 'i'], operandsBeforeEnd: Number.POSITIVE_INFINITY }
/** The one back-end of passwd that this is. */
const INFO_SYSTEM = 'netinfo'
const SUPERUSER_ID = 0
const PASSWORD = 'passwd'

/** Who runs the tool, and on which machine. */
export interface Runner {
  readonly name: string
  /** Null on a system without numbers of users. */
  readonly uid: number | null
  readonly isOwnAddress: (address: string) => boolean
}

/** Changes a password; 0 when it is changed, else 1 with a message. */
export async function nipasswd(
  words: readonly string[],
  context: Context,
  client: Client = CLIENT,
  runner: Runner = thisRunner(),
): Promise<number> {
  const exit = await runTool(TEXT, context, () => change(words, context, client, runner))
  return exit === TOOL_EXIT.done ? exit : TOOL_EXIT.usage
}

async function change(words: readonly string[], context: Context, client: Client, runner: Runner): Promise<number> {
  const read = readWords(words, RULES)
  if ((read.values.get('i') ?? INFO_SYSTEM) !== INFO_SYSTEM) throw new UsageError(`-i takes ${INFO_SYSTEM} alone`)
  const [user = runner.name, ...rest] = read.operands
  if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`)
  const start = startOf(read.values.get('l'), openOptionsOf(read, context.env))
  const found = await findUser(user, start, !read.values.has('l'), client)
  try {
    const isPrivileged = await isRootOnMaster(found, runner)
    if (!isPrivileged && !isSelf(found, runner)) throw new ToolError(TOOL_EXIT.usage, 'permission denied')
    const { address, tag } = found.handle.server
    context.err(`Changing the password of ${printable(user)} in ${printable(`${address}/${tag}`)}.\n`)
    const old = isPrivileged ? null : await ask(context, 'Old password: ')
    const fresh = await askNew(context, user, found.isSecure)
    await doing(`can't change the password of ${user}`, () => writePassword({ found, user, old, fresh, client, start }))
    return TOOL_EXIT.done
  } finally {
    found.handle.close()
  }
}

/** `/`, `./x`, `../x` are names of domains; all else is a server. */
function startOf(location: string | undefined, options: Target['options']): Target {
  const name = location ?? '.'
  return { name, isServer: !/^(?:\/|\.\.?(?:\/|$))/.test(name), options }
}

function isSelf({ entry }: FoundUser, { uid }: Runner): boolean {
  // Where users have no numbers, the old password must do as proof.
  return uid === null || firstValue(entry.properties, 'uid') === String(uid)
}

async function isRootOnMaster({ handle }: FoundUser, { uid, isOwnAddress }: Runner): Promise<boolean> {
  if (uid !== SUPERUSER_ID) return false
  return withMaster(handle, (master) => Promise.resolve(isOwnAddress(master.server.address)))
}

/** The master, closed when it is another handle. */
async function withMaster<T>(handle: DomainHandle, work: (master: DomainHandle) => Promise<T>): Promise<T> {
  const master = await doing("can't find the master", () => handle.master())
  try {
    return await work(master)
  } finally {
    if (master !== handle) master.close()
  }
}

async function ask(context: Context, question: string): Promise<string> {
  const answer = await context.askSecret(question, false)
  if (answer === null) throw new ToolError(TOOL_EXIT.usage, 'no password was given: it is unchanged')
  return answer
}

async function askNew(context: Context, user: string, isSecure: boolean): Promise<string> {
  const first = await ask(context, 'New password: ')
  const fault = findPasswordFault(first, user, isSecure)
  if (fault !== null) throw new ToolError(TOOL_EXIT.usage, `${fault}: it is unchanged`)
  const second = await ask(context, 'Retype new password: ')
  if (first !== second) throw new ToolError(TOOL_EXIT.usage, 'the two are not the same: the password is unchanged')
  if (Buffer.byteLength(first) > CRYPT_BYTES)
    context.err(`${TEXT.name}: only the first ${CRYPT_BYTES} bytes count: crypt(3) passes the rest over\n`)
  return first
}

interface Change {
  readonly found: FoundUser
  readonly user: string
  /** Null for the superuser on the master's own machine, who needs none. */
  readonly old: string | null
  readonly fresh: string
  readonly client: Client
  readonly start: Target
}

/** Sends what crypt(3) makes of the new password, never the password; `_writers_passwd` is what lets a user do so. */
async function writePassword({ found, user, old, fresh, client, start }: Change): Promise<void> {
  const { address, tag } = found.handle.server
  const credentials = old === null ? {} : { user, password: old }
  const handle = await client.openServer(address, tag, { ...start.options, ...credentials })
  try {
    await withMaster(handle, async (master) => {
      const { id, properties } = await master.read(found.entry.id.object)
      const index = properties.findIndex(({ name }) => name === PASSWORD)
      const values = [cryptPassword(fresh)]
      if (index === -1) await master.createProperty(id, { name: PASSWORD, values })
      else await master.writeProperty(id, index, values)
    })
  } finally {
    handle.close()
  }
}

function thisRunner(): Runner {
  return { name: userInfo().username, uid: process.getuid?.() ?? null, isOwnAddress: isOfThisMachine }
}

function isOfThisMachine(address: string): boolean {
  if (address.startsWith('127.')) return true
  return Object.values(networkInterfaces()).some((interfaces) => interfaces?.some((each) => each.address === address))
}
