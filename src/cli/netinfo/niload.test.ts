import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import {
  MemoryClient,
  SAMPLE_TREE,
  entry,
  propertiesOf,
  runTool,
  toolOnDomain,
} from '../../../test/support/tool-run.ts'
import type { ToolInput, ToolRun } from '../../../test/support/tool-run.ts'
import { trees } from '../../../test/support/trees.ts'
import { bytesOf } from '../../core/index.ts'
import { STATUS, dumpRaw } from '../../directory/index.ts'
import type { Tree } from '../../directory/index.ts'
import { mergeValues } from './load-flat.ts'
import { nidump } from './nidump.ts'
import { niload } from './niload.ts'

interface Made {
  readonly domain: MemoryDomain
  readonly client: MemoryClient
  readonly run: (words: readonly string[], input: ToolInput['input'], more?: ToolInput) => Promise<ToolRun>
}

function made(isMaster = true, tree: Tree = SAMPLE_TREE): Made {
  const { run, ...rest } = toolOnDomain(niload, { isMaster, tree })
  return { ...rest, run: (words, input = '', more = {}) => run(words, { ...more, input }) }
}

const EMPTY: Tree = { properties: [], children: [] }
const DONE: ToolRun = { status: 0, out: '', err: '', questions: [] }

test('entries are created at the end, in a directory that is made when it is missing', async () => {
  const here = made(true, EMPTY)
  assert.deepEqual(await here.run(['group', '.'], '# comment\nstaff:*:20:pia, jon\nwheel::0:\n'), DONE)
  assert.deepEqual(here.domain.tree().children, [
    {
      properties: propertiesOf({ name: ['groups'] }),
      children: [
        entry({ name: ['staff'], passwd: ['*'], gid: ['20'], users: ['pia', 'jon'] }),
        entry({ name: ['wheel'], passwd: [''], gid: ['0'], users: [''] }),
      ],
    },
  ])
  assert.deepEqual(await here.run(['group', '.'], 'eve::7:\n'), DONE)
  assert.equal(here.domain.tree().children[0]?.children.length, 3)
})

test('an entry that is there gets the properties of the file, and no others', async () => {
  const here = made()
  assert.deepEqual(await here.run(['hosts', '.'], '192.168.1.9 ada # moved\n'), DONE)
  assert.deepEqual(
    here.domain.propertiesOf('/machines/ada'),
    propertiesOf({ ip_address: ['192.168.1.9'], name: ['ada'] }),
  )
  assert.equal(here.domain.at(here.domain.find('/machines')).children.length, 3)
})

test('-m keeps what the file does not name: properties, and values after the new ones', async () => {
  const here = made()
  assert.deepEqual(await here.run(['-m', 'hosts', '.'], '192.168.1.9 ada eda\n'), DONE)
  assert.deepEqual(
    here.domain.propertiesOf('/machines/ada'),
    propertiesOf({
      name: ['ada', 'eda', 'ada.example'],
      ip_address: ['192.168.1.9', '192.168.1.5'],
      serves: ['./network'],
    }),
  )
})

test('-m lets the protocols of a service accumulate', async () => {
  const here = made()
  assert.deepEqual(await here.run(['-m', 'services', '.'], 'finger 79/udp\n'), DONE)
  assert.deepEqual(
    here.domain.propertiesOf('/services/finger'),
    propertiesOf({ name: ['finger'], port: ['79'], protocol: ['udp', 'tcp'] }),
  )
})

test('a service of two ports is two entries, also when it is loaded again', async () => {
  const here = made(true, EMPTY)
  const file = 'x 1/tcp\nx 2/udp\n'
  for (let time = 0; time < 2; time += 1) assert.deepEqual(await here.run(['services', '.'], file), DONE)
  assert.deepEqual(here.domain.tree().children[0]?.children, [
    entry({ name: ['x'], port: ['1'], protocol: ['tcp'] }),
    entry({ name: ['x'], port: ['2'], protocol: ['udp'] }),
  ])
  assert.deepEqual(await here.run(['services', '.'], 'x 2/tcp\nx 3/tcp\n'), DONE)
  assert.deepEqual(
    here.domain.tree().children[0]?.children.map(({ properties }) => properties[1]?.values),
    [['3'], ['2']],
  )
})

test('a password that the server hides is not written back', async () => {
  const here = made()
  const pia = here.domain.at(here.domain.find('/users/pia'))
  const hidden = pia.properties.find(({ name }) => name === 'passwd')
  assert.ok(hidden !== undefined)
  hidden.values = ['*']
  await here.run(['-m', 'passwd', '.'], 'pia:NewCryptValue:530:20::0:0:Pia Holm:/home/pia:/bin/csh\n')
  assert.deepEqual(hidden.values, ['NewCryptValue'])
  hidden.values = ['*']
  await here.run(['-m', 'hosts', '.'], '192.168.1.9 pia\n')
  assert.deepEqual(
    here.domain.writes.filter(({ method }) => method === 'write'),
    [],
  )
})

