/** The hidden field that proves that a form was made for this visitor. */
import { html } from 'hono/html'
import { CSRF_FIELD } from '../../http/request-origin.ts'
import type { Visitor } from '../../visitor.ts'
import type { Markup } from '../layout.ts'

export function csrfField(visitor: Visitor): Markup {
  return html`<input type="hidden" name="${CSRF_FIELD}" value="${visitor.csrf}" />`
}
