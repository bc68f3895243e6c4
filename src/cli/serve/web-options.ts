/** Who may reach the pages that `portolan serve` shows, and how: its options, read from the command line. */
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import { PortolanError } from '../../core/index.ts'
import { requireSafeReach } from '../../web/index.ts'
import type { WebOptions } from '../../web/index.ts'
import type { Arguments } from '../command.ts'

export type WebAccess = Pick<WebOptions, 'tls' | 'publicOrigin' | 'trustedProxies' | 'operator'>

/**
 * @param host where the pages listen
 * @throws ERR_PORTOLAN_USAGE
 */
export function readWebAccess(args: Arguments, host: string): WebAccess {
  const tls = readTls(args)
  const publicOrigin = readOrigin(args)
  const trustedProxies = args.values('trust-proxy')
  const wrong = trustedProxies.find((address) => isIP(address) === 0)
  if (wrong !== undefined)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--trust-proxy takes an address, not '${wrong}'`, {
      hint: 'For example --trust-proxy 127.0.0.1, for a proxy on this machine.',
    })
  requireSafeReach({ host, isTls: tls !== undefined, trustedProxies }, args.has('insecure-http'))
  const isPrinted = args.has('sign-in-link') || host === '::1' || host.startsWith('127.')
  return {
    ...(tls === undefined ? {} : { tls }),
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    trustedProxies,
    ...(isPrinted ? { operator: userInfo().username } : {}),
  }
}

function readTls(args: Arguments): WebAccess['tls'] {
  const [certificate, key] = [args.value('tls-cert'), args.value('tls-key')]
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined)
    throw new PortolanError('ERR_PORTOLAN_USAGE', '--tls-cert and --tls-key go together', {
      hint: 'Give both: a certificate is nothing without its key.',
    })
  return { certificate, key }
}

/** The origin alone: a scheme, a host and perhaps a port. */
function readOrigin(args: Arguments): string | undefined {
  const text = args.value('public-origin')
  if (text === undefined) return undefined
  const url = URL.parse(text)
  const isOrigin =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search + url.hash === ''
  if (!isOrigin || url.username !== '')
    throw new PortolanError('ERR_PORTOLAN_USAGE', `--public-origin takes a scheme and a host, not '${text}'`, {
      hint: 'For example --public-origin https://ports.example.org, with nothing behind the host.',
    })
  return url.origin
}
