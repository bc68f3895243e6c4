/** The payloads, read again by the rules of their documents; where a document has an example, it is compared byte by byte. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { XdrReader } from '../core/index.ts'
import { PAYLOADS, payloadFor, payloadNameFor } from './payloads.ts'
import { ber, berInteger } from './payloads/ber.ts'

interface Element {
  readonly identifier: number
  readonly body: Buffer
}

/** The elements of BER that some bytes are, one after the other, and nothing behind them (X.690 §8.1). */
function elementsOf(bytes: Uint8Array): readonly Element[] {
  const view = Buffer.from(bytes)
  const found: Element[] = []
  let at = 0
  while (at < view.length) {
    const identifier = view.readUInt8(at)
    const short = view.readUInt8(at + 1)
    const lengthBytes = short < 0x80 ? 0 : short - 0x80
    const length = lengthBytes === 0 ? short : view.readUIntBE(at + 2, lengthBytes)
    const from = at + 2 + lengthBytes
    assert.ok(from + length <= view.length, 'an element goes beyond its parent')
    found.push({ identifier, body: view.subarray(from, from + length) })
    at = from + length
  }
  return found
}

/** The body of the only element, which has this identifier. */
function bodyOf(bytes: Uint8Array, identifier: number): Buffer {
  const [only, ...more] = elementsOf(bytes)
  assert.equal(more.length, 0)
  assert.equal(only?.identifier, identifier)
  return only.body
}

function sendFor(port: number, attempt = 0): Buffer {
  return Buffer.from(payloadFor(port, attempt))
}

