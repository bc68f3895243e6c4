import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { runCli, startCli } from '../../../test/support/run-cli.ts'
import type { Outcome } from '../../../test/support/run-cli.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import { nicl } from './nicl.ts'

const PEOPLE = [
  'create /users/pia uid 530',
  'create /users/pia shell /bin/csh',
  'create /users/pia _writers_passwd pia',
  'create /users/jon uid 531',
  'create /groups/staff users pia jon',
]

interface Made {
  readonly file: string
  /** One command on the store. */
  readonly run: (...words: readonly string[]) => Promise<ToolRun>
  /** A script on the store, by the program itself. */
  readonly script: (lines: readonly string[], ...options: readonly string[]) => Promise<Outcome>
}

function made(context: TestContext): Made {
  const file = join(tempFolder(context), 'ada.mdb')
  return {
    file,
    run: (...words) => runTool((tool) => nicl(['-raw', file, ...words], tool)),
    script: (lines, ...options) => runCli(['nicl', ...options, '-raw', file], { input: lines.join('\n') }),
  }
}

async function madeWithPeople(context: TestContext): Promise<Made> {
  const store = made(context)
  const { status, stdout, stderr } = await store.script(PEOPLE, '-c')
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' })
  return store
}

async function printed(store: Made, words: readonly string[], out: string, status = 0, err = ''): Promise<void> {
  assert.deepEqual(await store.run(...words), { status, out, err, questions: [] })
}

const PIA = 'name: pia\nuid: 530\nshell: /bin/csh\n_writers_passwd: pia\n'
const JON = 'name: jon\nuid: 531\n'

describe('nicl, reading', () => {
  test('read prints each property as key, colon, and a blank before each value', async (context) => {
    const store = await madeWithPeople(context)
    for (const name of ['read', '-read', 'cat', '.']) await printed(store, [name, '/users/pia'], PIA)
    await printed(store, ['read', '/users/pia', 'shell', 'uid'], 'shell: /bin/csh\nuid: 530\n')
    await printed(store, ['read', '/users/uid=531'], JON)
    await printed(store, ['read', '2'], PIA)
  })

  test('read goes on after a missing key, which it tells', async (context) => {
    const store = await madeWithPeople(context)
    const err = 'nicl: /users/jon has no property shell\n'
    await printed(store, ['read', '/users/jon', 'shell', 'uid'], 'uid: 531\n', 213, err)
  })

  test('list prints the number in ten columns and the values, and leaves out children that lack the key', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['list', '/users'], '2          pia\n3          jon\n')
    await printed(store, ['-ls', '/users', 'shell'], '2          /bin/csh\n')
  })

  test('path prints each directory up to the root, parted by blank lines', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['path', '/users/jon'], `${JON}\nname: users\n\n`)
  })

  test('search prints how many it found, and each after a blank line', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['search', '/', '0', '-1', 'uid', '531'], `Search found 1 match\n\n${JON}`)
    await printed(store, ['search', '/', '-1', '1', 'uid', '531'], 'Search found 0 matches\n')
    await printed(store, ['search', '/users', '1', '1', 'name', 'jon', 'uid', '531'], `Search found 1 match\n\n${JON}`)
    await printed(store, ['search', '/users/jon', '0', '0', 'name', 'jon'], `Search found 1 match\n\n${JON}`)
    await printed(store, ['search', '/users/jon', '1', '-1', 'name', 'jon'], 'Search found 0 matches\n')
    await store.run('create', '/groups/jon', 'uid', '531')
    const both = `Search found 2 matches\n\n${JON}\n${JON}`
    await printed(store, ['search', '/', '-1', '-1', 'uid', '531'], both)
  })

  test('-v prints the numbers of a directory, and parts what is about it from what it says', async (context) => {
    const store = await madeWithPeople(context)
    const { status, out } = await runTool((tool) => nicl(['-v', '-raw', store.file, 'read', '/users/pia'], tool))
    assert.equal(status, 0)
    assert.equal(
      out,
      'Record: 2   Version: 5   Serial: 3\nParent: 1\nChildren: 0\n' +
        'Properties:\n    name: pia\n    uid: 530\n    shell: /bin/csh\nMetaproperties:\n    _writers_passwd: pia\n',
    )
    const parent = await runTool((tool) => nicl(['-v', '-raw', store.file, 'read', '/users'], tool))
    assert.match(parent.out, /\nChildren: 2 \(2 3\)\n/)
  })

  test('history prints the journal, or the versions that are asked for', async (context) => {
    const store = await madeWithPeople(context)
    const all = await store.run('history')
    const lines = all.out.trimEnd().split('\n')
    assert.match(lines[0] ?? '', /^1 {10}\d{4}-\d\d-\d\dT[\d:.]+Z root local create \/users$/)
    assert.deepEqual(await store.run('hist', '=', '1'), { ...all, out: `${lines[0]}\n` })
    assert.deepEqual(await store.run('hist', '1'), { ...all, out: `${lines[0]}\n` })
    assert.deepEqual(await store.run('hist', 'lt', '3'), { ...all, out: `${lines[0]}\n${lines[1]}\n` })
    assert.deepEqual(await store.run('hist', '>', '2'), {
      ...all,
      out: lines
        .slice(2)
        .map((line) => `${line}\n`)
        .join(''),
    })
    const { out } = await runTool((tool) => nicl(['-v', '-raw', store.file, 'history', '3'], tool))
    assert.match(out, / createProperty \/users\/pia\n {4}\+ uid: 530\n$/)
  })
})

