import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { DirectoryObject } from '../../directory/index.ts'
import { domainOf } from '../../../test/support/domain-of.ts'
import { CopyRefused, addToChecksum, checkCopy } from './copy-check.ts'
import type { OwnServer } from './server-role.ts'

const OWN: OwnServer = { tag: 'network', isOwnAddress: (address) => address === '192.168.1.6' }

async function copyOf(context: TestContext, host = 'ada'): Promise<readonly DirectoryObject[]> {
  const domain = await domainOf(context, 'network', {
    master: `${host}/network`,
    at: [
      {
        name: 'machines',
        at: [
          { name: 'ada', ip_address: '192.168.1.5', serves: './network' },
          { name: 'eve', ip_address: '192.168.1.6', serves: './network' },
        ],
      },
      { name: 'users', at: [{ name: 'pia' }, { name: 'jon' }] },
    ],
  })
  return [...domain.objects()]
}

async function* stream(objects: readonly DirectoryObject[]): AsyncGenerator<DirectoryObject> {
  yield* objects
}

async function check(
  objects: readonly DirectoryObject[],
  checksum?: number,
  isProven = true,
): Promise<readonly DirectoryObject[]> {
  const sum = checksum ?? objects.reduce(addToChecksum, 0)
  const passed: DirectoryObject[] = []
  for await (const object of checkCopy({ checksum: sum, highestId: 0, objects: stream(objects) }, OWN, isProven))
    passed.push(object)
  return passed
}

const without = (objects: readonly DirectoryObject[], index: number): DirectoryObject[] => objects.toSpliced(index, 1)

describe('checkCopy', () => {
  test('a whole copy passes as it is', async (context) => {
    const objects = await copyOf(context)
    assert.deepEqual(await check(objects), objects)
  })

  test('a copy cut off at any directory is refused', async (context) => {
    const objects = await copyOf(context)
    for (let length = 0; length < objects.length; length += 1)
      await assert.rejects(check(objects.slice(0, length)), CopyRefused)
  })

  test('a copy that lacks a directory, or has one twice, or two exchanged, is refused', async (context) => {
    const objects = await copyOf(context)
    for (const [index, object] of objects.entries()) {
      await assert.rejects(check(without(objects, index)), CopyRefused)
      await assert.rejects(check(objects.toSpliced(index, 0, object)), CopyRefused)
      const next = objects[index + 1]
      if (next !== undefined) await assert.rejects(check(objects.toSpliced(index, 2, next, object)), CopyRefused)
    }
  })

  test('another checksum than the announced one is refused', async (context) => {
    const objects = await copyOf(context)
    await assert.rejects(check(objects, objects.reduce(addToChecksum, 1)), /its checksum is/)
  })

  test('a child of another directory than its parent says is refused', async (context) => {
    const objects = await copyOf(context)
    const last = objects.at(-1)
    assert.ok(last)
    await assert.rejects(check([...objects.slice(0, -1), { ...last, parent: 1 }]), CopyRefused)
  })

  test('a copy of the root alone is empty, and is refused', async (context) => {
    const [root] = await copyOf(context)
    assert.ok(root)
    await assert.rejects(check([{ ...root, children: [] }]), /it is empty/)
  })

  test('a copy that names no master is refused', async (context) => {
    const [root, ...others] = await copyOf(context)
    assert.ok(root)
    await assert.rejects(check([{ ...root, properties: [] }, ...others]), /does not name its master/)
  })

  test('a copy that names this server as the master is refused', async (context) => {
    await assert.rejects(check(await copyOf(context, 'eve')), /names this server as the master/)
  })

  test('instances and numbers of either line pass: 0 for new directories, gaps, the largest number', async (context) => {
    const objects = await copyOf(context)
    const renumbered = (object: number): number => (object === 0 ? 0 : 0xffff_fff0 + object)
    const other = objects.map(({ id, children, parent, properties }) => ({
      id: { object: renumbered(id.object), instance: id.object === 0 ? 9 : 0 },
      properties,
      parent: renumbered(parent),
      children: children.map(renumbered),
    }))
    assert.deepEqual(await check(other), other)
  })

  test('a child that is its own ancestor ends in a refusal', async (context) => {
    const [root, machines] = await copyOf(context)
    assert.ok(root !== undefined && machines !== undefined)
    const loop = { ...machines, children: [0] }
    await assert.rejects(check([root, loop, { ...root, parent: loop.id.object }]), CopyRefused)
  })
})

describe('hidden passwords', () => {
  const withPassword = (objects: readonly DirectoryObject[], ...values: string[]): readonly DirectoryObject[] => {
    const last = objects.at(-1)
    assert.ok(last)
    return [...objects.slice(0, -1), { ...last, properties: [...last.properties, { name: 'passwd', values }] }]
  }
  const unlisted = (objects: readonly DirectoryObject[]): readonly DirectoryObject[] =>
    objects.map(({ id, parent, children, properties }) => ({
      id,
      parent,
      children,
      properties: properties.map((property) =>
        property.values.includes('192.168.1.6') ? { name: 'ip_address', values: ['192.168.1.7'] } : property,
      ),
    }))

  test('a copy that may have them is refused, unless this server is listed and has proved itself', async (context) => {
    const objects = withPassword(await copyOf(context), '*')
    assert.equal((await check(objects)).length, objects.length)
    await assert.rejects(check(objects, undefined, false), /must run as root/)
    await assert.rejects(check(unlisted(objects)), /does not list this server/)
  })

  test('a copy whose passwords can be seen is taken by any server', async (context) => {
    const objects = unlisted(withPassword(await copyOf(context), '$argon2id$x'))
    assert.equal((await check(objects, undefined, false)).length, objects.length)
  })
})

test('the checksum is the sum of (object + 1) × instance, modulo 2³²', () => {
  const id = fc.record({
    object: fc.integer({ min: 0, max: 0xffff_fffe }),
    instance: fc.integer({ min: 0, max: 0xffff_ffff }),
  })
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      const exact = ids.reduce((sum, { object, instance }) => sum + (BigInt(object) + 1n) * BigInt(instance), 0n)
      const sum = ids.reduce((before, each) => addToChecksum(before, { id: each }), 0)
      assert.equal(BigInt(sum), exact % 2n ** 32n)
    }),
  )
})
