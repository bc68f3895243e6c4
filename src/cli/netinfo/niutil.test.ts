import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import { MemoryClient, SAMPLE_TREE, runTool } from '../../../test/support/tool-run.ts'
import type { ToolInput, ToolRun } from '../../../test/support/tool-run.ts'
import { STATUS } from '../../directory/index.ts'
import { niutil } from './niutil.ts'

interface Made {
  readonly domain: MemoryDomain
  readonly client: MemoryClient
  readonly run: (words: readonly string[], input?: ToolInput) => Promise<ToolRun>
}

/** A domain that is `.`, `/` and `127.0.0.1/network`. */
function made(isMaster = true): Made {
  const domain = new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, SAMPLE_TREE)
  const client = new MemoryClient({ '.': domain, '/': domain, '127.0.0.1/network': domain }, isMaster)
  return { domain, client, run: (words, input) => runTool((context) => niutil(words, context, client), input) }
}

/** Runs what should be done without a word. */
async function done({ run }: Made, ...words: readonly string[]): Promise<void> {
  assert.deepEqual(await run(words), { status: 0, out: '', err: '', questions: [] })
}

async function printed(words: readonly string[], out: string, status = 0): Promise<void> {
  assert.deepEqual(await made().run(words), { status, out, err: '', questions: [] })
}

async function refused({ run }: Made, words: readonly string[], status: number, err: string | RegExp): Promise<void> {
  const result = await run(words)
  assert.equal(result.status, status, result.err)
  assert.equal(result.out, '')
  if (typeof err === 'string') assert.equal(result.err, err)
  else assert.match(result.err, err)
}

test('-read prints key, colon and a blank before each value; blanks within are not quoted', async () => {
  await printed(
    ['-read', '.', '/users/pia'],
    'name: pia\npasswd: Xy0fakefakefk\nuid: 530\ngid: 20\nrealname: Pia Holm\nhome: /home/pia\nshell: /bin/csh\n_writers_passwd: pia\n',
  )
  await printed(['-read', '.', '/groups/wheel'], 'name: wheel\ngid: 0\nusers:\n')
})

test('a directory is found by path, by another property and by number', async () => {
  await printed(['-read', '.', '/machines/ip_address=127.0.0.1'], 'name: localhost\nip_address: 127.0.0.1\n')
  const number = made().domain.find('/users/jon')
  await printed(['-read', '.', String(number)], 'name: jon\nuid: 531\ngid: 20\n')
  await printed(['-read', '.', '//users///jon/'], 'name: jon\nuid: 531\ngid: 20\n')
})

test('-list prints the number, a TAB, and a blank before each value; the TAB stays where there is none', async () => {
  const { domain } = made()
  const [first, second, third] = domain.at(domain.find('/machines')).children
  await printed(['-list', '.', '/machines'], `${first}\t localhost\n${second}\t ada ada.example\n${third}\t\n`)
  await printed(['-list', '.', '/machines', 'serves'], `${first}\t\n${second}\t ./network\n${third}\t\n`)
})

test('-readprop prints the values on one line', async () => {
  await printed(['-readprop', '.', '/groups/staff', 'users'], 'pia jon\n')
  await printed(['-readprop', '.', '/groups/wheel', 'users'], '\n')
})

test('-readval prints one value; one that is not there is told with status 0', async () => {
  await printed(['-readval', '.', '/groups/staff', 'users', '1'], 'jon\n')
  await refused(made(), ['-readval', '.', '/groups/staff', 'users', '2'], 0, /^niutil: there is no value 2/)
  await refused(
    made(),
    ['-readval', '.', '/groups/staff', 'users', 'x'],
    3,
    "niutil: 'x' is no index: values are counted from 0\n",
  )
})

test('a property that is not there ends a read with 106', async () => {
  const err = "niutil: can't read shell in directory /users/jon: no such property\n"
  await refused(made(), ['-readprop', '.', '/users/jon', 'shell'], 106, err)
  await refused(made(), ['-readval', '.', '/users/jon', 'shell', '0'], 106, err)
})

