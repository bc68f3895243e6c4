/** `/ports/973`. */
import { reportPort } from '../../../answer/index.ts'
import { PORT_MAX, TRANSPORTS } from '../../../registry/index.ts'
import type { WebApp } from '../../env.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import { declaredIn } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { renderPage } from '../layout.ts'
import { portPage } from './port-page.ts'

export function addPortPages(app: WebApp, services: WebServices): void {
  const { frame, registry, lore, sockets } = services
  const declared = declaredIn(services.domains)
  app.get('/ports/:port', async (c) => {
    const port = readPort(c.req.param('port'))
    if (port === null) return errorPage(c, services, 'notFound')
    const view = c.get('view')
    const snapshot = await sockets.current()
    const here = { listeners: snapshot.listenersOn(port), connections: snapshot.connectionsOn(port), notes: [] }
    const report = reportPort(port, TRANSPORTS, registry, lore, here, declared)
    const page = portPage(frame, view, { report, notes: snapshot.sockets.notes })
    const visitor = c.get('visitor')
    return respond(c, String(await renderPage(frame, view, page, visitor)), visitor === null ? PAGE : PRIVATE_PAGE)
  })
}

/** A port as its address spells it: digits alone, without leading zeros; null for anything else. */
export function readPort(text: string): number | null {
  if (!/^(0|[1-9]\d{0,4})$/.test(text)) return null
  const port = Number(text)
  return port <= PORT_MAX ? port : null
}
