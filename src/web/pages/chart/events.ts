/**
 * `/chart/events`: what listens and what is declared, whole, at once and after each change. A reader who is slow is told of the
 * newest alone: nothing is kept for them.
 */
import { streamSSE } from 'hono/streaming'
import type { SSEStreamingApi } from 'hono/streaming'
import { LIMITS, messageOf } from '../../../core/index.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp } from '../../env.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import type { Presence } from './presence.ts'

/** Less than proxies let a connection rest (nginx: 60 s). */
const HEARTBEAT_MS = 20_000

export function addChartEvents(app: WebApp, services: WebServices, presence: Presence): void {
  const { sockets, log } = services
  const open = new Map<string, number>()
  app.get('/chart/events', async (c) => {
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'refused')
    const { key: client } = services.access.reach.clientOf(c)
    const count = open.get(client) ?? 0
    if (count >= LIMITS.chartStreams) return c.body(null, 429, { 'retry-after': '30' })
    open.set(client, count + 1)
    const leave = (): void => {
      const left = (open.get(client) ?? 1) - 1
      if (left === 0) open.delete(client)
      else open.set(client, left)
    }
    try {
      await sockets.current()
    } catch (error) {
      leave()
      throw error
    }
    return streamSSE(c, async (stream) => {
      try {
        await tellPresence(stream, presence)
      } catch (error) {
        log('warn', 'chart-events-ended', { message: messageOf(error) })
      } finally {
        leave()
      }
    })
  })
}

/** Until the reader has gone. */
async function tellPresence(stream: SSEStreamingApi, presence: Presence): Promise<void> {
  let wake = (): void => {}
  const forget = presence.watch(() => wake())
  stream.onAbort(() => wake())
  let told = ''
  try {
    while (!stream.aborted) {
      const data = JSON.stringify(presence.last())
      const isNews = data !== told
      told = data
      const woken = new Promise<boolean>((resolve) => {
        wake = () => resolve(true)
      })
      if (isNews) await stream.writeSSE({ event: 'presence', data })
      if (!(await within(woken, HEARTBEAT_MS))) await stream.write(': here\n\n')
    }
  } finally {
    forget()
  }
}

/** Whether it comes in time. */
async function within(coming: Promise<boolean>, timeMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeMs)
  })
  const isInTime = await Promise.race([coming, late])
  clearTimeout(timer)
  return isInTime
}
