import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { listenersCorpus } from '../../test/support/corpus.ts'
import { parsePs } from './ps.ts'
import type { PsRow } from './ps.ts'

/** Strict equality minds prototypes. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

/** ps writes local time. */
const at = (month: number, day: number, hours: number, minutes: number, seconds: number): string =>
  new Date(2026, month - 1, day, hours, minutes, seconds).toISOString()

test('reads what ps of macOS says', () => {
  const rows: PsRow[] = [
    { pid: 1, parent: 0, startedAt: at(11, 22, 8, 0, 2), user: 'root', command: '/sbin/launchd' },
    { pid: 412, parent: 1, startedAt: at(11, 22, 8, 0, 9), user: '_mdnsresponder', command: '/usr/sbin/mDNSResponder' },
    { pid: 812, parent: 1, startedAt: at(11, 23, 15, 9, 3), user: 'root', command: '/usr/sbin/cupsd -l' },
    { pid: 1020, parent: 1, startedAt: at(12, 1, 9, 30, 0), user: 'ada', command: '/usr/libexec/rapportd' },
    {
      pid: 1533,
      parent: 1,
      startedAt: at(12, 1, 9, 31, 10),
      user: 'ada',
      command: '/Applications/Google Chrome.app/Contents/Frameworks/Helper --type=renderer',
    },
    {
      pid: 4501,
      parent: 1,
      startedAt: at(12, 2, 10, 0, 0),
      user: 'root',
      command: 'nginx: master process /opt/homebrew/bin/nginx -g daemon off;',
    },
    { pid: 4502, parent: 4501, startedAt: at(12, 2, 10, 0, 1), user: '_www', command: 'nginx: worker process' },
    {
      pid: 5001,
      parent: 1,
      startedAt: at(12, 2, 11, 0, 0),
      user: 'ada',
      command: '/Applications/Visual Studio Code.app/Contents/MacOS/Visual Studio Code --reuse-window',
    },
    { pid: 5100, parent: 5001, startedAt: at(12, 2, 11, 0, 5), user: 'ada', command: '-zsh' },
    { pid: 5101, parent: 5100, startedAt: at(12, 2, 11, 0, 7), user: 'ada', command: 'npm run  start   --silent' },
    { pid: 5120, parent: 5101, startedAt: at(12, 2, 11, 0, 8), user: 'ada', command: 'node "Café Server" --port 3000' },
    { pid: 5130, parent: 5120, startedAt: at(12, 2, 11, 0, 9), user: 'ada', command: '(node)' },
  ]
  assert.deepEqual([...parsePs(listenersCorpus('ps-macos.txt')).values()], rows)
})

test('passes over headings, the kernel (pid 0) and lines that are cut', () => {
  const good = '  812     1 Mon Nov 23 15:09:03 2026     root             /usr/sbin/cupsd -l'
  for (const text of [
    '',
    '  PID  PPID STARTED  USER COMMAND',
    good.replace('812', '  0'),
    good.slice(0, 50),
    good.replace('Nov', '11'),
  ]) {
    assert.equal(parsePs(text).size, 0, text)
  }
  assert.equal(parsePs(`x\n${good}\ny`).size, 1)
})

test('does not know a start at a time that there is not', () => {
  assert.equal(parsePs('7 1 Mon Nov 23 15:99:03 2026 root x').get(7)?.startedAt, null)
})

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

function render(row: PsRow): string {
  const time = new Date(row.startedAt ?? 0)
  const day = `${DAYS[time.getDay()]} ${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)}`
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${time.getFullYear()}`
  return `${String(row.pid).padStart(5)} ${String(row.parent).padStart(5)} ${day} ${clock}     ${row.user.padEnd(16)} ${row.command}`
}

test('reads back every process that is written as ps does', () => {
  const pid = fc.integer({ min: 1, max: 99_999 })
  const row: fc.Arbitrary<PsRow> = record({
    pid,
    parent: fc.integer({ min: 0, max: 99_999 }),
    // At noon, for an hour is there twice on the day when summer time ends.
    startedAt: fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(2000, 0, 1 + day, 12, 34, 56).toISOString()),
    user: fc.stringMatching(/^[a-z_]\w{0,20}$/),
    command: fc.stringMatching(/^[!-~][ -~]{0,60}$/),
  })
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: (each) => each.pid }), (rows) => {
      assert.deepEqual([...parsePs(rows.map(render).join('\n')).values()], rows)
    }),
  )
})

test('never throws, whatever the text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parsePs(text).size <= text.length))
  const part = fc.constantFrom(
    '1',
    '0',
    'Mon Nov 23 15:09:03 2026',
    'Xxx Yyy 99 99:99:99 9999',
    'root',
    ' ',
    '\t',
    '\n',
    '\r',
  )
  fc.assert(fc.property(fc.array(part), (parts) => parsePs(parts.join(' ')).size >= 0))
})