test('merging keeps every value once, the new ones first', () => {
  const values = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
  fc.assert(
    fc.property(values, values, (fresh, old) => {
      const merged = mergeValues(fresh, old)
      assert.deepEqual(merged.slice(0, fresh.length), fresh)
      assert.deepEqual([...merged].toSorted(), [...new Set([...fresh, ...old])].toSorted())
      assert.deepEqual(mergeValues(merged, merged), merged)
    }),
  )
})

test('names with the marks of a path are found again', async () => {
  const here = made(true, EMPTY)
  const file = 'ada:/a=b\\c /Net nfs rw 0 0\n'
  for (let time = 0; time < 2; time += 1) assert.deepEqual(await here.run(['fstab', '.'], file), DONE)
  assert.equal(here.domain.tree().children[0]?.children.length, 1)
})

test('-d destroys what was there before; a directory that is not there ends it with 1', async () => {
  const here = made()
  assert.deepEqual(await here.run(['-d', 'hosts', '.'], '192.168.1.9 new\n'), DONE)
  assert.deepEqual(here.domain.tree(here.domain.find('/machines')).children, [
    entry({ ip_address: ['192.168.1.9'], name: ['new'] }),
  ])
  const empty = made(true, EMPTY)
  const { status, err } = await empty.run(['-d', 'hosts', '.'], '192.168.1.9 new\n')
  assert.deepEqual([status, err], [1, "niload: can't destroy directory /machines: no such directory\n"])
  assert.deepEqual(empty.domain.tree(), EMPTY)
})

test('an empty input changes nothing, and the status is 0', async () => {
  for (const words of [
    ['hosts', '.'],
    ['-d', 'hosts', '.'],
    ['-r', '/machines', '.'],
  ]) {
    const here = made()
    assert.deepEqual(await here.run(words, ''), DONE)
    assert.deepEqual(here.domain.tree(), SAMPLE_TREE)
  }
})

test('a line that is not understood is told with its number and left out, and the status is 0', async () => {
  const here = made()
  const { status, err } = await here.run(['passwd', '.'], 'eve:x:1\n+nis::::::::\nmax::9:9::0:0:Max::\n')
  assert.equal(status, 0)
  assert.match(err, /^niload: line 1: .*; it was left out\n$/)
  assert.notEqual(here.domain.find('/users/max'), 0)
})

test('the first entry that is refused ends it with 1; those before it stay', async () => {
  const here = made()
  here.domain.refusals.push({ method: 'write', status: STATUS.PERM })
  const { status, err } = await here.run(['hosts', '.'], '192.168.1.8 new\n192.168.1.9 ada\n192.168.1.10 other\n')
  assert.deepEqual([status, err], [1, "niload: can't load ada into /machines: permission denied\n"])
  assert.notEqual(here.domain.find('/machines/new'), 0)
  assert.equal(here.domain.at(here.domain.find('/machines')).children.length, 4)
  assert.equal(here.domain.openHandles, 0)
})

test('a write of another that comes between only makes the entry be sought again', async () => {
  const here = made()
  for (const method of ['create', 'write', 'create'] as const)
    here.domain.refusals.push({ method, status: STATUS.STALE })
  assert.deepEqual(await here.run(['hosts', '.'], '192.168.1.8 new\n192.168.1.9 ada\n'), DONE)
  assert.equal(here.domain.at(here.domain.find('/machines')).children.length, 4)
  assert.deepEqual(here.domain.propertiesOf('/machines/ada')[0]?.values, ['192.168.1.9'])
})

test('-v tells what is done', async () => {
  const { err } = await made().run(['-v', '-d', 'hosts', '.'], '192.168.1.9 new\n')
  assert.equal(err, 'niload: destroyed directory /machines\nniload: loaded new into /machines\n')
})

test('root is who writes, unless -u says another; all is written at the master', async () => {
  for (const [options, credentials, questions] of [
    [[], { user: undefined, password: undefined }, []],
    [['-p'], { user: 'root', password: 'secret' }, ['Password: ']],
    [['-u', 'pia'], { user: 'pia', password: 'secret' }, ['Password: ']],
    [['-P', 'given'], { user: 'root', password: 'given' }, []],
  ] as const) {
    const here = made(false)
    const result = await here.run([...options, 'hosts', '-t', '127.0.0.1/network'], '1.2.3.4 x\n', {
      secrets: ['secret'],
    })
    assert.deepEqual(result, { ...DONE, questions })
    const { user, password } = here.client.openings.at(-1)?.options ?? {}
    assert.deepEqual({ user, password }, credentials)
    for (const write of here.domain.writes) assert.deepEqual([write.at, write.user], ['master', credentials.user])
  }
})

