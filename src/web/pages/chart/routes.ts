/** `/chart`, its picture, its bytes, and what its squares say. */
import { TRANSPORTS } from '../../../registry/index.ts'
import type { Transport } from '../../../registry/index.ts'
import { mayReadMachine } from '../../auth/policy.ts'
import type { WebApp, WebContext } from '../../env.ts'
import { Body } from '../../http/body.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import { declaredIn } from '../../live/served-domains.ts'
import type { WebServices } from '../../services.ts'
import { errorPage } from '../error-page.ts'
import { renderPage } from '../layout.ts'
import { readPort } from '../port/read-port.ts'
import { SIDE } from './cell-code.ts'
import { ChartCells } from './cells.ts'
import { chartPage } from './chart-page.ts'
import { addChartEvents } from './events.ts'
import { readChartOptions, readPictureOptions } from './options.ts'
import { NOTHING_PRESENT, Presence, markCells } from './presence.ts'
import { namesOfRow, presentOn } from './rows.ts'
import { chartSvg } from './svg.ts'

const JSON_TYPE = 'application/json'
/** The registry and the lore change with a new start alone; the tag tells then. */
const A_WHILE = 'max-age=300'

/** What other pages draw the chart from. */
export interface ChartParts {
  readonly cells: ChartCells
  readonly presence: Presence
}

export function addChart(app: WebApp, services: WebServices): ChartParts {
  const { frame, registry, lore, sockets, domains } = services
  const cells = new ChartCells(registry, lore)
  const presence = new Presence(services)
  const declared = declaredIn(domains)
  const bodies = new Map<string, Body>()
  const keep = (key: string, make: () => string | Buffer<ArrayBuffer>): Body => {
    const body = bodies.get(key) ?? new Body(make())
    bodies.set(key, body)
    return body
  }
  const markFor = async (c: WebContext, transport: Transport): Promise<readonly [Uint8Array, boolean]> => {
    const seesMachine = mayReadMachine(c, services)
    const present = seesMachine ? await presence.now(transport) : NOTHING_PRESENT
    return [markCells(cells.of(transport), present), seesMachine]
  }

  app.get('/chart', async (c) => {
    const view = c.get('view')
    const visitor = c.get('visitor')
    const options = readChartOptions(c.req.url, registry)
    const [marked, seesMachine] = await markFor(c, options.transport)
    const page = chartPage(view, { options, cells: marked, seesMachine })
    return respond(c, String(await renderPage(frame, view, page, visitor)), visitor === null ? PAGE : PRIVATE_PAGE)
  })

  app.get('/chart.svg', async (c) => {
    const options = readPictureOptions(c.req.url)
    if (options === null) return errorPage(c, services, 'notFound')
    const [marked, seesMachine] = await markFor(c, options.transport)
    const { source } = registry.lookup(0, options.transport)
    const svg = chartSvg(c.get('view'), { cells: marked, options, source, seesMachine })
    return respond(c, svg, { type: 'image/svg+xml', vary: 'accept-language, cookie, authorization' })
  })

  app.get('/chart/cells.bin', (c) => {
    const transport = transportOf(c.req.query('transport') ?? TRANSPORTS[0])
    if (transport === undefined) return errorPage(c, services, 'notFound')
    const body = keep(`cells ${transport}`, () => Buffer.from(cells.of(transport).buffer))
    return respond(c, body, { type: 'application/octet-stream', cacheControl: A_WHILE })
  })

  app.get('/chart/rows/:file', (c) => {
    const row = /^(0|[1-9]\d{0,2})\.json$/.exec(c.req.param('file'))?.[1]
    if (row === undefined || Number(row) >= SIDE) return errorPage(c, services, 'notFound')
    const body = keep(`row ${row}`, () => JSON.stringify(namesOfRow(registry, lore, Number(row))))
    return respond(c, body, { type: JSON_TYPE, cacheControl: A_WHILE })
  })

  app.get('/chart/here/:file', async (c) => {
    const port = readPort(/^(\d+)\.json$/.exec(c.req.param('file'))?.[1] ?? '')
    if (port === null) return errorPage(c, services, 'notFound')
    if (!mayReadMachine(c, services)) return errorPage(c, services, 'forbidden')
    const present = presentOn(port, await sockets.current(), declared)
    return respond(c, JSON.stringify(present), { type: JSON_TYPE, cacheControl: 'no-store' })
  })
  addChartEvents(app, services, presence)
  return { cells, presence }
}

function transportOf(text: string): Transport | undefined {
  return TRANSPORTS.find((each) => each === text)
}
