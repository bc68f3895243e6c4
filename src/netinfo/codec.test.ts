import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DecodeError, XdrReader, XdrWriter, textOf } from '../core/index.ts'
import { APPEND } from '../directory/index.ts'
import { BINDER, NETINFO } from './codec.ts'
import type { Answer, Codec } from './codec.ts'

/** What is common to all procedures' codecs, for loops over them. */
interface Sample {
  readonly name: string
  readonly decode: (reader: XdrReader) => unknown
  /** Encodes a value made by fast-check, decodes it, and gives both and the bytes. */
  readonly check: (take: (bytes: Buffer, value: unknown) => void) => void
}

/** Records with the usual prototype, as decoders make them. */
const record = <T>(model: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true })

const text = fc.uint8Array({ maxLength: 40 }).map((bytes) => textOf(bytes.filter((byte) => byte !== 0)))
const word = fc.integer({ min: 0, max: 0xffff_ffff })
const port = fc.integer({ min: 0, max: 65_535 })
const address = fc.ipV4()
const id = record({ object: word, instance: word })
const names = fc.array(text, { maxLength: 4 })
const property = record({ name: text, values: names })
const properties = fc.array(property, { maxLength: 4 })
const objects = fc.array(word, { maxLength: 6 })
const lookup = record({ id, key: text, value: text })
const nothing = fc.constant(undefined)
const directory = record({ id, properties })
const children = record({ objects, id })

function answerOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Answer<T>> {
  return fc.oneof(
    value.map((payload) => ({ status: 0, value: payload })),
    fc.integer({ min: 1, max: 24 }).map((status) => ({ status, value: null })),
  )
}

function sample<T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): Sample {
  return {
    name,
    decode: codec.decode,
    check: (take) =>
      fc.assert(
        fc.property(values, (value) => {
          take(encode(codec, value), value)
        }),
        { numRuns: 60 },
      ),
  }
}

const write = <K extends string>(kind: K) => fc.constant(kind)
const answeredId = answerOf(id)

const SAMPLES: readonly Sample[] = [
  sample('ping args', NETINFO.ping.args, nothing),
  sample('statistics result', NETINFO.statistics.result, properties),
  sample('root result', NETINFO.root.result, answeredId),
  sample('self args', NETINFO.self.args, id),
  sample('parent result', NETINFO.parent.result, answerOf(record({ parent: word, id }))),
  sample(
    'create args',
    NETINFO.create.args,
    fc.oneof(
      record({ kind: write('create'), parent: id, properties, where: word }),
      record({ kind: write('create'), parent: id, properties, where: word, target: id }),
    ),
  ),
  sample('create result', NETINFO.create.result, answerOf(record({ child: id, parent: id }))),
  sample('destroy args', NETINFO.destroy.args, record({ kind: write('destroy'), parent: id, child: id })),
  sample('destroy result', NETINFO.destroy.result, answeredId),
  sample('read result', NETINFO.read.result, answerOf(directory)),
  sample('write args', NETINFO.write.args, record({ kind: write('write'), id, properties })),
  sample('children result', NETINFO.children.result, answerOf(children)),
  sample('lookup args', NETINFO.lookup.args, lookup),
  sample('lookup result', NETINFO.lookup.result, answerOf(children)),
  sample('list args', NETINFO.list.args, record({ id, key: text })),
  sample(
    'list result',
    NETINFO.list.result,
    answerOf(
      record({
        entries: fc.array(record({ object: word, values: fc.option(names) }), { maxLength: 4 }),
        id,
      }),
    ),
  ),
  sample(
    'createprop args',
    NETINFO.createprop.args,
    record({ kind: write('createProperty'), id, property, where: word }),
  ),
  sample('destroyprop args', NETINFO.destroyprop.args, record({ kind: write('destroyProperty'), id, index: word })),
  sample('readprop args', NETINFO.readprop.args, record({ id, index: word })),
  sample('readprop result', NETINFO.readprop.result, answerOf(record({ values: names, id }))),
  sample(
    'writeprop args',
    NETINFO.writeprop.args,
    record({ kind: write('writeProperty'), id, index: word, values: names }),
  ),
  sample(
    'renameprop args',
    NETINFO.renameprop.args,
    record({ kind: write('renameProperty'), id, index: word, name: text }),
  ),
  sample('listprops result', NETINFO.listprops.result, answerOf(record({ names, id }))),
  sample(
    'createname args',
    NETINFO.createname.args,
    record({ kind: write('createValue'), id, index: word, value: text, where: word }),
  ),
  sample(
    'destroyname args',
    NETINFO.destroyname.args,
    record({ kind: write('destroyValue'), id, index: word, at: word }),
  ),
  sample('readname args', NETINFO.readname.args, record({ id, index: word, at: word })),
  sample('readname result', NETINFO.readname.result, answerOf(record({ value: text, id }))),
  sample(
    'writename args',
    NETINFO.writename.args,
    record({ kind: write('writeValue'), id, index: word, at: word, value: text }),
  ),
  sample('rparent result', NETINFO.rparent.result, answerOf(record({ tag: text, address }))),
  sample(
    'listall result',
    NETINFO.listall.result,
    answerOf(record({ id, children: fc.array(properties, { maxLength: 3 }) })),
  ),
  sample('bind args', NETINFO.bind.args, record({ tag: text, address })),
  sample('readall args', NETINFO.readall.args, word),
  sample(
    'readall result',
    NETINFO.readall.result,
    answerOf(
      record({
        checksum: word,
        highestId: word,
        objects: fc.array(record({ id, properties, parent: word, children: objects }), { maxLength: 3 }),
      }),
    ),
  ),
  sample('crashed args', NETINFO.crashed.args, word),
  sample('resync result', NETINFO.resync.result, word),
  sample('lookupread result', NETINFO.lookupread.result, answerOf(directory)),
  sample('register args', BINDER.register.args, record({ tag: text, udpPort: port, tcpPort: port })),
  sample('unregister args', BINDER.unregister.args, text),
  sample('getregister result', BINDER.getregister.result, answerOf(record({ udpPort: port, tcpPort: port }))),
  sample(
    'listreg result',
    BINDER.listreg.result,
    answerOf(fc.array(record({ tag: text, udpPort: port, tcpPort: port }), { maxLength: 32 })),
  ),
  sample(
    'createclone args',
    BINDER.createclone.args,
    record({ tag: text, masterName: text, masterAddress: address, masterTag: text }),
  ),
  sample('binder bind args', BINDER.bind.args, record({ clientAddress: address, clientTag: text, serverTag: text })),
]