describe('nicl, writing', () => {
  test('create makes what is missing of a path, and replaces the values of a property', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['create', '/a/kind=b/c', 'key', 'one', 'two'], '')
    await printed(store, ['read', '/a/kind=b'], 'kind: b\n')
    await printed(store, ['mk', '/a/kind=b/c', 'key'], '')
    await printed(store, ['read', '/a/kind=b/c'], 'name: c\nkey:\n')
    await printed(store, ['create', '/a/kind=b/c'], '')
  })

  test('append, merge and insert add values; insert wants the property to be there', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['append', '/users/jon', 'mail', 'a', 'a'], '')
    await printed(store, ['merge', '/users/jon', 'mail', 'a', 'b', 'b'], '')
    await printed(store, ['insert', '/users/jon', 'mail', 'first', '0'], '')
    await printed(store, ['insert', '/users/jon', 'mail', 'last', '99'], '')
    await printed(store, ['read', '/users/jon', 'mail'], 'mail: first a a b last\n')
    const err = 'nicl: /users/jon: no such property\n'
    await printed(store, ['insert', '/users/jon', 'nope', 'x', '0'], '', 213, err)
  })

  test('rename changes the name of a property in its place', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['rename', '/users/pia', 'uid', 'number'], '')
    await printed(store, ['read', '/users/pia'], PIA.replace('uid', 'number'))
    await printed(store, ['rename', '/users/pia', 'uid', 'x'], '', 213, 'nicl: /users/pia: no such property\n')
  })

  test('delete takes values, a property, or a directory with all below it, but never the root', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['create', '/users/jon', 'list', 'a', 'b', 'a', 'c'], '')
    await printed(store, ['delete', '/users/jon', 'list', 'a', 'c', 'nope'], '')
    await printed(store, ['read', '/users/jon', 'list'], 'list: b a\n')
    await printed(store, ['rm', '/users/jon', 'list'], '')
    await printed(store, ['read', '/users/jon'], JON)
    await printed(store, ['destroyprop', '/users/jon', 'list'], '', 213, 'nicl: /users/jon: no such property\n')
    await printed(store, ['delete', '/users'], '')
    await printed(store, ['list', '/'], '4          groups\n')
    await printed(store, ['delete', '/'], '', 15, 'nicl: the root directory cannot be deleted\n')
  })

  test('copy and move take all below a directory with it', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['cp', '/users', '/groups/staff'], '')
    await printed(store, ['read', '/groups/staff/users/jon'], JON)
    await printed(store, ['read', '/users/jon'], JON)
    await printed(store, ['mv', '/users', '/groups'], '')
    await printed(store, ['read', '/groups/users/pia'], PIA)
    await printed(store, ['read', '/users'], '', 212, 'nicl: /users: no such directory\n')
  })

  test('move refuses the root, and a directory below itself', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['mv', '/', '/users'], '', 15, 'nicl: the root directory cannot be moved\n')
    const err = 'nicl: /users/pia is /users itself, or below it\n'
    await printed(store, ['mv', '/users', '/users/pia'], '', 15, err)
    await printed(store, ['list', '/users'], '2          pia\n3          jon\n')
  })

  test('load makes a child of groups that a delimiter leads', async (context) => {
    const store = await madeWithPeople(context)
    await printed(store, ['load', ':', 'name', 'ada', ':', 'ip_address', '10.0.0.1', '10.0.0.2', ':', 'empty'], '')
    await printed(store, ['read', '/ada'], 'name: ada\nip_address: 10.0.0.1 10.0.0.2\nempty:\n')
  })

  test('-ro refuses each write and lets reads be', async (context) => {
    const store = await madeWithPeople(context)
    const run = (...words: readonly string[]): Promise<ToolRun> =>
      runTool((tool) => nicl(['-ro', '-raw', store.file, ...words], tool))
    for (const words of [
      ['create', '/x'],
      ['append', '/users', 'a', 'b'],
      ['delete', '/users'],
      ['mv', '/users', '/groups'],
      ['load', ':', 'name', 'x'],
    ]) {
      const { status, err } = await run(...words)
      assert.deepEqual({ status, err }, { status: 15, err: 'nicl: read-only, because of -ro: nothing was changed\n' })
    }
    assert.equal((await run('read', '/users/jon')).out, JON)
  })
})

