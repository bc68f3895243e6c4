/**
 * The proof that the registry's answers are IANA's: against the official file of 2025-11-14, read a second time by
 * other code (support/iana-reading.ts), for every pair of a port below 49152 and tcp or udp.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openRegistry, updateRegistry } from '../src/registry/index.ts'
import { PORTS_BELOW_DYNAMIC, readIana } from './support/iana-reading.ts'
import { tempFolder } from './support/temp-folder.ts'

const CSV = join(import.meta.dirname, '..', '..', 'shared', 'data', 'iana-service-names-port-numbers-2025-11-14.csv')
const SKIP = existsSync(CSV) ? false : `IANA's file is not at ${CSV}`
const AGREEMENT_MIN = 0.999

/** Rows that IANA made after 2025-11-14: port-numbers, which is newer, has them, and the file has not. */
const NEWER = 'port-numbers is newer than the file'
/** A row without a transport, which port-numbers leaves out, made after 2015, where service-names-port-numbers ends. */
const LEFT_OUT = 'a row without a transport of 2018-01-09, which neither package has'

/** Every pair whose status differs out of the box: what the file says, what we say, and why. */
const DIFFERENCES: readonly (readonly [pair: string, csv: string, ours: string, reason: string])[] = [
  ['4480/tcp', 'unassigned', 'assigned', NEWER],
  ['4480/udp', 'unassigned', 'assigned', NEWER],
  ['4794/tcp', 'unassigned', 'reserved', NEWER],
  ['4794/udp', 'unassigned', 'assigned', NEWER],
  ['5319/tcp', 'unassigned', 'assigned', NEWER],
  ['5319/udp', 'unassigned', 'assigned', NEWER],
  ['6610/tcp', 'unassigned', 'assigned', NEWER],
  ['6610/udp', 'unassigned', 'assigned', NEWER],
  ['7123/udp', 'reserved', 'assigned', NEWER],
  ['8010/tcp', 'reserved', 'unassigned', LEFT_OUT],
  ['8010/udp', 'reserved', 'unassigned', LEFT_OUT],
  ['9183/tcp', 'unassigned', 'assigned', NEWER],
  ['9183/udp', 'unassigned', 'assigned', NEWER],
  ['11434/tcp', 'unassigned', 'assigned', NEWER],
  ['11434/udp', 'unassigned', 'reserved', NEWER],
  ['30939/tcp', 'unassigned', 'assigned', NEWER],
  ['30939/udp', 'unassigned', 'assigned', NEWER],
  ['34965/tcp', 'unassigned', 'assigned', NEWER],
  ['34965/udp', 'unassigned', 'assigned', NEWER],
  ['34966/tcp', 'unassigned', 'reserved', NEWER],
  ['34966/udp', 'unassigned', 'assigned', NEWER],
]

describe("agreement with IANA's file of 2025-11-14", { skip: SKIP }, () => {
  const text = SKIP === false ? readFileSync(CSV, 'utf8') : ''

  test('out of the box every status is the same, but for the differences listed with their reasons', (context) => {
    const { registry, isUpdated } = openRegistry({ PORTOLAN_DATA: tempFolder(context) })
    assert.equal(isUpdated, false)
    const found: string[] = []
    let same = 0
    for (const transport of ['tcp', 'udp'] as const) {
      for (const [port, { status }] of readIana(text, transport).entries()) {
        const ours = registry.status(port, transport)
        if (ours === status) same += 1
        else found.push(`${port}/${transport}: ${status} in the file, ${ours} here`)
      }
    }
    const expected = DIFFERENCES.map(([pair, csv, ours]) => `${pair}: ${csv} in the file, ${ours} here`)
    assert.deepEqual(found.toSorted(), expected.toSorted())
    const total = 2 * PORTS_BELOW_DYNAMIC
    assert.equal(same + found.length, total)
    assert.ok(same / total >= AGREEMENT_MIN, `${same} of ${total}`)
    context.diagnostic(`${same} of ${total} statuses are the same (${((100 * same) / total).toFixed(3)} %)`)
  })

  test('each difference rests on a source that is newer than the file, or on its silence', (context) => {
    const { registry } = openRegistry({ PORTOLAN_DATA: tempFolder(context) })
    for (const [pair, , , reason] of DIFFERENCES) {
      const [port, transport] = pair.split('/')
      const { source } = registry.lookup(Number(port), transport === 'tcp' ? 'tcp' : 'udp')
      assert.match(source.id, reason === NEWER ? /^port-numbers@[\d.]+$/ : /^port-numbers@[\d.]+, no row$/, pair)
      assert.ok(source.asOf > '2025-11-14', pair)
    }
  })

  test('after an update from it every status and every primary name is the same', async (context) => {
    const env = { PORTOLAN_DATA: tempFolder(context) }
    await updateRegistry({ from: CSV, env })
    const { registry, isUpdated } = openRegistry(env)
    assert.equal(isUpdated, true)
    const wrong: string[] = []
    for (const transport of ['tcp', 'udp', 'sctp', 'dccp'] as const) {
      for (const [port, { status, name }] of readIana(text, transport).entries()) {
        const ours = registry.lookup(port, transport)
        if (ours.status !== status || ours.name !== name) {
          wrong.push(`${port}/${transport}: ${status} '${name}' in the file, ${ours.status} '${ours.name}' here`)
        }
      }
    }
    assert.deepEqual(wrong, [])
    for (const source of registry.meta.sources) assert.equal(source.asOf, '2025-11-14')
    assert.equal(registry.lookup(973, 'tcp').source.asOf, '2025-11-14')
  })

  test('an update tells what changed: each difference in status, as it was and as it is', async (context) => {
    const { changes, rows, before, after } = await updateRegistry({
      from: CSV,
      env: { PORTOLAN_DATA: tempFolder(context) },
    })
    assert.ok(rows > 14_000)
    assert.match(before[0]?.id ?? '', /^port-numbers@/)
    assert.equal(after[0]?.id, 'iana-csv')
    const told = changes
      .filter(({ kind, ports }) => kind === 'status' && ports.last < PORTS_BELOW_DYNAMIC)
      .flatMap(({ ports, transports, before: was, after: is }) =>
        transports
          .filter((transport) => transport === 'tcp' || transport === 'udp')
          .flatMap((transport) =>
            Array.from(
              { length: ports.last - ports.first + 1 },
              (_, index) => `${ports.first + index}/${transport}: ${was.status} to ${is.status}`,
            ),
          ),
      )
    assert.deepEqual(told.toSorted(), DIFFERENCES.map(([pair, csv, ours]) => `${pair}: ${ours} to ${csv}`).toSorted())
  })
})
