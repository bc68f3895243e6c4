import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryDomain } from '../../../test/support/memory-domain.ts'
import { MemoryClient, SAMPLE_TREE, runTool } from '../../../test/support/tool-run.ts'
import type { ToolRun } from '../../../test/support/tool-run.ts'
import { STATUS, parseRaw } from '../../directory/index.ts'
import { nidump } from './nidump.ts'

function made(): MemoryDomain {
  return new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, SAMPLE_TREE)
}

function run(words: readonly string[], domain: MemoryDomain = made()): Promise<ToolRun> {
  const client = new MemoryClient({ '.': domain, '127.0.0.1/network': domain })
  return runTool((context) => nidump(words, context, client))
}

async function dumped(words: readonly string[], out: string): Promise<void> {
  assert.deepEqual(await run(words), { status: 0, out, err: '', questions: [] })
}

/** tools.md §2. */
const SAMPLES: Readonly<Record<string, string>> = {
  passwd: 'pia:Xy0fakefakefk:530:20::0:0:Pia Holm:/home/pia:/bin/csh\njon::531:20::0:0:::\n',
  group: 'staff::20:pia,jon\nwheel::0:\n',
  hosts: '127.0.0.1\tlocalhost\n192.168.1.5\tada ada.example\n',
  services: 'finger\t79/tcp\t\n',
  networks: 'lab-net\t192.168.1\tlab\n',
  protocols: 'tcp\t6\tTCP\n',
  rpc: 'portmapper\t100000\tportmap\tsunrpc\n',
  aliases: 'crew: pia,jon,mail-archive\n',
  fstab: 'ada:/export /Net/ada nfs rw,bg,soft 0 0\n',
  printcap: 'inky|laser: \\\n\t:rm=ada:rp=inky:mx#0:sd=/usr/spool/inky:\n',
}

test('each format is printed as the behaviour sheet shows it', async () => {
  for (const [format, out] of Object.entries(SAMPLES)) await dumped([format, '.'], out)
})

test('-t takes the domain, after the format or before it', async () => {
  await dumped(['hosts', '-t', '127.0.0.1/network'], SAMPLES['hosts'] ?? '')
  await dumped(['-t', '127.0.0.1/network', '-T', '5', 'hosts'], SAMPLES['hosts'] ?? '')
})

test('a directory that is not there is an empty dump with status 0', async () => {
  await dumped(['exports', '.'], '')
  await dumped(['resolv.conf', '.'], '')
  await dumped(['-r', '/none', '.'], '')
})

test('resolv.conf is made of one directory, not of its children', async () => {
  const domain = made()
  const { object } = domain.add(domain.add(0, [{ name: 'name', values: ['locations'] }]).object, [
    { name: 'name', values: ['resolver'] },
    { name: 'domain', values: ['example'] },
    { name: 'search', values: ['a.example', 'b.example'] },
    { name: 'nameserver', values: ['192.0.2.1', '192.0.2.2'] },
  ])
  assert.notEqual(object, 0)
  const { out, status } = await run(['resolv.conf', '.'], domain)
  assert.equal(status, 0)
  assert.equal(out, 'domain example\nsearch a.example b.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n')
})

test('-r prints a directory with all below it', async () => {
  await dumped(
    ['-r', '/groups', '.'],
    `{
  "name" = ( "groups" );
  CHILDREN = (
    {
      "name" = ( "staff" );
      "passwd" = ( "" );
      "gid" = ( "20" );
      "users" = ( "pia", "jon" );
    },
    {
      "name" = ( "wheel" );
      "gid" = ( "0" );
      "users" = ( );
    }
  )
}
`,
  )
})

test('-r of the root is read back as the whole domain', async () => {
  const { out } = await run(['-r', '/', '.'])
  assert.deepEqual(parseRaw(out), SAMPLE_TREE)
})

test('an old server that keeps LISTALL to root is read child by child', async () => {
  const domain = made()
  domain.refusals.push({ method: 'listAll', status: STATUS.AUTHERROR })
  assert.equal((await run(['passwd', '.'], domain)).out, SAMPLES['passwd'])
})

test('what fails while it is read is told, with a status that is not 0', async () => {
  const domain = made()
  domain.refusals.push({ method: 'listAll', status: STATUS.FAILED })
  const { status, out, err } = await run(['passwd', '.'], domain)
  assert.deepEqual([status, out, err], [1, '', "nidump: can't print passwd: communication failed\n"])
  assert.equal(domain.openHandles, 0)
})

test('wrong use, an unknown format and a domain that cannot be opened end with 1 and the usage', async () => {
  for (const [words, message] of [
    [[], 'what of which domain is to be printed?'],
    [['passwd'], 'what of which domain is to be printed?'],
    [['passwd', '.', '/'], 'there is a word too many'],
    [['passwd', '.', '-t', 'a/b'], 'there is a word too many'],
    [['shadow', '.'], "unknown format 'shadow'"],
    [['passwd.43', '.'], "unknown format 'passwd.43'"],
    [['-x', 'passwd', '.'], 'unknown option -x'],
    [['passwd', '/nowhere'], "can't connect to server for domain /nowhere: communication failed"],
  ] as const) {
    const { status, out, err } = await run(words)
    assert.equal(status, 1, words.join(' '))
    assert.equal(out, '')
    assert.ok(err.startsWith(`nidump: ${message}\nusage: nidump `), err)
  }
})

test('children are printed in their order, however many they are', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `host${index}`)
  const domain = new MemoryDomain(
    { tag: 'network', address: '127.0.0.1' },
    {
      properties: [],
      children: names.map((name) => ({ properties: [{ name: 'name', values: [name] }], children: [] })),
    },
  )
  const { out } = await run(['-r', '/', '.'], domain)
  assert.deepEqual(
    parseRaw(out).children.map(({ properties }) => properties[0]?.values[0]),
    names,
  )
})

test('a domain that is damaged into a loop is told, and not dumped for ever', async () => {
  const domain = made()
  domain.at(domain.find('/users/jon')).children.push(domain.find('/users'))
  const { status, out, err } = await run(['-r', '/', '.'], domain)
  assert.deepEqual([status, out], [1, ''])
  assert.match(err, /^nidump: directory \d+ is below itself: the domain is damaged\n$/)
})

test('a directory that is met twice, for its number was given away meanwhile, ends nothing', async () => {
  const domain = made()
  domain.at(domain.find('/groups')).children.push(domain.find('/users/jon'))
  const { status, out } = await run(['-r', '/', '.'], domain)
  assert.equal(status, 0)
  assert.equal(out.match(/"name" = \( "jon" \);/g)?.length, 2)
})

test('a directory that vanishes while a domain is dumped is left out, and the others are not', async () => {
  const domain = made()
  domain.at(domain.find('/groups')).children.push(4711)
  const { status, out, err } = await run(['-r', '/', '.'], domain)
  assert.deepEqual([status, err], [0, ''])
  assert.deepEqual(parseRaw(out), SAMPLE_TREE)
  domain.refusals.push({ method: 'listAll', status: STATUS.AUTHERROR })
  assert.equal((await run(['group', '.'], domain)).out, SAMPLES['group'])
})
