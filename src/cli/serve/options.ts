/** The options of `portolan serve`, read from the command line. */
import { lookup } from 'node:dns/promises'
import { isIPv4, isIPv6 } from 'node:net'
import { availableParallelism } from 'node:os'
import { LOG_LEVELS, PortolanError, messageOf } from '../../core/index.ts'
import type { LogLevel } from '../../core/index.ts'
import type { ServerPlace } from '../../directory/index.ts'
import { canSharePorts, defaultWorkers } from '../../netinfo/index.ts'
import type { ListenAt } from '../../netinfo/index.ts'
import type { HttpAt } from '../../web/index.ts'
import type { Arguments } from '../command.ts'

const PORT_MAX = 65_535
/** Each has about 40 MB, and a place in every store's table of 126 readers, which long answers need, too. */
const WORKERS_MAX = 32
const NONE = 'none'
const LOOPBACK = '127.0.0.1'
/** What finds a parent by asking everybody on the networks of this machine (protocol.md §7.1). */
const BROADCAST = 'broadcast'
const BROADCAST_PLACE = { hostName: 'broadcasthost', addresses: ['255.255.255.255'] } as const

/**
 * Reads `ADDR:PORT`, `ADDR` or `:PORT`; null for `none`.
 * @throws ERR_PORTOLAN_USAGE
 */
export function readListenAt(args: Arguments, name: string, host: string): ListenAt | null {
  const text = args.value(name)
  if (text === undefined) return { host }
  if (text === NONE) return null
  const colon = text.lastIndexOf(':')
  const [address, port] = colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  const isPort = port === '' ? colon === -1 : /^\d{1,5}$/.test(port) && Number(port) <= PORT_MAX
  if (!isPort || (address !== '' && !isIPv4(address)))
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--${name} takes ADDRESS:PORT or none, not '${text}'`, {
      hint: `For example --${name} 127.0.0.1:1033; the protocol knows IPv4 addresses alone.`,
    })
  return { host: address === '' ? host : address, ...(port === '' ? {} : { port: Number(port) }) }
}

/**
 * Where HTTP listens: `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS6]:PORT` or `:PORT`; null for `none`. Without a port it is the usual one,
 * or any where that is taken.
 * @throws ERR_PORTOLAN_USAGE
 */
export function readHttpAt(args: Arguments): HttpAt | null {
  const text = args.value('http') ?? ''
  if (text === NONE) return null
  const match = /^(?:\[(?<inner>[^\]]*)\]|(?<plain>[^:[\]]*))(?::(?<port>\d{1,5}))?$/.exec(text)
  const { inner, plain = '', port } = match?.groups ?? {}
  const host = inner ?? plain
  const isAddress = inner === undefined ? host === '' || isIPv4(host) : isIPv6(inner)
  if (match === null || !isAddress || Number(port ?? 0) > PORT_MAX)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--http takes ADDRESS:PORT or none, not '${text}'`, {
      hint: 'For example --http 127.0.0.1:9730, or --http [::1]:9730.',
    })
  return { host: host === '' ? LOOPBACK : host, ...(port === undefined ? {} : { port: Number(port) }) }
}

const OF_PAGES = ['public-origin', 'tls-cert', 'tls-key', 'trust-proxy', 'insecure-http', 'sign-in-link'] as const

/**
 * Without pages, what is said of them would be passed over silently.
 * @throws ERR_PORTOLAN_USAGE
 */
export function requireNoPageOptions(args: Arguments): void {
  const named = OF_PAGES.find((name) => args.has(name))
  if (named !== undefined)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--${named} speaks of the pages, and --http none serves none`, {
      hint: `Leave out --${named}, or --http none.`,
    })
}

/**
 * What only an issue to come brings may be told to be absent, and nothing else.
 * @throws ERR_PORTOLAN_USAGE
 */
export function requireNone(args: Arguments, name: string): void {
  const text = args.value(name)
  if (text !== undefined && text !== NONE)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--${name} takes none: this version has no such front end`)
}

/**
 * Reads `HOST/TAG` or `broadcast/TAG`, and looks the host up.
 * @throws ERR_PORTOLAN_USAGE for another form, or a host without an IPv4 address
 */
export async function readParent(args: Arguments): Promise<ServerPlace | null> {
  const text = args.value('parent')
  if (text === undefined) return null
  const [, host, tag] = /^([^/]+)\/([^/]+)$/.exec(text) ?? []
  if (host === undefined || tag === undefined)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--parent takes HOST/TAG, not '${text}'`, {
      hint: 'For example --parent ada/network, or --parent broadcast/network to ask on the networks of this machine.',
    })
  if (host === BROADCAST) return { ...BROADCAST_PLACE, tag }
  try {
    const { address } = await lookup(host, 4)
    return { hostName: host, addresses: [address], tag }
  } catch (error) {
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--parent: the host '${host}' has no address: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * How many threads answer reads beside the main one; where nothing is said, none on a system whose ports they cannot share.
 * @throws ERR_PORTOLAN_USAGE
 */
export async function readWorkers(args: Arguments): Promise<number> {
  const text = args.value('workers')
  if (text === undefined) return (await canSharePorts()) ? defaultWorkers(availableParallelism()) : 0
  if (/^\d{1,2}$/.test(text) && Number(text) <= WORKERS_MAX) return Number(text)
  throw new PortolanError('ERR_PORTOLAN_USAGE', `--workers takes a number from 0 to ${WORKERS_MAX}, not '${text}'`)
}

export function readLogLevel(args: Arguments): LogLevel {
  return LOG_LEVELS.find((level) => level === args.value('log')) ?? 'warn'
}
