/**
 * Reads over TCP: calls a second of every procedure, at several numbers of connections, one call at a time on each and
 * pipelined, over domains of several sizes. A round runs each server once, one after the other, so that a noisy moment
 * meets them all; the medians are compared.
 */
import { measureLoad } from './netinfo-load.ts'
import type { Load, Programs } from './netinfo-load.ts'
import type { RunningServer } from './netinfo-servers.ts'
import { FIRST_USER, NAME_FORMAT, USERS } from './netinfo-users.ts'
import { median } from './measure.ts'

export const PROCEDURES = ['LOOKUP', 'READ', 'LOOKUPREAD', 'LIST'] as const
export type ReadProcedure = (typeof PROCEDURES)[number]

/** What the peers' domain holds, and the size at which they are compared. */
export const PEER_USERS = 10_000
/** LIST of more is answered in megabytes: it is measured in milliseconds (netinfo-size.ts). */
const LIST_USERS_MAX = 10_000
const CONNECTIONS = [1, 8, 32] as const
/** Calls under way on each connection. */
export const DEPTHS = [1, 16] as const
/** Of a message to the echo: what a call of LOOKUPREAD takes. */
const ECHO_BYTES = 100
const ROUNDS = 3
const SECONDS = 0.4
const WARM_UP_SECONDS = 1

export interface Sized {
  readonly users: number
  readonly server: RunningServer
}

export interface Contestants {
  readonly programs: Programs
  /** Ours, by the size of the domain, ascending. */
  readonly sized: readonly Sized[]
  readonly peer: RunningServer | null
  readonly echo: RunningServer
}

/** Medians of one procedure at one shape of load. */
export interface ReadResult {
  readonly procedure: ReadProcedure
  readonly connections: number
  readonly depth: number
  /** Calls a second by the number of users. */
  readonly rates: ReadonlyMap<number, number>
  /** Of the size at which the peers are compared. */
  readonly p99Us: number
  readonly peer: number | null
  readonly echo: number
}

function callOf(procedure: ReadProcedure, users: number): readonly string[] {
  if (procedure === 'READ') return ['read', String(FIRST_USER), String(users)]
  if (procedure === 'LIST') return ['list', String(USERS), 'name']
  return [procedure.toLowerCase(), String(USERS), 'name', NAME_FORMAT, String(users)]
}

function isMeasured(procedure: ReadProcedure, users: number): boolean {
  return procedure !== 'LIST' || users <= LIST_USERS_MAX
}

/** Lets every server see every call first: what is measured is a server that has run for a while. */
async function warmUp({ programs, sized, peer }: Contestants): Promise<void> {
  const shape = { connections: 8, depth: 16, seconds: WARM_UP_SECONDS }
  for (const procedure of PROCEDURES) {
    for (const { users, server } of sized)
      if (isMeasured(procedure, users)) await measureLoad(programs, server.port, shape, callOf(procedure, users))
    if (peer !== null) await measureLoad(programs, peer.port, { ...shape, seconds: 0.2 }, callOf(procedure, PEER_USERS))
  }
}

async function measureOne(
  { programs, sized, peer, echo }: Contestants,
  procedure: ReadProcedure,
  connections: number,
  depth: number,
): Promise<ReadResult> {
  const shape = { connections, depth, seconds: SECONDS }
  const ours = sized
    .filter(({ users }) => isMeasured(procedure, users))
    .map(({ users, server }) => ({ users, server, loads: [] as Load[] }))
  const theirs: number[] = []
  const echoed: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { users, server, loads } of ours)
      loads.push(await measureLoad(programs, server.port, shape, callOf(procedure, users)))
    if (peer !== null)
      theirs.push((await measureLoad(programs, peer.port, shape, callOf(procedure, PEER_USERS))).callsPerSecond)
    echoed.push((await measureLoad(programs, echo.port, shape, ['echo', String(ECHO_BYTES)])).callsPerSecond)
  }
  const compared = ours.find(({ users }) => users === PEER_USERS)?.loads ?? []
  return {
    procedure,
    connections,
    depth,
    rates: new Map(ours.map(({ users, loads }) => [users, median(loads.map(({ callsPerSecond }) => callsPerSecond))])),
    p99Us: median(compared.map(({ p99Us }) => p99Us)),
    peer: peer === null ? null : median(theirs),
    echo: median(echoed),
  }
}

export async function benchReads(contestants: Contestants): Promise<readonly ReadResult[]> {
  await warmUp(contestants)
  const results: ReadResult[] = []
  for (const procedure of PROCEDURES)
    for (const depth of DEPTHS)
      for (const connections of CONNECTIONS) results.push(await measureOne(contestants, procedure, connections, depth))
  return results
}
