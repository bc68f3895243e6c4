import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packagedLore, packagedRegistry } from '../../test/support/packaged-data.ts'
import { NO_SOCKETS, madeConnection, madeListener, madeProcess, madeSockets } from '../../test/support/sockets-made.ts'
import type { Listener, Sockets } from '../listeners/index.ts'
import { TRANSPORTS } from '../registry/index.ts'
import type { Transport } from '../registry/index.ts'
import { endpointText } from './page-here.ts'
import { renderPort } from './port-page.ts'
import { reportPort } from '../answer/index.ts'
import { columnsOf, makeStyle } from './style.ts'

const registry = packagedRegistry()
const lore = packagedLore()
const SCREEN_LINES = 50

interface PageOptions {
  readonly sockets?: Sockets
  readonly width?: number
  readonly all?: boolean
  readonly colour?: boolean
  readonly transports?: readonly Transport[]
}

function page(port: number, options: PageOptions = {}): string {
  const { sockets = NO_SOCKETS, width = 80, all = false, colour = false, transports = TRANSPORTS } = options
  const report = reportPort(port, transports, registry, lore, sockets)
  return renderPort(report, makeStyle({ colour, columns: width }), { all, notes: sockets.notes })
}

function here(listeners: readonly Listener[], options: PageOptions = {}): string {
  const text = page(973, { ...options, sockets: madeSockets({ listeners }) })
  return /^On this machine\n([\s\S]*?)\nDeclared$/m.exec(text)?.[1] ?? ''
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** The lines that are too wide, but for those that must stay in one piece: an address, a command to copy. */
function tooWide(text: string, width: number): string[] {
  const isOnePiece = /^\s*<https?:\S+>[\].,;]*$|^ {2}(Linux, macOS|Windows|from elsewhere) /
  return text.split('\n').filter((line) => columnsOf(line) > width && !isOnePiece.test(line))
}

test('973 is told on one screen', () => {
  const lines = page(973).split('\n').length
  assert.ok(lines <= SCREEN_LINES, `${lines} lines`)
})

test('973 in full: number, range, status, source, meaning, risk, uses, this machine, and how to check', () => {
  const text = onOneLine(page(973))
  const parts = [
    'Port 973 · system range 0–1023 (well-known) · ghost port',
    'tcp, udp, sctp, dccp: unassigned, like all of 954–988',
    "IANA's registry as of ",
    'Unassigned means that IANA has given 973 to no one',
    'Should IANA assign it, what still uses it for NetInfo',
    'NetInfo, extinct',
    'Nothing listens on 973, and no connection uses it.',
    'sudo lsof -i :973',
    'netstat -ano | findstr :973',
    'nmap -p 973 HOST',
  ]
  for (const part of parts) assert.ok(text.includes(part), part)
})

test('every line fits the terminal, unless it is one address or one command', () => {
  const sockets = madeSockets({
    listeners: [madeListener(), madeListener({ process: madeProcess({ command: `node ${'x '.repeat(300)}` }) })],
    connections: [madeConnection()],
    notes: ['The process of 1 listener cannot be seen (12 processes belong to others): run it with sudo to see all.'],
  })
  const ports = [0, 22, 53, 80, 443, 973, 1023, 5000, 6000, 8080, 12_345, 31_337, 50_000, 65_535]
  const wide: string[] = []
  for (const width of [40, 80, 110])
    for (const port of ports)
      for (const all of [false, true]) wide.push(...tooWide(page(port, { width, sockets, all }), width))
  assert.deepEqual([...new Set(wide)], [])
})

test('the heading of every ghost port fits a terminal of 80 columns', () => {
  const wide: string[] = []
  for (let port = 0; port < 65_536; port += 1) {
    if (!lore.covers(port)) continue
    const report = reportPort(port, TRANSPORTS, registry, lore, NO_SOCKETS)
    if (!report.ghost) continue
    const style = makeStyle({ colour: false, columns: 80 })
    wide.push(...tooWide(renderPort(report, style, { all: false, notes: [] }).split('\n', 1)[0] ?? '', 80))
  }
  assert.deepEqual(wide, [])
})

