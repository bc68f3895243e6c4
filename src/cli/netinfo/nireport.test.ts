import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import { MemoryClient, SAMPLE_TREE, runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import { STATUS } from '../../directory/index.ts'
import { nireport } from './nireport.ts'

function run(words: readonly string[], status?: number): Promise<ToolRun> {
  const domain = new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, SAMPLE_TREE)
  if (status !== undefined) domain.refusals.push({ method: 'listAll', status })
  const client = new MemoryClient({ '.': domain, '127.0.0.1/network': domain })
  return runTool((context) => nireport(words, context, client))
}

test('one line a child, a TAB after every column, #NoValue# where a child has none', async () => {
  const out = 'pia\t530\t/bin/csh\t\njon\t531\t#NoValue#\t\n'
  assert.deepEqual(await run(['.', '/users', 'name', 'uid', 'shell']), { status: 0, out, err: '', questions: [] })
})

test('all values of a column are joined by commas, and an empty list is no value', async () => {
  assert.equal((await run(['.', '/groups', 'users'])).out, 'pia,jon\t\n#NoValue#\t\n')
  assert.equal(
    (await run(['-T', '5', '-t', '127.0.0.1/network', '/groups', 'passwd'])).out,
    '#NoValue#\t\n#NoValue#\t\n',
  )
})

test('wrong use ends with 1 and the usage', async () => {
  for (const [words, message] of [
    [[], 'which directory of which domain?'],
    [['.'], 'which directory of which domain?'],
    [['.', '/users'], 'which keys are to be printed?'],
  ] as const) {
    const { status, out, err } = await run(words)
    assert.deepEqual([status, out], [1, ''])
    assert.equal(err, `nireport: ${message}\nusage: nireport [-T seconds] [-t] domain path key…\n`)
  }
})

test('what fails is told with the status of the directory', async () => {
  const missing = await run(['.', '/none', 'name'])
  assert.deepEqual([missing.status, missing.err], [105, "nireport: can't find directory /none: no such directory\n"])
  const failed = await run(['.', '/users', 'name'], STATUS.FAILED)
  assert.deepEqual([failed.status, failed.err], [199, "nireport: can't list directory /users: communication failed\n"])
  assert.equal((await run(['/nowhere', '/users', 'name'])).status, 200)
  assert.equal((await run(['-t', 'nowhere', '/users', 'name'])).status, 217)
})
