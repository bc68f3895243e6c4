/** The writes of a domain's server, done by a client that is not ours (test/peers): their answers, and what they left behind. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { APPEND, MODEL_LIMITS, STATUS, hashPassword } from '../src/directory/index.ts'
import type { Domain, Id, Properties } from '../src/directory/index.ts'
import { CPeer, listed } from './support/c-peer.ts'
import type { Answer, Word } from './support/c-peer.ts'
import { idOf, objectAt, setProperty } from './support/domain-of.ts'
import type { Plan } from './support/domain-of.ts'
import { requireRoot } from './support/peers.ts'
import { MASTER_MACHINE, servedDomain } from './support/served-domain.ts'

const ROOT_PASSWORD = 'of root é'
const PIA_PASSWORD = 'of pia'
const NO_TARGET = 0

interface Written {
  readonly peer: CPeer
  readonly domain: Domain
  readonly port: number
}

async function writtenDomain(
  context: TestContext,
  more: readonly Plan[] = [],
  root: Plan = {},
): Promise<Written | null> {
  const peer = CPeer.start(context)
  if (peer === null) return null
  const [rootHash, piaHash] = [await hashPassword(ROOT_PASSWORD), await hashPassword(PIA_PASSWORD)]
  const plan: Plan = {
    master: 'ada/network',
    ...root,
    at: [
      MASTER_MACHINE,
      {
        name: 'users',
        at: [
          { name: 'root', uid: '0', passwd: rootHash },
          { name: 'pia', uid: '530', passwd: piaHash },
          { uid: '540', passwd: '' },
          { name: 'guest', uid: '550', passwd: '' },
        ],
      },
      ...more,
    ],
  }
  const { domain, tcpPort } = await servedDomain(context, plan)
  await peer.openNetInfo({ port: tcpPort })
  await peer.beUser(0, ROOT_PASSWORD)
  return { peer, domain, port: tcpPort }
}

function next(id: Id, by = 1): Id {
  return { object: id.object, instance: id.instance + by }
}

function named(name: string): Properties {
  return [{ name: 'name', values: [name] }]
}

function namesOfChildren(domain: Domain, parent: number): readonly (string | undefined)[] {
  return domain.childrenOf(parent).map((child) => domain.read(child)?.properties[0]?.values[0])
}

/** Every write but CREATE and DESTROY, with arguments that fit a directory whose properties 0 and 1 have a value. */
function writesOf(id: Id): readonly (readonly [procedure: string, words: readonly Word[]])[] {
  return [
    ['write', [id, listed(named('x'))]],
    ['createprop', [id, ['x', 1, 'y'], APPEND]],
    ['destroyprop', [id, 1]],
    ['renameprop', [id, 1, 'x']],
    ['writeprop', [id, 1, [1, 'x']]],
    ['createname', [id, 1, 'x', APPEND]],
    ['writename', [id, 1, 0, 'x']],
    ['destroyname', [id, 1, 0]],
  ]
}
const ON_VALUES: ReadonlySet<string> = new Set(['writeprop', 'createname', 'writename', 'destroyname'])

