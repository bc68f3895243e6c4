/** `/directory/TAG/events?object=7`: the instance of one directory, at once and whenever it is another; -1 when it is gone. */
import { streamSSE } from 'hono/streaming'
import type { SSEStreamingApi } from 'hono/streaming'
import * as v from 'valibot'
import { LIMITS } from '../../../core/index.ts'
import type { Domain } from '../../../directory/index.ts'
import type { WebApp } from '../../env.ts'
import type { WebServices } from '../../services.ts'

/** Less than proxies let a connection rest (nginx: 60 s). */
const HEARTBEAT_MS = 20_000
const GONE = -1

const objectSchema = v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number), v.maxValue(0xffff_fffe))

/** What the end of the server wakes. */
interface Ends {
  isClosing: boolean
  readonly wakes: Set<() => void>
}

export function addDirectoryEvents(app: WebApp, services: WebServices): void {
  const open = new Map<string, number>()
  const ends: Ends = { isClosing: false, wakes: new Set() }
  // One listener for all of them: Node warns of a signal that has many.
  services.closing.addEventListener('abort', () => {
    ends.isClosing = true
    for (const wake of ends.wakes) wake()
  })
  app.get('/directory/:tag/events', (c) => {
    const served = services.domains.get(c.req.param('tag'))
    const object = v.safeParse(objectSchema, c.req.query('object'))
    if (served === undefined || !object.success) return c.notFound()
    const client = services.access.reach.clientOf(c).key
    const count = open.get(client) ?? 0
    if (count >= LIMITS.directoryStreams) return c.body(null, 429, { 'retry-after': '30' })
    open.set(client, count + 1)
    return streamSSE(c, async (stream) => {
      try {
        await tellInstance(stream, served.domain, object.output, ends)
      } finally {
        const left = (open.get(client) ?? 1) - 1
        if (left === 0) open.delete(client)
        else open.set(client, left)
      }
    })
  })
}

/** Until the reader has gone, or the server ends. */
async function tellInstance(stream: SSEStreamingApi, domain: Domain, object: number, ends: Ends): Promise<void> {
  let wake = (): void => {}
  let told: number | null = null
  const forget = domain.onChange(() => wake())
  const end = (): void => wake()
  stream.onAbort(end)
  ends.wakes.add(end)
  try {
    while (!stream.aborted && !ends.isClosing) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const instance = domain.id(object)?.instance ?? GONE
      if (instance !== told) await stream.writeSSE({ event: 'instance', data: String(instance) })
      told = instance
      if (!(await isWithin(woken, HEARTBEAT_MS))) await stream.write(': here\n\n')
    }
  } finally {
    forget()
    ends.wakes.delete(end)
  }
}

async function isWithin(coming: Promise<void>, timeMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeMs)
  })
  const isInTime = await Promise.race([coming.then(() => true), late])
  clearTimeout(timer)
  return isInTime
}
