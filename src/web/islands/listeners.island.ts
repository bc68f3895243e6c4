/** Makes the table of listeners live: rows come and go, filters and orders act at once, and ten thousand rows stay quick. */
import { SORT_COLUMNS, chooseRows } from '../pages/listeners/listener-choice.ts'
import type { ListenerWish } from '../pages/listeners/listener-choice.ts'
import type { ListenerRow, ListenerWords } from '../pages/listeners/listener-form.ts'
import { LiveRows } from '../pages/listeners/live-rows.ts'
import { ListenerTable } from './listener-table.ts'
import { LiveBar } from './live-bar.ts'
import { Trend } from './trend.ts'

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
  const rows = new LiveRows()
  const view = new ListenerTable(place, say)
  const chart = document.querySelector<SVGSVGElement>('.live-chart svg')
  const trend = chart === null ? null : new Trend(chart)
  let due: number | null = null
  const draw = (): void => {
    due = null
    for (const id of rows.sweep(Date.now())) view.forget(id)
    if (!rows.takeStale()) {
      view.redraw()
      return
    }
    const wish = readWish(filter)
    const shown = chooseRows(rows.all(), wish)
    view.show(shown, wish, rows)
    tellCount(say, shown.filter(({ id }) => !rows.isGone(id)).length, rows.count)
    const none = document.querySelector<HTMLElement>('.listener-none')
    if (none !== null) none.hidden = shown.length > 0
  }
  /** At most once a frame, and not at all while the reader has paused it. */
  const drawSoon = (): void => {
    due ??= requestAnimationFrame(draw)
  }
  const bar = new LiveBar(say, drawSoon)
  followEvents(place.dataset['events'] ?? '', rows, bar, () => {
    trend?.add(rows.count, rows.connections())
    for (const row of rows.all()) view.note(row.id, row.connections)
    if (!bar.isPaused) drawSoon()
  })
  askAnew(place, filter, {
    isReady: () => rows.isRead,
    onWish: () => {
      rows.spoil()
      draw()
    },
  })
}

function readWish(filter: HTMLFormElement): ListenerWish {
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

function tellCount(say: ListenerWords, shown: number, all: number): void {
  const count = document.querySelector<HTMLElement>('.listener-count')
  if (count !== null) count.textContent = fill(shown === all ? say.count : say.countOf, shown, all, say.locale)
}

function followEvents(address: string, rows: LiveRows, bar: LiveBar, onNews: () => void): void {
  const source = new EventSource(address)
  source.addEventListener('open', () => bar.showLost(false))
  source.addEventListener('error', () => bar.showLost(true))
  source.addEventListener('snapshot', (event) => {
    rows.replace(rowsIn(parse(event)))
    // The rows that the server made are those of its page alone.
    document.querySelector('.listener-pager')?.remove()
    onNews()
  })
  source.addEventListener('change', (event) => {
    const change = parse(event)
    if (typeof change !== 'object' || change === null || !('put' in change) || !('removed' in change)) return
    const now = Date.now()
    rows.put(rowsIn(change.put), now)
    rows.remove(Array.isArray(change.removed) ? change.removed.filter((id) => typeof id === 'string') : [], now)
    onNews()
  })
  addEventListener('pagehide', () => source.close())
}

interface Asking {
  /** Until then form and links do what they do without script. */
  readonly isReady: () => boolean
  readonly onWish: () => void
}

/** The fields of the filter act as they are typed, and the heads of the columns put the rows in order. */
function askAnew(place: HTMLTableElement, filter: HTMLFormElement, { isReady, onWish }: Asking): void {
  filter.addEventListener('input', () => {
    if (isReady()) onWish()
  })
  filter.addEventListener('submit', (event) => {
    if (!isReady()) return
    event.preventDefault()
    keepAddress(filter, place)
    onWish()
  })
  place.tHead?.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-sort]') : null
    if (link === null || !isReady()) return
    event.preventDefault()
    const { sort, order } = readWish(filter)
    const column = link.dataset['sort'] ?? 'port'
    setField(filter, 'sort', column)
    setField(filter, 'order', column === sort && order === 'up' ? 'down' : 'up')
    keepAddress(filter, place)
    onWish()
  })
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
