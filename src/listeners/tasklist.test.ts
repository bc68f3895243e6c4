import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { listenersCorpus } from '../../test/support/corpus.ts'
import { parseTasklist } from './tasklist.ts'
import type { Task } from './tasklist.ts'

/** Strict equality minds prototypes. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

const ENGLISH = ['NT AUTHORITY\\SYSTEM', 'NT AUTHORITY\\LOCAL SERVICE', 'NT AUTHORITY\\NETWORK SERVICE'] as const
const languages: readonly [string, readonly [system: string, local: string, network: string]][] = [
  ['en', ENGLISH],
  ['de', ['NT-AUTORITÄT\\SYSTEM', 'NT-AUTORITÄT\\LOKALER DIENST', 'NT-AUTORITÄT\\NETZWERKDIENST']],
  ['ja', ENGLISH],
  ['fr', ['AUTORITE NT\\Système', 'AUTORITE NT\\SERVICE LOCAL', 'AUTORITE NT\\SERVICE RÉSEAU']],
  ['zh-CN', ENGLISH],
]
for (const [language, [system, local, network]] of languages) {
  test(`reads the tasklist of a Windows that speaks ${language}`, () => {
    const expected: Task[] = [
      { pid: 4, name: 'System', user: null },
      { pid: 1044, name: 'svchost.exe', user: network },
      { pid: 1380, name: 'svchost.exe', user: local },
      { pid: 2588, name: 'mDNSResponder.exe', user: null },
      { pid: 3320, name: 'Elgato Audio Driver.exe', user: 'EXAMPLE\\ada' },
      { pid: 3612, name: 'lsass.exe', user: system },
      { pid: 8120, name: 'browser.exe', user: 'EXAMPLE\\ada' },
    ]
    const tasks = parseTasklist(listenersCorpus(`tasklist-${language}.csv`))
    assert.deepEqual([...tasks.values()], expected)
    assert.deepEqual(
      [...tasks.keys()],
      expected.map((each) => each.pid),
    )
  })
}

test('passes over headings, messages, the idle process (pid 0) and lines that are cut', () => {
  const lines = [
    '"Image Name","PID","Session Name","Session#","Mem Usage","Status","User Name","CPU Time","Window Title"',
    'INFO: No tasks are running which match the specified criteria.',
    '"System Idle Process","0","Services","0","8 K","Unknown","NT AUTHORITY\\SYSTEM","51:02:11","N/A"',
    '"","12","Services"',
    '"cut',
    '"cut","1',
    '',
  ]
  assert.equal(parseTasklist(lines.join('\r\n')).size, 0)
})

test('knows the process, if not the user, of a line that is cut behind the pid', () => {
  assert.deepEqual(parseTasklist('"a,b.exe","12"').get(12), { pid: 12, name: 'a,b.exe', user: null })
})

const text = (max: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', maxLength: max }).filter((each) => !/["\r\n]/.test(each))
const task: fc.Arbitrary<Task> = record({
  pid: fc.integer({ min: 1, max: 4_294_967_295 }),
  name: text(30).filter((each) => each !== ''),
  user: fc.option(fc.tuple(text(10), text(10)).map(([domain, name]) => `${domain}\\${name}`)),
})

function render(row: Task, title: string): string {
  const fields = [row.name, row.pid, 'Console', 1, '1,024 K', 'Running', row.user ?? 'N/A', '0:00:01', title]
  return `${fields.map((field) => `"${field}"`).join(',')}\r\n`
}

test('reads back every process that is written as tasklist does, whatever its window says', () => {
  const title = fc.string({ unit: 'grapheme' }).filter((each) => !/[\r\n]/.test(each))
  const rows = fc.uniqueArray(record({ task, title }), { selector: (each) => each.task.pid })
  fc.assert(
    fc.property(rows, fc.boolean(), (pairs, isDoubled) => {
      const lines = pairs.map((each) => render(each.task, isDoubled ? each.title.replaceAll('"', '""') : each.title))
      assert.deepEqual(
        [...parseTasklist(lines.join('')).values()],
        pairs.map((each) => each.task),
      )
    }),
  )
})

test('never throws, whatever the text', () => {
  const part = fc.oneof(fc.constantFrom('"', '","', ',', '\r\n', '12', 'a\\b'), fc.string())
  fc.assert(fc.property(fc.array(part), (parts) => parseTasklist(parts.join('')).size >= 0))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => parseTasklist(any).size >= 0))
})
