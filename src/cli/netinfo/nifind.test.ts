import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startSite } from '../../../test/support/scripted-domain.ts'
import type { Scripted, Tree } from '../../../test/support/scripted-domain.ts'
import { runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import { nifind } from './nifind.ts'

const ADDRESS = '127.0.0.1'

function directory(name: string, ...children: readonly Tree[]): Tree {
  return { properties: { name: [name] }, children }
}

function machine(name: string, ...serves: readonly string[]): Tree {
  return { properties: { name: [name], ip_address: [ADDRESS], serves } }
}

function users(...names: readonly string[]): Tree {
  return directory('users', ...names.map((name) => ({ properties: { name: [name], shell: ['/bin/sh', '/bin/csh'] } })))
}

/** Three domains above each other, `/`, `/sales` and `/sales/ada`, and a second child of the root without a server. */
const SITE: Readonly<Record<string, Scripted>> = {
  local: {
    tree: { properties: {}, children: [users('root', 'pia'), directory('machines', machine('localhost', './local'))] },
    parent: { tag: 'network', address: ADDRESS },
  },
  network: {
    tree: {
      properties: {},
      children: [users('jon'), directory('machines', machine('ada', './network', 'ada/local', '../top'))],
    },
    parent: { tag: 'top', address: ADDRESS },
  },
  top: {
    tree: {
      properties: {},
      children: [users('jon', 'root'), directory('machines', machine('ada', './top', 'sales/network'))],
    },
  },
}

type Run = (...words: readonly string[]) => Promise<ToolRun>

async function started(context: TestContext, domains: Readonly<Record<string, Scripted>> = SITE): Promise<Run> {
  const { binderPort } = await startSite(context, domains)
  const env = { PORTOLAN_BINDER_PORT: String(binderPort) }
  return (...words) => runTool((tool) => nifind(words, tool), { env })
}

function progress(name: string, tag: string): string {
  return `nifind: looking in ${name}, served by ${ADDRESS}/${tag}\n`
}

test('nifind climbs from the domain of this machine to the root, and says where it found the directory', async (context) => {
  const run = await started(context)
  const { status, out, err } = await run('/users/jon')
  assert.equal(err, '')
  assert.equal(out, '/users/jon found in /sales, id = 2\n/users/jon found in /, id = 2\n')
  assert.equal(status, 0)
})

test('nifind -v says also where it was not found, and on standard error where it looks', async (context) => {
  const run = await started(context)
  const { status, out, err } = await run('-v', '/users/jon')
  assert.equal(
    out,
    '/users/jon not found in /sales/ada\n/users/jon found in /sales, id = 2\n/users/jon found in /, id = 2\n',
  )
  assert.equal(err, progress('/sales/ada', 'local') + progress('/sales', 'network') + progress('/', 'top'))
  assert.equal(status, 0)
})

test('nifind climbs no farther than the domain that is named', async (context) => {
  const run = await started(context)
  assert.equal((await run('/users/root', '/sales')).out, '/users/root found in /sales/ada, id = 2\n')
  assert.equal((await run('/users/root', '.')).out, '/users/root found in /sales/ada, id = 2\n')
  assert.equal(
    (await run('/users/root', '/')).out,
    '/users/root found in /sales/ada, id = 2\n/users/root found in /, id = 3\n',
  )
})

test('nifind -p prints the properties, and a blank line after them', async (context) => {
  const run = await started(context)
  const { out } = await run('-p', '/users/pia')
  assert.equal(out, '/users/pia found in /sales/ada, id = 3\nname: pia\nshell: /bin/sh /bin/csh\n\n')
})

test('nifind -n leaves out domains whose tag is local', async (context) => {
  const run = await started(context)
  assert.equal((await run('-nv', '/users/pia')).out, '/users/pia not found in /sales\n/users/pia not found in /\n')
  assert.equal((await run('-an', '/users/pia')).out, '')
})

test('nifind -a goes down through what the machines serve, from the root or another domain', async (context) => {
  const run = await started(context)
  const all = await run('-av', '/users/root')
  assert.equal(
    all.out,
    '/users/root found in /, id = 3\n/users/root not found in /sales\n/users/root found in /sales/ada, id = 2\n',
  )
  assert.equal(all.err, progress('/', 'top') + progress('/sales', 'network') + progress('/sales/ada', 'local'))
  assert.equal((await run('-a', '/users/root', '/sales')).out, '/users/root found in /sales/ada, id = 2\n')
  assert.equal((await run('-a', '/users/jon', `network@${ADDRESS}`)).out, '/users/jon found in /sales, id = 2\n')
})

test('nifind -a tells a domain that cannot be read, looks at the others, and ends with 1', async (context) => {
  const top: Scripted = {
    tree: {
      properties: {},
      children: [directory('machines', machine('ada', './top', 'gone/absent', 'sales/network'))],
    },
  }
  const run = await started(context, { ...SITE, top })
  const { status, out, err } = await run('-a', '/users/pia')
  assert.equal(out, '/users/pia found in /sales/ada, id = 3\n')
  assert.match(err, /^nifind: can't connect to server for domain top@127\.0\.0\.1\/gone: .+\n$/)
  assert.equal(status, 1)
})

test('nifind -a gives up where domains are below each other without an end', async (context) => {
  const tree: Tree = { properties: {}, children: [directory('machines', machine('ada', './local', 'again/local'))] }
  const run = await started(context, { local: { tree } })
  const { status, err } = await run('-a', '/users/pia')
  assert.match(err, /^nifind: more than 32 domains below each other/)
  assert.equal(err.split('\n').length, 2)
  assert.equal(status, 1)
})

test('nifind ends with 0 when nothing is found, and says nothing', async (context) => {
  const run = await started(context)
  for (const words of [['/users/nobody'], ['-a', '/users/nobody'], ['99'], ['-p', '/nix']])
    assert.deepEqual(await run(...words), { status: 0, out: '', err: '', questions: [] })
})

test('nifind ends with 1 for a domain that is not above, for one that cannot be opened, and for wrong use', async (context) => {
  const sibling: Scripted = { tree: { properties: {}, children: [] }, parent: { tag: 'top', address: ADDRESS } }
  const run = await started(context, { ...SITE, sibling })
  const beside = await run('/users', `sibling@${ADDRESS}`)
  assert.deepEqual(beside, {
    status: 1,
    out: '',
    err: `nifind: sibling@${ADDRESS} is not above the domain of this machine\n`,
    questions: [],
  })
  const missing = await run('/users', `nix@${ADDRESS}`)
  assert.equal(missing.status, 1)
  assert.match(missing.err, /^nifind: can't connect to server for domain nix@127\.0\.0\.1: no such tag\n$/)
  for (const words of [[], ['/users', '/', 'x'], ['-z', '/users'], ['-T', 'x', '/users'], ['-T']]) {
    const { status, out, err } = await run(...words)
    assert.deepEqual({ status, out }, { status: 1, out: '' })
    assert.match(err, /^nifind: .+\nusage: nifind /)
  }
})

test('nifind searches the domain of this machine although the one above does not answer, and ends with 1', async (context) => {
  const network = SITE['network']
  assert.ok(network !== undefined)
  const run = await started(context, { ...SITE, network: { ...network, isAnswering: () => false } })
  const { status, out, err } = await run('-T', '1', '/users/pia')
  assert.equal(out, `/users/pia found in local@${ADDRESS}, id = 3\n`)
  assert.match(err, /^nifind: can't connect to server for domain \.\.: .+\n$/)
  assert.equal(status, 1)
})

test('nifind ends with 1 when this machine serves no domain', async (context) => {
  const run = await started(context, {})
  const { status, out, err } = await run('/users/pia')
  assert.deepEqual(
    { status, out, err },
    { status: 1, out: '', err: "nifind: can't connect to server for domain .: no such tag\n" },
  )
})
