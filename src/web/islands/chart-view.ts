/** The canvas of the chart with all that belongs to it. */
import { LAYERS, SIDE } from '../pages/chart/cell-code.ts'
import type { Layer } from '../pages/chart/cell-code.ts'
import type { IslandData, PresenceByTransport } from '../pages/chart/island-form.ts'
import { Bitmaps } from './chart-bitmap.ts'
import { readColours } from './chart-colours.ts'
import type { Colours } from './chart-colours.ts'
import { NAMES_FROM, draw } from './chart-drawing.ts'
import { saveCanvas } from './chart-export.ts'
import { heightOf, plotOf } from './chart-layout.ts'
import { Moves } from './chart-moves.ts'
import { NameBook } from './chart-names.ts'
import { followNews } from './chart-news.ts'
import { Panel } from './chart-panel.ts'
import { ChartState } from './chart-state.ts'

const STEP = 2
/** More points than these a CSS pixel nobody sees, and each costs time. */
const RATIO_MAX = 2
/** What is on the screen comes first. */
const PRINT_AFTER_MS = 500

export interface ChartPlaces {
  readonly place: HTMLElement
  /** Where the canvas goes. */
  readonly sea: HTMLElement
  readonly panel: HTMLElement
  readonly live: HTMLElement
  readonly data: IslandData
}

export class ChartView {
  readonly #places: ChartPlaces
  readonly #canvas: HTMLCanvasElement = document.createElement('canvas')
  readonly #state: ChartState = new ChartState()
  readonly #bitmaps: Bitmaps = new Bitmaps()
  readonly #names: NameBook
  readonly #panel: Panel
  readonly #moves: Moves
  #colours: Colours
  #width = 0
  #isDrawingDue = false

  constructor(places: ChartPlaces) {
    const { place, sea, panel, live, data } = places
    this.#places = places
    this.#names = new NameBook(() => this.#state.tell('names'))
    this.#panel = new Panel({ panel, live, state: this.#state, names: this.#names, data })
    this.#canvas.tabIndex = 0
    this.#canvas.setAttribute('role', 'application')
    this.#canvas.setAttribute('aria-roledescription', data.words.role)
    this.#canvas.setAttribute('aria-label', data.words.canvas)
    this.#canvas.setAttribute('aria-describedby', 'chart-help')
    sea.replaceChildren(this.#canvas)
    this.#colours = readColours(place)
    this.#resize()
    this.#moves = new Moves({
      canvas: this.#canvas,
      state: this.#state,
      plot: () => plotOf(this.#width),
      open: (port) => location.assign(`${data.pages}${port}`),
    })
  }

  start(): void {
    const { place, sea, data } = this.#places
    const repaint = (): void => {
      this.#colours = readColours(place)
      this.#bitmaps.paint(this.#state, this.#colours)
      this.#draw()
    }
    this.#state.onChange((change) => {
      if (change === 'cells' || change === 'shown') this.#bitmaps.paint(this.#state, this.#colours)
      if (change === 'cells') this.#updateCounts()
      if (change !== 'view' && change !== 'shown') this.#panel.update()
      this.#draw()
    })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint)
    new ResizeObserver(() => {
      this.#resize()
      this.#moves.fit()
      this.#draw()
    }).observe(sea)
    for (const event of ['focus', 'blur']) this.#canvas.addEventListener(event, () => this.#draw())
    if (data.port !== null) this.#moves.goTo(data.port)
    void this.#load()
    // A picture that is not shown would wait for the moment of printing, which does not wait for it.
    const print = place.querySelector<HTMLImageElement>('.chart-print')
    if (print !== null) addEventListener('load', () => setTimeout(() => (print.loading = 'eager'), PRINT_AFTER_MS))
    if (data.isLive)
      followNews({
        onPresence: (presence) => this.#setPresence(presence),
        onLive: (isLive) => this.#tellLive(isLive),
      })
  }

  setShown(shown: ReadonlySet<Layer>): void {
    this.#state.setShown(shown)
  }

  goTo(port: number): void {
    this.#moves.goTo(port)
    this.#canvas.focus()
  }

  /** @param kind in, out or all */
  zoom(kind: string): void {
    if (kind === 'all') this.#moves.showAll()
    else this.#moves.zoomBy(kind === 'in' ? STEP : 1 / STEP)
  }

  save(): void {
    saveCanvas(this.#canvas, `portolan-${this.#places.data.transport}.png`)
  }

  async #load(): Promise<void> {
    const response = await fetch(this.#places.data.cells)
    if (response.ok) this.#state.setCells(new Uint8Array(await response.arrayBuffer()))
  }

  #setPresence(presence: PresenceByTransport): void {
    this.#names.forgetPresent()
    this.#state.setPresent(presence[this.#places.data.transport] ?? { listening: [], declared: [] })
  }

  #tellLive(isLive: boolean): void {
    const { liveOn, liveOff } = this.#places.data.words
    const told = document.querySelector('#chart-state')
    if (told !== null) told.textContent = isLive ? liveOn : liveOff
  }

  #updateCounts(): void {
    const numbers = new Intl.NumberFormat(this.#places.data.locale)
    for (const layer of LAYERS) {
      const place = document.querySelector<HTMLDataElement>(`input[value="${layer}"] ~ .layer-count`)
      const count = this.#state.countOf(layer)
      if (place === null || place.value === String(count)) continue
      place.value = String(count)
      place.textContent = numbers.format(count)
    }
  }

  #resize(): void {
    const width = this.#places.sea.clientWidth
    const ratio = Math.min(RATIO_MAX, devicePixelRatio)
    const height = heightOf(plotOf(width))
    this.#width = width
    this.#canvas.width = Math.round(width * ratio)
    this.#canvas.height = Math.round(height * ratio)
    this.#canvas.style.height = `${height}px`
    this.#canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0)
  }

  /** Once for all that has changed before the next frame. */
  #draw(): void {
    if (this.#isDrawingDue) return
    this.#isDrawingDue = true
    requestAnimationFrame(() => {
      this.#isDrawingDue = false
      this.#drawNow()
    })
  }

  #drawNow(): void {
    const context = this.#canvas.getContext('2d')
    if (context === null) return
    const scale = this.#moves.scale()
    if (scale.cell >= NAMES_FROM) {
      const { firstRow, lastRow } = scale.visible()
      for (let row = firstRow; row <= lastRow && row < SIDE; row += 1) this.#names.askForRow(row)
    }
    draw({
      context,
      scale,
      state: this.#state,
      colours: this.#colours,
      bitmaps: this.#bitmaps,
      names: this.#names,
      data: this.#places.data,
      hasFocus: document.activeElement === this.#canvas,
    })
  }
}
