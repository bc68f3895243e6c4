/** What a server does for those who go, for those who want too much, and when it cannot do what it is for. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import * as v from 'valibot'
import { atEnd } from './support/at-end.ts'
import { buildNetwork, end, lineOf } from './support/namespaces.ts'
import { requirePeers, requireRoot } from './support/peers.ts'
import { CLI, cliEnvironment } from './support/run-cli.ts'
import { tempFolder } from './support/temp-folder.ts'
import { until } from './support/until.ts'
import { makeTestWeb, startTestSite, visitorWith } from './support/web-services.ts'

/** More than are asked for their banners at once. */
const SILENT_SERVICES = 24
const ASKED_AT_ONCE = 8

test('a probe ends when its client goes', async (context) => {
  const site = await startTestSite(context, { visitor: visitorWith() })
  const [open, ports] = [new Set<Socket>(), [] as number[]]
  let connections = 0
  for (let service = 0; service < SILENT_SERVICES; service += 1) {
    // Says nothing, so that who waits for its banner waits long.
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      // A probe of the port itself is reset at once.
      socket.on('data', () => undefined)
      connections += 1
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    atEnd(context, () => void server.close())
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    ports.push(address.port)
  }
  const client = new AbortController()
  const body = JSON.stringify({ host: '127.0.0.1', ports: ports.join(','), banners: true })
  const headers = { 'content-type': 'application/json' }
  const asked = fetch(`${site.origin}/api/v1/probe`, { method: 'POST', headers, body, signal: client.signal })
  const gone = assert.rejects(asked, { name: 'AbortError' })
  await until('all that are asked at once are asked', () => (open.size === ASKED_AT_ONCE ? true : null))
  client.abort()
  await gone
  await until('they are let go', () => (open.size === 0 ? true : null))
  const before = connections
  assert.equal((await fetch(`${site.origin}/healthz`)).status, 200)
  assert.equal(connections, before, 'the next ones are not asked')
})

test('a server whose domain cannot be read is alive, and not ready', async (context) => {
  const web = await makeTestWeb(context)
  const ready = async (): Promise<[number, unknown]> => {
    const response = await web.app.request('/readyz')
    return [response.status, await response.json()]
  }
  assert.equal((await ready())[0], 200)
  await web.domain.close()
  const [status, told] = await ready()
  assert.equal(status, 503)
  const readiness = v.parse(
    v.object({
      ready: v.literal(false),
      checks: v.array(v.object({ name: v.string(), ready: v.boolean(), detail: v.string() })),
    }),
    told,
  )
  assert.deepEqual(
    readiness.checks.map((each) => [each.name, each.ready]),
    [
      ['registry', true],
      ['domains', false],
      ['sockets', true],
    ],
  )
  assert.equal((await web.app.request('/healthz')).status, 200)
})

/** Opens so many connections, then says how many of them still stand after one of them was answered. */
const CONNECT_MANY = `
  const [port, count] = [Number(process.argv[1]), Number(process.argv[2])]
  let [standing, settled] = [0, 0]
  const look = () => {
    settled += 1
    if (settled === count) console.log(standing)
  }
  for (let each = 0; each < count; each += 1) {
    const socket = require('net').connect(port, '10.79.0.2')
    let isAnswered = false
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (isAnswered) return
      isAnswered = true
      standing += 1
      look()
    })
    socket.on('close', () => isAnswered || look())
    socket.on('connect', () => socket.write('GET /healthz HTTP/1.1\\r\\nHost: 10.79.0.2:' + port + '\\r\\n\\r\\n'))
  }`

test('a client of another machine has so many connections and no more', async (context) => {
  if (!requireRoot(context) || !requirePeers(context, 'ip')) return
  const { near, far } = buildNetwork(context, { near: '10.79.0.1', far: '10.79.0.2' })
  const words = ['serve', '--netinfo', '127.0.0.1:0', '--binder', 'none', '--portmap', 'none', '--http', '10.79.0.2:0']
  const [program, ...rest] = [...far.through, process.execPath, CLI, ...words, '--insecure-http']
  const server = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...cliEnvironment(), PORTOLAN_DATA: tempFolder(context) },
  })
  atEnd(context, () => end(server, 'SIGTERM'))
  let told = ''
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const port = await until('the address of the pages is told', () => /http:\/\/10\.79\.0\.2:(\d+)/.exec(told)?.[1])
  const [client, ...asked] = [...near.through, process.execPath, '-e', CONNECT_MANY, port, '300']
  const many = spawn(client, asked, { stdio: ['ignore', 'pipe', 'inherit'] })
  atEnd(context, () => end(many, 'SIGKILL'))
  assert.equal(await lineOf(many), '256')
})
