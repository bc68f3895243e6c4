import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BINARY, GREETINGS, RESPONSES } from '../../../test/support/banner-samples.ts'
import type { Banner } from '../model.ts'
import { describeUnknown, isGreetingWhole, parseGreeting } from './greeting.ts'

type Told = readonly [service: string | null, product: string | null, version: string | null]

const TOLD: Readonly<Record<keyof typeof GREETINGS, Told>> = {
  openssh: ['ssh', 'OpenSSH', '9.2p1'],
  dropbear: ['ssh', 'dropbear', '2022.83'],
  cisco: ['ssh', 'Cisco', '1.25'],
  postfix: ['smtp', 'Postfix', null],
  exim: ['smtp', 'Exim', '4.96'],
  smtpRefusal: ['smtp', null, null],
  vsftpd: ['ftp', 'vsFTPd', '3.0.3'],
  proftpd: ['ftp', 'ProFTPD', null],
  pureFtpd: ['ftp', 'Pure-FTPd', null],
  plainFtp: ['ftp', null, null],
  dovecotPop: ['pop3', 'Dovecot', null],
  dovecotImap: ['imap', 'Dovecot', null],
  inn: ['nntp', 'InterNetNews', '2.7.0'],
  vnc: ['rfb', null, null],
  rsync: ['rsync', 'rsync', null],
  dictd: ['dict', 'dictd', '1.13.1'],
  sieve: ['sieve', 'Dovecot Pigeonhole', null],
  svn: ['svn', null, null],
  mpd: ['mpd', 'MPD', null],
  irc: ['irc', null, null],
  redisDenied: ['redis', null, null],
  redisError: ['redis', null, null],
  telnet: ['telnet', null, null],
  daytime: ['daytime', null, null],
  rtsp: ['rtsp', 'GStreamer', null],
}

function told(banner: Banner | null): Told | null {
  return banner === null ? null : [banner.service, banner.product, banner.version]
}

for (const [name, { port, text }] of Object.entries(GREETINGS))
  test(`the greeting of ${name} is known by what it says`, () => {
    assert.deepEqual(told(parseGreeting(Buffer.from(text), port)), TOLD[name])
  })

test('more than the name is told of some', () => {
  const details = (name: string): unknown => {
    const { port = 0, text = '' } = GREETINGS[name] ?? {}
    return parseGreeting(Buffer.from(text), port)?.details
  }
  assert.deepEqual(details('openssh'), { protocol: '2.0', comments: 'Debian-2+deb12u3' })
  assert.deepEqual(details('dovecotImap'), { capability: 'IMAP4rev1 SASL-IR STARTTLS AUTH=PLAIN' })
  assert.deepEqual(details('postfix'), { host: 'mail.example.org' })
  assert.deepEqual(details('vnc'), { protocol: '3.8' })
  assert.deepEqual(details('dictd'), { capabilities: 'auth mime' })
})

test('binary greetings are known: of MySQL, MariaDB and telnet', () => {
  assert.deepEqual(told(parseGreeting(BINARY['mysql'] ?? Buffer.alloc(0), 1)), ['mysql', 'MySQL', '8.0.40'])
  const maria = parseGreeting(BINARY['mariadb'] ?? Buffer.alloc(0), 1)
  assert.deepEqual(told(maria), ['mysql', 'MariaDB', '10.11.6'])
  assert.deepEqual(maria?.details, { tls: 'not offered', plugin: 'mysql_native_password' })
  const refusal = parseGreeting(BINARY['mysqlRefusal'] ?? Buffer.alloc(0), 1)
  assert.deepEqual([told(refusal), refusal?.details['code']], [['mysql', 'MariaDB', null], '1130'])
  const telnet = parseGreeting(BINARY['telnet'] ?? Buffer.alloc(0), 1)
  assert.deepEqual([telnet?.service, telnet?.text], ['telnet', 'chart login:'])
})

test('what nobody knows is shown as its first line, harmless to a terminal; what is no text is not', () => {
  assert.equal(parseGreeting(Buffer.from('hello\n'), 973), null)
  assert.equal(
    describeUnknown(Buffer.from('\n  a \x1b[31mred thing indeed\x07\nmore'))?.text,
    String.raw`a \x1b[31mred thing indeed\x07`,
  )
  assert.equal(describeUnknown(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x28])), null)
  assert.equal(describeUnknown(Buffer.alloc(0)), null)
  assert.equal(describeUnknown(Buffer.from('a'.repeat(70_000)))?.text?.length, 256)
})

test('a greeting is waited for until its last line has an end', () => {
  assert.equal(isGreetingWhole(Buffer.from('220-Welcome\r\n'), 21), false)
  assert.equal(isGreetingWhole(Buffer.from('220-Welcome\r\n220 ready\r\n'), 21), true)
  assert.equal(isGreetingWhole(Buffer.from('SSH-2.0-OpenSSH_9'), 22), false)
  assert.equal(isGreetingWhole(Buffer.from('SSH-2.0-OpenSSH_9\r\n'), 22), true)
  assert.equal(isGreetingWhole(Buffer.from('Authorised users only\r\n'), 22), false)
  assert.equal(isGreetingWhole(Buffer.from(RESPONSES['apache'] ?? '', 'latin1'), 80), false)
})
