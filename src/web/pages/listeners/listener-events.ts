/**
 * `/listeners/events`: what listens here, whole at first, and then with each reading what came, changed or went.
 *
 * A reader who is slow is told less often, and then of all that has changed since.
 */
import type { EventFeed, ServerEvent } from '../../api/event-streams.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp } from '../../env.ts'
import type { SocketSnapshot, SocketWatch } from '../../live/socket-watch.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { answerStream } from '../page-stream.ts'
import type { ListenerRow } from './listener-form.ts'
import type { ListenerRows } from './listener-rows.ts'

export function addListenerEvents(app: WebApp, services: WebServices, listenerRows: ListenerRows): void {
  const { sockets } = services
  app.get('/listeners/events', async (c) => {
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'forbidden')
    const first = await sockets.current()
    return answerStream(c, services, follow(sockets, first, listenerRows))
  })
}

function follow(sockets: SocketWatch, first: SocketSnapshot, listenerRows: ListenerRows): EventFeed {
  let newest = first
  let toldOf: SocketSnapshot | null = null
  let told: ReadonlyMap<string, ListenerRow> = new Map()
  return {
    next: (): readonly ServerEvent[] => {
      if (newest === toldOf) return []
      const isFirst = toldOf === null
      const rows = listenerRows.of(newest)
      const now = new Map(rows.map((row) => [row.id, row]))
      const before = told
      toldOf = newest
      told = now
      if (isFirst) return [{ event: 'snapshot', id: '', data: rows }]
      // Told even where nothing has changed: the lines of the last minutes grow by a point with each reading.
      const put = rows.filter((row) => before.get(row.id) !== row)
      const removed = [...before.keys()].filter((id) => !now.has(id))
      return [{ event: 'change', id: '', data: { put, removed } }]
    },
    watch: (wake) =>
      sockets.watch((snapshot) => {
        newest = snapshot
        wake()
      }),
  }
}