/** The one question of a DNS message: id, flags, name, type and class. */
function questionOf(message: Buffer): readonly unknown[] {
  assert.deepEqual(
    [4, 6, 8, 10].map((at) => message.readUInt16BE(at)),
    [1, 0, 0, 0],
  )
  const labels: string[] = []
  let at = 12
  while (message.readUInt8(at) !== 0) {
    const length = message.readUInt8(at)
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  assert.equal(message.length, at + 5)
  return [message.readUInt16BE(2), labels.join('.'), message.readUInt16BE(at + 1), message.readUInt16BE(at + 3)]
}

test('no port has two payloads, and each has a name, a question and a source', () => {
  const ports = PAYLOADS.flatMap((payload) => payload.ports)
  assert.equal(new Set(ports).size, ports.length)
  for (const { name, asks, source, datagrams, ports: own } of PAYLOADS) {
    assert.match(name, /^[a-z0-9-]+$/)
    assert.ok(asks !== '' && source !== '' && own.length > 0 && datagrams.length > 0, name)
    for (const datagram of datagrams) assert.ok(datagram.length > 0 && datagram.length <= 1200, name)
  }
})

test('a port without a question is sent an empty datagram, in every attempt', () => {
  for (const attempt of [0, 1, 7]) assert.equal(payloadFor(9, attempt).length, 0)
  assert.equal(payloadNameFor(9), null)
  assert.equal(payloadNameFor(161), 'snmp')
})

test('a service that is asked in several ways is asked in the next one with each attempt', () => {
  const [v3, v2c, v1, again] = [0, 1, 2, 3].map((attempt) => sendFor(161, attempt))
  assert.ok(v3 !== undefined && v2c !== undefined && v1 !== undefined)
  assert.deepEqual(again, v3)
  assert.deepEqual(
    [v3, v2c, v1].map((each) => elementsOf(bodyOf(each, 0x30))[0]?.body[0]),
    [3, 1, 0],
  )
  assert.deepEqual(sendFor(53, 5), sendFor(53))
})

test('dns, mdns and netbios-ns ask one question each', () => {
  assert.deepEqual(questionOf(sendFor(53)), [0, 'version.bind', 16, 3])
  assert.deepEqual(questionOf(sendFor(5353)), [0, '_services._dns-sd._udp.local', 12, 0x8001])
  assert.equal(sendFor(5353).readUInt16BE(0), 0)
  // RFC 1001 §14.1: `*` is 0x2A, and so CK; a NUL is AA.
  assert.deepEqual(questionOf(sendFor(137)), [0, `CK${'A'.repeat(30)}`, 0x21, 1])
})

test('ntp asks as a client of version 4', () => {
  const request = sendFor(123)
  assert.equal(request.length, 48)
  assert.equal(request.readUInt8(0), 0x23)
  assert.ok(request.subarray(1).every((byte) => byte === 0))
})

test('the null calls of rpcbind, nfs and the binder name their programs and carry nothing', () => {
  const calls: readonly (readonly [number, number, number])[] = [
    [111, 100_000, 2],
    [2049, 100_003, 3],
    [1033, 200_100_001, 1],
  ]
  for (const [port, program, version] of calls) {
    const reader = new XdrReader(sendFor(port))
    reader.u32('xid')
    const words = Array.from({ length: 9 }, () => reader.u32('word'))
    reader.finish('call')
    assert.deepEqual(words, [0, 2, program, version, 0, 0, 0, 0, 0])
  }
})

test('snmp gets sysDescr.0 as public, and asks version 3 for its engine', () => {
  const [version, community, pdu] = elementsOf(bodyOf(sendFor(161, 2), 0x30))
  assert.deepEqual([version?.body[0], community?.body.toString()], [0, 'public'])
  assert.equal(pdu?.identifier, 0xa0)
  const [, status, index, bindings] = elementsOf(pdu.body)
  assert.deepEqual([status?.body[0], index?.body[0]], [0, 0])
  const [name, value] = elementsOf(bodyOf(bindings?.body ?? Buffer.alloc(0), 0x30))
  assert.deepEqual([...(name?.body ?? [])], [0x2b, 6, 1, 2, 1, 1, 1, 0])
  assert.equal(value?.identifier, 5)

  const [three, header, parameters, scoped] = elementsOf(bodyOf(sendFor(161, 0), 0x30))
  assert.equal(three?.body[0], 3)
  const [, , flags, model] = elementsOf(header?.body ?? Buffer.alloc(0))
  assert.deepEqual([flags?.body[0], model?.body[0]], [4, 3])
  const security = elementsOf(bodyOf(parameters?.body ?? Buffer.alloc(0), 0x30))
  assert.deepEqual(
    security.map(({ identifier, body }) => [identifier, body.toString('hex')]),
    [
      [4, ''],
      [2, '00'],
      [2, '00'],
      [4, ''],
      [4, ''],
      [4, ''],
    ],
  )
  assert.equal(elementsOf(scoped?.body ?? Buffer.alloc(0))[2]?.identifier, 0xa0)
})

test('cldap searches the root entry, and kerberos asks as RFC 4120 has it', () => {
  const [id, search] = elementsOf(bodyOf(sendFor(389), 0x30))
  assert.deepEqual([id?.body[0], search?.identifier], [1, 0x63])
  assert.deepEqual(
    elementsOf(search?.body ?? Buffer.alloc(0)).map(({ identifier }) => identifier),
    [4, 10, 10, 2, 2, 1, 0x87, 0x30],
  )
  const request = elementsOf(bodyOf(bodyOf(sendFor(88), 0x6a), 0x30))
  assert.deepEqual(
    request.map(({ identifier }) => identifier),
    [0xa1, 0xa2, 0xa4],
  )
  const body = elementsOf(bodyOf(request[2]?.body ?? Buffer.alloc(0), 0x30))
  assert.deepEqual(
    body.map(({ identifier }) => identifier - 0xa0),
    [0, 1, 2, 3, 5, 7, 8],
  )
  assert.equal(bodyOf(body[2]?.body ?? Buffer.alloc(0), 0x1b).toString(), 'PORTOLAN.INVALID')
})

test('numbers of BER read as what they were, however many bytes they take', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.uint8Array({ maxLength: 70_000 }), (value, contents) => {
      const body = bodyOf(berInteger(value), 2)
      assert.equal(body.readIntBE(0, body.length), value)
      if (contents.length < 0x1_0000) assert.deepEqual(bodyOf(ber(4, contents), 4), Buffer.from(contents))
    }),
  )
})

test('quic asks in 1200 bytes for a version that is reserved, with a connection id that can be answered', () => {
  const packet = sendFor(443)
  assert.equal(packet.length, 1200)
  assert.equal(packet.readUInt8(0) & 0xc0, 0xc0)
  assert.equal((packet.readUInt32BE(1) & 0x0f0f_0f0f) >>> 0, 0x0a0a_0a0a)
  assert.deepEqual([packet.readUInt8(5), packet.readUInt8(14)], [8, 8])
})

test('the lengths within a dtls hello agree with each other', () => {
  const record = sendFor(5684)
  assert.deepEqual([record.readUInt8(0), record.readUInt16BE(11)], [22, record.length - 13])
  const message = record.subarray(13)
  const length = message.readUIntBE(1, 3)
  assert.deepEqual(
    [message.readUInt8(0), length, message.readUIntBE(6, 3), message.readUIntBE(9, 3)],
    [1, message.length - 12, 0, length],
  )
  const hello = message.subarray(12)
  assert.deepEqual([hello.readUInt16BE(0), hello.readUInt8(34), hello.readUInt8(35)], [0xfefd, 0, 0])
  const suites = hello.readUInt16BE(36)
  assert.deepEqual([suites % 2, hello.readUInt8(38 + suites), hello.readUInt8(39 + suites)], [0, 1, 0])
  let at = 42 + suites
  assert.equal(hello.readUInt16BE(40 + suites), hello.length - at)
  const types: number[] = []
  while (at < hello.length) {
    types.push(hello.readUInt16BE(at))
    at += 4 + hello.readUInt16BE(at + 2)
  }
  assert.deepEqual([types, at], [[10, 11, 13], hello.length])
})

