/** The hidden field that proves that a form was made for this visitor. */
import { html } from 'hono/html'
import { CSRF_FIELD } from '../http/request-origin.ts'
import type { Visitor } from '../visitor.ts'
import type { Markup } from './layout.ts'

/** Empty for who has not signed in, and for a program with a token: no browser sends that by itself. */
export function csrfField(visitor: Visitor | null): Markup | '' {
  return visitor === null || visitor.csrf === ''
    ? ''
    : html`<input type="hidden" name="${CSRF_FIELD}" value="${visitor.csrf}" />`
}
