import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  COVERING_ROWS,
  FIRST_EXTRA_LINE,
  HEADER_LINE,
  LANDMARK_ROWS,
  csvLine,
  csvOf,
  wholeCsv,
} from '../../test/support/synthetic-csv.ts'
import type { SyntheticRow } from '../../test/support/synthetic-csv.ts'
import { LIMITS } from '../core/index.ts'
import { parseIanaCsv } from './iana-csv.ts'
import type { IanaRow } from './iana-csv.ts'

const FROM = 'ports.csv'

function assertRefused(text: string, line: number, what: RegExp): void {
  assert.throws(
    () => parseIanaCsv(text, FROM),
    (error) => {
      assert.ok(error instanceof Error && 'code' in error, String(error))
      assert.equal(error.code, 'ERR_PORTOLAN_CSV_REFUSED')
      assert.ok(error.message.startsWith(`${FROM}, line ${line}: `), error.message)
      assert.match(error.message, what)
      return true
    },
  )
}

/** The first row given to a whole file, as it was read. */
function read(row: SyntheticRow): IanaRow {
  const found = parseIanaCsv(wholeCsv([row]), FROM).rows[LANDMARK_ROWS.length]
  assert.ok(found !== undefined)
  return found
}

describe('parseIanaCsv reads', () => {
  test('every column of a row, and the line on which it begins', () => {
    assert.deepEqual(
      read({
        name: 'chart',
        ports: '7000',
        transport: 'udp',
        description: 'A "chart", of ports',
        assignee: '[A_B]',
        contact: '[C_D]',
        registered: '2001-02-03',
        modified: '2004-05',
        reference: '[RFC9999]',
        serviceCode: '1234',
        unauthorizedUse: 'yes',
        notes: 'A note',
      }),
      {
        line: FIRST_EXTRA_LINE,
        name: 'chart',
        ports: { first: 7000, last: 7000 },
        transports: ['udp'],
        description: 'A "chart", of ports',
        assignee: '[A_B]',
        contact: '[C_D]',
        registrationDate: '2001-02-03',
        modificationDate: '2004-05',
        reference: '[RFC9999]',
        serviceCode: '1234',
        unauthorizedUse: 'yes',
        notes: 'A note',
      },
    )
  })

  test('a row without a port', () => {
    assert.equal(read({ name: 'chart', transport: 'tcp' }).ports, null)
  })

  test('a row without a transport, which holds for all', () => {
    assert.deepEqual(read({ name: 'chart', ports: '7000' }).transports, [])
  })

  test('a range', () => {
    assert.deepEqual(read({ name: 'chart', ports: '7000-7063', transport: 'tcp' }).ports, { first: 7000, last: 7063 })
    assert.deepEqual(read({ name: 'chart', ports: '0-65535', transport: 'tcp' }).ports, { first: 0, last: 65_535 })
  })

  test('each of the four transports, in any case of letters', () => {
    for (const [written, expected] of [
      ['tcp', 'tcp'],
      ['UDP', 'udp'],
      ['Sctp', 'sctp'],
      ['dccp', 'dccp'],
    ] as const) {
      assert.deepEqual(read({ name: 'chart', ports: '7000', transport: written }).transports, [expected])
    }
  })

  test('a quoted field with newlines, folded to one line, and counts its lines', () => {
    const { rows } = parseIanaCsv(
      wholeCsv([
        { name: 'chart', ports: '7000', notes: 'one\n  two\n\tthree ' },
        { name: 'next', ports: '7001' },
      ]),
      FROM,
    )
    assert.deepEqual(
      rows
        .slice(LANDMARK_ROWS.length, LANDMARK_ROWS.length + 2)
        .map(({ line, name, notes }) => ({ line, name, notes })),
      [
        { line: FIRST_EXTRA_LINE, name: 'chart', notes: 'one two three' },
        { line: FIRST_EXTRA_LINE + 3, name: 'next', notes: '' },
      ],
    )
  })

  test('the newest date of any row', () => {
    assert.equal(parseIanaCsv(wholeCsv(), FROM).newestDate, '2021-10-01')
    assert.equal(
      parseIanaCsv(
        wholeCsv([
          { name: 'chart', registered: '2025-11-14' },
          { name: 'old', modified: '2025-11' },
        ]),
        FROM,
      ).newestDate,
      '2025-11-14',
    )
  })

  test('a file with a byte order mark and lines that end in CRLF', () => {
    const { rows } = parseIanaCsv(`\ufeff${wholeCsv().replaceAll('\n', '\r\n')}`, FROM)
    assert.equal(rows.length, LANDMARK_ROWS.length + COVERING_ROWS.length)
  })

  test('letters of any alphabet', () => {
    assert.equal(read({ name: 'chart', assignee: 'Łódź 中文 🧭' }).assignee, 'Łódź 中文 🧭')
  })
})