describe('nicl, a script', () => {
  test('has a current directory, from which paths without a slash go', async (context) => {
    const store = await madeWithPeople(context)
    const { stdout, stderr, status } = await store.script([
      'cd /users',
      'pwd',
      'ls',
      'cat jon',
      'cd jon',
      'cat',
      'cat ../pia uid',
      'rm .',
      'pwd',
      'cd',
      'pwd',
    ])
    assert.equal(stderr, '')
    assert.equal(stdout, `/users\n2          pia\n3          jon\n${JON}${JON}uid: 530\n/users\n/\n`)
    assert.equal(status, 0)
  })

  test('keeps blanks of quoted words, and goes on after what fails', async (context) => {
    const store = await madeWithPeople(context)
    const { stdout, stderr, status } = await store.script([
      'create /users/pia realname "Pia  Holm"',
      'nope',
      'read',
      'read /nix',
      '"open',
      '',
      String.raw`create "/mounts/ada:\\/export" dir /Net`,
      'cat /users/pia realname',
      'ls /mounts',
      'echo done "a  b"',
    ])
    assert.equal(stdout, 'realname: Pia  Holm\n7          ada:/export\ndone a  b\n')
    assert.equal(
      stderr,
      "nicl: there is no command 'nope'\nnicl: /nix: no such directory\nnicl: a quote is not closed, or nothing follows the last backslash\n",
    )
    assert.equal(status, 0)
  })

  test('ends with the status of its last command, and at quit', async (context) => {
    const store = await madeWithPeople(context)
    assert.equal((await store.script(['read /nix', ''])).status, 212)
    assert.equal((await store.script(['read /nix', 'echo'])).status, 0)
    assert.deepEqual(await store.script(['echo one', 'quit', 'echo two']), { status: 0, stdout: 'one\n', stderr: '' })
  })

  test('runs other scripts, but not itself for ever', async (context) => {
    const store = await madeWithPeople(context)
    const [first, second] = [join(tempFolder(context), 'first'), join(tempFolder(context), 'second')]
    writeFileSync(first, `echo in\nsource ${second}\necho out\n`)
    writeFileSync(second, 'cat /users/jon uid\n')
    assert.deepEqual(await store.script([`source ${first}`]), { status: 0, stdout: 'in\nuid: 531\nout\n', stderr: '' })
    writeFileSync(second, `< ${second}\n`)
    const { status, stderr } = await store.script([`< ${second}`])
    assert.equal(status, 15)
    assert.match(stderr, /call each other too deeply/)
    assert.match((await store.run('source', '/nix')).err, /^nicl: \/nix cannot be read: /)
  })

  test('answers each line as it comes, so that a program can wait for it', async (context) => {
    const store = await madeWithPeople(context)
    const child = startCli(['nicl', '-raw', store.file], { input: '' })
    const answer = (): Promise<string> =>
      new Promise((resolve) => child.stdout?.once('data', (data) => resolve(String(data))))
    for (const line of ['echo one', 'echo two']) {
      const answered = answer()
      child.stdin?.write(`${line}\n`)
      assert.equal(await answered, `${line.slice('echo '.length)}\n`)
    }
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.stdin?.end()
    assert.equal(await ended, 0)
  })

  test('keeps bytes that are not UTF-8', async (context) => {
    const store = await madeWithPeople(context)
    const file = join(tempFolder(context), 'latin1')
    writeFileSync(
      file,
      Buffer.from('create /users/jon realname J\u00f6rn\nsearch / 0 -1 realname J\u00f6rn\n', 'latin1'),
    )
    const child = startCli(['nicl', '-raw', store.file, 'source', file])
    const parts: Buffer[] = []
    child.stdout?.on('data', (part: Buffer) => parts.push(part))
    await new Promise((resolve) => child.once('close', resolve))
    assert.equal(Buffer.concat(parts).toString('latin1'), `Search found 1 match\n\n${JON}realname: J\u00f6rn\n`)
  })

  test('-vv says what is done, but no passwords', async (context) => {
    const store = await madeWithPeople(context)
    const { stderr } = await store.script(['create /users/jon passwd secret', 'auth root secret'], '-vv')
    assert.match(stderr, /^nicl: create \/users\/jon\n/)
    assert.doesNotMatch(stderr, /secret/)
  })
})

