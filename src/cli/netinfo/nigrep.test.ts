import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import { MemoryClient, SAMPLE_TREE, runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import { STATUS } from '../../directory/index.ts'
import { nigrep } from './nigrep.ts'

function made(): MemoryDomain {
  return new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, SAMPLE_TREE)
}

function run(words: readonly string[], domain: MemoryDomain = made()): Promise<ToolRun> {
  const client = new MemoryClient({ '.': domain, '127.0.0.1/network': domain })
  return runTool((context) => nigrep(words, context, client))
}

test('a property is printed with number, path, name and all values when its name or any value matches', async () => {
  const ada = made().find('/machines/ada')
  const out = `${ada} /machines/ada:  name ada ada.example\n`
  assert.deepEqual(await run(['ad[ai]$', '.', '/machines']), { status: 0, out, err: '', questions: [] })
  assert.match((await run(['^realname$', '.'])).out, /^\d+ \/users\/pia: {2}realname Pia Holm\n$/)
})

test('a directory comes before its children, from the root or each path given', async () => {
  const domain = made()
  const at = (path: string): string => `${domain.find(path)} ${path}:  name`
  assert.equal(
    (await run(['^(network|users|pia|jon)$', '.', '/users'])).out,
    `${at('/users')} users\n${at('/users/pia')} pia\n${domain.find('/users/pia')} /users/pia:  _writers_passwd pia\n${at('/users/jon')} jon\n`,
  )
  const { out } = await run(['^name$', '.', '/groups', '/users/jon'])
  assert.equal(
    out,
    `${at('/groups')} groups\n${at('/groups/staff')} staff\n${at('/groups/wheel')} wheel\n${at('/users/jon')} jon\n`,
  )
  assert.match((await run(['master', '.'])).out, /^0 \/: {2}master ada\/network\n/)
})

test('a directory without a name is shown by its number', async () => {
  const { out } = await run(['^en_address$', '.'])
  assert.match(out, /^(\d+) \/machines\/dir: \1: {2}en_address 0:0:f:0:7:5a\n$/)
})

test('letters count by their case, and no match is no failure', async () => {
  assert.deepEqual(await run(['PIA', '.']), { status: 0, out: '', err: '', questions: [] })
})

test('wrong use, an invalid expression and a domain that cannot be opened end with 1 and the usage', async () => {
  for (const [words, message] of [
    [[], 'what is to be found in which domain?'],
    [['x'], 'what is to be found in which domain?'],
    [['a(', '.'], 'invalid expression: an empty expression, at character 3'],
    [['\\d', '.'], 'invalid expression: \\d has no meaning in POSIX, at character 1'],
    [['x', '/nowhere'], "can't connect to server for domain /nowhere: communication failed"],
    [['x', '-t', 'nowhere'], /^nigrep: 'nowhere' is not of the form HOST\/TAG; /],
  ] as const) {
    const { status, out, err } = await run(words)
    assert.deepEqual([status, out], [1, ''])
    assert.ok(typeof message === 'string' ? err.startsWith(`nigrep: ${message}\n`) : message.test(err), err)
    assert.ok(err.endsWith('usage: nigrep [-T seconds] expression [-t] domain [path…]\n'))
  }
})

test('what fails later has the status of the directory', async () => {
  const missing = await run(['x', '.', '/none'])
  assert.deepEqual([missing.status, missing.err], [105, "nigrep: can't find directory /none: no such directory\n"])
  const domain = made()
  domain.refusals.push({ method: 'children', status: STATUS.FAILED })
  const { status, err } = await run(['x', '-t', '127.0.0.1/network', '/users'], domain)
  assert.deepEqual([status, err], [199, "nigrep: can't read below directory /users: communication failed\n"])
  assert.equal(domain.openHandles, 0)
})