describe('a client made by rpcgen and libtirpc', () => {
  test('creates directories where it wants them, and gets both ids', async (context) => {
    const written = await writtenDomain(context, [{ name: 'place' }])
    if (written === null) return
    const { peer, domain } = written
    const object = objectAt(domain, 'place')
    let parent = idOf(domain, object)
    const highest = domain.highestId()
    const positions = [APPEND, 0, 1, 17, 1, APPEND - 1]
    for (const [index, where] of positions.entries()) {
      const properties = [...named(`child ${index}`), { name: 'none', values: [] }]
      const answer = await peer.netinfo('create', parent, listed(properties), where, NO_TARGET)
      // New numbers are the lowest that are free, with instance 0 (protocol.md §2.1, line A).
      const child = { object: highest + 1 + index, instance: 0 }
      parent = next(parent)
      assert.deepEqual(answer, { done: true, status: 0, child, id: parent })
      assert.deepEqual(domain.read(child.object), { id: child, properties })
      assert.equal(domain.parentOf(child.object), object)
    }
    const expected = [1, 4, 2, 0, 3, 5].map((index) => `child ${index}`)
    assert.deepEqual(namesOfChildren(domain, object), expected)
    assert.deepEqual(idOf(domain, object), parent)
  })

  test('destroys them, and a number that is used again does not begin anew', async (context) => {
    const written = await writtenDomain(context, [
      { name: 'place', at: [{ name: 'leaf' }, { name: 'full', at: [{}] }] },
    ])
    if (written === null) return
    const { peer, domain } = written
    const place = idOf(domain, objectAt(domain, 'place'))
    const [leaf, full] = [
      idOf(domain, objectAt(domain, 'place', 'leaf')),
      idOf(domain, objectAt(domain, 'place', 'full')),
    ]
    const root = idOf(domain, 0)
    assert.deepEqual(await peer.netinfo('destroy', next(place), leaf), { done: true, status: STATUS.STALE })
    assert.deepEqual(await peer.netinfo('destroy', place, next(leaf)), { done: true, status: STATUS.STALE })
    assert.deepEqual(await peer.netinfo('destroy', { object: 99, instance: 0 }, leaf), {
      done: true,
      status: STATUS.NODIR,
    })
    assert.deepEqual(await peer.netinfo('destroy', place, { object: 99, instance: 0 }), {
      done: true,
      status: STATUS.NODIR,
    })
    assert.deepEqual(await peer.netinfo('destroy', place, full), { done: true, status: STATUS.NOTEMPTY })
    assert.deepEqual(await peer.netinfo('destroy', root, leaf), { done: true, status: STATUS.UNRELATED })
    assert.deepEqual(await peer.netinfo('destroy', place, leaf), { done: true, status: 0, id: next(place) })
    assert.equal(domain.read(leaf.object), undefined)
    const again = await peer.netinfo('create', next(place), listed(named('again')), 0, NO_TARGET)
    assert.deepEqual(again, { done: true, status: 0, child: next(leaf), id: next(place, 2) })
    assert.deepEqual(await peer.netinfo('destroy', next(place, 2), leaf), { done: true, status: STATUS.STALE })
  })

  test('names the id of a new directory, as a master does, when it is free', async (context) => {
    const written = await writtenDomain(context)
    if (written === null) return
    const { peer, domain } = written
    const root = idOf(domain, 0)
    const target = { object: domain.highestId() + 3, instance: 9 }
    const create = (parent: Id, wanted: Id): Promise<Answer> =>
      peer.netinfo('create', parent, listed(named('x')), APPEND, 1, wanted)
    assert.deepEqual(await create(root, idOf(domain, 1)), { done: true, status: STATUS.ALIVE })
    assert.deepEqual(await create(root, { object: 0xffff_fff0, instance: 1 }), { done: true, status: STATUS.NOSPACE })
    assert.deepEqual(await create(root, target), { done: true, status: 0, child: target, id: next(root) })
    assert.deepEqual(await peer.netinfo('read', target), { done: true, status: 0, id: target, properties: named('x') })
  })

  test('changes properties and values at their places, one instance after the other', async (context) => {
    const written = await writtenDomain(context, [{ name: 'place', a: ['1', '2'] }])
    if (written === null) return
    const { peer, domain } = written
    const start = idOf(domain, objectAt(domain, 'place'))
    let changes = 0
    const change = async (procedure: string, words: readonly Word[], expected: Properties): Promise<void> => {
      const answer = await peer.netinfo(procedure, next(start, changes), ...words)
      changes += 1
      assert.deepEqual(answer, { done: true, status: 0, id: next(start, changes) }, procedure)
      assert.deepEqual(domain.read(start.object), { id: next(start, changes), properties: expected }, procedure)
    }
    const name = { name: 'name', values: ['place'] }
    const b = { name: 'b', values: ['3', ''] }
    const [before, after] = [
      { name: 'a', values: [] },
      { name: 'name', values: ['second of its name'] },
    ]
    await change('createprop', [['b', 2, '3', ''], 1], [name, b, { name: 'a', values: ['1', '2'] }])
    await change('createprop', [['a', 0], 0], [before, name, b, { name: 'a', values: ['1', '2'] }])
    await change(
      'createprop',
      [['name', 1, 'second of its name'], 77],
      [before, name, b, { name: 'a', values: ['1', '2'] }, after],
    )
    await change('destroyprop', [3], [before, name, b, after])
    await change('renameprop', [2, 'Łódź'], [before, name, { name: 'Łódź', values: ['3', ''] }, after])
    await change('writeprop', [2, [3, 'x', 'y', 'x']], [before, name, { name: 'Łódź', values: ['x', 'y', 'x'] }, after])
    await change(
      'createname',
      [2, 'first', 0],
      [before, name, { name: 'Łódź', values: ['first', 'x', 'y', 'x'] }, after],
    )
    await change(
      'createname',
      [0, 'last', APPEND],
      [{ name: 'a', values: ['last'] }, name, { name: 'Łódź', values: ['first', 'x', 'y', 'x'] }, after],
    )
    await change(
      'writename',
      [2, 3, ''],
      [{ name: 'a', values: ['last'] }, name, { name: 'Łódź', values: ['first', 'x', 'y', ''] }, after],
    )
    await change('destroyname', [0, 0], [before, name, { name: 'Łódź', values: ['first', 'x', 'y', ''] }, after])
    await change('write', [listed([name, before])], [name, before])
    await change('writeprop', [0, [0]], [{ name: 'name', values: [] }, before])
    await change('write', [listed([])], [])
  })

  test('is refused what is stale, missing or out of its list, and nothing is changed', async (context) => {
    const written = await writtenDomain(context, [{ name: 'place', a: ['1'] }])
    if (written === null) return
    const { peer, domain } = written
    const id = idOf(domain, objectAt(domain, 'place'))
    const before = domain.checksum()
    for (const [procedure, words] of writesOf(next(id)))
      assert.deepEqual(await peer.netinfo(procedure, ...words), { done: true, status: STATUS.STALE }, procedure)
    for (const [procedure, words] of writesOf({ object: 99, instance: 0 }))
      assert.deepEqual(await peer.netinfo(procedure, ...words), { done: true, status: STATUS.NODIR }, procedure)
    const create = [listed(named('x')), APPEND, NO_TARGET] as const
    assert.deepEqual(await peer.netinfo('create', next(id), ...create), { done: true, status: STATUS.STALE })
    assert.deepEqual(await peer.netinfo('create', { object: 99, instance: 0 }, ...create), {
      done: true,
      status: STATUS.NODIR,
    })
    for (const index of [2, APPEND]) {
      const expected = { done: true, status: STATUS.NOPROP }
      assert.deepEqual(await peer.netinfo('destroyprop', id, index), expected)
      assert.deepEqual(await peer.netinfo('renameprop', id, index, 'x'), expected)
      assert.deepEqual(await peer.netinfo('writeprop', id, index, [0]), expected)
      assert.deepEqual(await peer.netinfo('createname', id, index, 'x', 0), expected)
      assert.deepEqual(await peer.netinfo('writename', id, index, 0, 'x'), expected)
      assert.deepEqual(await peer.netinfo('destroyname', id, index, 0), expected)
      assert.deepEqual(await peer.netinfo('writename', id, 1, index - 1, 'x'), { done: true, status: STATUS.NONAME })
      assert.deepEqual(await peer.netinfo('destroyname', id, 1, index - 1), { done: true, status: STATUS.NONAME })
    }
    assert.equal(domain.checksum(), before)
  })

  test('cannot make a list longer than the protocol carries', async (context) => {
    const written = await writtenDomain(context, [{ name: 'place', a: [] }, { name: 'wide' }])
    if (written === null) return
    const { peer, domain } = written
    const [id, wide] = [idOf(domain, objectAt(domain, 'place')), idOf(domain, objectAt(domain, 'wide'))]
    const values = Array.from({ length: MODEL_LIMITS.values }, (_, index) => String(index))
    const filled = await peer.netinfo('writeprop', id, 1, [values.length, ...values])
    assert.deepEqual(filled, { done: true, status: 0, id: next(id) })
    assert.deepEqual(await peer.netinfo('createname', next(id), 1, 'one too many', 0), {
      done: true,
      status: STATUS.NOSPACE,
    })
    assert.deepEqual(await peer.netinfo('readprop', next(id), 1), { done: true, status: 0, values, id: next(id) })
    const properties = values.map((name) => ({ name, values: [] }))
    assert.deepEqual(await peer.netinfo('write', wide, listed(properties)), { done: true, status: 0, id: next(wide) })
    const more = await peer.netinfo('createprop', next(wide), ['one too many', 0], 0)
    assert.deepEqual(more, { done: true, status: STATUS.NOSPACE })
    assert.deepEqual(await peer.netinfo('listprops', next(wide)), { done: true, status: 0, values, id: next(wide) })
  })

  test('writes what it says it is: nobody, a user unknown, with a wrong password, without a name', async (context) => {
    const written = await writtenDomain(context, [
      { name: 'open', _writers: '*', a: '1' },
      { name: 'pias', _writers: ['jon', 'pia'], a: '1' },
      { name: 'own', a: '1', b: '1', _writers_a: 'pia' },
      { name: 'closed', a: '1' },
      { name: 'locked', a: '1', _locked: [], _writers: '*' },
    ])
    if (written === null) return
    const { peer, domain } = written
    const tell = async (place: string, index = 2): Promise<unknown> => {
      const { status } = await peer.netinfo('writename', idOf(domain, objectAt(domain, place)), index, 0, 'x')
      return status
    }
    const all = async (): Promise<readonly unknown[]> => [
      await tell('open'),
      await tell('pias'),
      await tell('own', 1),
      await tell('own'),
      await tell('closed', 1),
    ]
    const { PERM, AUTHERROR, NOUSER, OK } = STATUS
    assert.deepEqual(await all(), [OK, OK, OK, OK, OK], 'root')
    await peer.beNobody()
    assert.deepEqual(await all(), [OK, PERM, PERM, PERM, PERM], 'nobody')
    await peer.beUser(530, PIA_PASSWORD)
    assert.deepEqual(await all(), [OK, OK, OK, PERM, PERM], 'pia')
    await peer.beUser(550, 'anything')
    assert.deepEqual(await all(), [OK, PERM, PERM, PERM, PERM], 'a user without a password')
    await peer.beUser(999, 'anything')
    assert.deepEqual(await all(), [NOUSER, NOUSER, NOUSER, NOUSER, NOUSER], 'no user')
    await peer.beUser(540, '')
    assert.deepEqual(await all(), [NOUSER, NOUSER, NOUSER, NOUSER, NOUSER], 'a user without a name')
    await peer.beUser(530, 'wrong')
    assert.equal(await tell('open'), AUTHERROR)
  })

  test('may write by each list what that list is for', async (context) => {
    const written = await writtenDomain(context, [
      { name: 'whole', a: '1', _writers: 'pia' },
      { name: 'part', a: '1', _writers_a: 'pia' },
      { name: 'locked', a: '1', _locked: [], _writers: 'pia' },
    ])
    if (written === null) return
    const { peer, domain } = written
    await peer.beUser(530, PIA_PASSWORD)
    for (const place of ['whole', 'part', 'locked'])
      for (const [procedure] of writesOf(idOf(domain, 0))) {
        const object = objectAt(domain, place)
        const [, words = []] = writesOf(idOf(domain, object)).find(([name]) => name === procedure) ?? []
        const isAllowed = place === 'whole' || (place === 'part' && ON_VALUES.has(procedure))
        const refusal = place === 'locked' ? STATUS.RDONLY : STATUS.PERM
        const before = domain.read(object)?.properties ?? []
        const { status } = await peer.netinfo(procedure, ...words)
        assert.equal(status, isAllowed ? 0 : refusal, `${procedure} of ${place}`)
        if (isAllowed) await putBack(domain, object, before)
      }
    const create = async (place: string): Promise<unknown> => {
      const answer = await peer.netinfo('create', idOf(domain, objectAt(domain, place)), [0], APPEND, NO_TARGET)
      return answer['status']
    }
    assert.deepEqual(
      [await create('whole'), await create('part'), await create('locked')],
      [0, STATUS.PERM, STATUS.RDONLY],
    )
  })

  test('that calls from a reserved port of this machine is root, without a credential', async (context) => {
    if (!requireRoot(context)) return
    const written = await writtenDomain(context, [{ name: 'closed', a: '1' }])
    if (written === null) return
    const { peer, domain, port } = written
    await peer.openNetInfo({ port, isReserved: true })
    const id = idOf(domain, objectAt(domain, 'closed'))
    assert.deepEqual(await peer.netinfo('writename', id, 1, 0, 'x'), { done: true, status: 0, id: next(id) })
  })

  test('writes back the mask that it read, and the password is still there', async (context) => {
    const written = await writtenDomain(context)
    if (written === null) return
    const { peer, domain } = written
    const pia = idOf(domain, objectAt(domain, 'users', 'pia'))
    const before = domain.read(pia.object)?.properties ?? []
    const properties = before.map(({ name, values }) => ({ name, values: name === 'passwd' ? ['*'] : values }))
    assert.deepEqual(await peer.netinfo('write', pia, listed(properties)), { done: true, status: 0, id: next(pia) })
    assert.deepEqual(domain.read(pia.object)?.properties, before)
  })

  test('is refused by a clone whatever it may do, and gets no copy from it', async (context) => {
    // The master's tag is another than the one served here.
    const written = await writtenDomain(context, [{ name: 'open', a: '1', _writers: '*' }], { master: 'ada/other' })
    if (written === null) return
    const { peer, domain } = written
    const id = idOf(domain, objectAt(domain, 'open'))
    for (const [procedure, words] of writesOf(id))
      assert.deepEqual(await peer.netinfo(procedure, ...words), { done: true, status: STATUS.RDONLY }, procedure)
    assert.deepEqual(await peer.netinfo('create', id, [0], 0, NO_TARGET), { done: true, status: STATUS.RDONLY })
    assert.deepEqual(await peer.netinfo('destroy', idOf(domain, 0), id), { done: true, status: STATUS.RDONLY })
    assert.deepEqual(await peer.netinfo('readall', 0), { done: true, status: STATUS.NOTMASTER })
    assert.deepEqual(await peer.netinfo('self', id), { done: true, status: 0, id })
  })

  test('is told that the master is busy where no more copies may be sent', async (context) => {
    const written = await writtenDomain(context, [], { readall_proxies: ['0', 'strict'] })
    if (written === null) return
    const { peer, domain } = written
    assert.deepEqual(await peer.netinfo('readall', 0), { done: true, status: STATUS.MASTERBUSY })
    await setProperty(domain, 0, 'readall_proxies', '1', 'strict')
    assert.equal((await peer.netinfo('readall', 0))['status'], 0)
  })
})

async function putBack(domain: Domain, object: number, properties: Properties): Promise<void> {
  const caller = { kind: 'superuser', name: 'root', from: 'test' } as const
  await domain.write({ kind: 'write', id: idOf(domain, object), properties }, caller)
}