function encode<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter()
  codec.encode(writer, value)
  return writer.toBytes()
}

for (const { name, decode, check } of SAMPLES) {
  test(`${name}: what is encoded decodes to itself, and nothing is left over`, () => {
    check((bytes, value) => {
      const reader = new XdrReader(bytes)
      assert.deepEqual(decode(reader), value)
      reader.finish(name)
    })
  })

  test(`${name}: cut at any byte it is a DecodeError`, () => {
    check((bytes) => {
      for (let end = 0; end < bytes.length; end += 1)
        assert.throws(() => decode(new XdrReader(bytes.subarray(0, end))), DecodeError)
    })
  })

  test(`${name}: any bytes decode or are a DecodeError`, () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 8 }), word), { maxLength: 24 }), (words) => {
        const writer = new XdrWriter()
        for (const value of words) writer.u32(value)
        try {
          decode(new XdrReader(writer.toBytes()))
        } catch (error) {
          assert(error instanceof DecodeError)
        }
      }),
      { numRuns: 200 },
    )
  })
}

test('every procedure has its number, its name and a codec of each kind', () => {
  assert.deepEqual(
    Object.values(NETINFO).map(({ number }) => number),
    Array.from({ length: 29 }, (_, index) => index),
  )
  assert.deepEqual(
    Object.values(BINDER).map(({ number }) => number),
    Array.from({ length: 9 }, (_, index) => index),
  )
  for (const [name, procedure] of [...Object.entries(NETINFO), ...Object.entries(BINDER)])
    assert.equal(procedure.name, name)
})

test('LISTREG with more than 32 registrations is refused', () => {
  const registrations = Array.from({ length: 33 }, () => ({ tag: 'a', udpPort: 1, tcpPort: 2 }))
  const bytes = encode(BINDER.listreg.result, { status: 0, value: registrations })
  assert.throws(() => BINDER.listreg.result.decode(new XdrReader(bytes)), DecodeError)
})

test('a port beyond 65535 is refused', () => {
  const bytes = Buffer.from('000000000001000000000001', 'hex')
  assert.throws(() => BINDER.getregister.result.decode(new XdrReader(bytes)), DecodeError)
})

/** protocol.md §14, made with an independent rpcgen program. */
function vector<T>(name: string, codec: Codec<T>, value: T, words: string): void {
  test(`the wire vector of ${name} is encoded and decoded byte for byte`, () => {
    const hex = words.replaceAll(' ', '')
    assert.equal(encode(codec, value).toString('hex'), hex)
    const reader = new XdrReader(Buffer.from(hex, 'hex'))
    assert.deepEqual(codec.decode(reader), value)
    reader.finish(name)
  })
}

