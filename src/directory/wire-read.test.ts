/** What the model test does not reach (test/domain-model.test.ts): long answers in parts, secrets that change, versions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XdrReader, XdrWriter, bytesOf } from '../core/index.ts'
import { ROOT_CALLER, addTo, domainOf, idOf, setProperty } from '../../test/support/domain-of.ts'
import { spanOf } from '../../test/support/span-of.ts'
import type { Domain } from './domain.ts'
import { APPEND } from './model.ts'
import { STATUS } from './status.ts'
import { PARTS_FROM, WireReader } from './wire-read.ts'
import type { Parts } from './wire-read.ts'

const CRYPT = 'abJnggxhB/yWI'

function wordsOf(ask: (out: XdrWriter) => void): number[] {
  const out = new XdrWriter()
  ask(out)
  const reader = new XdrReader(out.toBytes())
  return Array.from({ length: out.length / 4 }, () => reader.u32('answer'))
}

function bytesFrom(ask: (out: XdrWriter) => Parts | null): { readonly bytes: Buffer; readonly parts: number } {
  const out = new XdrWriter()
  const parts = ask(out)
  if (parts === null) return { bytes: out.toBytes(), parts: 0 }
  const all = [...parts]
  return { bytes: Buffer.concat(all), parts: all.length }
}

/** A directory with more children than one answer takes in one piece. */
async function manyUsers(domain: Domain): Promise<number> {
  const users = await addTo(domain, 0, { name: 'users' })
  await Promise.all(
    Array.from({ length: PARTS_FROM + 500 }, (_, number) => {
      const properties = [
        { name: 'name', values: [`user ${number}`] },
        { name: 'passwd', values: [CRYPT] },
      ]
      const parent = { ...users, instance: users.instance + number }
      return domain.write({ kind: 'create', parent, properties, where: APPEND }, ROOT_CALLER)
    }),
  )
  return users.object
}

test('an answer about many children comes in parts, is then kept, and is made anew after a change', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const users = await manyUsers(domain)
  const wire = new WireReader(domain)
  for (const ask of [
    (out: XdrWriter) => wire.children(out, users),
    (out: XdrWriter) => wire.list(out, users, bytesOf('name')),
    (out: XdrWriter) => wire.listAll(out, users),
  ]) {
    const first = bytesFrom(ask)
    assert.ok(first.parts > 1)
    const second = bytesFrom(ask)
    assert.equal(second.parts, 0)
    assert.ok(second.bytes.equals(first.bytes))
    const child = domain.childrenOf(users)[7] ?? 0
    await setProperty(domain, child, 'name', `another ${first.bytes.length}`)
    const third = bytesFrom(ask)
    assert.ok(third.parts > 1)
  }
})

test('what the root says of passwd when a long answer begins holds to its end, and is kept under that', async (context) => {
  const domain = await domainOf(context, 'test', { serve_crypt: 'NO' })
  const users = await manyUsers(domain)
  const wire = new WireReader(domain)
  const parts = wire.listAll(new XdrWriter(), users)
  assert.ok(parts !== null)
  const pieces = [parts.next().value]
  await setProperty(domain, 0, 'serve_crypt', 'YES')
  const shown = bytesFrom((out) => wire.listAll(out, users))
  assert.ok(shown.bytes.includes(CRYPT))
  for (const piece of parts) pieces.push(piece)
  assert.ok(pieces.every((piece) => piece instanceof Buffer && !piece.includes(CRYPT)))
  await setProperty(domain, 0, 'serve_crypt', 'NO')
  assert.ok(!bytesFrom((out) => wire.listAll(out, users)).bytes.includes(CRYPT))
})

test('no key finds a secret by its real value, however it ends', async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'pia', passwd: CRYPT }] })
  const wire = new WireReader(domain)
  for (const key of ['passwd', 'passwd\0', 'passwd\0\0', 'passwd\0x', 'passwd\0passwd']) {
    const lookup = (value: string): number[] =>
      wordsOf((out) => wire.lookup(out, 0, spanOf(bytesOf(key)), spanOf(bytesOf(value))))
    assert.deepEqual(lookup(CRYPT), [STATUS.NODIR], JSON.stringify(key))
    assert.deepEqual(lookup(`${CRYPT}\0`), [STATUS.NODIR])
    assert.equal(lookup('*')[0], STATUS.OK)
    assert.equal(lookup('*\0x')[0], STATUS.OK)
    const found = bytesFrom((out) => wire.list(out, 0, bytesOf(key))).bytes
    assert.ok(!found.includes(CRYPT) && found.includes('*'))
  }
})

test('the copy of a domain is of the moment of its call, and hides secrets from all but clones', async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'pia', passwd: CRYPT }] })
  const wire = new WireReader(domain)
  const masked = wire.readAll(false)
  const real = wire.readAll(true)
  await setProperty(domain, 1, 'name', 'changed')
  const [maskedBytes, realBytes] = [masked, real].map((parts) => Buffer.concat([...parts]))
  assert.ok(maskedBytes !== undefined && realBytes !== undefined)
  assert.ok(maskedBytes.includes('pia') && realBytes.includes('pia'))
  assert.ok(!maskedBytes.includes(CRYPT) && realBytes.includes(CRYPT))
  assert.ok(!maskedBytes.includes('changed'))
})

test("line A's questions about versions are answered from the journal (protocol.md §2.1)", async (context) => {
  const domain = await domainOf(context, 'test', { at: [{ name: 'pia' }, { name: 'kim' }] })
  const wire = new WireReader(domain)
  await setProperty(domain, 1, 'name', 'zoe')
  const version = domain.revision()
  const self = (object: number, instance: number): number[] => wordsOf((out) => wire.self(out, object, instance))
  assert.deepEqual(self(0xffff_ffff, version), [STATUS.OK, 1, version])
  assert.deepEqual(self(0xffff_ffff, APPEND), [STATUS.OK, 1, version])
  assert.deepEqual(self(0xffff_ffff, version - 1), [STATUS.OK, 2, version - 1])
  assert.deepEqual(self(0xffff_fffe, 2), [STATUS.OK, 2, version - 1])
  assert.deepEqual(self(0xffff_ffff, version + 1), [STATUS.NODIR])
  assert.deepEqual(self(0xffff_fffe, 77), [STATUS.NODIR])
})

test('an answer is of what this process has just written, within the same turn too', async (context) => {
  const domain = await domainOf(context, 'test', {})
  const wire = new WireReader(domain)
  for (let round = 0; round < 10; round += 1) {
    assert.deepEqual(
      wordsOf((out) => wire.self(out, 0)),
      [STATUS.OK, 0, idOf(domain, 0).instance],
    )
    const { id } = await domain.write({ kind: 'write', id: idOf(domain, 0), properties: [] }, ROOT_CALLER)
    assert.deepEqual(
      wordsOf((out) => wire.self(out, 0)),
      [STATUS.OK, 0, id.instance],
    )
  }
})
