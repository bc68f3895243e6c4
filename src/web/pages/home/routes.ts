/** `/`. */
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp } from '../../env.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import type { WebServices } from '../../services.ts'
import { countLayers } from '../chart/counts.ts'
import type { ChartParts } from '../chart/routes.ts'
import { renderPage } from '../layout.ts'
import { describePort, portsHere } from './here.ts'
import { homePage } from './home-page.ts'
import { ghostsOf, looksOfDay } from './looks.ts'
import type { Look } from './looks.ts'

const HERE_MAX = 10
const LOOKS = 5

export function addHome(app: WebApp, services: WebServices, { cells, presence }: ChartParts): void {
  const { frame, registry, lore, sockets, domains, now } = services
  let ghosts: readonly Look[] | null = null
  app.get('/', async (c) => {
    const view = c.get('view')
    const visitor = c.get('visitor')
    ghosts ??= ghostsOf(registry, lore)
    const seesMachine = mayReadMachine(c, services)
    const here = seesMachine ? portsHere((await sockets.current()).sockets.listeners) : []
    const page = homePage(view, {
      counts: countLayers(cells.of('tcp')),
      source: registry.lookup(0, 'tcp').source,
      loreCount: lore.size,
      here: seesMachine ? here.slice(0, HERE_MAX).map((each) => describePort(registry, lore, each)) : null,
      hereCount: here.length,
      looks: looksOfDay(ghosts, now(), LOOKS),
      domains: seesMachine ? domains.all().map(({ tag }) => tag) : null,
      declaredCount: presence.declaredCount(),
    })
    return respond(c, String(await renderPage(frame, view, page, visitor)), visitor === null ? PAGE : PRIVATE_PAGE)
  })
}
