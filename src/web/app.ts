/** The whole site as one Hono application; it holds no socket, and answers whatever calls it. */
import { Hono } from 'hono'
import { messageOf } from '../core/index.ts'
import { addApi, makeApi, watchApi } from './api/add-api.ts'
import type { WebApp, WebEnv } from './env.ts'
import { addFeedback } from './feedback/routes.ts'
import { addAssets } from './http/asset-routes.ts'
import { guard } from './http/guard.ts'
import { chooseLanguage, routePath } from './http/language.ts'
import { SECURITY_HEADERS } from './http/security-headers.ts'
import { addAccount } from './pages/account/routes.ts'
import { addDirectory } from './pages/directory/routes.ts'
import { errorPage } from './pages/error-page.ts'
import { addChart } from './pages/chart/routes.ts'
import { addHome } from './pages/home/routes.ts'
import { addListeners } from './pages/listeners/routes.ts'
import { addPortPages } from './pages/port/routes.ts'
import { addPortsIndex } from './pages/ports/routes.ts'
import { addSearch } from './pages/search/routes.ts'
import { addPreviews } from './preview/routes.ts'
import type { WebServices } from './services.ts'
import { addSitemaps } from './sitemap/routes.ts'

export function makeApp(services: WebServices): WebApp {
  const app: WebApp = new Hono<WebEnv>({ getPath: (request) => routePath(request.url) })
  const api = makeApi(services)
  for (const each of watchApi(api, services)) app.use(each)
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value)
  })
  app.use(chooseLanguage(services.views))
  app.use(async (c, next) => {
    c.set('visitor', null)
    await next()
  })
  app.use(guard(services))
  addAssets(app, services.frame.assets)
  addHome(app, services, addChart(app, services))
  addPortPages(app, services)
  addPortsIndex(app, services)
  addFeedback(app, services)
  addAccount(app, services)
  addDirectory(app, services)
  addListeners(app, services)
  addPreviews(app, services)
  addSearch(app, services)
  addSitemaps(app, services)
  addApi(app, services, api)
  app.notFound((c) => errorPage(c, services, 'notFound'))
  app.onError((error, c) => {
    services.log('error', 'request-failed', { path: c.req.path, message: messageOf(error) })
    return errorPage(c, services, 'failed')
  })
  return app
}
