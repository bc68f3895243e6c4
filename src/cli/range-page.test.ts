import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../test/support/packaged-data.ts'
import { NO_SOCKETS, madeListener, madeProcess, madeSockets } from '../../test/support/sockets-made.ts'
import type { Sockets } from '../listeners/index.ts'
import { parseQuery } from '../answer/index.ts'
import { renderRange } from './range-page.ts'
import { columnsOf, makeStyle } from './style.ts'

const registry = packagedRegistry()
const lore = packagedLore()

function page(text: string, sockets: Sockets = NO_SOCKETS, width = 80): string {
  const query = parseQuery(text, registry, packagedLore)
  return query.spans
    .map((span) => renderRange(span, query, registry, lore, sockets, makeStyle({ colour: false, columns: width })))
    .join('')
}

test('equal neighbours are one line', () => {
  const text = page('6000-6063')
  assert.match(text, /^Ports 6000–6063 · user range$/m)
  assert.match(text, /^6000–6063 +tcp, udp +assigned +x11: X Window System$/m)
})

test('every port of the range is on exactly one line of each transport, with its status', () => {
  const text = page('0-120', NO_SOCKETS, 110)
  const rows = [...text.matchAll(/^(\d+)(?:–(\d+))? +((?:tcp|udp|sctp|dccp)(?:, (?:tcp|udp|sctp|dccp))*) +(\w+)/gm)]
  for (let port = 0; port <= 120; port += 1) {
    for (const transport of ['tcp', 'udp'] as const) {
      const own = rows.filter(
        ([, first, last = first, names = '']) =>
          Number(first) <= port && port <= Number(last) && names.split(', ').includes(transport),
      )
      assert.deepEqual(
        own.map((row) => row[4]),
        [registry.status(port, transport)],
        `${port}/${transport}`,
      )
    }
  }
})

test('a range across the ranges of RFC 6335 names both', () => {
  assert.match(page('1000-1100'), /^Ports 1000–1100 · system to user range$/m)
})

test('a range of one transport tells of that alone', () => {
  const sockets = madeSockets({
    listeners: [madeListener({ port: 100 }), madeListener({ port: 101, transport: 'udp' })],
  })
  const text = page('90-110/udp', sockets)
  assert.doesNotMatch(text, /\btcp\b/)
  assert.match(text, /udp 101 on 127\.0\.0\.1: node, pid 812/)
})

test('a name asked for is named', () => {
  assert.match(page('x11'), /asked for as x11/)
})

test('listeners within the range are listed, escaped, and those not seen are said to be so', () => {
  const sockets = madeSockets({
    listeners: [
      madeListener({ port: 6001, process: madeProcess({ name: '\u001b[31mevil\n' }) }),
      madeListener({ port: 6002, process: null, unseen: { reason: 'permission', hint: '' } }),
      madeListener({ port: 7000 }),
    ],
  })
  const text = page('6000-6063', sockets)
  assert.match(text, /tcp 6001 on 127\.0\.0\.1: \\x1b\[31mevil\\x0a, pid 812/)
  assert.match(text, /tcp 6002 on 127\.0\.0\.1: process not seen/)
  assert.doesNotMatch(text, /7000/)
})

test('a range with very many runs says how many are left out', () => {
  assert.match(page('0-65535'), /^… and \d+ more runs/m)
})

test('every line of a range fits the terminal', () => {
  for (const width of [80, 110]) {
    const wide = page('0-2000', NO_SOCKETS, width)
      .split('\n')
      .filter((line) => columnsOf(line) > width)
    assert.deepEqual(wide, [])
  }
})

test('no line of a range says assigned where the registry does not', () => {
  assert.match(page('954-988'), /^954–988 .*unassigned/m)
  assert.doesNotMatch(page('954-988'), /\bassigned\b/)
})
