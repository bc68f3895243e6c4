/** niutil, what it reads and what it changes; how it reaches a server is in niutil-server.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, niutilOn, printed, refused } from '../../../test/support/niutil-run.ts'
import { SAMPLE_TREE } from '../../../test/support/tool-run.ts'

test('-read prints key, colon and a blank before each value; blanks within are not quoted', async () => {
  await printed(
    ['-read', '.', '/users/pia'],
    'name: pia\npasswd: Xy0fakefakefk\nuid: 530\ngid: 20\nrealname: Pia Holm\nhome: /home/pia\nshell: /bin/csh\n_writers_passwd: pia\n',
  )
  await printed(['-read', '.', '/groups/wheel'], 'name: wheel\ngid: 0\nusers:\n')
})

test('a directory is found by path, by another property and by number', async () => {
  await printed(['-read', '.', '/machines/ip_address=127.0.0.1'], 'name: localhost\nip_address: 127.0.0.1\n')
  const number = niutilOn().domain.find('/users/jon')
  await printed(['-read', '.', String(number)], 'name: jon\nuid: 531\ngid: 20\n')
  await printed(['-read', '.', '//users///jon/'], 'name: jon\nuid: 531\ngid: 20\n')
})

test('-list prints the number, a TAB, and a blank before each value; the TAB stays where there is none', async () => {
  const { domain } = niutilOn()
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
  await refused(niutilOn(), ['-readval', '.', '/groups/staff', 'users', '2'], 0, /^niutil: there is no value 2/)
  await refused(
    niutilOn(),
    ['-readval', '.', '/groups/staff', 'users', 'x'],
    3,
    "niutil: 'x' is no index: values are counted from 0\n",
  )
})

test('a property that is not there ends a read with 106', async () => {
  const err = "niutil: can't read shell in directory /users/jon: no such property\n"
  await refused(niutilOn(), ['-readprop', '.', '/users/jon', 'shell'], 106, err)
  await refused(niutilOn(), ['-readval', '.', '/users/jon', 'shell', '0'], 106, err)
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
    await refused(niutilOn(), words, 105, `niutil: can't ${verb}: no such directory\n`)
})

test('-create makes every missing step, with another property where the step says so; what is there stays', async () => {
  const here = niutilOn()
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
  const here = niutilOn()
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
  const here = niutilOn()
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
  const here = niutilOn()
  await done(here, '-createprop', '.', '/users/jon', '-t', '-p', '-destroy')
  assert.deepEqual(here.domain.propertiesOf('/users/jon').at(-1), { name: '-t', values: ['-p', '-destroy'] })
})

test('-appendprop adds at the end, whether a value is there or not', async () => {
  const here = niutilOn()
  await done(here, '-appendprop', '.', '/groups/staff', 'users', 'pia', 'eve')
  await done(here, '-appendprop', '.', '/groups/staff', 'notes', 'a', 'b')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff').slice(3), [
    { name: 'users', values: ['pia', 'jon', 'pia', 'eve'] },
    { name: 'notes', values: ['a', 'b'] },
  ])
})

test('-mergeprop adds what is not there, each value once', async () => {
  const here = niutilOn()
  await done(here, '-mergeprop', '.', '/groups/staff', 'users', 'pia', 'eve', 'eve')
  await done(here, '-mergeprop', '.', '/groups/staff', 'notes', 'a')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff').slice(3), [
    { name: 'users', values: ['pia', 'jon', 'eve'] },
    { name: 'notes', values: ['a'] },
  ])
})

test('-insertval inserts before an index, beyond the end appends, and creates the property', async () => {
  const here = niutilOn()
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
    const here = niutilOn()
    await refused(here, ['-insertval', '.', '/groups/staff', 'users', 'eve', index], 3, /is no index/)
    assert.deepEqual(here.domain.writes, [])
  }
})

test('-destroyprop removes every property of each name, and is content where there is none', async () => {
  const here = niutilOn()
  here.domain.at(here.domain.find('/users/jon')).properties.push({ name: 'uid', values: ['7'] })
  await done(here, '-destroyprop', '.', '/users/jon', 'uid', 'gid', 'none')
  assert.deepEqual(here.domain.propertiesOf('/users/jon'), [{ name: 'name', values: ['jon'] }])
})

test('-destroyval removes values wherever they stand, and is content where there is no property', async () => {
  const here = niutilOn()
  here.domain.at(here.domain.find('/groups/staff')).properties[3]?.values.push('pia', 'eve')
  await done(here, '-destroyval', '.', '/groups/staff', 'users', 'pia', 'eve', 'none')
  await done(here, '-destroyval', '.', '/groups/staff', 'none', 'pia')
  assert.deepEqual(here.domain.propertiesOf('/groups/staff')[3], { name: 'users', values: ['jon'] })
})

test('-renameprop renames in place; a missing one ends with 106', async () => {
  const here = niutilOn()
  await done(here, '-renameprop', '.', '/users/jon', 'uid', 'number')
  assert.deepEqual(
    here.domain.propertiesOf('/users/jon').map(({ name }) => name),
    ['name', 'number', 'gid'],
  )
  const err = "niutil: can't modify uid in directory /users/jon: no such property\n"
  await refused(here, ['-renameprop', '.', '/users/jon', 'uid', 'x'], 106, err)
})