test('a directory that is not there ends every operation with 105', async () => {
  for (const [words, verb] of [
    [['-read', '.', '/none'], 'read directory /none'],
    [['-list', '.', '/none'], 'list directory /none'],
    [['-readprop', '.', '/none', 'k'], 'read k in directory /none'],
    [['-createprop', '.', '/none', 'k', 'v'], 'modify k in directory /none'],
    [['-appendprop', '.', '/none', 'k', 'v'], 'modify k in directory /none'],
    [['-mergeprop', '.', '/none', 'k', 'v'], 'modify k in directory /none'],
    [['-insertval', '.', '/none', 'k', 'v', '0'], 'modify k in directory /none'],
    [['-destroyprop', '.', '/none', 'k'], 'modify k in directory /none'],
    [['-destroyval', '.', '/none', 'k', 'v'], 'modify k in directory /none'],
    [['-renameprop', '.', '/none', 'k', 'v'], 'modify k in directory /none'],
    [['-destroy', '.', '/none'], 'destroy directory /none'],
  ] as const)
    await refused(made(), words, 105, `niutil: can't ${verb}: no such directory\n`)
})

test('-create makes every missing step, with another property where the step says so; what is there stays', async () => {
  const here = made()
  await done(here, '-create', '.', '/locations/key=a\\/b/resolver')
  const { domain } = here
  const locations = domain.find('/locations')
  const [child = 0] = domain.at(locations).children
  assert.deepEqual(domain.at(child).properties, [{ name: 'key', values: ['a/b'] }])
  assert.deepEqual(domain.propertiesOf('/users/pia'), SAMPLE_TREE.children[0]?.children[0]?.properties)
  const count = domain.directories.size
  await done(here, '-create', '.', '/locations/key=a\\/b/resolver')
  await done(here, '-create', '.', '/')
  await done(here, '-create', '.', String(locations))
  assert.equal(domain.directories.size, count)
  await refused(here, ['-create', '.', '9999'], 101, "niutil: can't create directory 9999: no directory has this id\n")
})

test('-destroy takes the children first, and never the root', async () => {
  const here = made()
  await done(here, '-destroy', '.', '/users')
  assert.deepEqual(
    here.domain.writes.map(({ method }) => method),
    ['destroy', 'destroy', 'destroy'],
  )
  assert.deepEqual(here.domain.tree().children, SAMPLE_TREE.children.slice(1))
  await refused(here, ['-destroy', '.', '/'], 109, 'niutil: the root directory cannot be destroyed\n')
  assert.deepEqual(here.domain.tree().children, SAMPLE_TREE.children.slice(1))
})

test('-createprop gives a property exactly its values, none too, and changes the first of its name', async () => {
  const here = made()
  await done(here, '-createprop', '.', '/users/jon', 'shell', '/bin/sh')
  await done(here, '-createprop', '.', '/users/jon', 'uid', '600', '601')
  await done(here, '-createprop', '.', '/users/jon', 'gid')
  assert.deepEqual(here.domain.propertiesOf('/users/jon'), [
    { name: 'name', values: ['jon'] },
    { name: 'uid', values: ['600', '601'] },
    { name: 'gid', values: [] },
    { name: 'shell', values: ['/bin/sh'] },
  ])
})

test('values may look like options once the path is given', async () => {
  const here = made()
  await done(here, '-createprop', '.', '/users/jon', '-t', '-p', '-destroy')
  assert.deepEqual(here.domain.propertiesOf('/users/jon').at(-1), { name: '-t', values: ['-p', '-destroy'] })
})

test('-appendprop adds at the end, whether a value is there or not', async () => {
  const here = made()
  await done(here, '-appendprop', '.', '/groups/staff', 'users', 'pia', 'eve')
  await done(here, '-appendprop', '.', '/groups/staff', 'notes', 'a', 'b')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff').slice(3), [
    { name: 'users', values: ['pia', 'jon', 'pia', 'eve'] },
    { name: 'notes', values: ['a', 'b'] },
  ])
})

test('-mergeprop adds what is not there, each value once', async () => {
  const here = made()
  await done(here, '-mergeprop', '.', '/groups/staff', 'users', 'pia', 'eve', 'eve')
  await done(here, '-mergeprop', '.', '/groups/staff', 'notes', 'a')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff').slice(3), [
    { name: 'users', values: ['pia', 'jon', 'eve'] },
    { name: 'notes', values: ['a'] },
  ])
})

