/** The domain that a tool is to work on (tools.md §0): reads the options that name it, opens it, and sees that it answers. */
import { lookup } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import { PortolanError, messageOf } from '../../core/index.ts'
import type { Environment } from '../../core/index.ts'
import { DirectoryError, statusText } from '../../directory/index.ts'
import type { DomainHandle, OpenOptions } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import type { Client } from './client.ts'
import { TOOL_EXIT, ToolError, UsageError, exitOfStatus } from './tool-exit.ts'
import type { Words } from './words.ts'

/** Where a binder is asked, instead of by way of the portmapper: for a server that was started without port 111. */
const BINDER_PORT = 'PORTOLAN_BINDER_PORT'
const PORT_MAX = 65_535
/** What the originals wait for an answer. */
const TIMEOUT_SECONDS_DEFAULT = 30
const TIMEOUT_SECONDS_MAX = 86_400
const SUPERUSER = 'root'
const LOCAL = '.'

export const PASSWORD_FLAGS: readonly string[] = ['p']
export const PASSWORD_VALUED: readonly string[] = ['u', 'P']

export interface Target {
  /** `.`, `/sales/leaf`; `host/tag` with `isServer`. */
  readonly name: string
  readonly isServer: boolean
  readonly options: OpenOptions
}

/**
 * The options to open a domain with, from -T and the environment.
 * @throws UsageError for a time that is none
 */
export function openOptionsOf(words: Words, env: Environment): OpenOptions {
  const text = words.values.get('T') ?? String(TIMEOUT_SECONDS_DEFAULT)
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > TIMEOUT_SECONDS_MAX) throw new UsageError(`-T takes seconds, not '${text}'`)
  const timeoutMs = seconds * 1000
  return { readTimeoutMs: timeoutMs, writeTimeoutMs: timeoutMs, isAborting: true, ...binderOptions(env) }
}

/** @throws UsageError when the environment names no port */
export function binderOptions(env: Environment): { readonly binderPort?: number } {
  const text = env[BINDER_PORT] ?? ''
  if (text === '') return {}
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > PORT_MAX) throw new UsageError(`${BINDER_PORT} is to be a port, not '${text}'`)
  return { binderPort: port }
}

/**
 * Who writes, from -p, -u and -P: without -P the password is asked for.
 * @param isInputData whether standard input holds what the tool reads, and so no password
 */
export async function credentialsOf(
  words: Words,
  context: Context,
  isInputData: boolean,
): Promise<{ readonly user?: string; readonly password?: string }> {
  const { values, flags } = words
  const given = values.get('P')
  if (given === undefined && !values.has('u') && !flags.includes('p')) return {}
  const user = values.get('u') ?? SUPERUSER
  if (given !== undefined) return { user, password: given }
  const typed = await context.askSecret('Password: ', isInputData)
  if (typed === null) throw new ToolError(TOOL_EXIT.usage, 'no password was given, and nothing was done')
  return { user, password: typed }
}

/** Takes a password out of the list of processes: the title is written over the words that the process was started with. */
export function hidePassword(words: Words, tool: string): void {
  if (words.values.has('P') || words.values.has('u')) process.title = tool
}

/**
 * Opens a domain, and asks for its root directory to see that it answers.
 * @throws ToolError with one of the statuses of tools.md §0
 */
export async function openTarget(target: Target, client: Client): Promise<DomainHandle> {
  const handle = target.isServer ? await openByServer(target, client) : await openByName(target, client)
  try {
    await handle.root()
  } catch (error) {
    handle.close()
    throw error instanceof DirectoryError
      ? new ToolError(exitOfStatus(error.status), `${reachText(target)}: ${statusText(error.status)}`)
      : error
  }
  return handle
}

function reachText({ name, isServer }: Target): string {
  return isServer ? `can't connect to server ${name}` : `can't connect to server for domain ${name}`
}

async function openByName(target: Target, client: Client): Promise<DomainHandle> {
  try {
    return await client.openDomain(target.name, target.options)
  } catch (error) {
    throw refusal(target, error)
  }
}

async function openByServer(target: Target, client: Client): Promise<DomainHandle> {
  const { host, tag } = readServerName(target.name)
  const address = await addressOf(host)
  try {
    return await client.openServer(address, tag, target.options)
  } catch (error) {
    throw refusal(target, error)
  }
}

/**
 * With -t, and for the local domain, there is nothing to find but whether a server answers: the status is that of the answer,
 * as when the root directory is asked for. Any other name is found step by step, and a step that fails makes no handle.
 */
function refusal(target: Target, error: unknown): unknown {
  if (error instanceof DirectoryError) {
    const isFound = target.isServer || target.name === LOCAL
    return new ToolError(
      isFound ? exitOfStatus(error.status) : TOOL_EXIT.noHandle,
      `${reachText(target)}: ${statusText(error.status)}`,
    )
  }
  return error instanceof PortolanError ? new ToolError(TOOL_EXIT.noHandle, messageOf(error)) : error
}

/**
 * The parts of `host/tag`.
 * @throws ToolError 217 to 220
 */
export function readServerName(text: string): { readonly host: string; readonly tag: string } {
  const [host = '', tag, ...rest] = text.split('/')
  if (tag === undefined || rest.length > 0) throw malformed(TOOL_EXIT.badServer, text, 'is not of the form HOST/TAG')
  if (host === '') throw malformed(TOOL_EXIT.noHost, text, 'names no host')
  if (tag === '') throw malformed(TOOL_EXIT.noTag, text, 'names no tag')
  if (/^[\d.]+$/.test(host) && !isIPv4(host))
    throw malformed(TOOL_EXIT.badAddress, text, `has no address of four numbers: '${host}'`)
  return { host, tag }
}

function malformed(exit: number, text: string, problem: string): ToolError {
  return new ToolError(
    exit,
    `'${text}' ${problem}`,
    'with -t a domain is given as HOST/TAG: a name or an address, a slash, the tag of the server.',
    'for example: ada/network, or 192.168.1.5/local',
  )
}

/** The address of a host: NetInfo speaks IPv4 alone. @throws ToolError 221 */
export async function addressOf(host: string): Promise<string> {
  if (isIPv4(host)) return host
  try {
    return (await lookup(host, { family: 4 })).address
  } catch {
    throw new ToolError(TOOL_EXIT.unknownHost, `no host is known by the name ${host}`)
  }
}
