/** `/ports/973/preview.png` and `/ports/973/preview.svg`: the card of a port. */
import { reportPort } from '../../answer/index.ts'
import { LIMITS } from '../../core/index.ts'
import { TRANSPORTS } from '../../registry/index.ts'
import type { WebApp } from '../env.ts'
import { Body } from '../http/body.ts'
import { respond } from '../http/respond.ts'
import { errorPage } from '../pages/error-page.ts'
import { readPort } from '../pages/port/read-port.ts'
import type { WebServices } from '../services.ts'
import { cardOf } from './card.ts'
import type { Drawing } from './drawing.ts'
import { svgOf } from './drawing.ts'
import { pngOf } from './png.ts'
import { rasterOf } from './raster.ts'

/** The registry changes by the week. */
const CACHE_CONTROL = 'public, max-age=86400'

export function addPreviews(app: WebApp, services: WebServices): void {
  const { registry, lore, now } = services
  const draw = (port: number): Drawing => cardOf(reportPort(port, TRANSPORTS, registry, lore, null))
  /** The last that were asked for, the oldest first; each is made once, however many ask for it meanwhile. */
  const made = new Map<number, Promise<Body>>()
  const makeBody = async (port: number): Promise<Body> => new Body(await pngOf(rasterOf(draw(port))))
  const bodyOf = (port: number): Promise<Body> => {
    const body = made.get(port) ?? makeBody(port)
    made.delete(port)
    made.set(port, body)
    // One that could not be made is tried anew by the next who asks.
    body.catch(() => made.delete(port))
    if (made.size > LIMITS.previewsKept) {
      const [oldest] = made.keys()
      if (oldest !== undefined) made.delete(oldest)
    }
    return body
  }
  const budget = new DrawingBudget(now)
  app.get('/ports/:port/preview.png', async (c) => {
    const port = readPort(c.req.param('port'))
    if (port === null) return errorPage(c, services, 'notFound')
    if (!made.has(port) && !budget.take()) return errorPage(c, services, 'tooMany')
    return respond(c, await bodyOf(port), { type: 'image/png', cacheControl: CACHE_CONTROL })
  })
  app.get('/ports/:port/preview.svg', (c) => {
    const port = readPort(c.req.param('port'))
    if (port === null) return errorPage(c, services, 'notFound')
    const svg = svgOf(draw(port), String(port))
    return Promise.resolve(respond(c, svg, { type: 'image/svg+xml', cacheControl: CACHE_CONTROL }))
  })
}

/** How many cards may be drawn now: what costs the main thread most is bounded whoever asks. */
class DrawingBudget {
  readonly #now: () => number
  #left: number = LIMITS.previewsPerSecond
  #atMs: number

  constructor(now: () => number) {
    this.#now = now
    this.#atMs = now()
  }

  take(): boolean {
    const nowMs = this.#now()
    const gained = (Math.max(0, nowMs - this.#atMs) / 1000) * LIMITS.previewsPerSecond
    this.#left = Math.min(LIMITS.previewsPerSecond, this.#left + gained)
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