test('root is presented without a password where the domain knows root', async () => {
  const here = made()
  here.domain.add(here.domain.find('/users'), propertiesOf({ name: ['root'], uid: ['0'] }))
  assert.deepEqual(await here.run(['hosts', '.'], '1.2.3.4 x\n'), DONE)
  assert.deepEqual(new Set(here.domain.writes.map(({ user }) => user)), new Set(['root']))
})

test('bytes that are no UTF-8 are kept', async () => {
  const here = made(true, EMPTY)
  assert.deepEqual(await here.run(['aliases', '.'], Buffer.from('caf\u00e9: x\n', 'latin1')), DONE)
  assert.notEqual(here.domain.find('/aliases/caf\udce9'), 0)
})

const RAW: Tree = {
  properties: propertiesOf({ name: ['kept', 'too'], note: [] }),
  children: [
    { properties: propertiesOf({ name: ['a'] }), children: [entry({ name: ['b'], k: ['1', '2'] })] },
    entry({}),
  ],
}

test('-r gives a directory the properties and the children of the input, and no others', async () => {
  const here = made()
  assert.deepEqual(await here.run(['-r', '/machines', '.'], dumpRaw(RAW)), DONE)
  assert.deepEqual(here.domain.tree(here.domain.find('/kept')), RAW)
})

test('-r makes the path when it is missing', async () => {
  const here = made()
  assert.deepEqual(await here.run(['-d', '-r', '/new/path', '.'], dumpRaw(RAW)), DONE)
  assert.deepEqual(here.domain.tree(here.domain.find('/new/kept')), RAW)
})

test('-r of a whole domain makes the same domain', async () => {
  const here = made(true, EMPTY)
  assert.deepEqual(await here.run(['-r', '/', '.'], dumpRaw(SAMPLE_TREE)), DONE)
  assert.deepEqual(here.domain.tree(), SAMPLE_TREE)
})

test('any tree that nidump -r prints is loaded by niload -r as it was', async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      const from = new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, tree)
      const client = new MemoryClient({ '.': from })
      const dumped = await runTool((context) => nidump(['-r', '/', '.'], context, client))
      const here = made()
      assert.deepEqual(await here.run(['-r', '/', '.'], bytesOf(dumped.out)), DONE)
      assert.deepEqual(here.domain.tree(), tree)
    }),
  )
})

test('-r tells the line of a mistake, changes nothing, and yet ends with 0', async () => {
  const here = made()
  const { status, err } = await here.run(['-r', '/machines', '.'], '{\n  "name" = ( "x" )\n}\n')
  assert.equal(status, 0)
  assert.match(err, /^niload: .*line 3/)
  assert.deepEqual(here.domain.tree(), SAMPLE_TREE)
})

test('-r tells what the directory refuses, and yet ends with 0', async () => {
  const here = made()
  here.domain.refusals.push({ method: 'write', status: STATUS.PERM })
  const { status, err } = await here.run(['-r', '/machines', '.'], dumpRaw(RAW))
  assert.deepEqual([status, err], [0, "niload: can't load directory /machines: permission denied\n"])
})

test('wrong use, an unknown format and a domain that cannot be opened end with 1', async () => {
  for (const [words, message] of [
    [[], 'what is to be loaded into which domain?'],
    [['hosts'], 'what is to be loaded into which domain?'],
    [['-r', '/x'], 'what is to be loaded into which domain?'],
    [['hosts', '.', 'x'], "'x' is too much"],
    [['exports', '.'], "unknown format 'exports'"],
    [['ethers', '.'], "unknown format 'ethers'"],
    [['resolv.conf', '.'], "unknown format 'resolv.conf'"],
    [['-x', 'hosts', '.'], 'unknown option -x'],
    [['-r', 'x', '.'], "-r needs a path from the root, not 'x'"],
  ] as const) {
    const { status, err } = await made().run(words, 'x')
    assert.equal(status, 1)
    assert.ok(err.startsWith(`niload: ${message}\nusage: niload `), err)
  }
  const { status, err } = await made().run(['hosts', '/nowhere'], '1.2.3.4 x\n')
  assert.deepEqual([status, err], [1, "niload: can't connect to server for domain /nowhere: communication failed\n"])
})
