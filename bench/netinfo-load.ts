/** The C programs of the directory's benchmarks: the load client, and the peer that answers as NetInfo in memory. */
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const SOURCES = { load: 'rpc-load.c', peer: join('fixtures', 'rpc-peer.c') } as const

export interface Programs {
  readonly load: string
  /** Null where libtirpc is not installed for building. */
  readonly peer: string | null
}

/** What one run of rpc-load saw. */
export interface Load {
  readonly callsPerSecond: number
  readonly p99Us: number
}

export interface LoadShape {
  readonly connections: number
  /** Calls under way on each connection. */
  readonly depth: number
  readonly seconds: number
}

/**
 * Compiles the C programs into a folder.
 * @throws Error where there is no C compiler
 */
export function compilePrograms(folder: string): Programs {
  const compile = (source: string, name: string, ...libraries: readonly string[]): string | null => {
    const program = join(folder, name)
    const args = ['-O2', '-I/usr/include/tirpc', '-o', program, join(import.meta.dirname, source), ...libraries]
    return spawnSync('cc', args, { stdio: 'ignore' }).status === 0 ? program : null
  }
  const load = compile(SOURCES.load, 'rpc-load')
  if (load === null) throw new Error('bench/rpc-load.c could not be compiled: a C compiler (cc) is needed')
  return { load, peer: compile(SOURCES.peer, 'rpc-peer', '-ltirpc') }
}

/** @throws Error when a call failed, or none was answered */
export async function measureLoad(
  { load }: Programs,
  port: number,
  { connections, depth, seconds }: LoadShape,
  call: readonly string[],
): Promise<Load> {
  const shape = [connections, depth, seconds].map(String)
  const { stdout } = await run(load, ['127.0.0.1', String(port), ...shape, ...call])
  const [, rate, p99, answered] = /^(\d+) calls\/s.* p99 (\d+) us.* (\d+) calls /.exec(stdout) ?? []
  if (answered === undefined || Number(answered) === 0) throw new Error(`${call.join(' ')}: ${stdout}`)
  return { callsPerSecond: Number(rate), p99Us: Number(p99) }
}
