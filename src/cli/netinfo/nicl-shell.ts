/** The commands of nicl that concern the session (tools.md §8). */
import { readFileSync } from 'node:fs'
import { messageOf, textOf } from '../../core/index.ts'
import type { NiclSession } from './nicl-session.ts'
import { NiclError } from './nicl-status.ts'
import { show } from './show.ts'

type Operands = readonly string[]

const SUPERUSER = 'root'
/** A script of a million lines is 64 MB; what is longer is no script. */
const SCRIPT_BYTES_MAX = 64 * 1024 * 1024

export async function echo({ context }: NiclSession, operands: Operands): Promise<void> {
  show(context, `${operands.join(' ')}\n`)
}

/** The lines of a script. @throws NiclError for a file that cannot be read */
export function readScript(file: string): readonly string[] {
  try {
    const bytes = readFileSync(file)
    if (bytes.length > SCRIPT_BYTES_MAX) throw new NiclError(`${file} is too long for a script`)
    return textOf(bytes).split('\n')
  } catch (error) {
    throw error instanceof NiclError ? error : new NiclError(`${file} cannot be read: ${messageOf(error)}`)
  }
}

/** Without a path, the root. */
export async function changeDirectory(session: NiclSession, [path = '/']: Operands): Promise<void> {
  session.current = await session.find(await session.reader(), path)
}

export async function printDirectory(session: NiclSession): Promise<void> {
  show(session.context, `${await session.pathOf(await session.reader(), session.current)}\n`)
}

/** Goes on as another user; the password is asked for unless it is given. */
export async function authenticate(session: NiclSession, [user = SUPERUSER, given]: Operands): Promise<void> {
  if (session.raw !== null) throw new NiclError('with -raw there is no server to which one could prove who one is')
  const password = given ?? (await session.context.askSecret('Password: ', !session.isInteractive))
  if (password === null) throw new NiclError('no password was given')
  await session.reopen(user, password)
}

export async function quit(session: NiclSession): Promise<void> {
  session.hasEnded = true
}
