/** `/ports`: the index of all ports; `/ports?from=768`: 256 of them. */
import type { WebApp } from '../../env.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { renderPage } from '../layout.ts'
import { readPort } from '../port/read-port.ts'
import { blockPage } from './block-page.ts'
import { blockOf } from './blocks.ts'
import { indexPage } from './index-page.ts'

export function addPortsIndex(app: WebApp, services: WebServices): void {
  const { frame, known } = services
  app.get('/ports', async (c) => {
    const view = c.get('view')
    const visitor = c.get('visitor')
    const from = c.req.query('from')
    const port = from === undefined ? null : readPort(from)
    if (from !== undefined && port === null) return errorPage(c, services, 'notFound')
    const page = port === null ? indexPage(view, known) : blockPage(view, blockOf(port), known)
    return respond(c, String(await renderPage(frame, view, page, visitor)), visitor === null ? PAGE : PRIVATE_PAGE)
  })
}
