/**
 * `/chart/events`: what listens and what is declared, whole, at once and after each change. A reader who is slow is told of the
 * newest alone: nothing is kept for them.
 */
import { EventStreams } from '../../api/event-streams.ts'
import type { EventFeed } from '../../api/event-streams.ts'
import { Problem, answerProblem } from '../../api/problem.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp } from '../../env.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import type { Presence } from './presence.ts'

export function addChartEvents(app: WebApp, services: WebServices, presence: Presence): void {
  const { access, closing, frame, log, sockets } = services
  const streams = new EventStreams({
    onError: (error) => log('warn', 'chart-events-ended', { message: String(error) }),
  })
  closing.addEventListener('abort', () => streams.close(), { once: true })
  app.get('/chart/events', async (c) => {
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'refused')
    await sockets.current()
    try {
      return streams.open(c, access.reach.clientOf(c).key, followPresence(presence))
    } catch (error) {
      if (error instanceof Problem) return answerProblem(c, frame.origin, error)
      throw error
    }
  })
}

/** Whole each time it differs: an id to go on from would save nothing. */
function followPresence(presence: Presence): EventFeed {
  let told = ''
  return {
    next: () => {
      const data = presence.last()
      const text = JSON.stringify(data)
      if (text === told) return []
      told = text
      return [{ event: 'presence', id: '', data }]
    },
    watch: (wake) => presence.watch(wake),
  }
}