test('-insertval inserts before an index, beyond the end appends, and creates the property', async () => {
  const here = made()
  await done(here, '-insertval', '.', '/groups/staff', 'users', 'eve', '1')
  await done(here, '-insertval', '.', '/groups/staff', 'users', 'max', '99999999999999999999')
  await done(here, '-insertval', '.', '/groups/staff', 'notes', 'a', '5')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff').slice(3), [
    { name: 'users', values: ['pia', 'eve', 'jon', 'max'] },
    { name: 'notes', values: ['a'] },
  ])
})

test('-insertval with an index that is no number ends with 3, and changes nothing', async () => {
  for (const index of ['x', '', '-1', '1.5', ' 1']) {
    const here = made()
    await refused(here, ['-insertval', '.', '/groups/staff', 'users', 'eve', index], 3, /is no index/)
    assert.deepEqual(here.domain.writes, [])
  }
})

test('-destroyprop removes every property of each name, and is content where there is none', async () => {
  const here = made()
  here.domain.at(here.domain.find('/users/jon')).properties.push({ name: 'uid', values: ['7'] })
  await done(here, '-destroyprop', '.', '/users/jon', 'uid', 'gid', 'none')
  assert.deepEqual(here.domain.propertiesOf('/users/jon'), [{ name: 'name', values: ['jon'] }])
})

test('-destroyval removes values wherever they stand, and is content where there is no property', async () => {
  const here = made()
  here.domain.at(here.domain.find('/groups/staff')).properties[3]?.values.push('pia', 'eve')
  await done(here, '-destroyval', '.', '/groups/staff', 'users', 'pia', 'eve', 'none')
  await done(here, '-destroyval', '.', '/groups/staff', 'none', 'pia')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff')[3], { name: 'users', values: ['jon'] })
})

test('-renameprop renames in place; a missing one ends with 106', async () => {
  const here = made()
  await done(here, '-renameprop', '.', '/users/jon', 'uid', 'number')
  assert.deepEqual(
    here.domain.propertiesOf('/users/jon').map(({ name }) => name),
    ['name', 'number', 'gid'],
  )
  const err = "niutil: can't modify uid in directory /users/jon: no such property\n"
  await refused(here, ['-renameprop', '.', '/users/jon', 'uid', 'x'], 106, err)
})

test('-rparent prints the parent; the root says so on standard output and ends with 111', async () => {
  const here = made()
  here.domain.parent = { address: '192.0.2.1', tag: 'network' }
  assert.deepEqual(await here.run(['-rparent', '-n', '.']), {
    status: 0,
    out: '192.0.2.1/network\n',
    err: '',
    questions: [],
  })
  here.domain.parent = { address: '127.0.0.1', tag: 'network' }
  assert.match((await here.run(['-rparent', '.'])).out, /^[\w.-]+\/network\n$/)
  await printed(['-rparent', '/'], 'root domain: no parent\n', 111)
})

test('-domainname prints the absolute name, -statistics the counts in the form of -read', async () => {
  await printed(['-domainname', '.'], '/ada\n')
  await printed(['-statistics', '.'], 'checksum: 42\ntag: network master\n')
  await printed(['-stat', '-t', '127.0.0.1/network'], 'checksum: 42\ntag: network master\n')
})

test('-resync goes to the master by name, and to the very server with -t', async () => {
  for (const [words, at] of [
    [['-resync', '.'], 'master'],
    [['-resync', '-t', '127.0.0.1/network'], 'clone'],
  ] as const) {
    const here = made(false)
    await done(here, ...words)
    assert.deepEqual(here.domain.writes, [{ method: 'resync', user: undefined, at }])
  }
})

test('every write goes to the master of the domain, also where a clone was opened', async () => {
  for (const words of [
    ['-create', '.', '/x'],
    ['-createprop', '-t', '127.0.0.1/network', '/users/jon', 'k', 'v'],
    ['-destroy', '.', '/users'],
  ]) {
    const here = made(false)
    await done(here, ...words)
    assert.ok(here.domain.writes.length > 0)
    for (const { at } of here.domain.writes) assert.equal(at, 'master')
    assert.equal(here.domain.openHandles, 0)
  }
})

