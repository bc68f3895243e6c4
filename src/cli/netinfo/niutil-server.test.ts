/** niutil where a server matters: which one is asked, who asks it, how long, and what goes wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, niutilOn, printed, refused } from '../../../test/support/niutil-run.ts'
import { STATUS } from '../../directory/index.ts'

test('-rparent prints the parent; the root says so on standard output and ends with 111', async () => {
  const here = niutilOn()
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
    const here = niutilOn(false)
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
    const here = niutilOn(false)
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
    const here = niutilOn()
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
  const here = niutilOn()
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
  const here = niutilOn()
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
    const here = niutilOn()
    const result = await here.run(['-create', ...options, '.', '/x'], { secrets: ['secret'] })
    assert.deepEqual(result, { status: 0, out: '', err: '', questions })
    const { user, password } = here.client.openings[0]?.options ?? {}
    assert.deepEqual({ user, password }, { user: undefined, password: undefined, ...credentials })
  }
})

test('without an answer to the question for a password nothing is done', async () => {
  const here = niutilOn()
  await refused(here, ['-create', '-p', '.', '/x'], 1, 'niutil: no password was given, and nothing was done\n')
  assert.deepEqual(here.client.openings, [])
})

test('-T is the time for each answer, of 30 seconds without it', async () => {
  for (const [options, milliseconds] of [
    [[], 30_000],
    [['-T', '5'], 5000],
  ] as const) {
    const here = niutilOn()
    await here.run(['-read', ...options, '.', '/'])
    const { readTimeoutMs, writeTimeoutMs, isAborting } = here.client.openings[0]?.options ?? {}
    assert.deepEqual([readTimeoutMs, writeTimeoutMs, isAborting], [milliseconds, milliseconds, true])
  }
  for (const time of ['0', '-1', 'x', '1.5', '86401'])
    await refused(niutilOn(), ['-read', '-T', time, '.', '/'], 1, /^niutil: -T takes seconds/)
})

test('options may stand before the operation, after it, and between domain and path', async () => {
  for (const words of [
    ['-t', '-T', '5', '-read', '127.0.0.1/network', '/users/jon'],
    ['-read', '-t', '127.0.0.1/network', '-T', '5', '/users/jon'],
  ])
    assert.equal((await niutilOn().run(words)).out, 'name: jon\nuid: 531\ngid: 20\n')
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
    const result = await niutilOn().run(['-read', '-t', name, '/'])
    assert.equal(result.status, status, name)
    const [first, ...help] = result.err.split('\n')
    assert.equal(first, `niutil: '${name}' ${problem}`)
    assert.equal(help.filter((line) => line.startsWith('niutil: ')).length, 2)
  }
})

test('a host that no one knows ends with 221', async () => {
  await refused(
    niutilOn(),
    ['-read', '-t', 'no..host/network', '/'],
    221,
    'niutil: no host is known by the name no..host\n',
  )
})

test('a domain that cannot be found ends with 200, a server that does not answer with its status', async () => {
  await refused(
    niutilOn(),
    ['-read', '/nowhere', '/'],
    200,
    "niutil: can't connect to server for domain /nowhere: communication failed\n",
  )
  await refused(
    niutilOn(),
    ['-read', '-t', '192.0.2.1/x', '/'],
    199,
    "niutil: can't connect to server 192.0.2.1/x: communication failed\n",
  )
  for (const [status, exit] of [
    [STATUS.FAILED, 199],
    [STATUS.AUTHERROR, 120],
  ] as const) {
    const here = niutilOn()
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
    const here = niutilOn()
    const result = await here.run(words)
    assert.equal(result.status, 1, words.join(' '))
    assert.ok(result.err.startsWith(`niutil: ${message}\nusage: niutil -create [options] domain path\n`), result.err)
    assert.deepEqual(here.client.openings, [])
  }
})

test('what a server says cannot steer a terminal, and is printed as it is into a pipe', async () => {
  const here = niutilOn()
  here.domain.at(here.domain.find('/users/jon')).properties.push({ name: 'note', values: ['\u001b[2J\udcff'] })
  const words = ['-readprop', '.', '/users/jon', 'note']
  assert.equal((await here.run(words)).out, '\u001b[2J\udcff\n')
  assert.equal((await here.run(words, { isOutTerminal: true })).out, '\\x1b[2J\udcff\n')
  const result = await here.run(['-read', '.', '/\u001b[2J'])
  assert.equal(result.err, "niutil: can't read directory /\\x1b[2J: no such directory\n")
})

test('a domain that is damaged into a loop is not walked for ever', async () => {
  const here = niutilOn()
  const users = here.domain.find('/users')
  here.domain.at(here.domain.find('/users/jon')).children.push(users)
  await refused(here, ['-destroy', '.', '/users'], 110, /is below itself/)
})

test('a port for the binder comes from the environment, and must be one', async () => {
  const here = niutilOn()
  await here.run(['-read', '.', '/'], { env: { PORTOLAN_BINDER_PORT: '1111' } })
  assert.equal(here.client.openings[0]?.options.binderPort, 1111)
  for (const port of ['0', '65536', 'x']) {
    const result = await here.run(['-read', '.', '/'], { env: { PORTOLAN_BINDER_PORT: port } })
    assert.equal(result.status, 1)
    assert.match(result.err, /^niutil: PORTOLAN_BINDER_PORT is to be a port/)
  }
})
