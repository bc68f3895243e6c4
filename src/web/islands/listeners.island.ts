/** Makes the table of listeners live: rows come and go, filters and orders act at once, and ten thousand rows stay quick. */
import { SORT_COLUMNS, chooseRows } from '../pages/listeners/listener-choice.ts'
import type { ListenerWish } from '../pages/listeners/listener-choice.ts'
import type { ListenerRow, ListenerWords } from '../pages/listeners/listener-form.ts'
import { ListenerTable } from './listener-table.ts'
import { Trend } from './trend.ts'

/** A row that has gone stands this long, and one that is new is marked as long, in ms. */
const MARKED_MS = 6000

const table = document.querySelector<HTMLTableElement>('.listener-table table')
const words = document.querySelector('#listener-words')
const wishes = document.querySelector<HTMLFormElement>('.listener-filter')
if (table !== null && words !== null && wishes !== null) run(table, wishes, parseWords(words.textContent))

function parseWords(text: string): ListenerWords {
  // The page's own data block, made from its own messages.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(text) as ListenerWords
}

function run(place: HTMLTableElement, filter: HTMLFormElement, say: ListenerWords): void {
  const rows = new Map<string, ListenerRow>()
  const newSince = new Map<string, number>()
  const goneSince = new Map<string, number>()
  const view = new ListenerTable(place, say)
  const bar = document.querySelector<HTMLElement>('.live-bar')
  const state = document.querySelector<HTMLElement>('.live-state')
  const pause = document.querySelector<HTMLButtonElement>('.live-pause')
  const count = document.querySelector<HTMLElement>('.listener-count')
  const none = document.querySelector<HTMLElement>('.listener-none')
  const chart = document.querySelector<SVGSVGElement>('.live-chart svg')
  const trend = chart === null ? null : new Trend(chart)
  let isPaused = false
  let isLost = false
  let due: number | null = null
  /** False while rows, filter and order are as they were drawn: then the ten thousand need not be put in order again. */
  let isStale = true

  const wish = (): ListenerWish => {
    const data = new FormData(filter)
    const of = (name: string): string => {
      const value = data.get(name)
      return typeof value === 'string' ? value : ''
    }
    return {
      port: of('port'),
      text: of('text'),
      user: of('user'),
      transport: of('transport'),
      reach: of('reach'),
      sort: SORT_COLUMNS.find((each) => each === of('sort')) ?? 'port',
      order: of('order') === 'down' ? 'down' : 'up',
    }
  }
  const draw = (): void => {
    due = null
    const now = Date.now()
    for (const [id, since] of newSince) if (now - since > MARKED_MS) isStale = newSince.delete(id)
    for (const [id, since] of goneSince)
      if (now - since > MARKED_MS) {
        goneSince.delete(id)
        isStale = rows.delete(id)
        view.forget(id)
      }
    if (!isStale) {
      view.redraw()
      return
    }
    isStale = false
    const asked = wish()
    const shown = chooseRows(rows.values(), asked)
    view.show(shown, asked, { isNew: (id) => newSince.has(id), isGone: (id) => goneSince.has(id) })
    const all = rows.size - goneSince.size
    const left = shown.filter(({ id }) => !goneSince.has(id)).length
    if (count !== null) count.textContent = fill(left === all ? say.count : say.countOf, left, all, say.locale)
    if (none !== null) none.hidden = shown.length > 0
  }
  /** At most once a frame, and not at all while the reader has paused it. */
  const drawSoon = (): void => {
    due ??= requestAnimationFrame(draw)
  }
  const tell = (): void => {
    if (state !== null) state.textContent = isLost ? say.lost : say.live
    bar?.classList.toggle('is-lost', isLost)
    bar?.classList.toggle('is-paused', isPaused)
  }
  const follow = (): void => {
    const total = [...rows.values()].reduce((sum, row) => sum + row.connections, 0)
    trend?.add(rows.size - goneSince.size, total)
    for (const row of rows.values()) view.note(row.id, row.connections)
    if (!isPaused) drawSoon()
  }

  const source = new EventSource(place.dataset['events'] ?? '')
  source.addEventListener('open', () => {
    isLost = false
    if (bar !== null) bar.hidden = false
    tell()
  })
  source.addEventListener('error', () => {
    isLost = true
    tell()
  })
  source.addEventListener('snapshot', (event) => {
    rows.clear()
    goneSince.clear()
    for (const row of rowsIn(parse(event))) rows.set(row.id, row)
    // The rows that the server made are those of its page alone.
    document.querySelector('.listener-pager')?.remove()
    isStale = true
    follow()
  })
  source.addEventListener('change', (event) => {
    const change = parse(event)
    if (typeof change !== 'object' || change === null || !('put' in change) || !('removed' in change)) return
    const now = Date.now()
    for (const row of rowsIn(change.put)) {
      isStale = true
      if (!rows.has(row.id)) newSince.set(row.id, now)
      goneSince.delete(row.id)
      rows.set(row.id, row)
    }
    for (const id of Array.isArray(change.removed) ? change.removed : [])
      if (typeof id === 'string' && rows.has(id)) {
        goneSince.set(id, now)
        isStale = true
      }
    follow()
  })
  pause?.addEventListener('click', () => {
    isPaused = !isPaused
    pause.setAttribute('aria-pressed', String(isPaused))
    pause.textContent = isPaused ? say.resume : say.pause
    tell()
    if (!isPaused) drawSoon()
  })
  const drawAnew = (): void => {
    isStale = true
    draw()
  }
  filter.addEventListener('input', drawAnew)
  filter.addEventListener('submit', (event) => {
    event.preventDefault()
    keepAddress(filter, place)
    drawAnew()
  })
  place.tHead?.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-sort]') : null
    if (link === null || rows.size === 0) return
    event.preventDefault()
    const { sort, order } = wish()
    const column = link.dataset['sort'] ?? 'port'
    setField(filter, 'sort', column)
    setField(filter, 'order', column === sort && order === 'up' ? 'down' : 'up')
    keepAddress(filter, place)
    drawAnew()
  })
  addEventListener('pagehide', () => source.close())
}

function setField(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name)
  if (field instanceof HTMLInputElement) field.value = value
}

/** What is asked for stands in the address, so that it can be sent to somebody, and comes back with the page. */
function keepAddress(form: HTMLFormElement, place: HTMLTableElement): void {
  const asked = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value]] : [],
  )
  const query = new URLSearchParams(asked).toString()
  history.replaceState(null, '', `${place.dataset['page'] ?? ''}?${query}`)
}

function parse(event: MessageEvent<unknown>): unknown {
  try {
    return JSON.parse(String(event.data))
  } catch {
    return null
  }
}

function rowsIn(value: unknown): readonly ListenerRow[] {
  return Array.isArray(value) ? value.filter(isRow) : []
}

/** Checks what came, as far as the table relies on it. */
function isRow(value: unknown): value is ListenerRow {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'port' in value &&
    typeof value.port === 'number' &&
    'connections' in value &&
    typeof value.connections === 'number'
  )
}

function fill(pattern: string, shown: number, all: number, locale: string): string {
  const numbers = new Intl.NumberFormat(locale)
  return pattern.replace('{shown}', numbers.format(shown)).replace('{all}', numbers.format(all))
}
