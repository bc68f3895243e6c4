/** Streams of events over real connections: what they tell, where they go on, how many there may be, and that they end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { APPEND, SYSTEM_CALLER } from '../src/directory/index.ts'
import type { Domain } from '../src/directory/index.ts'
import { listenerOf, startTestSite } from './support/web-services.ts'

interface Told {
  readonly event: string
  readonly id: string
  readonly data: unknown
}

/** Reads a stream, an event at a time; comments and `retry` are passed over. */
class Reading {
  readonly response: Response
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #end: AbortController
  #text = ''

  private constructor(response: Response, end: AbortController) {
    this.response = response
    this.#end = end
    if (response.body === null) throw new Error('the answer has no body')
    this.#reader = response.body.getReader()
  }

  static async open(address: string, headers: Readonly<Record<string, string>> = {}): Promise<Reading> {
    const end = new AbortController()
    return new Reading(await fetch(address, { headers, signal: end.signal }), end)
  }

  /** Null at the end of the stream. */
  async next(): Promise<Told | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end !== -1) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        const { event, id, data } = /^event: (?<event>.*)\nid: (?<id>.*)\ndata: (?<data>.*)$/.exec(block)?.groups ?? {}
        if (event === undefined || id === undefined || data === undefined) continue
        return { event, id, data: JSON.parse(data) }
      }
      const { done, value } = await this.#reader.read()
      if (done) return null
      this.#text += Buffer.from(value).toString()
    }
  }

  close(): void {
    this.#end.abort()
  }
}

const listed = v.object({ listeners: v.array(v.looseObject({ port: v.number() })) })
const changed = v.object({
  added: v.array(v.looseObject({ port: v.number() })),
  removed: v.array(v.looseObject({ port: v.number() })),
  changed: v.array(v.looseObject({ port: v.number() })),
})

function socketsOn(...ports: number[]) {
  return { listeners: ports.map((port) => listenerOf(port)), connections: [], notes: [] }
}

async function createAt(domain: Domain, name: string): Promise<void> {
  const parent = domain.id(0)
  assert.ok(parent)
  const properties = [{ name: 'name', values: [name] }]
  await domain.write({ kind: 'create', parent, properties, where: APPEND }, SYSTEM_CALLER)
}

async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await sleep(20)
}

test('listeners are told whole at first, then as they come and go; who was cut off goes on there', async (context) => {
  const site = await startTestSite(context, { sockets: socketsOn(80) })
  const address = `${site.origin}/api/v1/events/listeners`
  const reading = await Reading.open(address)
  const first = await reading.next()
  assert.equal(first?.event, 'snapshot')
  assert.deepEqual(
    v.parse(listed, first.data).listeners.map(({ port }) => port),
    [80],
  )
  site.showSockets(socketsOn(80, 973))
  const second = await reading.next()
  assert.equal(second?.event, 'change')
  assert.deepEqual(
    v.parse(changed, second.data).added.map(({ port }) => port),
    [973],
  )
  site.showSockets(socketsOn(973))
  const third = await reading.next()
  assert.deepEqual(
    v.parse(changed, third?.data).removed.map(({ port }) => port),
    [80],
  )
  reading.close()
  const again = await Reading.open(address, { 'last-event-id': second.id })
  assert.deepEqual(await again.next(), third)
  again.close()
  const anew = await Reading.open(address, { 'last-event-id': 'other:7' })
  assert.equal((await anew.next())?.event, 'snapshot')
  anew.close()
})

test('writes to a domain are told with their revision and path, also those made while a client was away', async (context) => {
  const site = await startTestSite(context)
  const address = `${site.origin}/api/v1/events/directory?domain=local`
  const reading = await Reading.open(address)
  const ready = await reading.next()
  assert.equal(ready?.event, 'ready')
  await createAt(site.domain, 'users')
  const write = await reading.next()
  assert.equal(write?.event, 'write')
  assert.equal(v.parse(v.looseObject({ path: v.string() }), write.data).path, '/users')
  reading.close()
  await createAt(site.domain, 'groups')
  const again = await Reading.open(address, { 'last-event-id': write.id })
  const missed = await again.next()
  assert.equal(v.parse(v.looseObject({ path: v.string() }), missed?.data).path, '/groups')
  again.close()
  const lost = await Reading.open(address, { 'last-event-id': 'local=999999' })
  assert.equal((await lost.next())?.event, 'reset')
  lost.close()
})

test('one client has so many streams and no more; one that ends makes room', async (context) => {
  const site = await startTestSite(context)
  const address = `${site.origin}/api/v1/events/directory`
  const open: Reading[] = []
  for (;;) {
    const reading = await Reading.open(address)
    if (reading.response.status !== 200) {
      assert.equal(reading.response.status, 429)
      assert.equal(reading.response.headers.get('content-type'), 'application/problem+json')
      reading.close()
      break
    }
    open.push(reading)
    assert.ok(open.length <= 64)
  }
  for (const reading of open.splice(0, 3)) reading.close()
  await untilTrue(async () => {
    const reading = await Reading.open(address)
    if (reading.response.status === 200) open.push(reading)
    else reading.close()
    return reading.response.status === 200
  })
  for (const reading of open) reading.close()
  await untilTrue(async () =>
    (await (await fetch(`${site.origin}/metrics`)).text()).includes('\nportolan_event_streams 0\n'),
  )
})