test('what the directory refuses ends with 100 and its status', async () => {
  const statuses = {
    PERM: 104,
    STALE: 102,
    RDONLY: 113,
    AUTHERROR: 120,
    NOUSER: 121,
    MASTERBUSY: 122,
    FAILED: 199,
  } as const
  for (const [name, exit] of Object.entries(statuses)) {
    const here = made()
    const status = Object.entries(STATUS).find(([each]) => each === name)?.[1] ?? 0
    here.domain.refusals.push({ method: 'createProperty', status })
    await refused(
      here,
      ['-createprop', '.', '/users/jon', 'k', 'v'],
      exit,
      /^niutil: can't modify k in directory \/users\/jon: /,
    )
    assert.equal(here.domain.openHandles, 0)
  }
})

test('-R waits for a busy master, and opens the domain again each time', async () => {
  const here = made()
  here.domain.refusals.push(
    { method: 'create', status: STATUS.MASTERBUSY },
    { method: 'create', status: STATUS.MASTERBUSY },
  )
  await done(here, '-create', '-R', '.', '/x')
  assert.equal(here.client.openings.length, 3)
  assert.notEqual(here.domain.find('/x'), 0)
  assert.equal(here.domain.openHandles, 0)
})

test('-appendprop waits for a busy master without -R, and appends each value once', async () => {
  const here = made()
  here.domain.refusals.push({ method: 'createValue', status: STATUS.MASTERBUSY })
  await done(here, '-appendprop', '.', '/groups/staff', 'users', 'eve', 'max')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff')[3]?.values, ['pia', 'jon', 'eve', 'max'])
})

test('a password is asked for with -p and -u, and not with -P; the user is root where none is named', async () => {
  for (const [options, credentials, questions] of [
    [['-p'], { user: 'root', password: 'secret' }, ['Password: ']],
    [['-u', 'pia'], { user: 'pia', password: 'secret' }, ['Password: ']],
    [['-P', 'given'], { user: 'root', password: 'given' }, []],
    [['-u', 'pia', '-P', 'given'], { user: 'pia', password: 'given' }, []],
    [['-p', '-P', ''], { user: 'root', password: '' }, []],
    [[], {}, []],
  ] as const) {
    const here = made()
    const result = await here.run(['-create', ...options, '.', '/x'], { secrets: ['secret'] })
    assert.deepEqual(result, { status: 0, out: '', err: '', questions })
    const { user, password } = here.client.openings[0]?.options ?? {}
    assert.deepEqual({ user, password }, { user: undefined, password: undefined, ...credentials })
  }
})

test('without an answer to the question for a password nothing is done', async () => {
  const here = made()
  await refused(here, ['-create', '-p', '.', '/x'], 1, 'niutil: no password was given, and nothing was done\n')
  assert.deepEqual(here.client.openings, [])
})

test('-T is the time for each answer, of 30 seconds without it', async () => {
  for (const [options, milliseconds] of [
    [[], 30_000],
    [['-T', '5'], 5000],
  ] as const) {
    const here = made()
    await here.run(['-read', ...options, '.', '/'])
    const { readTimeoutMs, writeTimeoutMs, isAborting } = here.client.openings[0]?.options ?? {}
    assert.deepEqual([readTimeoutMs, writeTimeoutMs, isAborting], [milliseconds, milliseconds, true])
  }
  for (const time of ['0', '-1', 'x', '1.5', '86401'])
    await refused(made(), ['-read', '-T', time, '.', '/'], 1, /^niutil: -T takes seconds/)
})

test('options may stand before the operation, after it, and between domain and path', async () => {
  for (const words of [
    ['-t', '-T', '5', '-read', '127.0.0.1/network', '/users/jon'],
    ['-read', '-t', '127.0.0.1/network', '-T', '5', '/users/jon'],
  ])
    assert.equal((await made().run(words)).out, 'name: jon\nuid: 531\ngid: 20\n')
})

test('a malformed HOST/TAG ends with 217 and on, with two lines of help', async () => {
  for (const [name, status, problem] of [
    ['network', 217, 'is not of the form HOST/TAG'],
    ['a/b/c', 217, 'is not of the form HOST/TAG'],
    ['/network', 218, 'names no host'],
    ['ada/', 219, 'names no tag'],
    ['1.2.3/network', 220, "has no address of four numbers: '1.2.3'"],
    ['1.2.3.400/network', 220, "has no address of four numbers: '1.2.3.400'"],
  ] as const) {
    const result = await made().run(['-read', '-t', name, '/'])
    assert.equal(result.status, status, name)
    const [first, ...help] = result.err.split('\n')
    assert.equal(first, `niutil: '${name}' ${problem}`)
    assert.equal(help.filter((line) => line.startsWith('niutil: ')).length, 2)
  }
})

