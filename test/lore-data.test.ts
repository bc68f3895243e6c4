/** What holds of all lore files together. What each must be by itself is said in src/registry/lore-schema.ts. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openLore } from '../src/registry/index.ts'
import { citesOf, parseLore } from '../src/registry/lore-schema.ts'
import type { Lore } from '../src/registry/lore-schema.ts'
import { openPackagedRegistry } from '../src/registry/open.ts'

const FOLDER = join(import.meta.dirname, '..', 'lore')
const SERVICES_MIN = 300
const SEEN_MIN = 2 / 3

const files = readdirSync(FOLDER).map((file) => {
  const value: unknown = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
  const { lore, problems } = parseLore(value, file)
  return { file, lore, problems }
})
const entries = files.flatMap(({ lore }) => (lore === null ? [] : [lore]))

/** Services without which a chart of ports would be laughed at, old and new. */
const MUST_HAVE = [
  'netinfo',
  'gopher',
  'finger',
  'napster',
  'kazaa',
  'gnutella',
  'edonkey2000',
  'icq',
  'hotline',
  'back-orifice',
  'netbus',
  'redis',
  'mongodb',
  'pgbouncer',
  'elasticsearch',
  'memcached',
  'rabbitmq',
  'kafka',
  'cassandra',
  'clickhouse',
  'ollama',
  'jupyter',
  'kubelet',
  'kube-apiserver',
  'etcd',
  'docker-engine',
  'prometheus',
  'grafana',
  'consul',
  'nomad',
  'minecraft-java',
  'bittorrent',
  'bitcoin',
  'plex',
  'home-assistant',
  'syncthing',
  'wireguard',
  'tor',
  'vnc',
  'teamviewer',
]

/** Every text that a reader sees, with its place. */
function* textsOf(lore: Lore): Generator<readonly [place: string, text: string], void, undefined> {
  yield ['summary', lore.summary.text]
  for (const [index, use] of lore.uses.entries()) yield [`uses[${index}]`, use.text]
  if (lore.era?.text !== undefined) yield ['era', lore.era.text]
  for (const key of ['history', 'security'] as const) {
    for (const [index, { text }] of (lore[key] ?? []).entries()) yield [`${key}[${index}]`, text]
  }
}

describe('the lore files', () => {
  test('are all of the right form', () => {
    assert.deepEqual(
      files.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)),
      [],
    )
  })

  test('are JSON files and nothing else', () => {
    assert.deepEqual(
      files.filter(({ file }) => !file.endsWith('.json')),
      [],
    )
  })

  test('describe at least 300 services', () => {
    assert.ok(entries.length >= SERVICES_MIN, `${entries.length} services`)
  })

  test('have each id once', () => {
    const ids = entries.map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    )
  })

  test('rest two statements in three on a source that was read', () => {
    const statements = entries.flatMap(citesOf)
    const seen = statements.filter(({ cites }) => cites.some((cite) => cite.seen))
    assert.ok(statements.length > 0)
    assert.ok(seen.length >= statements.length * SEEN_MIN, `${seen.length} of ${statements.length}`)
  })

  test('have the services that everybody looks for', () => {
    const ids = new Set(entries.map(({ id }) => id))
    assert.deepEqual(
      MUST_HAVE.filter((id) => !ids.has(id)),
      [],
    )
  })

  test('never say what the status of a port is: the registry alone does', () => {
    const claims =
      /\bassigned by IANA\b|\bIANA(?: has| had)? (?:un|re)?assign|\bun-?assigned\b|\bregistered (?:with|by|at) IANA\b/i
    const said = entries.flatMap((lore) =>
      [...textsOf(lore)].filter(([, text]) => claims.test(text)).map(([place, text]) => `${lore.id} ${place}: ${text}`),
    )
    assert.deepEqual(said, [])
  })

  test('name under registryNames only names that the registry has', () => {
    const { registry } = openPackagedRegistry()
    const unknown = entries.flatMap(({ id, registryNames = [] }) =>
      registryNames.filter((name) => registry.byName(name).length === 0).map((name) => `${id}: ${name}`),
    )
    assert.deepEqual(unknown, [])
  })

  test('are what the compiled file holds', () => {
    const byId = (a: Lore, b: Lore): number => (a.id < b.id ? -1 : 1)
    assert.deepEqual(openLore().entries().toSorted(byId), entries.toSorted(byId))
  })

  test('keep NetInfo a service of the past', () => {
    const netinfo = entries.find(({ id }) => id === 'netinfo')
    assert.equal(netinfo?.state, 'extinct')
    assert.equal(netinfo.era?.until, '2007')
    assert.ok((netinfo.successors ?? []).length > 0)
  })
})