test('colour changes no line', () => {
  const sockets = madeSockets({ listeners: [madeListener()] })
  // oxlint-disable-next-line no-control-regex -- colour begins with an escape
  assert.equal(page(973, { sockets, colour: true }).replace(/\u001b\[\d+m/g, ''), page(973, { sockets }))
})

test('no port is said to be assigned on a transport on which it is not', () => {
  for (let port = 0; port < 65_536; port += 7) {
    const isAssigned = TRANSPORTS.some((transport) => registry.status(port, transport) === 'assigned')
    if (!isAssigned) assert.doesNotMatch(onOneLine(page(port)), /\bassigned to\b|: assigned\b/, String(port))
  }
})

test('a listener tells its process, user, reach, start, directory, origin and parents', () => {
  assert.equal(
    onOneLine(here([madeListener()])),
    onOneLine(` tcp 127.0.0.1:973, reachable from this machine only: node, pid 812, user ada node server.js
      started from shell bash (pid 700); since 2026-11-23 15:09:03Z; in /srv/site; parents: bash 700 ← systemd 1 `),
  )
})

test('names, command lines and directories cannot steer the terminal', () => {
  const hostile = '\u001b[31mevil\u001b]0;title\u0007\n\u202egpj.exe\r\u009b2J'
  const process = madeProcess({
    name: hostile,
    command: hostile,
    workingDirectory: hostile,
    user: hostile,
    origin: { kind: 'systemd', name: hostile },
    parents: [{ pid: 1, name: hostile }],
  })
  const text = page(973, {
    sockets: madeSockets({ listeners: [madeListener({ process })], connections: [madeConnection({ process })] }),
    all: true,
  })
  assert.match(text, /\\x1b\[31mevil/)
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('a name with newlines stays on its line', () => {
  const text = here([madeListener({ process: madeProcess({ name: 'two\nlines', command: 'a\nb' }) })])
  assert.match(text, /two\\x0alines, pid 812/)
  assert.match(text, /^ {4}a\\x0ab$/m)
})

test('a process that is not seen is said to be so, with what would show it, and never as a pid', () => {
  const hint = 'Its process belongs to another user: run the same command with sudo to see it.'
  const text = onOneLine(here([madeListener({ process: null, unseen: { reason: 'permission', hint } })]))
  assert.ok(text.includes(`process not seen. ${hint}`))
  assert.doesNotMatch(text, /pid/)
})

test('a container, a unit and a cron job are named as what runs the process', () => {
  const origins = {
    'in container docker 0123456789ab': { kind: 'container', name: 'docker 0123456789ab' },
    'started by systemd unit nginx.service': { kind: 'systemd', name: 'nginx.service' },
    'started by cron': { kind: 'cron', name: 'cron' },
    'a child of systemd, pid 1': { kind: 'init', name: 'systemd' },
  } as const
  for (const [words, origin] of Object.entries(origins))
    assert.ok(onOneLine(here([madeListener({ process: madeProcess({ origin }) })])).includes(words), words)
})

test('a listener in a namespace of its own is reachable from its container only', () => {
  assert.match(
    onOneLine(here([madeListener({ reach: 'namespace', namespace: 'net:[4026532000]' })])),
    /reachable from its container only/,
  )
})

test('what is not known of a process is left out', () => {
  const process = madeProcess({
    user: null,
    command: null,
    startedAt: null,
    workingDirectory: null,
    origin: { kind: 'unknown', name: null },
    parents: [],
  })
  const text = here([madeListener({ process })])
  assert.doesNotMatch(text, /null|undefined|;|parents/)
  assert.match(onOneLine(text), /user not seen/)
})

test('a socket that several processes share is one line, and says how many', () => {
  assert.match(onOneLine(here([madeListener({ holders: [812, 813, 900] })])), /node, pid 812 and 2 more that share it/)
})

test('connections are shown with both ends, their state and their process', () => {
  const sockets = madeSockets({
    connections: [
      madeConnection(),
      madeConnection({
        address: '2001:db8::1',
        port: 973,
        remoteAddress: '2001:db8::2',
        remotePort: 50_001,
        state: 'time-wait',
        process: null,
        unseen: { reason: 'gone', hint: '' },
      }),
    ],
  })
  const text = onOneLine(page(973, { sockets, width: 110 }))
  assert.ok(text.includes('tcp 192.0.2.1:50000 → 198.51.100.7:973, established: node, pid 812'))
  assert.ok(text.includes('tcp [2001:db8::1]:973 → [2001:db8::2]:50001, time-wait'))
  assert.ok(text.includes('Nothing listens on 973.'))
})

test('a page shows some listeners and connections, and says how many more there are; all shows all', () => {
  const sockets = madeSockets({
    listeners: Array.from({ length: 7 }, (_, index) => madeListener({ address: `127.0.0.${index + 1}` })),
    connections: Array.from({ length: 5 }, (_, index) => madeConnection({ port: 50_000 + index })),
  })
  const short = onOneLine(page(973, { sockets }))
  assert.ok(
    short.includes('… and 1 more listener: --all lists them.') ||
      short.includes('… and 1 more listener: --all lists it.'),
  )
  assert.ok(short.includes('… and 2 more connections: --all lists them.'))
  const long = page(973, { sockets, all: true })
  assert.doesNotMatch(long, /more (listener|connection)/)
  assert.equal(long.match(/reachable from/g)?.length, 7)
  assert.equal(long.match(/ → /g)?.length, 5)
})

test('what could not be seen stands on the page', () => {
  const sockets = madeSockets({ notes: ['The process of 1 listener cannot be seen.'] })
  assert.match(page(973, { sockets }), /The process of 1 listener cannot be seen\./)
})

test('a page of one transport does not speak for the others', () => {
  const text = onOneLine(page(443, { transports: ['udp'] }))
  assert.doesNotMatch(text, /\btcp\b/)
  assert.doesNotMatch(text, /Nothing listens on 443[,.]/)
})

test('a dynamic port is said never to be assigned', () => {
  assert.match(onOneLine(page(50_000)), /Dynamic ports are never assigned/)
})

test('a source is printed once, under its number, and every number has its source', () => {
  for (const port of [22, 80, 973, 5000, 6667]) {
    const text = page(port, { all: true, width: 110 })
    const listed = [...text.matchAll(/^ {2}\[(\d+)\] /gm)].map((match) => Number(match[1]))
    assert.deepEqual(
      listed,
      listed.map((_, index) => index + 1),
    )
    const cited = [...onOneLine(text).matchAll(/\[(\d+(?:, \d+)*)(?:, unverified)?\]/g)].flatMap((match) =>
      (match[1] ?? '').split(', ').map(Number),
    )
    assert.deepEqual(
      [...new Set(cited)].toSorted((a, b) => a - b),
      listed,
      String(port),
    )
  }
})

test('an IPv6 address stands in brackets before a port', () => {
  assert.equal(endpointText('::1', 80), '[::1]:80')
  assert.equal(endpointText('127.0.0.1', 80), '127.0.0.1:80')
})
