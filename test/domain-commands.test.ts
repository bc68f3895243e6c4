/** The commands on the data folder: load, export, check, log, backup, restore, and what a port's page says is declared. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { asObject, asObjects, at } from './support/json.ts'
import { runCli } from './support/run-cli.ts'
import { startServed } from './support/served.ts'
import { tempFolder } from './support/temp-folder.ts'

const PAYROLL = `{
  "name" = ( "services" );
  CHILDREN = ( { "name" = ( "payroll", "pay" ); "port" = ( "973" ); "protocol" = ( "tcp" ); } )
}`

function load(data: string, input: string): ReturnType<typeof runCli> {
  return runCli(['load', '-', '--data', data], { input })
}

test('a machine is loaded without its passwords, and loading it again changes nothing', async (context) => {
  const [data, root] = [tempFolder(context), tempFolder(context)]
  mkdirSync(join(root, 'etc'))
  writeFileSync(join(root, 'etc', 'passwd'), 'pia:$6$secret:530:20:Pia Holm:/home/pia:/bin/sh\n')
  writeFileSync(join(root, 'etc', 'group'), 'staff:x:20:pia\n')
  const words = ['load', '--root', root, '--only', 'users', '--only', 'groups', '--data', data]
  assert.deepEqual(await runCli(words), {
    status: 0,
    stdout: '/users: 2 created, 0 changed\n/groups: 2 created, 0 changed\n',
    stderr: '',
  })
  assert.equal((await runCli(words)).stdout, '/users: 0 created, 0 changed\n/groups: 0 created, 0 changed\n')
  const { stdout } = await runCli(['export', '/users', '--raw', '--data', data])
  assert.match(stdout, /"passwd" = \( "\*" \);/)
  assert.doesNotMatch(stdout, /secret/)
})

test('what is exported as JSON is the same after loading it elsewhere', async (context) => {
  const [one, other] = [tempFolder(context), tempFolder(context)]
  await load(one, PAYROLL)
  const exported = await runCli(['export', '/services', '--data', one])
  assert.equal((await load(other, exported.stdout)).status, 0)
  assert.equal((await runCli(['export', '/services', '--data', other])).stdout, exported.stdout)
})

test('an export of what is not there says so', async (context) => {
  const data = tempFolder(context)
  await load(data, PAYROLL)
  const { status, stderr } = await runCli(['export', '/nothing', '--data', data])
  assert.deepEqual([status, stderr], [1, 'portolan: the domain local has no directory /nothing\n'])
})

test('a broken tree is refused with its line, and nothing of it is loaded', async (context) => {
  const data = tempFolder(context)
  const { status, stderr } = await load(data, '{\n "name" = ( "services" ;\n}')
  assert.equal(status, 3)
  assert.match(stderr, /line 2/)
  assert.equal(existsSync(join(data, 'local.mdb')), false)
})

test('a backup is restored whole, and never over a domain that is there unless it is told to', async (context) => {
  const [data, other] = [tempFolder(context), tempFolder(context)]
  await load(data, PAYROLL)
  const copy = join(tempFolder(context), 'copy.mdb')
  assert.match((await runCli(['backup', copy, '--data', data])).stdout, /domain local at revision \d+/)
  assert.equal((await runCli(['backup', copy, '--data', data])).status, 2)
  assert.equal((await runCli(['restore', copy, '--data', other])).status, 0)
  const [was, is] = await Promise.all([data, other].map((each) => runCli(['export', '--data', each])))
  assert.equal(is?.stdout, was?.stdout)
  const again = await runCli(['restore', copy, '--data', other])
  assert.equal(again.status, 2)
  assert.match(again.stderr, /is there already/)
  assert.equal((await runCli(['restore', copy, '--data', other, '--replace'])).status, 0)
  writeFileSync(copy, 'no store at all')
  const foreign = await runCli(['restore', copy, '--data', other, '--replace'])
  assert.equal(foreign.status, 3)
  assert.match(foreign.stderr, /is not a store of Portolan/)
  assert.equal((await runCli(['export', '--data', other])).stdout, was?.stdout)
})

test('nothing takes the place of a domain that is in use', async (context) => {
  const data = tempFolder(context)
  await load(data, PAYROLL)
  const copy = join(tempFolder(context), 'copy.mdb')
  await runCli(['backup', copy, '--data', data])
  const served = await startServed(context, data)
  const refused = await runCli(['restore', copy, '--data', data, '--replace'])
  assert.equal(refused.status, 3)
  assert.match(refused.stderr, new RegExp(`is in use by process ${String(served.child.pid)}`))
  await served.end()
  assert.equal((await runCli(['restore', copy, '--data', data, '--replace'])).status, 0)
})

test('domains and their backups are for their owner alone', async (context) => {
  const data = tempFolder(context)
  await load(data, PAYROLL)
  const copy = join(tempFolder(context), 'copy.mdb')
  await runCli(['backup', copy, '--data', data])
  for (const file of [copy, join(data, 'local.mdb')]) assert.equal(statSync(file).mode & 0o077, 0, file)
})

test('the log tells who changed what, newest first, and never a password', async (context) => {
  const data = tempFolder(context)
  await load(data, '{ "name" = ("users"); CHILDREN = ({ "name" = ("pia"); "passwd" = ("Xy0fakefakefk"); }) }')
  await load(
    data,
    '{ "name" = ("users"); CHILDREN = ({ "name" = ("pia"); "passwd" = ("Zz0fakefakefk"); "uid" = ("1"); }) }',
  )
  const { stdout } = await runCli(['log', '/users/pia', '--data', data])
  assert.match(stdout, /\/users\/pia changed by root from portolan load/)
  assert.match(stdout, /- passwd: \*\n {4}\+ passwd: \*\n {4}\+ uid: 1/)
  assert.doesNotMatch(stdout, /fakefake/)
  const json = asObjects(JSON.parse((await runCli(['log', '--json', '-n', '1', '--data', data])).stdout))
  assert.deepEqual(
    [json.length, at(json, 0, 'kind'), at(json, 0, 'path'), at(json, 0, 'who')],
    [1, 'write', '/users/pia', 'root'],
  )
  assert.equal((await runCli(['log', '/groups', '--data', data])).status, 1)
})

test('a check finds a sound domain sound, and warns of what clients would not find', async (context) => {
  const data = tempFolder(context)
  await load(data, '{ "name" = ("machines"); CHILDREN = ({ "name" = ("ada"); "ip_address" = ("192.168.001.5"); }) }')
  const { status, stdout } = await runCli(['check', '--data', data])
  assert.equal(status, 1)
  assert.match(stdout, /^\/machines\/ada \(id \d+\): ip_address/m)
  assert.match(stdout, /0 problems, 1 warnings$/m)
})

test('a domain that is not there is named with those that are', async (context) => {
  const data = tempFolder(context)
  await load(data, PAYROLL)
  const { status, stderr } = await runCli(['log', '--domain', 'sales', '--data', data])
  assert.equal(status, 3)
  assert.match(stderr, /holds no domain 'sales'/)
  assert.match(stderr, /It holds: local/)
})

test("a port's page and its JSON say who declared it, and in which domain", async (context) => {
  const home = tempFolder(context)
  await load(join(home, 'domains'), PAYROLL)
  const env = { PORTOLAN_DATA: home }
  const page = await runCli(['973'], { env })
  assert.match(page.stdout, /tcp payroll \(pay\): in domain local, \/services\/payroll, by root from portolan\s+load/)
  const [report] = asObjects(JSON.parse((await runCli(['973', '--json'], { env })).stdout))
  const [declared] = asObjects(asObject(report)['declared'])
  assert.deepEqual(
    [declared?.['level'], declared?.['domain'], declared?.['path'], declared?.['names']],
    [0, 'local', '/services/payroll', ['payroll', 'pay']],
  )
  assert.match((await runCli(['22'], { env })).stdout, /Declared\n {2}Nothing, in local\./)
  assert.match((await runCli(['973/udp'], { env })).stdout, /Declared\n {2}Nothing, in local\./)
})

test('a port that is declared is not free', async (context) => {
  const home = tempFolder(context)
  await load(join(home, 'domains'), PAYROLL.replace('973', '971'))
  const words = ['free', '--range', '970-972', '-n', '3']
  const without = await runCli(words)
  const declared = await runCli(words, { env: { PORTOLAN_DATA: home } })
  assert.deepEqual(
    declared.stdout.split('\n'),
    without.stdout.split('\n').filter((port) => port !== '971'),
  )
  assert.match(without.stdout, /^971$/m)
})
