/** `/assets/site.XXXXXXXXXX.css`: a name is one content's for ever, so browsers never ask twice. */
import type { Assets } from '../assets.ts'
import type { WebApp } from '../env.ts'
import { chooseCoding } from './body.ts'

const FOREVER = 'public, max-age=31536000, immutable'

export function addAssets(app: WebApp, assets: Assets): void {
  app.get('/assets/:file', (c, next) => {
    const asset = assets.find(c.req.param('file'))
    if (asset === undefined) return next()
    const wanted = chooseCoding(c.req.header('accept-encoding') ?? '')
    const packed = wanted === 'br' ? asset.brotli : wanted === 'gzip' ? asset.gzip : undefined
    const bytes = packed ?? asset.bytes
    const headers: Record<string, string> = {
      'content-type': asset.type,
      'cache-control': FOREVER,
      vary: 'accept-encoding',
      'content-length': String(bytes.length),
    }
    if (packed !== undefined) headers['content-encoding'] = wanted
    return Promise.resolve(c.body(bytes, 200, headers))
  })
}