describe('parseIanaCsv refuses', () => {
  test('an empty file, and one without rows', () => {
    assertRefused('', 1, /there are no rows/)
    assertRefused(`${HEADER_LINE}\n`, 1, /there are no rows/)
  })

  test('other columns', () => {
    const what = /the columns are not those of IANA's registry/
    assertRefused(wholeCsv().replace('Port Number', 'Port'), 1, what)
    assertRefused(wholeCsv().replace(`${HEADER_LINE}\n`, ''), 1, what)
    assertRefused('<html><body>404</body></html>\n', 1, what)
  })

  test('a row with too few or too many fields', () => {
    const good = csvLine({ name: 'chart', ports: '7000', transport: 'tcp' })
    for (const [bad, count] of [
      [good.replace(',', ''), 11],
      [good.replace(',', ',,'), 13],
      ['\n', 1],
    ] as const) {
      assertRefused(
        wholeCsv().replace(',0-1023', `${bad},0-1023`),
        FIRST_EXTRA_LINE,
        new RegExp(`${count} fields instead of 12`),
      )
    }
  })

  test('a port above 65535', () => {
    assertRefused(wholeCsv([{ name: 'a', ports: '65536' }]), FIRST_EXTRA_LINE, /'65536' is not a port or a range/)
    assertRefused(wholeCsv([{ name: 'a', ports: '1-65536' }]), FIRST_EXTRA_LINE, /'1-65536' is not a port or a range/)
    assertRefused(wholeCsv([{ name: 'a', ports: '100000' }]), FIRST_EXTRA_LINE, /'100000' is not a port or a range/)
  })

  test('a reversed range', () => {
    assertRefused(
      wholeCsv([{ name: 'a', ports: '7001-7000' }]),
      FIRST_EXTRA_LINE,
      /'7001-7000' is not a port or a range/,
    )
  })

  test('a port that is no number', () => {
    for (const ports of ['x', '-1', '1-', '-', '1-2-3', '0x50', '8e1', '1 2', '٨٠']) {
      assertRefused(wholeCsv([{ name: 'a', ports }]), FIRST_EXTRA_LINE, /is not a port or a range/)
    }
  })

  test('an unknown transport, and shows no more than the beginning of a long one', () => {
    assertRefused(
      wholeCsv([{ name: 'a', ports: '7000', transport: 'ddp' }]),
      FIRST_EXTRA_LINE,
      /'ddp' is not a transport/,
    )
    const long = 'x'.repeat(5000)
    assertRefused(
      wholeCsv([{ name: 'a', ports: '7000', transport: long }]),
      FIRST_EXTRA_LINE,
      /: 'x{40}' is not a transport$/,
    )
  })

  test('a text that is no date', () => {
    for (const modified of ['yesterday', '2025', '14/11/2025', '2025-1-1', '2025-11-14T00:00:00Z']) {
      assertRefused(wholeCsv([{ name: 'a', modified }]), FIRST_EXTRA_LINE, /is not a date/)
      assertRefused(wholeCsv([{ name: 'a', registered: modified }]), FIRST_EXTRA_LINE, /is not a date/)
    }
  })

  test('a date that no calendar has, for the newest date stands in every answer', () => {
    for (const modified of ['2025-13-01', '2025-00', '2025-01-32', '9999-99-99']) {
      assertRefused(wholeCsv([{ name: 'a', modified }]), FIRST_EXTRA_LINE, /is not a date/)
    }
  })

  test('control characters that could change what a terminal shows', () => {
    for (const bad of [
      '\u001b[31m',
      '\u0000',
      '\u0007',
      '\u007f',
      '\u009b',
      '\u0085',
      '\u202e',
      '\u202a',
      '\u2066',
      '\u2069',
    ]) {
      for (const row of [
        { name: `a${bad}b` },
        { name: 'a', description: `a${bad}b` },
        { name: 'a', notes: `a${bad}b` },
      ]) {
        assertRefused(wholeCsv([row]), FIRST_EXTRA_LINE, /a control character in a field/)
      }
    }
  })

  test('a row with neither a name nor a port', () => {
    assertRefused(wholeCsv([{ description: 'nothing' }]), FIRST_EXTRA_LINE, /neither a service name nor a port/)
  })

  test('a file cut off within quotes, and names the line where they open', () => {
    const text = wholeCsv([{ name: 'a', notes: 'one\ntwo, three\n' }])
    assertRefused(text.slice(0, text.indexOf('three')), FIRST_EXTRA_LINE, /never closed: the file is cut off/)
  })

  test('a quote out of place', () => {
    assertRefused(wholeCsv([{ name: 'chart' }]).replace('chart', 'ch"art'), FIRST_EXTRA_LINE, /a quote stands inside/)
    assertRefused(
      wholeCsv([{ name: 'chart' }]).replace('chart', '"chart"x'),
      FIRST_EXTRA_LINE,
      /something stands between/,
    )
  })

  test('a last line without an end', () => {
    const lastLine = FIRST_EXTRA_LINE + COVERING_ROWS.length - 1
    assertRefused(wholeCsv().slice(0, -1), lastLine, /the last line has no end: the file is cut off/)
  })

  test('a file cut off anywhere', () => {
    const text = wholeCsv([{ name: 'a', ports: '7000', notes: 'one, "two"\nthree' }])
    for (let length = 0; length < text.length; length += 1) {
      assert.throws(
        () => parseIanaCsv(text.slice(0, length), FROM),
        { code: 'ERR_PORTOLAN_CSV_REFUSED' },
        `${length} characters`,
      )
    }
  })

  test('a file cut off between rows, by the ports that are not listed', () => {
    const [system = {}] = COVERING_ROWS
    const what = /48128 of the ports below 49152 not listed \(the first is 1024\): this is not the whole registry/
    assertRefused(csvOf([...LANDMARK_ROWS, system]), FIRST_EXTRA_LINE, what)
  })

  test('more than one port in a hundred not listed, and no fewer', () => {
    const covering = (last: number): string =>
      csvOf([...LANDMARK_ROWS, { ports: `0-${last}`, description: 'Unassigned' }])
    assert.equal(parseIanaCsv(covering(48_660), FROM).rows.length, LANDMARK_ROWS.length + 1)
    assertRefused(covering(48_659), FIRST_EXTRA_LINE, /492 of the ports/)
  })

  test('a file that lacks an assignment which every registry has', () => {
    for (const missing of LANDMARK_ROWS) {
      const rows = LANDMARK_ROWS.filter((row) => row !== missing)
      const what = new RegExp(
        `without ${missing.name} on ${missing.ports}/${missing.transport}: this is not the whole registry`,
      )
      assertRefused(csvOf([...rows, ...COVERING_ROWS]), FIRST_EXTRA_LINE, what)
    }
  })

  test('a landmark on another port or transport', () => {
    const [first, ...others] = LANDMARK_ROWS
    for (const row of [
      { ...first, ports: '2121' },
      { ...first, transport: 'udp' },
      { ...first, name: 'FTP-data' },
    ]) {
      assertRefused(csvOf([row, ...others, ...COVERING_ROWS]), FIRST_EXTRA_LINE + 1, /without ftp on 21\/tcp/)
    }
  })

  test('more rows than the limit', () => {
    const rows = Array.from({ length: LIMITS.csvRows + 1 }, () => ({ name: 'a' }))
    assertRefused(csvOf(rows), LIMITS.csvRows + 2, new RegExp(`more than ${LIMITS.csvRows} rows`))
  })

  test('a field beyond the limit', () => {
    const notes = 'x'.repeat(LIMITS.csvFieldChars + 1)
    assertRefused(wholeCsv([{ name: 'a', notes }]), FIRST_EXTRA_LINE, /a field has more than 16384 characters/)
  })
})
