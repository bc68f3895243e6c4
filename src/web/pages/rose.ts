/** The compass rose, drawn in the text's colour: the mark of the site. */
import { raw } from 'hono/html'

export const rose = raw(
  '<svg class="rose" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M16 3l3 10 10 3-10 3-3 10-3-10-10-3 10-3z" fill="currentColor"/><path class="needle" d="M16 3v13h-3zM29 16H16v-3zM16 29V16h3zM3 16h13v3z"/></svg>',
)