describe('nicl, use', () => {
  test('tells wrong use and ends with 0, as the original does', async (context) => {
    const store = await madeWithPeople(context)
    for (const words of [
      ['read'],
      ['insert', '/users/pia', 'uid', 'x', 'y'],
      ['search', '/', '0'],
      ['search', '/', 'a', '1', 'k', 'v'],
      ['search', '/', '0', '1', 'k', 'v', 'w'],
      ['load', ':', ':', 'name'],
      ['history', '!', '3'],
      ['history', 'x'],
      ['rename', '/users', 'a', 'b', 'c'],
      ['nope'],
    ]) {
      const { status, out, err } = await store.run(...words)
      assert.deepEqual({ status, out }, { status: 0, out: '' }, words.join(' '))
      assert.match(err, /^nicl: /)
    }
    for (const words of [[], ['-nix', '.'], ['-u'], ['-raw', '-t', 'x'], ['-c', '.'], ['-raw', '-P', 'x', 'file']]) {
      const { status, out, err } = await runTool((tool) => nicl(words, tool))
      assert.deepEqual({ status, out }, { status: 0, out: '' }, words.join(' '))
      assert.match(err, /^nicl: .*\nusage: nicl /)
    }
  })

  test('refuses names in the style of X.500 and says so', async (context) => {
    const { status, err } = await runTool((tool) => nicl(['-x500', '.', 'read', '/'], tool))
    assert.equal(status, 15)
    assert.match(err, /X\.500 \(-x500\) are not supported/)
    const store = await madeWithPeople(context)
    for (const words of [['setrdn', '/users', 'uid'], ['refs']]) assert.equal((await store.run(...words)).status, 15)
  })

  test('refuses a file that is no store, a store that is missing, and -c for one that is there', async (context) => {
    const store = made(context)
    const missing = await store.run('read', '/')
    assert.deepEqual(missing, {
      status: 15,
      out: '',
      err: `nicl: ${store.file} does not exist: -c makes a new store\n`,
      questions: [],
    })
    writeFileSync(store.file, 'no store at all, and longer than a magic number\n')
    assert.match((await store.run('read', '/')).err, /is not a store of Portolan/)
    const again = await runTool((tool) => nicl(['-c', '-raw', store.file], tool))
    assert.match(again.err, /is there already/)
    const folder = await runTool((tool) => nicl(['-raw', dirname(store.file), 'read', '/'], tool))
    assert.match(folder.err, /is a folder: name the store in it/)
    const nowhere = join(dirname(store.file), 'nix', 'ada.mdb')
    const unmade = await runTool((tool) => nicl(['-c', '-raw', nowhere, 'read', '/'], tool))
    assert.match(unmade.err, /there is no folder/)
    assert.equal(existsSync(dirname(nowhere)), false)
    for (const { status } of [again, folder, unmade]) assert.equal(status, 15)
  })

  test('says what needs a server, and what cannot be mended in a store', async (context) => {
    const store = await madeWithPeople(context)
    for (const name of ['statistics', 'domainname', 'rparent', 'resync', 'auth', 'attach', 'detach', 'parent']) {
      const { status, err } = await store.run(name)
      assert.equal(status, 15, name)
      assert.match(err, /^nicl: .+\n$/)
    }
    assert.deepEqual(await store.run('flush'), { status: 0, out: '', err: '', questions: [] })
  })
})
