import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PortolanError } from '../core/index.ts'
import { makePortSet, parsePorts, readPortText } from './ports.ts'
import type { PortOptions } from './ports.ts'
import { rankedPorts } from './top-ports.ts'

const NAMES: Readonly<Record<string, Readonly<Record<'tcp' | 'udp', readonly number[]>>>> = {
  ssh: { tcp: [22], udp: [] },
  domain: { tcp: [53], udp: [53] },
  'netbios-ns': { tcp: [], udp: [137] },
  several: { tcp: [1000, 2000], udp: [] },
}

const OPTIONS: PortOptions = {
  transports: ['tcp'],
  portsOfName: (name, transport) => NAMES[name]?.[transport] ?? [],
}

function textOf(text: string, transports: PortOptions['transports'] = ['tcp']): string {
  const { tcp, udp } = parsePorts(text, { ...OPTIONS, transports })
  return udp.size === 0 ? tcp.toText() : `${tcp.toText()}/${udp.toText()}`
}

test('lists, ranges and open ranges give their ports, ascending and each once', () => {
  assert.equal(textOf('443,22,80'), '22,80,443')
  assert.equal(textOf('1-1024'), '1-1024')
  assert.equal(textOf('80,1-100,101,99-105'), '1-105')
  assert.equal(textOf('-3'), '1-3')
  assert.equal(textOf('65533-'), '65533-65535')
  assert.equal(textOf('-'), '1-65535')
  assert.equal(textOf(' 22 , 80 '), '22,80')
})

test('port 0 is in only where it is named', () => {
  assert.equal(parsePorts('-', OPTIONS).tcp.has(0), false)
  assert.equal(textOf('0'), '0')
  assert.equal(textOf('0-2'), '0-2')
})

test('a prefix holds for all that follows, to the next one', () => {
  assert.equal(textOf('T:22,80,U:53,123'), '22,80/53,123')
  assert.equal(textOf('22,u:53', ['tcp', 'udp']), '22/22,53')
  assert.equal(textOf('7', ['udp']), '/7')
})

test('a name gives the ports that it has with each transport', () => {
  assert.equal(textOf('ssh,several'), '22,1000,2000')
  assert.equal(textOf('domain,ssh,netbios-ns', ['tcp', 'udp']), '22,53/53,137')
  assert.throws(() => textOf('U:ssh'), { code: 'ERR_PORTOLAN_PORT_INVALID', message: 'ssh is no port of udp' })
})

test('top:N gives the likeliest ports of each transport', () => {
  assert.equal(textOf('top:2'), '80,443')
  const { tcp, udp } = parsePorts('top:100', { ...OPTIONS, transports: ['tcp', 'udp'] })
  assert.deepEqual([tcp.size, udp.size], [100, 100])
  assert.ok(tcp.has(22) && udp.has(53))
  for (const text of ['top:0', 'top:1001'])
    assert.throws(() => textOf(text), { message: `${text} cannot be had: 1000 ports of tcp are ranked` })
})

test('a wrong part is named, with what is wrong', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['22,80x', '80x is no port of tcp'],
    ['22,,80', '22,,80 has an empty part'],
    ['', 'no port is given'],
    ['T:', 'T: has an empty part'],
    ['65536', '65536 is above 65535, the last port'],
    ['1-99999', '1-99999 is above 65535, the last port'],
    ['9-1', '9-1 ends before it begins'],
    ['-0', '-0 ends before it begins'],
    ['constructor', 'constructor is no port of tcp'],
    ['\u001b[2J', '\\x1b[2J is no port of tcp'],
    ['1234567', '1234567 is no port of tcp'],
  ]
  for (const [text, message] of cases)
    assert.throws(() => textOf(text), { code: 'ERR_PORTOLAN_PORT_INVALID', message }, text)
})

test('a set has the ports that it was made of, and its text makes it again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(65_535), { maxLength: 200 }), fc.nat(65_535), (ports, other) => {
      const set = makePortSet(ports)
      const ascending = ports.toSorted((a, b) => a - b)
      assert.deepEqual(
        Array.from({ length: set.size }, (_, index) => set.at(index)),
        ascending,
      )
      assert.equal(set.has(other), ports.includes(other))
      assert.equal(readPortText(set.toText())?.toText(), set.toText())
      for (const index of [-1, set.size, 0.5]) assert.throws(() => set.at(index), RangeError)
    }),
  )
})

test('what is not the text of a set is none', () => {
  for (const text of ['1-', '-1', '2-1', '65536', '1,,2', 'x', ' 1', '1;2'])
    assert.equal(readPortText(text), null, text)
  assert.equal(readPortText('')?.size, 0)
  assert.equal(makePortSet([]).has(70_000), false)
})

test('any text is ports, or an error of ours', () => {
  const unit = fc.constantFrom(...'0123456789-,:TUtop *\u001b'.split(''))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit }), fc.string()), (text) => {
      try {
        const { tcp, udp } = parsePorts(text, OPTIONS)
        assert.ok(tcp.size + udp.size > 0)
      } catch (error) {
        assert.ok(error instanceof PortolanError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

test('each transport has 1,000 ranked ports, none twice, and none is 0', () => {
  for (const transport of ['tcp', 'udp'] as const) {
    const ranked = rankedPorts(transport)
    assert.equal(ranked.length, 1000)
    const set = makePortSet(ranked)
    assert.equal(set.size, 1000)
    assert.equal(set.has(0), false)
  }
})
