/** The portmapper of a machine (RFC 1833 §3): where programs listen, and calls that it passes on. */
import { XdrReader, XdrWriter } from '../../core/index.ts'
import type { Procedure } from '../codec-parts.ts'
import { PORTMAP, PORTMAP_PROTOCOL } from '../portmap-codec.ts'
import type { Mapping } from '../portmap-codec.ts'
import { PORTMAP_PORT } from '../programs.ts'
import { RpcClient } from './rpc-client.ts'
import { callUdp } from './udp-client.ts'

export type Transport = keyof typeof PORTMAP_PROTOCOL

export interface PortmapOptions {
  readonly timeoutMs: number
  /** How to ask; UDP when left out. */
  readonly over?: Transport
  /** Where the portmapper listens; 111 when left out. */
  readonly port?: number
  readonly signal?: AbortSignal | undefined
}

export interface Program {
  readonly program: number
  readonly version: number
}

/**
 * The port of a program.
 * @returns null where it is not registered
 * @throws RpcError where no portmapper answers
 */
export async function getPort(
  address: string,
  program: Program,
  transport: Transport,
  options: PortmapOptions,
): Promise<number | null> {
  const port = await callPortmap(PORTMAP.getport, mappingOf(program, transport, 0), address, options)
  return port === 0 ? null : port
}

/** All that is registered. It is asked over TCP unless told otherwise: a long list does not fit in a datagram. */
export async function dumpMappings(address: string, options: PortmapOptions): Promise<readonly Mapping[]> {
  return await callPortmap(PORTMAP.dump, undefined, address, { over: 'tcp', ...options })
}

/**
 * Registers a program at this machine's portmapper, in place of an older registration of it.
 * @returns false where the portmapper refused
 */
export async function setMapping(
  program: Program,
  transport: Transport,
  port: number,
  options: PortmapOptions,
): Promise<boolean> {
  const args = mappingOf(program, transport, port)
  return await callPortmap(PORTMAP.set, args, '127.0.0.1', { isReservedPort: true, over: 'tcp', ...options })
}

/** Takes a program's registration away, whatever its transport. */
export async function unsetMapping(program: Program, options: PortmapOptions): Promise<boolean> {
  const args = { ...program, protocol: 0, port: 0 }
  return await callPortmap(PORTMAP.unset, args, '127.0.0.1', { isReservedPort: true, over: 'tcp', ...options })
}

/**
 * Has the portmapper make a call on its machine (CALLIT). It is silent when the call fails, so a failure is a timeout; so it
 * is where the portmapper does not serve such calls, as rpcbind by default.
 * @throws RpcError
 */
export async function callIndirectly<A, R>(
  procedure: Procedure<A, R>,
  args: A,
  address: string,
  options: PortmapOptions,
): Promise<R> {
  const { result } = await callPortmap(PORTMAP.callit, callitArguments(procedure, args), address, options)
  const reader = new XdrReader(result)
  return procedure.result.decode(reader)
}

/** What CALLIT needs to know to make a call. */
export function callitArguments<A, R>(
  procedure: Procedure<A, R>,
  args: A,
): { readonly program: number; readonly version: number; readonly procedure: number; readonly args: Buffer } {
  const writer = new XdrWriter()
  procedure.args.encode(writer, args)
  return {
    program: procedure.program,
    version: procedure.version,
    procedure: procedure.number,
    args: writer.toBytes(),
  }
}

function mappingOf({ program, version }: Program, transport: Transport, port: number): Mapping {
  return { program, version, protocol: PORTMAP_PROTOCOL[transport], port }
}

async function callPortmap<A, R>(
  procedure: Procedure<A, R>,
  args: A,
  address: string,
  options: PortmapOptions & { readonly isReservedPort?: boolean },
): Promise<R> {
  const { timeoutMs, signal, port = PORTMAP_PORT, over = 'udp' } = options
  if (over === 'udp') return await callUdp(procedure, args, { address, port, timeoutMs, signal })
  const isReservedPort = options.isReservedPort === true
  const client = new RpcClient({ address, port, connectTimeoutMs: timeoutMs, isReservedPort, signal })
  try {
    return await client.call(procedure, args, { timeoutMs })
  } finally {
    client.close()
  }
}
