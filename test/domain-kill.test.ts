/**
 * A domain is killed (SIGKILL) while it writes, again and again: nothing that was acknowledged may be lost, and nothing may be
 * half-written. `node test/domain-kill.test.ts --times 100`, or PORTOLAN_KILLS=100, kills more often.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseArgs } from 'node:util'
import { Domain, checkDomain, firstValue } from '../src/directory/index.ts'
import { LmdbStore } from '../src/store/index.ts'
import { tempFolder } from './support/temp-folder.ts'

const WRITER = join(import.meta.dirname, 'fixtures', 'domain-writer.ts')
const TIMES_ORDINARY = 8
const DELAY_MS_MAX = { write: 250, load: 500 } as const

/** What the writer prints of each write that was acknowledged. */
interface Acknowledged {
  readonly revision: number
  readonly kind: string
  readonly object: number
  readonly mark: string
}

function timesToKill(): number {
  const { values } = parseArgs({ options: { times: { type: 'string' } }, strict: false })
  const given = typeof values.times === 'string' ? values.times : process.env['PORTOLAN_KILLS']
  return given === undefined ? TIMES_ORDINARY : Number(given)
}

/** Lets a process write to a domain, kills it at a random moment after its first write, and gives what it acknowledged. */
async function killedWriter(file: string, mode: 'write' | 'load'): Promise<readonly Acknowledged[]> {
  const child = spawn(process.execPath, [WRITER, file, mode], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const acknowledged: Acknowledged[] = []
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may be cut off by the kill; each whole one ends with a dot.
    if (!line.endsWith('.')) continue
    const [revision, kind = '', object, mark = ''] = line.slice(0, -1).split(' ')
    acknowledged.push({ revision: Number(revision), kind, object: Number(object), mark })
    if (acknowledged.length === 1) setTimeout(() => child.kill('SIGKILL'), Math.random() * DELAY_MS_MAX[mode])
  }
  assert.equal(await ended, 'SIGKILL', stderr)
  return acknowledged
}

/** The state that the acknowledged writes, and those after them that were done too, must have led to. */
function checkAgainstJournal(domain: Domain, acknowledged: readonly Acknowledged[]): void {
  assert.deepEqual(checkDomain(domain), [])
  const entries = [...domain.journal()]
  assert.deepEqual(
    entries.map(({ revision }) => revision),
    entries.map((_, index) => index + 1),
    'the journal has a gap',
  )
  assert.equal(entries.length, domain.revision())
  const last = new Map<number, string | null>()
  for (const { kind, object, changes } of entries) {
    const mark = changes.find(({ name }) => name === 'mark')?.after?.[0]
    if (kind === 'destroy') last.set(object, null)
    else if (mark !== undefined) last.set(object, mark)
  }
  for (const { revision, kind, object, mark } of acknowledged) {
    const entry = entries[revision - 1]
    assert.ok(entry !== undefined, `revision ${revision} was acknowledged, and the last is ${domain.revision()}`)
    assert.equal(entry.kind, kind)
    assert.equal(entry.object, object)
    const written = entry.changes.find(({ name }) => name === 'mark')?.after?.[0]
    if (kind !== 'destroy') assert.equal(written, mark, `revision ${revision}`)
  }
  for (const [object, mark] of last) {
    const found = domain.read(object)
    if (mark === null) assert.equal(found, undefined, `directory ${object} was destroyed`)
    else assert.equal(firstValue(found?.properties ?? [], 'mark'), mark, `directory ${object}`)
  }
}

test('nothing acknowledged is lost, and nothing half-done, when a writer is killed at any moment', async (context) => {
  const file = join(tempFolder(context), 'domain.mdb')
  let revision = 0
  let count = 0
  const times = timesToKill()
  for (let time = 0; time < times; time += 1) {
    const acknowledged = await killedWriter(file, 'write')
    assert.ok(acknowledged.length > 0)
    const domain = await Domain.open(LmdbStore.open(file), { tag: 'kill' })
    try {
      assert.ok(domain.revision() >= (acknowledged.at(-1)?.revision ?? 0))
      checkAgainstJournal(domain, acknowledged)
      revision = domain.revision()
    } finally {
      await domain.close()
    }
    count += acknowledged.length
  }
  context.diagnostic(`${times} kills, ${count} writes acknowledged, ${revision} done`)
})

test('a load that is killed leaves the domain as it was, or whole and new, and no remnants', async (context) => {
  const file = join(tempFolder(context), 'domain.mdb')
  const times = Math.ceil(timesToKill() / 2)
  const seen = { old: 0, new: 0 }
  for (let time = 0; time < times; time += 1) {
    const acknowledged = await killedWriter(file, 'load')
    const store = LmdbStore.open(file)
    const domain = await Domain.open(store, { tag: 'kill' })
    try {
      assert.deepEqual(checkDomain(domain), [])
      // The writer says which state it is in before each load, and when it is done.
      const told = acknowledged.at(-1)
      const name = firstValue(domain.read(0)?.properties ?? [], 'mark')
      if (name === told?.mark) seen.old += 1
      else {
        seen.new += 1
        assert.equal(name, String(Number(told?.mark) + 1))
      }
      for (const child of domain.childrenOf(0).slice(0, 50))
        assert.equal(firstValue(domain.read(child)?.properties ?? [], 'mark'), name)
      const { generation } = domain.about()
      const others = [...store.range({ from: Buffer.from([2]), to: Buffer.from([0xff, 0xff]) })].filter(
        ({ key }) => key[0] !== generation,
      )
      assert.deepEqual(others, [], 'remnants')
    } finally {
      await domain.close()
    }
  }
  context.diagnostic(`${times} kills: ${seen.old} times as told, ${seen.new} times one step on`)
})
