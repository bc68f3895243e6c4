import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { startResponder } from '../../../test/support/rpc-responder.ts'
import type { Responder } from '../../../test/support/rpc-responder.ts'
import { DecodeError, XdrReader, XdrWriter } from '../../core/index.ts'
import { NETINFO } from '../codec.ts'
import type { Codec } from '../codec.ts'
import { PORTMAP, PORTMAP_PROTOCOL } from '../portmap-codec.ts'
import type { Mapping } from '../portmap-codec.ts'
import { callIndirectly, dumpMappings, getPort, setMapping, unsetMapping } from './portmap.ts'

const AMPLE_MS = 20_000
const LOOPBACK = '127.0.0.1'
const BINDER_OF_NETINFO = { program: 200_100_001, version: 1 }

/** A portmapper that remembers what is set. */
async function startPortmapper(context: TestContext): Promise<Responder> {
  let mappings: readonly Mapping[] = []
  return await startResponder(context, ({ header, args }, results) => {
    switch (header.procedure) {
      case PORTMAP.set.number:
        mappings = [...mappings, PORTMAP.set.args.decode(args)]
        PORTMAP.set.result.encode(results, true)
        return true
      case PORTMAP.unset.number: {
        const { program } = PORTMAP.unset.args.decode(args)
        PORTMAP.unset.result.encode(results, mappings.length > 0)
        mappings = mappings.filter((mapping) => mapping.program !== program)
        return true
      }
      case PORTMAP.getport.number: {
        const { program, protocol } = PORTMAP.getport.args.decode(args)
        const found = mappings.find((mapping) => mapping.program === program && mapping.protocol === protocol)
        PORTMAP.getport.result.encode(results, found?.port ?? 0)
        return true
      }
      case PORTMAP.dump.number:
        PORTMAP.dump.result.encode(results, mappings)
        return true
      default:
        return false
    }
  })
}

test('what is registered is found over UDP and TCP, listed, and taken away', async (context) => {
  const { port } = await startPortmapper(context)
  const options = { timeoutMs: AMPLE_MS, port }
  assert.equal(await getPort(LOOPBACK, BINDER_OF_NETINFO, 'udp', options), null)
  assert.equal(await setMapping(BINDER_OF_NETINFO, 'udp', 700, options), true)
  assert.equal(await setMapping(BINDER_OF_NETINFO, 'tcp', 701, options), true)
  assert.equal(await getPort(LOOPBACK, BINDER_OF_NETINFO, 'udp', options), 700)
  assert.equal(await getPort(LOOPBACK, BINDER_OF_NETINFO, 'tcp', { ...options, over: 'tcp' }), 701)
  assert.deepEqual(await dumpMappings(LOOPBACK, options), [
    { ...BINDER_OF_NETINFO, protocol: 17, port: 700 },
    { ...BINDER_OF_NETINFO, protocol: 6, port: 701 },
  ])
  assert.equal(await unsetMapping(BINDER_OF_NETINFO, options), true)
  assert.equal(await getPort(LOOPBACK, BINDER_OF_NETINFO, 'udp', options), null)
})

test('CALLIT carries a call, its arguments and its result', async (context) => {
  const { port } = await startResponder(context, ({ args }, results) => {
    const call = PORTMAP.callit.args.decode(args)
    assert.equal(call.procedure, NETINFO.self.number)
    const result = new XdrWriter()
    const id = NETINFO.self.args.decode(new XdrReader(call.args))
    NETINFO.self.result.encode(result, { status: 0, value: { ...id, instance: 3 } })
    PORTMAP.callit.result.encode(results, { port: 9, result: result.view })
    return true
  })
  const answer = await callIndirectly(NETINFO.self, { object: 5, instance: 0 }, LOOPBACK, { timeoutMs: AMPLE_MS, port })
  assert.deepEqual(answer.value, { object: 5, instance: 3 })
})

const word = fc.integer({ min: 0, max: 0xffff_ffff })
const bytes = fc.uint8Array({ maxLength: 30 }).map((each) => Buffer.from(each))
const mapping = fc.record({ program: word, version: word, protocol: word, port: word }, { noNullPrototype: true })

function roundTrip<T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): void {
  test(`${name}: what is encoded decodes to itself, and cut at any byte it is a DecodeError`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const writer = new XdrWriter()
        codec.encode(writer, value)
        const whole = writer.toBytes()
        assert.deepEqual(codec.decode(new XdrReader(whole)), value)
        for (let end = 0; end < whole.length; end += 1)
          assert.throws(() => codec.decode(new XdrReader(whole.subarray(0, end))), DecodeError)
      }),
    )
  })
}

roundTrip('mapping', PORTMAP.set.args, mapping)
roundTrip('list of mappings', PORTMAP.dump.result, fc.array(mapping, { maxLength: 5 }))
roundTrip('port', PORTMAP.getport.result, fc.integer({ min: 0, max: 65_535 }))
roundTrip('boolean', PORTMAP.unset.result, fc.boolean())
roundTrip(
  'CALLIT arguments',
  PORTMAP.callit.args,
  fc.record({ program: word, version: word, procedure: word, args: bytes }, { noNullPrototype: true }),
)
roundTrip('CALLIT result', PORTMAP.callit.result, fc.record({ port: word, result: bytes }, { noNullPrototype: true }))

test('the protocols are those of IP', () => {
  assert.deepEqual(PORTMAP_PROTOCOL, { tcp: 6, udp: 17 })
})
