/** What `portolan PORT` learns of the domains above this machine's own: from their servers, over the network. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { readDeclared } from '../src/answer/index.ts'
import type { DeclaredBook } from '../src/answer/index.ts'
import { runCli } from './support/run-cli.ts'
import { startServed } from './support/served.ts'
import { tempFolder } from './support/temp-folder.ts'

const PORTS = new Set([973])

async function load(data: string, domain: string, tree: string): Promise<void> {
  const { status, stderr } = await runCli(['load', '-', '--domain', domain, '--data', data], { input: tree })
  assert.equal(status, 0, stderr)
}

function serviceTree(name: string): string {
  return `{ "name" = ("services"); CHILDREN = ({ "name" = ("${name}"); "port" = ("973"); "protocol" = ("tcp"); }) }`
}

/** What a machine reads whose own domain, in no server, names its parent by a tag on the loopback. */
async function readBelow(context: TestContext, parentTag: string, binderPort: number): Promise<DeclaredBook> {
  const home = tempFolder(context)
  const host = `{ "name" = ("host"); "ip_address" = ("127.0.0.1"); "serves" = ("../${parentTag}"); }`
  await load(join(home, 'domains'), 'local', `{ "name" = ("machines"); CHILDREN = (${host}) }`)
  return await readDeclared(PORTS, { PORTOLAN_DATA: home }, { binderPort, readTimeoutMs: 20_000 })
}

test('what the domains above declare is asked of their servers, up to the root', async (context) => {
  const data = tempFolder(context)
  await (await startServed(context, data, '--domain', 'top')).end()
  await load(data, 'top', serviceTree('payroll'))
  const { binderPort } = await startServed(context, data, '--domain', 'network', '--parent', '127.0.0.1/top')
  const book = await readBelow(context, 'network', binderPort)
  assert.deepEqual(book.notes, [])
  assert.deepEqual(book.domains, ['local', 'network at 127.0.0.1', 'top at 127.0.0.1'])
  assert.deepEqual(
    book.forPort(973).map(({ level, domain, server, path }) => [level, domain, server, path]),
    [[2, 'top', '127.0.0.1', '/services/payroll']],
  )
})

test('a domain above that cannot be asked is named, and what was found below it stands', async (context) => {
  const data = tempFolder(context)
  const { binderPort } = await startServed(context, data, '--domain', 'network', '--parent', '127.0.0.1/gone')
  const none = await readBelow(context, 'nowhere', binderPort)
  assert.deepEqual([none.domains, none.forPort(973), none.notes.length], [['local'], [], 1])
  assert.match(none.notes[0] ?? '', /^The domain nowhere at 127\.0\.0\.1 could not be asked: .*no such tag\.$/)
  const cut = await readBelow(context, 'network', binderPort)
  assert.deepEqual(cut.domains, ['local', 'network at 127.0.0.1'])
  assert.match(cut.notes.join('\n'), /^The domain above network at 127\.0\.0\.1 could not be asked: .+\.$/)
})
