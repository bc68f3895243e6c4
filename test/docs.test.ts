/** The documents say what the code does: generated pages are current, links lead somewhere, JSON fields are as listed. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { makeDocs } from '../scripts/write-docs.ts'
import { reportPort } from '../src/answer/index.ts'
import type { PortReport } from '../src/answer/index.ts'
import type { Connection, Listener } from '../src/listeners/index.ts'
import { TRANSPORTS, openLore, openRegistry } from '../src/registry/index.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

for (const { path, text } of await makeDocs()) {
  test(`${path} is what scripts/write-docs.ts writes`, () => {
    assert.equal(read(path), text, 'run: node scripts/write-docs.ts')
  })
}

const DOCS = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

/** Without code, in which brackets mean other things. */
function proseOf(path: string): string {
  return read(path)
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '')
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(path: string): Set<string> {
  const headings = read(path)
    .replace(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#+ (.*)$/gm)
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  )
}

test('every relative link leads to a file, and to a heading where it names one', () => {
  for (const path of DOCS) {
    for (const [, link = ''] of proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      assert.ok(existsSync(join(root, target)), `${path}: nothing is at ${link}`)
      if (anchor !== undefined) assert.ok(anchorsOf(target).has(anchor), `${path}: no heading for ${link}`)
    }
  }
})

test('docs/README.md names every document', () => {
  const index = read('docs/README.md')
  for (const path of DOCS) {
    const name = relative('docs', path)
    if (!name.startsWith('..') && name !== 'README.md') assert.ok(index.includes(name), `${name} is not in the index`)
  }
})

test('CHANGELOG.md has an Unreleased section, in the form of Keep a Changelog', () => {
  const sections = read('CHANGELOG.md').split(/^## /m).slice(1)
  assert.match(sections[0] ?? '', /^\[Unreleased\]\n/)
  for (const section of sections) {
    assert.match(section, /^\[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2})\n/)
    for (const [, kind = ''] of section.matchAll(/^### (.*)$/gm))
      assert.ok(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].includes(kind), kind)
  }
})

/** The fields in the first column of the table between two marks of docs/reference/json.md. */
function documentedFields(mark: string): string[] {
  const [, table = ''] = new RegExp(`<!-- ${mark} -->\n([\\s\\S]*?)<!-- /${mark} -->`).exec(
    read('docs/reference/json.md'),
  ) ?? ['']
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].flatMap((match) => match[1] ?? [])
}

const listener: Listener = {
  transport: 'tcp',
  address: '127.0.0.1',
  port: 973,
  process: {
    pid: 42,
    name: 'server',
    user: null,
    command: null,
    startedAt: null,
    workingDirectory: null,
    origin: { kind: 'init', name: null },
    parents: [{ pid: 1, name: 'init' }],
  },
  holders: [42],
  unseen: null,
  socketUser: null,
  namespace: null,
  reach: 'machine',
}
const unseen: Listener = { ...listener, process: null, unseen: { reason: 'permission', hint: '' } }
const { reach: _, ...socket } = listener
const connection: Connection = { ...socket, remoteAddress: '127.0.0.1', remotePort: 40_000, state: 'established' }
/** All that these hold together is what a report may hold: ranges, aliases, references, conflicts, eras, successors. */
const PORTS = [22, 80, 443, 973, 5432, 6000, 8080]

function reports(): PortReport[] {
  const { registry } = openRegistry({ PORTOLAN_DATA: join(root, 'no-such-folder') })
  const lore = openLore()
  const sockets = { listeners: [listener, unseen], connections: [connection], notes: [] }
  return PORTS.map((port) => reportPort(port, TRANSPORTS, registry, lore, sockets))
}

/** The paths of the fields of a value: `a.b[].c`. */
function fieldsOf(value: unknown, path: string, found: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const each of value) fieldsOf(each, `${path}[]`, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      const field = path === '' ? name : `${path}.${name}`
      found.add(field)
      fieldsOf(each, field, found)
    }
  }
  return found
}

/** All fields that the tables name, written out: a statement, a citation, a listener each in its places. */
function expectedFields(): Set<string> {
  const expected = new Set<string>()
  const add = (field: string): void => {
    expected.add(field)
    const [citations, ...parts] = documentedFields('statement').filter((name) => name !== 'text')
    if (field.endsWith('.citations')) for (const part of parts) expected.add(field.replace(/citations$/, part))
    if (/\.(summary|history|security)$/.test(field)) {
      const place = field.endsWith('summary') ? field : `${field}[]`
      for (const part of ['text', citations ?? '', ...parts]) expected.add(`${place}.${part}`)
    }
  }
  for (const field of documentedFields('port report')) {
    add(field)
    if (field.startsWith('unofficialUses[]')) add(field.replace('unofficialUses', 'registeredUses'))
  }
  for (const field of documentedFields('listener')) {
    expected.add(`listeners[].${field}`)
    // The one connection of the sample has a process.
    if (field !== 'reach' && !field.startsWith('unseen.')) expected.add(`connections[].${field}`)
  }
  for (const field of documentedFields('connection')) expected.add(`connections[].${field}`)
  return expected
}

/** A span is a type of its own, and a map by transport has a star for each. */
function normalize(field: string): string[] {
  const name = field.replace(/^transports\.(tcp|udp|sctp|dccp)/, 'transports.*')
  return name === 'transports.*' || /\.(run|ports)\.(first|last)$/.test(name) ? [] : [name]
}

test('docs/reference/json.md lists the fields of a port report, and no others', () => {
  const found = new Set(
    [...reports().reduce((all, report) => fieldsOf(report, '', all), new Set<string>())].flatMap(normalize),
  )
  const expected = expectedFields()
  assert.deepEqual(
    [...found].filter((field) => !expected.has(field)),
    [],
    'fields of a report that the page does not list',
  )
  // What the lore adds to registered services has the same form; not every part need occur on these ports.
  assert.deepEqual(
    [...expected].filter((field) => !found.has(field) && !field.startsWith('registeredUses[].')),
    [],
    'fields that the page lists and no report has',
  )
})
