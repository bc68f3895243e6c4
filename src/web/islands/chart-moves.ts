/** The ways to move: wheel, pinch, drag and double click by d3-zoom; keys; the buttons of the page. */
import { select } from 'd3-selection'
import type { Selection } from 'd3-selection'
import { zoom } from 'd3-zoom'
import type { D3ZoomEvent, ZoomBehavior } from 'd3-zoom'
import { CELLS, SIDE } from '../pages/chart/cell-code.ts'
import { Scale } from './chart-layout.ts'
import type { Plot, Transform } from './chart-layout.ts'
import type { ChartState } from './chart-state.ts'

/** Squares are then as wide as a name. */
const SCALE_MAX = 64
/** Where the reader wants to see one port among its neighbours. */
const SCALE_NEAR = 16
const STEP = 1.6
const PAGE_ROWS = 8

export interface MovesOptions {
  readonly canvas: HTMLCanvasElement
  readonly state: ChartState
  readonly plot: () => Plot
  /** Opens the page of a port. */
  readonly open: (port: number) => void
}

export class Moves {
  transform: Transform = { k: 1, x: 0, y: 0 }
  readonly #options: MovesOptions
  readonly #zoom: ZoomBehavior<HTMLCanvasElement, unknown>
  readonly #canvas: Selection<HTMLCanvasElement, unknown, null, undefined>

  constructor(options: MovesOptions) {
    const { canvas, state } = options
    this.#options = options
    this.#zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([1, SCALE_MAX])
      .filter((event: Event) => this.#isOurs(event))
      .on('zoom', ({ transform }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.transform = { k: transform.k, x: transform.x, y: transform.y }
        this.#leaveScrolling()
        state.tell('view')
      })
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.#zoom.duration(0)
    this.#canvas = select<HTMLCanvasElement, unknown>(canvas)
    this.#canvas.call(this.#zoom)
    this.#leaveScrolling()
    this.fit()
    canvas.addEventListener('keydown', (event) => this.#onKey(event))
    canvas.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'mouse') state.setHover(this.#portOf(event))
    })
    canvas.addEventListener('pointerleave', () => state.setHover(null))
    canvas.addEventListener('click', (event) => {
      const port = this.#portOf(event)
      if (port !== null) state.setFocus(port)
    })
  }

  scale(): Scale {
    return new Scale(this.#options.plot(), this.transform)
  }

  /** After the canvas has another size. */
  fit(): void {
    const { left, top, size } = this.#options.plot()
    const corners: [[number, number], [number, number]] = [
      [left, top],
      [left + size, top + size],
    ]
    this.#zoom.extent(corners).translateExtent(corners)
    this.#canvas.call((canvas) => this.#zoom.translateBy(canvas, 0, 0))
  }

  zoomBy(factor: number): void {
    const { state, plot } = this.#options
    const { left, top, size } = plot()
    const isSeen = state.focus !== null && this.scale().isVisible(state.focus)
    const [x, y] = state.focus !== null && isSeen ? this.scale().middle(state.focus) : [left + size / 2, top + size / 2]
    this.#canvas.call((canvas) => this.#zoom.scaleBy(canvas, factor, [x, y]))
  }

  showAll(): void {
    this.#canvas.call((canvas) => this.#zoom.scaleTo(canvas, 1))
  }

  /** Shows a port among its neighbours, and makes it the one that the keys move from. */
  goTo(port: number): void {
    if (this.transform.k < SCALE_NEAR) this.#canvas.call((canvas) => this.#zoom.scaleTo(canvas, SCALE_NEAR))
    this.#centre(port)
    this.#options.state.setFocus(port)
  }

  /** Moves as little as makes a port seen. */
  reveal(port: number): void {
    if (this.transform.k > 1 && !this.#isWhollySeen(port)) this.#centre(port)
  }

  #centre(port: number): void {
    const { left, top, size } = this.#options.plot()
    const cell = size / SIDE
    const [x, y] = [left + ((port % SIDE) + 0.5) * cell, top + (Math.floor(port / SIDE) + 0.5) * cell]
    this.#canvas.call((canvas) => this.#zoom.translateTo(canvas, x, y))
  }

  #isWhollySeen(port: number): boolean {
    const scale = this.scale()
    const { left, top, size } = scale.plot
    const [x, y] = scale.middle(port)
    const half = scale.cell / 2
    return x - half >= left && y - half >= top && x + half <= left + size && y + half <= top + size
  }

  #portOf(event: MouseEvent): number | null {
    return this.scale().portAt(event.offsetX, event.offsetY)
  }

  /** Where nothing is enlarged, a finger and a wheel that turns away move the page, as everywhere. */
  #isOurs(event: Event): boolean {
    const isWhole = this.transform.k <= 1
    if (event instanceof WheelEvent) return !(isWhole && event.deltaY > 0)
    if (typeof TouchEvent !== 'undefined' && event instanceof TouchEvent) return !isWhole || event.touches.length > 1
    return !(event instanceof MouseEvent) || (!event.ctrlKey && event.button === 0)
  }

  #leaveScrolling(): void {
    this.#options.canvas.style.touchAction = this.transform.k <= 1 ? 'pan-y' : 'none'
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { state, open } = this.#options
    const from = state.focus
    const target = from === null ? this.#firstFocus(event.key) : portAfter(event.key, from)
    if (target !== null) {
      state.setFocus(target)
      this.reveal(target)
    } else if (event.key === '+' || event.key === '=') this.zoomBy(STEP)
    else if (event.key === '-' || event.key === '_') this.zoomBy(1 / STEP)
    else if (event.key === '0') this.showAll()
    else if (event.key === 'Enter' && from !== null) open(from)
    else return
    event.preventDefault()
  }

  /** The first key that would move begins in the middle of what is seen. */
  #firstFocus(key: string): number | null {
    if (portAfter(key, CELLS / 2) === null) return null
    const { firstColumn, lastColumn, firstRow, lastRow } = this.scale().visible()
    return Math.floor((firstRow + lastRow) / 2) * SIDE + Math.floor((firstColumn + lastColumn) / 2)
  }
}

/** Where a key leads from a port; null for a key that does not move. Rows are left to right in every language. */
function portAfter(key: string, port: number): number | null {
  const rowStart = port - (port % SIDE)
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, port - 1)
    case 'ArrowRight':
      return Math.min(CELLS - 1, port + 1)
    case 'ArrowUp':
      return port < SIDE ? port : port - SIDE
    case 'ArrowDown':
      return port + SIDE >= CELLS ? port : port + SIDE
    case 'PageUp':
      return (port % SIDE) + Math.max(0, rowStart - PAGE_ROWS * SIDE)
    case 'PageDown':
      return (port % SIDE) + Math.min(CELLS - SIDE, rowStart + PAGE_ROWS * SIDE)
    case 'Home':
      return rowStart
    case 'End':
      return rowStart + SIDE - 1
    default:
      return null
  }
}
