/** A line that says that the directory has changed since the page was loaded; the reader decides when to load it anew. */

/** For the server to be asked again when it has refused, in ms. */
const AGAIN_MS = 30_000

const place = document.querySelector<HTMLElement>('[data-events]')
if (place !== null) follow(place)

/** A page that nobody sees holds no connection: browsers have six to a server. */
function follow(live: HTMLElement): void {
  let source: EventSource | null = null
  const begin = (): void => {
    if (source !== null || document.hidden) return
    source = new EventSource(live.dataset['events'] ?? '')
    source.addEventListener('instance', ({ data }: MessageEvent<unknown>) => tell(live, String(data)))
    source.addEventListener('error', () => {
      // Refused, and not only broken off: the browser does not try again by itself.
      if (source?.readyState !== EventSource.CLOSED) return
      source = null
      setTimeout(begin, AGAIN_MS)
    })
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source?.close()
      source = null
    } else begin()
  })
  addEventListener('pagehide', () => {
    source?.close()
    source = null
  })
  addEventListener('pageshow', begin)
  begin()
}

function tell(live: HTMLElement, instance: string): void {
  const news = instance === live.dataset['instance'] ? null : instance === '-1' ? 'gone' : 'changed'
  for (const line of live.querySelectorAll<HTMLElement>('[data-live]')) line.hidden = line.dataset['live'] !== news
}