test('a host that no one knows ends with 221', async () => {
  await refused(
    made(),
    ['-read', '-t', 'no..host/network', '/'],
    221,
    'niutil: no host is known by the name no..host\n',
  )
})

test('a domain that cannot be found ends with 200, a server that does not answer with its status', async () => {
  await refused(
    made(),
    ['-read', '/nowhere', '/'],
    200,
    "niutil: can't connect to server for domain /nowhere: communication failed\n",
  )
  await refused(
    made(),
    ['-read', '-t', '192.0.2.1/x', '/'],
    199,
    "niutil: can't connect to server 192.0.2.1/x: communication failed\n",
  )
  for (const [status, exit] of [
    [STATUS.FAILED, 199],
    [STATUS.AUTHERROR, 120],
  ] as const) {
    const here = made()
    here.domain.refusals.push({ method: 'root', status })
    await refused(here, ['-read', '.', '/'], exit, /^niutil: can't connect to server for domain \.: /)
    assert.equal(here.domain.openHandles, 0)
  }
})

test('wrong use ends with 1: a message that names the operation, and the usage', async () => {
  for (const [words, message] of [
    [[], 'which operation?'],
    [['.', '/'], 'which operation?'],
    [['-read', '-list', '.', '/'], '-read and -list cannot go together'],
    [['-read'], '-read needs more: domain path'],
    [['-read', '.'], '-read needs more: domain path'],
    [['-createprop', '.', '/'], '-createprop needs more: domain path key [value…]'],
    [['-appendprop', '.', '/', 'k'], '-appendprop needs more: domain path key value…'],
    [['-insertval', '.', '/', 'k', 'v'], '-insertval needs more: domain path key value index'],
    [['-rparent'], '-rparent needs more: domain'],
    [['-destroy', '.', '/a', '/b'], '-destroy takes no more than: domain path'],
    [['-nonsense', '.', '/'], 'unknown option -nonsense'],
    [['-read', '.', '/', '-T'], '-read takes no more than: domain path'],
    [['-read', '-T'], '-T needs a value'],
  ] as const) {
    const here = made()
    const result = await here.run(words)
    assert.equal(result.status, 1, words.join(' '))
    assert.ok(result.err.startsWith(`niutil: ${message}\nusage: niutil -create [options] domain path\n`), result.err)
    assert.deepEqual(here.client.openings, [])
  }
})

test('what a server says cannot steer a terminal, and is printed as it is into a pipe', async () => {
  const here = made()
  here.domain.at(here.domain.find('/users/jon')).properties.push({ name: 'note', values: ['\u001b[2J\udcff'] })
  const words = ['-readprop', '.', '/users/jon', 'note']
  assert.equal((await here.run(words)).out, '\u001b[2J\udcff\n')
  assert.equal((await here.run(words, { isOutTerminal: true })).out, '\\x1b[2J\udcff\n')
  const result = await here.run(['-read', '.', '/\u001b[2J'])
  assert.equal(result.err, "niutil: can't read directory /\\x1b[2J: no such directory\n")
})

test('a domain that is damaged into a loop is not walked for ever', async () => {
  const here = made()
  const users = here.domain.find('/users')
  here.domain.at(here.domain.find('/users/jon')).children.push(users)
  await refused(here, ['-destroy', '.', '/users'], 110, /is below itself/)
})

test('a port for the binder comes from the environment, and must be one', async () => {
  const here = made()
  await here.run(['-read', '.', '/'], { env: { PORTOLAN_BINDER_PORT: '1111' } })
  assert.equal(here.client.openings[0]?.options.binderPort, 1111)
  for (const port of ['0', '65536', 'x']) {
    const result = await here.run(['-read', '.', '/'], { env: { PORTOLAN_BINDER_PORT: port } })
    assert.equal(result.status, 1)
    assert.match(result.err, /^niutil: PORTOLAN_BINDER_PORT is to be a port/)
  }
})
