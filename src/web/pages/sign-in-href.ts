/** The way to sign in, and back. */
import type { View } from '../i18n/view.ts'

/** `path` is what one comes back to, without the language. */
export function signInHref(view: View, path: string): string {
  return view.href(`/sign-in?next=${encodeURIComponent(view.href(path))}`)
}