const pia = [{ name: 'name', values: ['pia'] }]
const create = { kind: 'create', parent: { object: 3, instance: 9 }, properties: pia, where: APPEND } as const
vector(
  'LOOKUP arguments',
  NETINFO.lookup.args,
  { id: { object: 0, instance: 7 }, key: 'name', value: 'users' },
  '00000000 00000007 00000004 6e616d65 00000005 75736572 73000000',
)
vector(
  'LOOKUP result',
  NETINFO.lookup.result,
  { status: 0, value: { objects: [1], id: { object: 0, instance: 7 } } },
  '00000000 00000001 00000001 00000000 00000007',
)
vector(
  'CREATE arguments',
  NETINFO.create.args,
  create,
  '00000003 00000009 00000001 00000004 6e616d65 00000001 00000003 70696100 ffffffff 00000000',
)
vector(
  'CREATE arguments with a target',
  NETINFO.create.args,
  { ...create, target: { object: 12, instance: 4 } },
  '00000003 00000009 00000001 00000004 6e616d65 00000001 00000003 70696100 ffffffff 00000001 0000000c 00000004',
)
vector(
  'CREATE result',
  NETINFO.create.result,
  { status: 0, value: { child: { object: 12, instance: 4 }, parent: { object: 3, instance: 10 } } },
  '00000000 0000000c 00000004 00000003 0000000a',
)
vector(
  'CREATEPROP arguments',
  NETINFO.createprop.args,
  { kind: 'createProperty', id: { object: 3, instance: 9 }, property: { name: 'name', values: ['pia'] }, where: 0 },
  '00000003 00000009 00000004 6e616d65 00000001 00000003 70696100 00000000',
)
vector(
  'LIST result',
  NETINFO.list.result,
  {
    status: 0,
    value: {
      entries: [
        { object: 5, values: ['pia'] },
        { object: 6, values: null },
      ],
      id: { object: 3, instance: 9 },
    },
  },
  '00000000 00000002 00000005 00000001 00000001 00000003 70696100 00000006 00000000 00000003 00000009',
)
vector(
  'PARENT result',
  NETINFO.parent.result,
  { status: 0, value: { parent: 3, id: { object: 5, instance: 1 } } },
  '00000000 00000003 00000005 00000001',
)
vector(
  'LISTALL result',
  NETINFO.listall.result,
  { status: 0, value: { id: { object: 3, instance: 9 }, children: [pia] } },
  '00000000 00000003 00000009 00000001 00000001 00000004 6e616d65 00000001 00000003 70696100',
)
vector(
  'RPARENT result',
  NETINFO.rparent.result,
  { status: 0, value: { tag: 'network', address: '192.168.1.5' } },
  '00000000 00000007 6e657477 6f726b00 c0a80105',
)
vector('RPARENT result NETROOT', NETINFO.rparent.result, { status: 11, value: null }, '0000000b')
vector(
  'READALL result',
  NETINFO.readall.result,
  {
    status: 0,
    value: {
      checksum: 4,
      highestId: 1,
      objects: [
        { id: { object: 0, instance: 2 }, properties: [], parent: 0, children: [1] },
        { id: { object: 1, instance: 1 }, properties: pia, parent: 0, children: [] },
      ],
    },
  },
  '00000000 00000004 00000001 00000001 00000000 00000002 00000000 00000000 00000001 00000001 ' +
    '00000001 00000001 00000001 00000001 00000004 6e616d65 00000001 00000003 70696100 00000000 00000000 00000000',
)
vector(
  'REGISTER arguments',
  BINDER.register.args,
  { tag: 'network', udpPort: 700, tcpPort: 701 },
  '00000007 6e657477 6f726b00 000002bc 000002bd',
)
vector(
  'binder BIND arguments',
  BINDER.bind.args,
  { clientAddress: '192.168.1.9', clientTag: 'local', serverTag: 'network' },
  'c0a80109 00000005 6c6f6361 6c000000 00000007 6e657477 6f726b00',
)
vector(
  'CREATECLONE arguments',
  BINDER.createclone.args,
  { tag: 'network', masterName: 'ada', masterAddress: '192.168.1.5', masterTag: 'network' },
  '00000007 6e657477 6f726b00 00000003 61646100 c0a80105 00000007 6e657477 6f726b00',
)
