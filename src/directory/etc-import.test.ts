import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { entry } from '../../test/support/flat-entries.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import { MACHINE_PARTS, readMachine } from './etc-import.ts'
import type { Tree } from './formats/index.ts'
import { valuesOf } from './model.ts'
import type { Properties } from './model.ts'

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'etc/passwd': 'root:$6$salt$secret:0:0:root:/root:/bin/sh\npia::530:20:Pia Holm:/home/pia:/bin/zsh\n',
  'etc/group': 'wheel:secret:0:root,pia\nempty:x:9:\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n10.0.0.5 ada ada.example # here\n',
  'etc/hostname': 'bo\n',
  'etc/ethers': '0:0:f:0:7:5a ada.example\n0:0:f:0:7:5b cy\n',
  'etc/networks': 'lab 10.0.0\n',
  'etc/services': 'domain 53/tcp\ndomain 53/udp\n',
  'etc/protocols': 'tcp 6 TCP\n',
  'etc/rpc': 'portmapper 100000 portmap\n',
  'etc/aliases': 'crew: pia, root\n',
  'etc/fstab': 'ada:/export /Net/ada nfs rw 0 0\n/dev/sda1 / ext4 defaults 0 1\n',
  'proc/mounts':
    'proc /proc proc rw 0 0\nada:/export /Net/ada nfs4 rw,vers=4.2 0 0\nada:/home /Net/my\\040home nfs4 rw 0 0\n',
  'etc/exports': '/srv ada(ro)\n',
  'etc/printcap': 'inky|laser:rm=ada:sf:\n',
  'etc/resolv.conf': 'search a.example\nnameserver 10.0.0.1\n',
}

function rootWith(context: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = tempFolder(context)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

function nameOf(tree: Tree): string {
  return valuesOf(tree.properties, 'name').join()
}

function entriesOf(trees: readonly Tree[], name: string): readonly Properties[] {
  return trees.find((tree) => nameOf(tree) === name)?.children.map(({ properties }) => properties) ?? []
}

describe('readMachine', () => {
  test('reads every file into the directory that it belongs to', async (context) => {
    const { trees, problems } = await readMachine({ root: rootWith(context, FILES) })
    assert.deepEqual(problems, [])
    const names = 'users groups machines networks services protocols rpcs aliases mounts exports printers locations'
    assert.deepEqual(trees.map(nameOf), names.split(' '))
    assert.deepEqual(entriesOf(trees, 'services'), [entry({ name: 'domain', port: '53', protocol: ['tcp', 'udp'] })])
    assert.deepEqual(entriesOf(trees, 'locations'), [
      entry({ name: 'resolver', search: 'a.example', nameserver: '10.0.0.1' }),
    ])
    assert.deepEqual(entriesOf(trees, 'printers'), [entry({ name: ['inky', 'laser'], rm: 'ada', sf: [] })])
  })

  test('gives nobody a password, and everybody the one value that lets nobody in', async (context) => {
    const { trees } = await readMachine({ root: rootWith(context, FILES) })
    for (const user of [...entriesOf(trees, 'users'), ...entriesOf(trees, 'groups')]) {
      assert.deepEqual(valuesOf(user, 'passwd'), ['*'])
    }
    assert.equal(entriesOf(trees, 'users').length, 2)
    assert.doesNotMatch(JSON.stringify(trees), /secret/)
  })

  test('gives a group of nobody no member', async (context) => {
    const { trees } = await readMachine({ root: rootWith(context, FILES) })
    assert.deepEqual(
      entriesOf(trees, 'groups').map((group) => valuesOf(group, 'users')),
      [['root', 'pia'], []],
    )
  })

  test('joins the Ethernet addresses and the own name to the machines', async (context) => {
    const { trees } = await readMachine({ root: rootWith(context, FILES) })
    assert.deepEqual(entriesOf(trees, 'machines'), [
      entry({ ip_address: '127.0.0.1', name: 'localhost' }),
      entry({ ip_address: '10.0.0.5', name: ['ada', 'ada.example'], en_address: '0:0:f:0:7:5a' }),
      entry({ name: 'bo' }),
      entry({ en_address: '0:0:f:0:7:5b', name: 'cy' }),
    ])
  })

  test('adds what is mounted by NFS to the mounts that are planned', async (context) => {
    const { trees } = await readMachine({ root: rootWith(context, FILES), only: ['mounts'] })
    assert.deepEqual(
      entriesOf(trees, 'mounts').map((mount) => ['name', 'dir'].map((name) => valuesOf(mount, name).join())),
      [
        ['ada:/export', '/Net/ada'],
        ['/dev/sda1', '/'],
        ['ada:/home', '/Net/my home'],
      ],
    )
  })

  test('reads the parts asked for alone', async (context) => {
    const root = rootWith(context, FILES)
    const { trees } = await readMachine({ root, only: ['hosts', 'users'] })
    assert.deepEqual(trees.map(nameOf), ['users', 'machines'])
    assert.deepEqual((await readMachine({ root, only: [] })).trees, [])
    const each = await Promise.all(MACHINE_PARTS.map((part) => readMachine({ root, only: [part] })))
    assert.deepEqual(
      each.flatMap((machine) => machine.trees),
      (await readMachine({ root })).trees,
    )
  })

  test('takes missing files for empty ones', async (context) => {
    assert.deepEqual(await readMachine({ root: tempFolder(context) }), { trees: [], problems: [] })
    assert.deepEqual(await readMachine({ root: rootWith(context, { etc: 'no folder' }) }), { trees: [], problems: [] })
  })

  test('names the file and the line of what is wrong, and reads the rest', async (context) => {
    const root = rootWith(context, { ...FILES, 'etc/group': 'a\nb:x:1:\n', 'etc/rpc': 'x\n' })
    const { trees, problems } = await readMachine({ root })
    assert.deepEqual(problems, [
      { file: '/etc/group', line: 1, message: '1 fields instead of 4' },
      { file: '/etc/rpc', line: 1, message: 'no number follows the name' },
    ])
    assert.equal(entriesOf(trees, 'groups').length, 1)
  })

  test('does not wait for a pipe, and reads no folder and no device', async (context) => {
    const root = rootWith(context, { 'etc/hosts/x': '' })
    symlinkSync('/dev/zero', join(root, 'etc/passwd'))
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(root, 'etc/group')])
    const { trees, problems } = await readMachine({ root, only: ['users', 'groups', 'hosts'] })
    assert.deepEqual(trees, [])
    assert.deepEqual(
      problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
      ['/etc/passwd', '/etc/group', '/etc/hosts'].map((file) => `${file}:0: is not a regular file`),
    )
  })

  test('keeps bytes that are not UTF-8', async (context) => {
    const root = rootWith(context, { 'etc/group': Buffer.from('caf\xe9:x:1:\n', 'latin1') })
    const { trees } = await readMachine({ root })
    assert.deepEqual(entriesOf(trees, 'groups')[0]?.[0]?.values, ['caf\udce9'])
  })

  test("reads this machine's own files", { skip: process.platform === 'win32' }, async () => {
    const { trees } = await readMachine()
    assert.ok(entriesOf(trees, 'users').some((user) => valuesOf(user, 'uid').includes('0')))
  })
})
