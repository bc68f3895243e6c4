/**
 * What services answer, by protocol: lines as their programs print them (Debian 12's where a version is told), and binary messages
 * laid out by their specifications. The parsers' tests read them, and the fuzz changes them.
 */
import { XdrWriter } from '../../src/core/index.ts'
import { ber, berInteger, berText } from '../../src/probe/payloads/ber.ts'
import { encodeMessage } from '../../src/probe/banners/mongodb.ts'

/** Greetings of text; the port stands first where it is what tells the protocol. */
export const GREETINGS: Readonly<Record<string, { readonly port: number; readonly text: string }>> = {
  openssh: { port: 443, text: 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n' },
  dropbear: { port: 22, text: 'SSH-2.0-dropbear_2022.83\r\n' },
  cisco: { port: 22, text: 'Authorised users only\r\nSSH-1.99-Cisco-1.25\n' },
  postfix: { port: 2500, text: '220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n' },
  exim: { port: 25, text: '220 mx.example.org ESMTP Exim 4.96 Tue, 24 Nov 2026 10:00:00 +0000\r\n' },
  smtpRefusal: { port: 25, text: '554 no service for you\r\n' },
  vsftpd: { port: 5000, text: '220 (vsFTPd 3.0.3)\r\n' },
  proftpd: { port: 21, text: '220-Welcome\r\n220 ProFTPD Server (Debian) [::ffff:192.0.2.1]\r\n' },
  pureFtpd: {
    port: 21,
    text: '220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n220-Local time is now 10:00.\r\n220 Bye.\r\n',
  },
  plainFtp: { port: 21, text: '220 ready\r\n' },
  dovecotPop: { port: 110, text: '+OK Dovecot (Debian) ready.\r\n' },
  dovecotImap: {
    port: 143,
    text: '* OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS AUTH=PLAIN] Dovecot (Debian) ready.\r\n',
  },
  inn: { port: 119, text: '200 news.example.org InterNetNews NNRP server INN 2.7.0 ready (posting ok)\r\n' },
  vnc: { port: 5901, text: 'RFB 003.008\n' },
  rsync: { port: 873, text: '@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n' },
  dictd: {
    port: 2628,
    text: '220 dict.example.org dictd 1.13.1/rf on Linux 6.1.0 <auth.mime> <97.1@dict.example.org>\r\n',
  },
  sieve: {
    port: 4190,
    text: '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n"SIEVE" "fileinto reject"\r\n"VERSION" "1.0"\r\nOK "Dovecot (Debian) ready."\r\n',
  },
  svn: { port: 3690, text: '( success ( 2 2 ( ) ( edit-pipeline svndiff1 absent-entries ) ) ) ' },
  mpd: { port: 6600, text: 'OK MPD 0.23.5\n' },
  irc: { port: 6667, text: ':irc.example.org NOTICE * :*** Looking up your hostname...\r\n' },
  redisDenied: { port: 6379, text: '-DENIED Redis is running in protected mode because protected mode is enabled\r\n' },
  redisError: { port: 7777, text: "-ERR unknown command 'GET / HTTP/1.1', with args beginning with: \r\n" },
  telnet: { port: 23, text: 'Debian GNU/Linux 12\r\nchart login: ' },
  daytime: { port: 13, text: '24 NOV 2026 10:00:00 UTC\r\n' },
  rtsp: { port: 554, text: 'RTSP/1.0 400 Bad Request\r\nServer: GStreamer RTSP server\r\n\r\n' },
}

const page = '<!doctype html><html><head><title>\n The chart &#38; &quot;its&quot; ports</title></head></html>'
export const RESPONSES: Readonly<Record<string, string>> = {
  nginx: `HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
  apache:
    'HTTP/1.1 302 Found\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\nServer: Apache/2.4.62 (Debian)\r\nLocation: https://chart.example/\r\n\r\n',
  router: 'HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="Router, upstairs"\r\n\r\n',
  chunked: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n${page.slice(0, 26)}\r\n${(page.length - 26).toString(16)};x=1\r\n${page.slice(26)}\r\n0\r\n\r\n`,
}

/** A server's packet of MySQL's protocol, number 0. */
export function mysqlPacket(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([payload.length & 0xff, payload.length >> 8, 0, 0]), payload])
}

function mysqlHandshake(version: string, capabilities: number): Buffer {
  const [low, high] = [capabilities & 0xffff, capabilities >>> 16]
  return mysqlPacket(
    Buffer.concat([
      Buffer.from(`\x0a${version}\0\x2a\0\0\0abcdefgh\0`, 'latin1'),
      Buffer.from([low & 0xff, low >> 8, 45, 2, 0, high & 0xff, high >> 8, 21]),
      Buffer.alloc(10),
      Buffer.from('ijklmnopqrst\0mysql_native_password\0'),
    ]),
  )
}