test('the payloads within an ike message follow each other to its end', () => {
  const message = sendFor(500)
  assert.deepEqual(
    [message.readUInt8(17), message.readUInt8(18), message.readUInt8(19), message.readUInt32BE(24)],
    [0x20, 34, 8, message.length],
  )
  let at = 28
  let kind = message.readUInt8(16)
  const kinds: number[] = []
  while (kind !== 0) {
    kinds.push(kind)
    kind = message.readUInt8(at)
    at += message.readUInt16BE(at + 2)
  }
  assert.deepEqual([kinds, at], [[33, 34, 40], message.length])
  assert.deepEqual(sendFor(4500), Buffer.concat([Buffer.alloc(4), message]))
})

test('radius signs its question as RFC 5997 §6.1 does', () => {
  const message = sendFor(1812)
  assert.deepEqual([message.readUInt8(0), message.readUInt16BE(2)], [12, message.length])
  assert.deepEqual([message.readUInt8(20), message.readUInt8(21)], [80, 18])
  const sign = (bytes: Buffer): string => {
    const unsigned = Buffer.concat([bytes.subarray(0, 22), Buffer.alloc(16)])
    return createHmac('md5', 'xyzzy5461').update(unsigned).digest('hex')
  }
  assert.equal(message.toString('hex', 22), sign(message))
  // The example itself, which shows that this is how the document signs.
  const example = Buffer.from('0cda00268a54f4686fb394c52866e302185d062350125a665e2e1e8411f3e243822097c84fa3', 'hex')
  assert.equal(example.toString('hex', 22), sign(example))
})

test('stun, coap, memcached, tftp and the short ones are what their documents say', () => {
  assert.equal(sendFor(3478).toString('hex', 0, 8), '000100002112a442')
  assert.equal(sendFor(3478).length, 20)
  assert.equal(sendFor(5683).toString('latin1', 4), '\xbb.well-known\x04core')
  assert.equal(sendFor(5683).readUInt16BE(0), 0x4001)
  assert.equal(sendFor(11_211).toString('hex', 2, 8), '000000010000')
  assert.equal(sendFor(11_211).toString('latin1', 8), 'version\r\n')
  assert.equal(sendFor(69).readUInt16BE(0), 1)
  assert.match(sendFor(69).toString('latin1', 2), /^[a-z-]+\0octet\0$/)
  assert.equal(sendFor(177).toString('hex'), '00010002000100')
  assert.equal(sendFor(623).toString('hex'), '0600ff06000011be80000000')
  assert.equal(sendFor(520).toString('hex'), `01020000${'0'.repeat(32)}00000010`)
  assert.equal(sendFor(5351).toString('hex'), '0000')
  assert.equal(sendFor(1434).toString('hex'), '03')
  assert.equal(sendFor(1194).toString('hex'), `38${Buffer.from('portolan').toString('hex')}0000000000`)
  assert.match(sendFor(6881).toString(), /^d1:ad2:id20:.{20}e1:q4:ping1:t2:po1:y1:qe$/)
})

test('svrloc tells its own length', () => {
  const message = sendFor(427)
  assert.deepEqual([message.readUInt8(0), message.readUInt8(1), message.readUIntBE(2, 3)], [2, 9, message.length])
  const language = message.readUInt16BE(12)
  let at = 14 + language
  assert.equal(message.readUInt16BE(at), 0)
  assert.equal(message.readUInt16BE(at + 2), 0xffff)
  at += 4
  assert.equal(message.toString('latin1', at + 2), 'DEFAULT')
  assert.equal(message.readUInt16BE(at), message.length - at - 2)
})

test('sip and ssdp end with an empty line, and ws-discovery is one element', () => {
  assert.match(sendFor(5060).toString(), /^OPTIONS sip:\S+ SIP\/2\.0\r\n(?:[A-Z][\w-]*: [^\r\n]+\r\n)+\r\n$/i)
  assert.match(sendFor(1900).toString(), /^M-SEARCH \* HTTP\/1\.1\r\n(?:[A-Z]+: [^\r\n]+\r\n)+\r\n$/)
  assert.match(sendFor(3702).toString(), /^<\?xml [^>]+\?><s:Envelope .*<\/s:Envelope>$/)
})
