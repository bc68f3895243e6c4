/**
 * `/chart/events`: what listens and what is declared, whole, at once and after each change. A reader who is slow is told of the
 * newest alone: nothing is kept for them.
 */
import type { EventFeed } from '../../api/event-streams.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp } from '../../env.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { answerStream } from '../page-stream.ts'
import type { Presence } from './presence.ts'

export function addChartEvents(app: WebApp, services: WebServices, presence: Presence): void {
  app.get('/chart/events', async (c) => {
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'forbidden')
    await services.sockets.current()
    return answerStream(c, services, followPresence(presence))
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
