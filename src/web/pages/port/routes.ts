/** `/ports/973`, and `/ports/973/here`: the part of it that changes, for its island. */
import { reportPort } from '../../../answer/index.ts'
import type { PortReport } from '../../../answer/index.ts'
import { TRANSPORTS } from '../../../registry/index.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp } from '../../env.ts'
import { answerGiven, mayHaveAnswered } from '../../feedback/answer-given.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import { declaredIn } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { compact } from '../compact.ts'
import { errorPage } from '../error-page.ts'
import { renderPage } from '../layout.ts'
import { livePart } from './here-part.ts'
import { NEIGHBOURS } from './neighbours-part.ts'
import { portPage } from './port-page.ts'
import { readPort } from './read-port.ts'

export { readPort }

export function addPortPages(app: WebApp, services: WebServices): void {
  const { frame, registry, lore, known, sockets } = services
  const declared = declaredIn(services.domains)
  const reportOf = async (port: number, seesMachine: boolean): Promise<PortReport> => {
    if (!seesMachine) return reportPort(port, TRANSPORTS, registry, lore, null)
    const snapshot = await sockets.current()
    const here = { listeners: snapshot.listenersOn(port), connections: snapshot.connectionsOn(port), notes: [] }
    return reportPort(port, TRANSPORTS, registry, lore, here, declared)
  }
  app.get('/ports/:port', async (c) => {
    const port = readPort(c.req.param('port'))
    if (port === null) return errorPage(c, services, 'notFound')
    const view = c.get('view')
    const visitor = c.get('visitor')
    const given = mayHaveAnswered(c) ? answerGiven(c, services, port) : null
    const around = known.around(port, NEIGHBOURS)
    const seesMachine = mayReadMachine(c, services)
    const report = await reportOf(port, seesMachine)
    const page = portPage(frame, view, { report, around, given, visitor, seesMachine })
    const isPrivate = visitor !== null || given !== null
    return respond(c, String(await renderPage(frame, view, page, visitor)), isPrivate ? PRIVATE_PAGE : PAGE)
  })
  app.get('/ports/:port/here', async (c) => {
    const port = readPort(c.req.param('port'))
    if (port === null) return errorPage(c, services, 'notFound')
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'forbidden')
    return respond(c, compact(livePart(c.get('view'), await reportOf(port, true))), PAGE)
  })
}
