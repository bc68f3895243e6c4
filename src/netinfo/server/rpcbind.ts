/**
 * Tells the world where this machine's binder listens: through the portmapper that runs here (rpcbind), or, where none does,
 * as the portmapper ourselves.
 *
 * rpcbind takes registrations over the loopback; those that come from a reserved port are root's, and only root can take them away
 * again. It passes calls on (CALLIT) only when it was started with `-r`, which Debian's is not: clients that search for their
 * parent by broadcast then find nobody here. Clients that know this machine's address do without.
 */
import { PortolanError, messageOf } from '../../core/index.ts'
import { RpcClient } from '../client/rpc-client.ts'
import { RpcError } from '../client/rpc-error.ts'
import { getPort, setMapping, unsetMapping } from '../client/portmap.ts'
import { PORTMAP, PORTMAP_PROTOCOL } from '../portmap-codec.ts'
import { BINDER_PROGRAM, BINDER_VERSION, PORTMAP_PORT } from '../programs.ts'
import { listenPortmapper } from './portmapper.ts'
import type { RpcErrorListener } from './rpc-program.ts'

export interface AnnounceOptions {
  readonly udpPort: number
  readonly tcpPort: number
  /** Where to listen as the portmapper, if it comes to that; the loopback when left out. */
  readonly host?: string
  /** 111 when left out. */
  readonly portmapPort?: number
  readonly onError?: RpcErrorListener
  /** How often it is looked whether rpcbind still knows the binder, in ms: one that was restarted has forgotten it. */
  readonly checkMs?: number
}

export interface Announcement {
  /** Who answers for port 111 here: another program, or this one. */
  readonly by: 'rpcbind' | 'portolan'
  /** Takes the registration back; it does not fail where the portmapper is gone. */
  readonly close: () => Promise<void>
}

const LOOPBACK = '127.0.0.1'
/** On the loopback; a portmapper that needs longer is not there. */
const TIMEOUT_MS = 5000
const CHECK_MS = 30_000
const BINDER_AS_REGISTERED = { program: BINDER_PROGRAM, version: BINDER_VERSION }

/**
 * Registers the binder, in place of one that is registered already.
 * @throws ERR_PORTOLAN_PORTMAP_REFUSED where the portmapper that runs does not take it
 * @throws ERR_PORTOLAN_LISTEN_FAILED where none runs, and the port is not ours to have
 */
export async function announceBinder(options: AnnounceOptions): Promise<Announcement> {
  const { portmapPort: port = PORTMAP_PORT } = options
  return (await isPortmapperRunning(port)) ? registerAtRpcbind(options, port) : answerOurselves(options, port)
}

/** True where something at this port of the loopback speaks as a portmapper. */
export async function isPortmapperRunning(port: number = PORTMAP_PORT): Promise<boolean> {
  const client = new RpcClient({ address: LOOPBACK, port, connectTimeoutMs: TIMEOUT_MS })
  try {
    await client.call(PORTMAP.ping, undefined, { timeoutMs: TIMEOUT_MS })
    return true
  } catch (error) {
    if (error instanceof RpcError) return false
    throw error
  } finally {
    client.close()
  }
}

async function registerAtRpcbind(ports: AnnounceOptions, port: number): Promise<Announcement> {
  const options = { timeoutMs: TIMEOUT_MS, port }
  await register(ports, port)
  let isChecking = false
  const check = async (): Promise<void> => {
    if (isChecking) return
    isChecking = true
    try {
      const known = await getPort(LOOPBACK, BINDER_AS_REGISTERED, 'udp', options)
      if (known !== ports.udpPort) await register(ports, port)
    } catch (error) {
      // It is down, or will not have us: the next look may find it otherwise.
      if (!(error instanceof RpcError) && !(error instanceof PortolanError)) throw error
    } finally {
      isChecking = false
    }
  }
  const timer = setInterval(() => void check(), ports.checkMs ?? CHECK_MS).unref()
  const close = async (): Promise<void> => {
    clearInterval(timer)
    try {
      await unsetMapping(BINDER_AS_REGISTERED, options)
    } catch (error) {
      // A portmapper that is gone has forgotten us, too.
      if (!(error instanceof RpcError)) throw error
    }
  }
  return { by: 'rpcbind', close }
}

async function register({ udpPort, tcpPort }: AnnounceOptions, port: number): Promise<void> {
  const options = { timeoutMs: TIMEOUT_MS, port }
  try {
    // It does not replace what is registered; what an earlier run left behind must go first.
    await unsetMapping(BINDER_AS_REGISTERED, options)
    for (const [transport, ownPort] of [
      ['udp', udpPort],
      ['tcp', tcpPort],
    ] as const)
      if (!(await setMapping(BINDER_AS_REGISTERED, transport, ownPort, options)))
        throw refusal(`it does not register ${transport} port ${ownPort}`)
  } catch (error) {
    throw error instanceof RpcError ? refusal(messageOf(error), error) : error
  }
}

async function answerOurselves(
  { host, udpPort, tcpPort, onError }: AnnounceOptions,
  port: number,
): Promise<Announcement> {
  const others = { ...(host === undefined ? {} : { host }), ...(onError === undefined ? {} : { onError }) }
  const { portmapper, close } = await listenPortmapper({ ...others, port })
  for (const [protocol, ownPort] of [
    [PORTMAP_PROTOCOL.udp, udpPort],
    [PORTMAP_PROTOCOL.tcp, tcpPort],
  ] as const)
    portmapper.set({ ...BINDER_AS_REGISTERED, protocol, port: ownPort })
  return { by: 'portolan', close }
}

function refusal(problem: string, cause?: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_PORTMAP_REFUSED', `the portmapper of this machine: ${problem}`, {
    hint: 'Run as root, or look with `rpcinfo -p` who has registered program 200100001.',
    ...(cause === undefined ? {} : { cause }),
  })
}
