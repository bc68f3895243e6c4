/** What the chart shows at the moment; whoever changes it says so, and it is drawn anew once for all changes of a moment. */
import { CELLS, DECLARED_BIT, LAYERS, LISTENING_BIT, isIn } from '../pages/chart/cell-code.ts'
import type { Layer } from '../pages/chart/cell-code.ts'
import type { PortsPresent } from '../pages/chart/island-form.ts'

export type Change = 'cells' | 'shown' | 'focus' | 'hover' | 'view' | 'names'

export class ChartState {
  /** One byte a port. */
  readonly cells: Uint8Array = new Uint8Array(CELLS)
  shown: ReadonlySet<Layer> = new Set(LAYERS)
  /** The port that the keys move from; null until somebody has chosen one. */
  focus: number | null = null
  /** The port under the pointer. */
  hover: number | null = null
  readonly #listeners: Set<(change: Change) => void> = new Set()

  onChange(listener: (change: Change) => void): void {
    this.#listeners.add(listener)
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }

  /** The port that the panel speaks of. */
  get subject(): number | null {
    return this.hover ?? this.focus
  }

  cell(port: number): number {
    return this.cells[port] ?? 0
  }

  /** The bytes of the server, which know nothing of what is present; what is known of that stays. */
  setCells(bytes: Uint8Array): void {
    for (let port = 0; port < CELLS; port += 1)
      this.cells[port] = (bytes[port] ?? 0) | (this.cell(port) & (LISTENING_BIT | DECLARED_BIT))
    this.tell('cells')
  }

  setPresent({ listening, declared }: PortsPresent): void {
    for (let port = 0; port < CELLS; port += 1) this.cells[port] = this.cell(port) & ~(LISTENING_BIT | DECLARED_BIT)
    for (const port of listening) this.cells[port] = this.cell(port) | LISTENING_BIT
    for (const port of declared) this.cells[port] = this.cell(port) | DECLARED_BIT
    this.tell('cells')
  }

  setShown(shown: ReadonlySet<Layer>): void {
    this.shown = shown
    this.tell('shown')
  }

  setFocus(port: number): void {
    if (this.focus === port) return
    this.focus = port
    this.tell('focus')
  }

  setHover(port: number | null): void {
    if (this.hover === port) return
    this.hover = port
    this.tell('hover')
  }

  countOf(layer: Layer): number {
    return this.cells.reduce((sum, cell) => sum + (isIn(cell, layer) ? 1 : 0), 0)
  }
}
