/** Text that was not written for the page: of the registry, which is English everywhere, and of the lore, which is translated. */
import { html } from 'hono/html'
import type { View } from '../i18n/view.ts'
import type { Markup } from './layout.ts'

/** Marked as English, so that it is read aloud, hyphenated and laid out as such. */
export function english(view: View, text: string): Markup {
  return view.language.tag === 'en' ? html`${text}` : html`<span lang="en" dir="ltr">${text}</span>`
}

/** What the lore says, in the reader's language; marked as English where nobody has translated it. */
export function loreText(view: View, text: string): Markup {
  const own = view.lore(text)
  return own === null ? english(view, text) : html`${own}`
}
