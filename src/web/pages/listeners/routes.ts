/** `/listeners`, its events, and `/listeners/tcp/22`. */
import type { WebApp } from '../../env.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import { declaredIn } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { renderPage } from '../layout.ts'
import type { Page } from '../layout.ts'
import { readPort } from '../port/read-port.ts'
import type { WebContext } from '../../env.ts'
import { addListenerEvents } from './listener-events.ts'
import { listenerPage } from './listener-page.ts'
import { chooseRows } from './listener-choice.ts'
import { readQuery } from './listener-query.ts'
import { ListenerRows, isTo } from './listener-rows.ts'
import { listenersPage, readFrom } from './listeners-page.ts'

export function addListeners(app: WebApp, services: WebServices): void {
  const { sockets, domains, frame } = services
  const listenerRows = new ListenerRows(services)
  const declared = declaredIn(domains)
  const show = async (c: WebContext, page: Page): Promise<Response> => {
    const visitor = c.get('visitor')
    const document = String(await renderPage(frame, c.get('view'), page, visitor))
    return respond(c, document, visitor === null ? PAGE : PRIVATE_PAGE)
  }
  app.get('/listeners', async (c) => {
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'forbidden')
    const snapshot = await sockets.current()
    const read = readQuery(c.req.query())
    const all = listenerRows.of(snapshot)
    const rows = read.isGood ? chooseRows(all, read.query) : []
    const from = readFrom(c.req.query('from'), rows.length)
    const facts = { read, rows, all: all.length, from, takenAtMs: snapshot.takenAtMs }
    return show(c, listenersPage(c.get('view'), facts))
  })
  addListenerEvents(app, services, listenerRows)
  app.get('/listeners/:transport/:port', async (c) => {
    const port = readPort(c.req.param('port'))
    const transport = (['tcp', 'udp'] as const).find((each) => each === c.req.param('transport'))
    if (port === null || transport === undefined) return errorPage(c, services, 'notFound')
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'forbidden')
    const snapshot = await sockets.current()
    const address = c.req.query('address')
    const here = snapshot
      .listenersOn(port)
      .filter((each) => each.transport === transport && (address === undefined || each.address === address))
    const listeners = here.map((listener) => ({
      listener,
      connections: snapshot.connectionsOn(port).filter((each) => isTo(each, port, listener.address)),
    }))
    const facts = { transport, port, listeners, declared: declared.forPort(port) }
    return show(c, listenerPage(c.get('view'), facts))
  })
}
