/** What listens and what is declared, as the server tells it. */
import * as v from 'valibot'
import { presenceSchema } from '../pages/chart/island-form.ts'
import type { PresenceByTransport } from '../pages/chart/island-form.ts'

export interface NewsOptions {
  readonly onPresence: (presence: PresenceByTransport) => void
  /** Told whether the connection stands. */
  readonly onLive: (isLive: boolean) => void
}

/** The browser connects again by itself; a page that nobody sees does not keep the server busy. */
export function followNews({ onPresence, onLive }: NewsOptions): void {
  let source: EventSource | null = null
  const begin = (): void => {
    if (source !== null || document.hidden) return
    source = new EventSource('/chart/events')
    source.addEventListener('open', () => onLive(true))
    source.addEventListener('error', () => {
      onLive(false)
      // Refused, and not only broken off: the browser does not try again by itself.
      if (source?.readyState === EventSource.CLOSED) {
        source = null
        setTimeout(begin, AGAIN_MS)
      }
    })
    source.addEventListener('presence', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') onPresence(v.parse(presenceSchema, JSON.parse(data)))
    })
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source?.close()
      source = null
    } else begin()
  })
  begin()
}

const AGAIN_MS = 10_000
