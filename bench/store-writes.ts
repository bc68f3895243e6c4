/**
 * Durable writes: every one is on disk before it is answered. What the disk itself can do is measured in the same rounds: an
 * append of 4 KiB with fdatasync.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DataFolder } from '../src/directory/index.ts'
import type { Id } from '../src/directory/index.ts'
import { connectServer } from '../src/netinfo/index.ts'
import { LmdbStore } from '../src/store/index.ts'
import { FIRST_USER, REALNAME, TAG, superuserCredential } from './netinfo-users.ts'
import { median } from './measure.ts'

const ROUNDS = 7
const ROUND_MS = 500
const APPEND_BYTES = 4096
const VALUE_BYTES = 100
const WRITERS = 64

export interface WriteResult {
  readonly work: string
  /** Writes a second, the median of the rounds. */
  readonly rate: number
}

interface Work {
  readonly name: string
  /** One after the other, until the time is over; so many of them at once. */
  readonly writers: readonly (() => unknown)[]
}

/** @param folder holds a domain of the benchmarks that nobody else has open. @param port a server of another one */
export async function benchWrites(folder: string, port: number): Promise<readonly WriteResult[]> {
  const file = openSync(join(folder, 'append'), 'a')
  const page = Buffer.alloc(APPEND_BYTES, 1)
  const store = LmdbStore.open(join(folder, 'plain.mdb'))
  const domain = await new DataFolder(folder).openExisting(TAG)
  const users = Array.from({ length: WRITERS }, (_, index) => FIRST_USER + index)
  const connections = await Promise.all(
    users.map(() => connectServer({ address: '127.0.0.1', tcpPort: port, credential: superuserCredential() })),
  )
  let count = 0
  const writeValue = (): Promise<unknown> => {
    count += 1
    const key = Buffer.from(`key ${count % 1000}`)
    return store.commit({ conditions: [], changes: [[key, Buffer.alloc(VALUE_BYTES, count)]] })
  }
  const caller = { kind: 'superuser', name: 'bench', from: 'local' } as const
  const byApi = users.map((object) => {
    const id = domain.id(object)
    if (id === undefined) throw new Error(`there is no directory ${object}`)
    return writeNames(id, async (now, values) => {
      const done = await domain.write({ kind: 'writeProperty', id: now, index: REALNAME, values }, caller)
      return done.id
    })
  })
  const byRpc = await Promise.all(
    connections.map(async (connection, index) => {
      const { id } = await connection.read(FIRST_USER + index)
      return writeNames(id, (now, values) => connection.writeProperty(now, REALNAME, values))
    }),
  )
  const works: readonly Work[] = [
    { name: `append of ${APPEND_BYTES} bytes and fdatasync`, writers: [() => appendPage(file, page)] },
    { name: 'store: a batch of one value', writers: [writeValue] },
    { name: 'WRITEPROP by the API, one writer', writers: byApi.slice(0, 1) },
    { name: `WRITEPROP by the API, ${WRITERS} writers`, writers: byApi },
    { name: 'WRITEPROP over RPC, one writer', writers: byRpc.slice(0, 1) },
    { name: `WRITEPROP over RPC, ${WRITERS} writers`, writers: byRpc },
  ]
  try {
    return await measureWorks(works)
  } finally {
    for (const connection of connections) connection.close()
    await domain.close()
    await store.close()
    closeSync(file)
  }
}

function appendPage(file: number, page: Buffer): void {
  writeSync(file, page)
  fdatasyncSync(file)
}

/** A writer of one directory: each write names the id that the last one gave it. */
function writeNames(first: Id, write: (id: Id, values: readonly string[]) => Promise<Id>): () => Promise<void> {
  let id = first
  let count = 0
  return async () => {
    count += 1
    id = await write(id, [`Written ${count}`])
  }
}

async function measureWorks(works: readonly Work[]): Promise<readonly WriteResult[]> {
  const rates = works.map((): number[] => [])
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [index, { writers }] of works.entries()) {
      const rate = await measureRate(writers)
      if (round >= 0) rates[index]?.push(rate)
    }
  }
  return works.map(({ name }, index) => ({ work: name, rate: median(rates[index] ?? []) }))
}

async function measureRate(writers: Work['writers']): Promise<number> {
  const startedMs = performance.now()
  const repeat = async (write: () => unknown): Promise<number> => {
    let done = 0
    for (; performance.now() - startedMs < ROUND_MS; done += 1) await write()
    return done
  }
  const counts = await Promise.all(writers.map(repeat))
  const seconds = (performance.now() - startedMs) / 1000
  return counts.reduce((sum, each) => sum + each, 0) / seconds
}
