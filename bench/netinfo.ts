/** The directory over NetInfo: reads, durable writes, and what a domain's size costs, as tables. */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { compilePrograms } from './netinfo-load.ts'
import { PEER_USERS, benchReads } from './netinfo-reads.ts'
import type { Contestants, Sized } from './netinfo-reads.ts'
import { renderAims, renderReads, renderSizes, renderWrites } from './netinfo-report.ts'
import type { SizeResult } from './netinfo-report.ts'
import { startEcho, startPeer, startPortolan } from './netinfo-servers.ts'
import type { RunningServer } from './netinfo-servers.ts'
import { measureList, measureOpening, measureReadAll } from './netinfo-size.ts'
import { TAG, buildUsers } from './netinfo-users.ts'
import { benchWrites } from './store-writes.ts'

const SIZES = [1000, 10_000, 100_000, 1_000_000] as const
/** Larger domains are left out of a quick run. */
const QUICK_USERS_MAX = 10_000
const WRITTEN_USERS = 1000

export interface NetinfoOptions {
  /** The program as it is installed. */
  readonly portolan: string
  /** For the stores, the C programs, and what is written: gone when the caller removes it. */
  readonly folder: string
  readonly isQuick: boolean
}

/** The tables, as text. What is under way is told on standard error. */
export async function benchNetinfo({ portolan, folder, isQuick }: NetinfoOptions): Promise<string> {
  const programs = compilePrograms(folder)
  const started: RunningServer[] = []
  const keep = (server: RunningServer): RunningServer => {
    started.push(server)
    return server
  }
  try {
    const sizes = SIZES.filter((users) => !isQuick || users <= QUICK_USERS_MAX)
    const built = await buildAll(folder, sizes)
    const openings = built.map(({ data }) => measureOpening(data))
    const sized: Sized[] = []
    for (const { users, data } of built) sized.push({ users, server: keep(await startPortolan(portolan, data)) })
    const idle = sized.map(({ server }) => server.memory())
    const peer = programs.peer === null ? null : keep(await startPeer(programs.peer, PEER_USERS))
    const contestants: Contestants = { programs, sized, peer, echo: keep(await startEcho()) }
    say('reads')
    const reads = await benchReads(contestants)
    const sizeResults: SizeResult[] = []
    for (const [index, { users, server }] of sized.entries()) {
      say(`READALL and LIST of ${users} users`)
      const served = server.memory()
      const opening = openings[index]
      const made = built[index]
      const atFirst = idle[index]
      if (opening === undefined || made === undefined || atFirst === undefined) continue
      const readAll = await measureReadAll(server)
      const list = await measureList(server)
      const { buildSeconds, fileBytes } = made
      sizeResults.push({ users, buildSeconds, fileBytes, opening, idle: atFirst, served, readAll, list })
    }
    say('durable writes')
    const writes = await measureWrites(folder, sized)
    return [renderAims(reads, sizeResults), renderReads(reads), renderWrites(writes), renderSizes(sizeResults)].join(
      '\n\n',
    )
  } finally {
    await Promise.all(started.map((server) => server.stop()))
  }
}

interface Built {
  readonly users: number
  readonly data: string
  readonly buildSeconds: number
  readonly fileBytes: number
}

async function buildAll(folder: string, sizes: readonly number[]): Promise<readonly Built[]> {
  const built: Built[] = []
  for (const users of sizes) {
    say(`a domain of ${users} users`)
    const data = join(folder, `users-${users}`)
    const buildSeconds = await buildUsers(data, users)
    built.push({ users, data, buildSeconds, fileBytes: statSync(join(data, `${TAG}.mdb`)).size })
  }
  return built
}

/** By the API to a domain that nobody serves; over RPC to the smallest that is served. */
async function measureWrites(folder: string, [smallest]: readonly Sized[]): ReturnType<typeof benchWrites> {
  const data = join(folder, 'written')
  mkdirSync(data)
  await buildUsers(data, WRITTEN_USERS)
  try {
    return await benchWrites(data, smallest?.server.port ?? 0)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

function say(what: string): void {
  console.error(`bench: ${what} …`)
}
