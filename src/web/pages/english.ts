/** Text of the registry and of the lore, which is English whatever the page's language. */
import { html } from 'hono/html'
import type { View } from '../i18n/view.ts'
import type { Markup } from './layout.ts'

/** Marked as English, so that it is read aloud, hyphenated and laid out as such. */
export function english(view: View, text: string): Markup {
  return view.language.tag === 'en' ? html`${text}` : html`<span lang="en" dir="ltr">${text}</span>`
}
