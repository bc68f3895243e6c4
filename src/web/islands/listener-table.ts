/** The body of the live table: only the rows that are in sight are in the document; above and below stand spacers of their height. */
import type { ListenerWish } from '../pages/listeners/listener-choice.ts'
import type { ListenerRow, ListenerWords } from '../pages/listeners/listener-form.ts'
import { pointsOf } from './trend.ts'

export interface Marks {
  readonly isNew: (id: string) => boolean
  readonly isGone: (id: string) => boolean
}

/** Rows kept above and below what is in sight. */
const MARGIN_ROWS = 20
/** Until a row has been measured, in px. */
const ROW_PX = 36
const SPARK_POINTS = 60
const COLUMNS = 10
const SVG = 'http://www.w3.org/2000/svg'

export class ListenerTable {
  readonly #table: HTMLTableElement
  readonly #body: HTMLTableSectionElement
  readonly #frame: HTMLElement
  readonly #words: ListenerWords
  readonly #numbers: Intl.NumberFormat
  readonly #plain: Intl.NumberFormat
  readonly #times: Intl.DateTimeFormat
  readonly #history: Map<string, number[]> = new Map()
  readonly #drawn: Map<string, { readonly key: string; readonly element: HTMLTableRowElement }> = new Map()
  #rows: readonly ListenerRow[] = []
  #marks: Marks = { isNew: () => false, isGone: () => false }
  #rowPx: number = ROW_PX