const field = (name: string, value: string): Buffer => {
  const head = Buffer.from([0x53, 0, 0, 0, value.length])
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), head, Buffer.from(value)])
}

function amqpStart(): Buffer {
  const inner = Buffer.concat([Buffer.of(7), Buffer.from('publish'), Buffer.from([0x74, 1])])
  const nested = Buffer.concat([
    Buffer.of(12),
    Buffer.from('capabilities'),
    Buffer.from([0x46, 0, 0, 0, inner.length]),
    inner,
  ])
  const table = Buffer.concat([
    nested,
    field('product', 'RabbitMQ'),
    field('version', '3.10.8'),
    field('platform', 'Erlang/OTP 25'),
  ])
  const texts = Buffer.from('\0\0\0\x0ePLAIN AMQPLAIN\0\0\0\x05en_US', 'latin1')
  const body = Buffer.concat([Buffer.from([0, 10, 0, 10, 0, 9, 0, 0, 0, table.length]), table, texts])
  return Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, body.length]), body, Buffer.of(0xce)])
}

function cassandraSupported(): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
  const list = (...values: readonly string[]): Buffer =>
    Buffer.concat([Buffer.from([0, values.length]), ...values.map(text)])
  const entries = [text('CQL_VERSION'), list('3.4.6'), text('PROTOCOL_VERSIONS'), list('3/v3', '4/v4', '5/v5')]
  const body = Buffer.concat([Buffer.from([0, 2]), ...entries])
  return Buffer.concat([Buffer.from([0x84, 0, 0, 0, 6, 0, 0, 0, body.length]), body])
}

function smbNegotiated(): Buffer {
  const packet = Buffer.alloc(4 + 64 + 64)
  packet.writeUIntBE(128, 1, 3)
  packet.write('\xfeSMB', 4, 'latin1')
  packet.writeUInt16LE(64, 8)
  packet.writeUInt16LE(65, 68)
  packet.writeUInt16LE(3, 70)
  packet.writeUInt16LE(0x0302, 72)
  packet.writeBigUInt64LE(133_766_208_000_000_000n, 68 + 48)
  return packet
}

function x11Refusal(): Buffer {
  const reason = 'Authorization required, but no authorization protocol specified\n'
  return Buffer.concat([Buffer.from([0, reason.length, 11, 0, 0, 0, reason.length / 4, 0]), Buffer.from(reason)])
}

function x11Success(): Buffer {
  const vendor = 'The X.Org Foundation'
  const bytes = Buffer.alloc(40 + vendor.length)
  bytes.set([1, 0, 11, 0, 0, 0, (bytes.length - 8) / 4, 0])
  bytes.writeUInt32LE(12_101_007, 8)
  bytes.writeUInt16LE(vendor.length, 24)
  bytes.write(vendor, 40)
  return bytes
}

function rootDse(): Buffer {
  const attribute = (name: string, ...values: readonly string[]): Buffer =>
    ber(0x30, berText(name, 0x04), ber(0x31, ...values.map((value) => berText(value, 0x04))))
  const attributes = [
    attribute('structuralObjectClass', 'OpenLDAProotDSE'),
    attribute('namingContexts', 'dc=chart,dc=example', 'cn=log'),
    attribute('supportedLDAPVersion', '3'),
  ]
  const entry = ber(0x64, ber(0x04), ber(0x30, ...attributes))
  const done = ber(0x65, berInteger(0, 0x0a), ber(0x04), ber(0x04))
  const message = (operation: Buffer): Buffer => ber(0x30, berInteger(1), operation)
  return Buffer.concat([message(entry), message(done)])
}

function snmpReport(): Buffer {
  const engine = ber(0x04, Buffer.from('80001f8880a1b2c3d4e5f60718', 'hex'))
  const empty = ber(0x04)
  const security = ber(0x30, engine, berInteger(7), berInteger(86_400), empty, empty, empty)
  const header = ber(0x30, berInteger(1), berInteger(1472), ber(0x04, Buffer.of(0)), berInteger(3))
  return ber(0x30, berInteger(3), header, ber(0x04, security), ber(0x30, engine, empty))
}

/** The number of the DNS query that the response of `BINARY.dns` answers. */
export const DNS_ID = 0x1234
/** The number of the call that the replies of RPC answer. */
export const RPC_ID = 0x706f_7274

function dnsVersion(text: string): Buffer {
  const question = Buffer.from('\x07version\x04bind\0\0\x10\0\x03', 'latin1')
  const record = Buffer.from([0xc0, 12, 0, 16, 0, 3, 0, 0, 0, 0, 0, text.length + 1, text.length])
  return Buffer.concat([
    Buffer.from([0x12, 0x34, 0x85, 0, 0, 1, 0, 1, 0, 0, 0, 0]),
    question,
    record,
    Buffer.from(text),
  ])
}

