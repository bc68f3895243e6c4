/** What the size of a domain costs: to open it, to keep it open, to send all of it, to list it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { XdrWriter } from '../src/core/index.ts'
import { connectServer } from '../src/netinfo/index.ts'
import { callOnce } from './netinfo-call.ts'
import type { Answered } from './netinfo-call.ts'
import type { RunningServer } from './netinfo-servers.ts'
import { FIRST_USER, REALNAME, TAG, USERS, superuserCredential } from './netinfo-users.ts'
import { median } from './measure.ts'

const LIST = 11
const READALL = 25
const ROUNDS = 5
const SAMPLE_MS = 10

export interface Opening {
  readonly openMs: number
  readonly residentBytes: number
}

/** Opens a domain in fresh processes; the medians. */
export function measureOpening(folder: string): Opening {
  const script = join(import.meta.dirname, 'fixtures', 'netinfo-open.ts')
  const all = Array.from({ length: ROUNDS }, (): Opening => {
    const { stdout, status } = spawnSync(process.execPath, [script, folder, TAG, String(FIRST_USER)], {
      encoding: 'utf8',
    })
    const found: unknown = status === 0 ? JSON.parse(stdout) : null
    if (typeof found !== 'object' || found === null || !('openMs' in found) || !('residentBytes' in found))
      throw new Error('netinfo-open failed')
    return { openMs: Number(found.openMs), residentBytes: Number(found.residentBytes) }
  })
  return {
    openMs: median(all.map(({ openMs }) => openMs)),
    residentBytes: median(all.map(({ residentBytes }) => residentBytes)),
  }
}

export interface ReadAllCost {
  readonly answered: Answered
  /** The server's own memory in bytes; pages of the store's file do not count. */
  readonly before: number
  readonly peak: number
  readonly after: number
}

/** READALL of the whole domain, while the server's memory is looked at. */
export async function measureReadAll({ port, memory }: RunningServer): Promise<ReadAllCost> {
  const before = memory().own
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, memory().own)
  }, SAMPLE_MS)
  try {
    // No checksum is this one: the answer is the whole copy.
    const answered = await callOnce(port, READALL, new XdrWriter().u32(0).toBytes())
    return { answered, before, peak, after: memory().own }
  } finally {
    clearInterval(timer)
  }
}

export interface ListCost {
  /** After a write to one of the users: every child is read. */
  readonly first: Answered
  /** With nothing changed in between. */
  readonly again: Answered
}

/** LIST of all the users' names, before and after the server has it ready; medians. */
export async function measureList({ port }: RunningServer): Promise<ListCost> {
  const args = new XdrWriter().u32(USERS).u32(0).text('name').toBytes()
  const writer = await connectServer({ address: '127.0.0.1', tcpPort: port, credential: superuserCredential() })
  const costs: ListCost[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id } = await writer.read(FIRST_USER)
    await writer.writeProperty(id, REALNAME, [`Listed ${round}`])
    costs.push({ first: await callOnce(port, LIST, args), again: await callOnce(port, LIST, args) })
  }
  writer.close()
  const middle = (which: keyof ListCost): Answered => ({
    tookMs: median(costs.map((cost) => cost[which].tookMs)),
    bytes: costs[0]?.[which].bytes ?? 0,
  })
  return { first: middle('first'), again: middle('again') }
}
