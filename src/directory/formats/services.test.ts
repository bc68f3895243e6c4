import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRoundTrips, entry, entryOf, many, one, words } from '../../../test/support/flat-entries.ts'
import { firstValue } from '../model.ts'
import { SERVICES } from './services.ts'

describe('services', () => {
  test('dumps the first protocol, and a TAB after it', () => {
    assert.equal(SERVICES.dump([entry({ name: 'finger', port: '79', protocol: ['tcp', 'udp'] })]), 'finger\t79/tcp\t\n')
    assert.equal(SERVICES.dump([entry({ name: ['a', 'b', 'c'] }), entry({ port: '1' })]), 'a\t/\tb\tc\n')
  })

  test('reads name, port, protocol and other names', () => {
    assert.deepEqual(SERVICES.parse('finger\t79/tcp\t\nsmtp 25/tcp mail # letters\n'), {
      entries: [
        entry({ name: 'finger', port: '79', protocol: 'tcp' }),
        entry({ name: ['smtp', 'mail'], port: '25', protocol: 'tcp' }),
      ],
      problems: [],
    })
  })

  test('keeps both lines of one name: two protocols of one port, two entries of two ports', () => {
    const text = 'discard 9/tcp sink\necho 7/tcp\ndiscard 9/udp sink null\nwho 513/udp\nwho 514/tcp\n'
    assert.deepEqual(SERVICES.parse(text).entries, [
      entry({ name: ['discard', 'sink', 'null'], port: '9', protocol: ['tcp', 'udp'] }),
      entry({ name: 'echo', port: '7', protocol: 'tcp' }),
      entry({ name: 'who', port: '513', protocol: 'udp' }),
      entry({ name: 'who', port: '514', protocol: 'tcp' }),
    ])
  })

  test('reports a line without port and protocol', () => {
    const message = 'no PORT/PROTOCOL follows the name'
    assert.deepEqual(SERVICES.parse('a\nb 1\nc /tcp\nd 1/\n'), {
      entries: [],
      problems: [1, 2, 3, 4].map((line) => ({ line, message })),
    })
  })

  test('gives back the entries that it dumped', () => {
    // One protocol, no slash in the port; no two entries of one name and port.
    const service = entryOf(
      many('name', words('#'), { minLength: 1 }),
      one('port', words('#/')),
      one('protocol', words('#')),
    )
    assertRoundTrips(SERVICES, service, (each) => `${firstValue(each, 'name')} ${firstValue(each, 'port')}`)
  })
})