function ntpAnswer(): Buffer {
  const packet = Buffer.alloc(48)
  packet.set([0x24, 2, 3, 0xe8])
  packet.set([192, 0, 2, 7], 12)
  packet.writeUInt32BE(3_936_420_000, 40)
  return packet
}

function rpcReply(fill: (writer: XdrWriter) => XdrWriter): Buffer {
  return fill(new XdrWriter().u32(RPC_ID).u32(1).u32(0).u32(0).u32(0).u32(0)).toBytes()
}

const postgresError = (): Buffer => {
  const fields =
    'SFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol 255.255: server supports 3.0 to 3.0\0Fpostmaster.c\0L2191\0RProcessStartupPacket\0\0'
  return Buffer.concat([Buffer.from([0x45, 0, 0, 0, fields.length + 4]), Buffer.from(fields)])
}

/** Answers of binary protocols, whole, without the marks of a stream. */
export const BINARY: Readonly<Record<string, Buffer>> = {
  mysql: mysqlHandshake('8.0.40', 0xdfff_ffff),
  mariadb: mysqlHandshake('5.5.5-10.11.6-MariaDB-0+deb12u1', 0x81bf_f7fe),
  mysqlRefusal: mysqlPacket(
    Buffer.concat([
      Buffer.from([0xff, 0x6a, 0x04]),
      Buffer.from("Host '192.0.2.1' is not allowed to connect to this MariaDB server"),
    ]),
  ),
  telnet: Buffer.from('\xff\xfd\x18\xff\xfd\x20\xff\xfa\x18\x01\xff\xf0\xff\xfb\x01\r\nchart login: ', 'latin1'),
  redisInfo: Buffer.from(
    '$106\r\n# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:00000000\r\nredis_mode:standalone\r\nos:Linux 6.1.0 x86_64\r\nhz:10\r\n\r\n',
  ),
  valkeyInfo: Buffer.from('$60\r\n# Server\r\nredis_version:7.2.4\r\nvalkey_version:8.0.1\r\nhz:10\r\n\r\n'),
  memcached: Buffer.from('VERSION 1.6.18\r\n'),
  zookeeper: Buffer.from(
    'Zookeeper version: 3.8.0-9937f2afd22c, built on 2023-04-28\nLatency min/avg/max: 0/0.0/0\nMode: standalone\nNode count: 5\n',
  ),
  zookeeperRefusal: Buffer.from('srvr is not executed because it is not in the whitelist.\n'),
  postgres: postgresError(),
  mongodb: encodeMessage(1, { ismaster: true, maxWireVersion: 21, setName: 'rs0', ok: 1 }),
  mongodbBuild: encodeMessage(2, { version: '7.0.5', ok: 1 }),
  amqp: amqpStart(),
  amqpHeader: Buffer.from('AMQP\0\0\x09\x01', 'latin1'),
  mqtt: Buffer.from([0x20, 2, 0, 5]),
  cassandra: cassandraSupported(),
  x11: x11Refusal(),
  x11Open: x11Success(),
  rdp: Buffer.from([3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0x1f, 8, 0, 2, 0, 0, 0]),
  rdpOld: Buffer.from([3, 0, 0, 11, 6, 0xd0, 0, 0, 0x12, 0x34, 0]),
  smb: smbNegotiated(),
  ldap: rootDse(),
  snmp: snmpReport(),
  dns: dnsVersion('9.18.28-1~deb12u2-Debian'),
  dnsUnbound: dnsVersion('unbound 1.17.1'),
  dnsRefusal: Buffer.from([0x12, 0x34, 0x80, 5, 0, 0, 0, 0, 0, 0, 0, 0]),
  ntp: ntpAnswer(),
  portmap: rpcReply((writer) => {
    for (const [program, version, protocol, port] of [
      [100_000, 4, 6, 111],
      [100_000, 4, 17, 111],
      [100_003, 3, 6, 2049],
      [391_002, 1, 6, 700],
    ] as const)
      writer.bool(true).u32(program).u32(version).u32(protocol).u32(port)
    return writer.bool(false)
  }),
  statistics: rpcReply((writer) =>
    writer
      .u32(4)
      .text('checksum')
      .u32(1)
      .text('4711')
      .text('server_version')
      .u32(1)
      .text('Portolan 1')
      .text('tag')
      .u32(3)
      .text('network')
      .text('master')
      .text('0')
      .text('binding')
      .u32(1)
      .text('root'),
  ),
  root: rpcReply((writer) => writer.u32(0).u32(0).u32(7)),
  binder: rpcReply((writer) => writer.u32(0).u32(2).text('local').u32(700).u32(701).text('network').u32(702).u32(703)),
  refusal: rpcReply((writer) => writer),
}
