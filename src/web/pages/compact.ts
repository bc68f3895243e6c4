/** Templates without the indentation of their source: a tenth of a page. */
import type { Markup } from './layout.ts'

/** Not for what has `<pre>` or `<textarea>` in it: there a line's beginning counts. */
export function compact(markup: Markup): string {
  if (markup instanceof Promise) throw new Error('what waits for something cannot be made compact')
  return String(markup).replaceAll(/\n\s*/g, '\n')
}
