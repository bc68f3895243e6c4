/** What a request carries through the site, beside itself. */
import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { View } from './i18n/view.ts'
import type { Visitor } from './visitor.ts'

export interface WebEnv {
  Bindings: HttpBindings
  Variables: {
    /** The language of the answer. */
    view: View
    /** Null for who has not signed in. */
    visitor: Visitor | null
  }
}

export type WebApp = Hono<WebEnv>
export type WebContext = Context<WebEnv>
