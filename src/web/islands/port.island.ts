/** Keeps what a page says of this machine up to date while somebody looks at it. */

const INTERVAL_MS = 3000
/** A server that does not answer is asked less and less often, up to this. */
const INTERVAL_MAX_MS = 60_000

const live = document.querySelector<HTMLElement>('[data-live]')
if (live !== null) follow(live, live.dataset['live'] ?? '')

function follow(place: HTMLElement, address: string): void {
  const next = document.createElement('template')
  let waitMs = INTERVAL_MS
  const again = (): void => {
    setTimeout(() => void ask(), waitMs)
  }
  const ask = async (): Promise<void> => {
    if (document.visibilityState === 'visible') {
      try {
        const answer = await fetch(address)
        if (!answer.ok) throw new Error(answer.statusText)
        next.innerHTML = (await answer.text()).trim()
        // Untouched while it is the same: a reader may be in the midst of it.
        if (next.innerHTML !== place.innerHTML.trim()) place.replaceChildren(next.content)
        waitMs = INTERVAL_MS
      } catch {
        waitMs = Math.min(waitMs * 2, INTERVAL_MAX_MS)
      }
    }
    again()
  }
  void ask()
}