  constructor(table: HTMLTableElement, words: ListenerWords) {
    const [body] = table.tBodies
    if (body === undefined) throw new Error('the table of listeners has a body')
    this.#table = table
    this.#body = body
    this.#frame = table.parentElement ?? table
    this.#words = words
    this.#numbers = new Intl.NumberFormat(words.locale)
    this.#plain = new Intl.NumberFormat(words.locale, { useGrouping: false })
    this.#times = new Intl.DateTimeFormat(words.locale, { dateStyle: 'short', timeStyle: 'short' })
    this.#frame.addEventListener('scroll', () => requestAnimationFrame(() => this.#draw()), { passive: true })
    addEventListener('resize', () => this.#draw())
  }

  /** Remembers how many connections a row had at this reading; from the first that it has. */
  note(id: string, connections: number): void {
    const known = this.#history.get(id)
    if (known === undefined) {
      if (connections > 0) this.#history.set(id, [connections])
    } else {
      known.push(connections)
      if (known.length > SPARK_POINTS) known.shift()
    }
  }

  show(rows: readonly ListenerRow[], { sort, order }: ListenerWish, marks: Marks): void {
    this.#rows = rows
    this.#marks = marks
    this.#table.setAttribute('aria-rowcount', String(rows.length + 1))
    for (const head of this.#table.tHead?.querySelectorAll<HTMLElement>('th[aria-sort]') ?? []) {
      const isSorted = head.querySelector<HTMLElement>('[data-sort]')?.dataset['sort'] === sort
      head.setAttribute('aria-sort', isSorted ? (order === 'down' ? 'descending' : 'ascending') : 'none')
    }
    this.#draw()
  }

  /** Draws the rows that are shown anew, where only their lines have grown. */
  redraw(): void {
    this.#draw()
  }

  /** Forgets the connections of a row that has gone. */
  forget(id: string): void {
    this.#history.delete(id)
  }

  #draw(): void {
    const sight = this.#frame.clientHeight
    const first = Math.max(Math.floor(this.#frame.scrollTop / this.#rowPx) - MARGIN_ROWS, 0)
    const last = Math.min(first + Math.ceil(sight / this.#rowPx) + 2 * MARGIN_ROWS, this.#rows.length)
    const begin = Math.min(first, Math.max(this.#rows.length - 2 * MARGIN_ROWS, 0))
    const wanted = this.#rows.slice(begin, last)
    const elements = wanted.map((row, index) => this.#elementOf(row, begin + index))
    const parts = [space(begin * this.#rowPx), ...elements, space((this.#rows.length - last) * this.#rowPx)]
    const focused = document.activeElement
    this.#body.replaceChildren(...parts.filter((part) => part !== null))
    if (focused instanceof HTMLElement && this.#body.contains(focused)) focused.focus({ preventScroll: true })
    const kept = new Set(wanted.map(({ id }) => id))
    for (const id of this.#drawn.keys()) if (!kept.has(id)) this.#drawn.delete(id)
    const height = elements[0]?.getBoundingClientRect().height ?? 0
    if (height > 0) this.#rowPx = height
  }

  /** The element of a row, made anew only where something of it has changed: what a reader has focused stays. */
  #elementOf(row: ListenerRow, index: number): HTMLTableRowElement {
    const mark = this.#marks.isGone(row.id) ? 'gone' : this.#marks.isNew(row.id) ? 'new' : ''
    const key = JSON.stringify([row, mark, this.#history.get(row.id)?.length === 1 ? 0 : this.#history.get(row.id)])
    const known = this.#drawn.get(row.id)
    const element = known?.key === key ? known.element : this.#makeRow(row, mark)
    element.setAttribute('aria-rowindex', String(index + 2))
    this.#drawn.set(row.id, { key, element })
    return element
  }

  #makeRow(row: ListenerRow, mark: '' | 'new' | 'gone'): HTMLTableRowElement {
    const { reach, declared, undeclared, unseen, pid, details, added, gone } = this.#words
    const base = (this.#table.dataset['page'] ?? '').replace(/\/listeners$/, '')
    const transport = row.transport.toUpperCase()
    const port = this.#plain.format(row.port)
    const element = document.createElement('tr')
    if (mark !== '') element.className = `is-${mark}`
    element.dataset['id'] = row.id
    const head = document.createElement('th')
    head.scope = 'row'
    head.className = 'c-port'
    head.append(link(`${base}/ports/${row.port}`, port))
    if (mark !== '') head.append(' ', textIn('span', mark === 'new' ? added : gone, 'mark'))
    const process = link(
      `${base}/listeners/${row.transport}/${row.port}?address=${encodeURIComponent(row.address)}`,
      '',
    )
    process.setAttribute(
      'title',
      details.replace('{transport}', transport).replace('{port}', port).replace('{address}', row.address),
    )
    if (row.process === null) process.append(textIn('span', unseen, 'faint'))
    else
      process.append(
        textIn('bdi', row.process),
        ' ',
        textIn('span', pid.replace('{pid}', this.#plain.format(row.pid ?? 0)), 'faint'),
      )
    element.append(
      head,
      cell('c-transport', transport),
      cell('c-address', textIn('bdi', row.address)),
      cell('c-service', textIn('bdi', row.service)),
      cell('c-process', process),
      cell('c-user', textIn('bdi', row.user ?? '')),
      cell('c-since', row.startedMs === null ? '' : this.#times.format(row.startedMs)),
      cell('c-reach', reach[row.reach] ?? row.reach),
      cell('c-declared', row.isDeclared ? declared : undeclared),
      cell('c-connections', this.#sparkOf(row), ` ${this.#numbers.format(row.connections)}`),
    )
    return element
  }

  /** Only where there was a connection: a flat line says nothing. */
  #sparkOf({ id }: ListenerRow): Node | string {
    const values = this.#history.get(id) ?? []
    if (values.every((value) => value === 0)) return ''
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('class', 'spark')
    svg.setAttribute('viewBox', '0 0 64 18')
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', this.#words.spark)
    const line = document.createElementNS(SVG, 'polyline')
    line.setAttribute('points', pointsOf(values, 64, 18))
    line.setAttribute('fill', 'none')
    line.setAttribute('stroke', 'currentColor')
    svg.append(line)
    return svg
  }
}

function link(address: string, text: string): HTMLAnchorElement {
  const element = document.createElement('a')
  element.href = address
  element.textContent = text
  return element
}

function textIn(name: 'span' | 'bdi', text: string, className = ''): HTMLElement {
  const element = document.createElement(name)
  element.textContent = text
  if (className !== '') element.className = className
  return element
}

function cell(className: string, ...content: readonly (Node | string)[]): HTMLTableCellElement {
  const element = document.createElement('td')
  element.className = className
  element.append(...content)
  return element
}

/** Null where there is nothing to fill. */
function space(heightPx: number): HTMLTableRowElement | null {
  if (heightPx <= 0) return null
  const row = document.createElement('tr')
  row.className = 'space'
  row.setAttribute('aria-hidden', 'true')
  const filler = document.createElement('td')
  filler.colSpan = COLUMNS
  filler.style.blockSize = `${heightPx}px`
  row.append(filler)
  return row
}
