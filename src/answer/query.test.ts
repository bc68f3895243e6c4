import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packagedLore, packagedRegistry } from '../../test/support/packaged-data.ts'
import { PortolanError } from '../core/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import { parseQuery, spanText } from './query.ts'
import type { PortQuery } from './query.ts'

const registry = packagedRegistry()
const query = (text: string): PortQuery => parseQuery(text, registry, packagedLore)

function spansOf(text: string): string[] {
  return query(text).spans.map(spanText)
}

test('a number is that port, on all transports', () => {
  assert.deepEqual(query('973'), {
    text: '973',
    spans: [{ first: 973, last: 973 }],
    transports: TRANSPORTS,
    name: null,
  })
  assert.deepEqual(spansOf('0'), ['0'])
  assert.deepEqual(spansOf('65535'), ['65535'])
  assert.deepEqual(spansOf('00080'), ['80'])
})

test('a port of a transport is asked for with a slash, in any case of letters', () => {
  assert.deepEqual(query('443/udp').transports, ['udp'])
  assert.deepEqual(query('443/UDP').transports, ['udp'])
  assert.deepEqual(query('9899/sctp').transports, ['sctp'])
  assert.deepEqual(query('443/udp').spans, [{ first: 443, last: 443 }])
})

test('a range is asked for with a hyphen or a dash', () => {
  for (const text of ['6000-6063', '6000–6063', '6000 - 6063']) assert.deepEqual(spansOf(text), ['6000–6063'], text)
  assert.deepEqual(query('6000-6063/tcp').transports, ['tcp'])
  assert.deepEqual(spansOf('80-80'), ['80'])
  assert.deepEqual(spansOf('0-65535'), ['0–65535'])
})

test('a service is asked for by name, in any case of letters', () => {
  assert.deepEqual(spansOf('SSH'), ['22'])
  assert.equal(query('SSH').name, 'SSH')
  assert.ok(spansOf('x11').includes('6000–6063'))
})

test('a name of a transport has the ports of that transport alone', () => {
  assert.deepEqual(query('domain/udp').transports, ['udp'])
  assert.deepEqual(spansOf('domain/udp'), ['53'])
  assert.equal(query('domain/udp').name, 'domain')
})

test('a name that only the lore knows has the ports of the lore', () => {
  assert.deepEqual(registry.byName('netinfo'), [])
  assert.ok(query('netinfo').spans.some(({ first, last }) => first <= 973 && 973 <= last))
})

test('a name with a slash in it that ends in no transport is a name', () => {
  const { name, spans } = query('tcp/ip')
  assert.equal(name, 'tcp/ip')
  assert.deepEqual(spans, [])
})

test('a name that no one knows, or that IANA lists without a port, has no ports', () => {
  for (const text of ['no-such-service-at-all', '__proto__', 'constructor', 'tcp', '..', 'é']) {
    assert.deepEqual(query(text).spans, [], text)
    assert.equal(query(text).name, text)
  }
})

test('what is meant as a port and is none is refused, with what is wrong', () => {
  const refusals: Readonly<Record<string, RegExp>> = {
    '70000': /above 65535/,
    '65536': /above 65535/,
    '99999999999999999999': /above 65535/,
    '60000-70000': /above 65535/,
    '5-3': /ends before it begins/,
    '-1': /not a port/,
    '+1': /not a port/,
    '1.5': /not a port/,
    '1,5': /not a port/,
    '': /not a port/,
    '/tcp': /not a port/,
    '80/xyz': /no transport; they are tcp, udp, sctp, dccp/,
    '80/': /no transport/,
  }
  for (const [text, message] of Object.entries(refusals)) {
    assert.throws(
      () => query(text),
      (error) => {
        assert.ok(error instanceof PortolanError)
        assert.equal(error.code, 'ERR_PORTOLAN_PORT_INVALID')
        assert.match(error.message, message)
        assert.ok(error.message.includes(`'${text}'`))
        assert.match(error.hint ?? '', /65535/)
        return true
      },
      text,
    )
  }
})

test('every port and every range is read back from its text', () => {
  const port = fc.integer({ min: 0, max: 65_535 })
  fc.assert(
    fc.property(port, port, fc.constantFrom('', ...TRANSPORTS.map((each) => `/${each}`)), (a, b, suffix) => {
      const span = { first: Math.min(a, b), last: Math.max(a, b) }
      assert.deepEqual(query(spanText(span) + suffix).spans, [span])
    }),
  )
})

test('any text is read or refused, and ports are always ports', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d\-+./ ,a-z]{0,12}$/)), (text) => {
      try {
        for (const { first, last } of query(text).spans) assert.ok(0 <= first && first <= last && last <= 65_535)
      } catch (error) {
        assert.ok(error instanceof PortolanError, String(error))
      }
    }),
  )
})
