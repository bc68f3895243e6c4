/** What is on this machine: a disc where something listens, a frame where it is declared, a halo where the two differ. */
import { SIDE, lightOf } from '../pages/chart/cell-code.ts'
import type { Light } from '../pages/chart/cell-code.ts'
import type { Colours } from './chart-colours.ts'
import type { Scale, Visible } from './chart-layout.ts'
import type { ChartState } from './chart-state.ts'

/** In CSS pixels. */
const RADIUS_MIN = 3.2
const RADIUS_MAX = 15
/** More lights than these in view are drawn as dots, which are quick. */
const DISCS_MAX = 1500

export interface LightsDrawing {
  readonly context: CanvasRenderingContext2D
  readonly scale: Scale
  readonly state: ChartState
  readonly colours: Colours
}

interface Placed extends Light {
  readonly x: number
  readonly y: number
}

export function drawLights({ context, scale, state, colours }: LightsDrawing, visible: Visible): void {
  const lights = lightsIn(state, scale, visible)
  const radius =
    lights.length > DISCS_MAX
      ? Math.max(1, scale.cell / 2)
      : Math.min(RADIUS_MAX, Math.max(RADIUS_MIN, scale.cell * 0.24))
  const discs = (wanted: readonly Placed[], size: number, colour: string): void => {
    context.beginPath()
    for (const { x, y } of wanted) {
      if (lights.length > DISCS_MAX) context.rect(x - size, y - size, 2 * size, 2 * size)
      else {
        context.moveTo(x + size, y)
        context.arc(x, y, size, 0, 2 * Math.PI)
      }
    }
    context.fillStyle = colour
    context.fill()
  }
  discs(
    lights.filter(({ drifts }) => drifts),
    radius + 2.5,
    colours.drift,
  )
  discs(lights, radius + 1.2, colours.paper)
  discs(
    lights.filter(({ listens }) => listens),
    radius,
    colours.listening,
  )
  context.beginPath()
  const half = radius + 1.5
  for (const { x, y, isDeclared } of lights) if (isDeclared) context.rect(x - half, y - half, 2 * half, 2 * half)
  context.strokeStyle = colours.declared
  context.lineWidth = 2
  context.stroke()
}

function lightsIn({ cells, shown }: ChartState, scale: Scale, visible: Visible): readonly Placed[] {
  const { firstColumn, lastColumn, firstRow, lastRow } = visible
  const found: Placed[] = []
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      const light = lightOf(cells[row * SIDE + column] ?? 0, shown)
      if (light === null) continue
      const [x, y] = scale.middle(row * SIDE + column)
      found.push({ ...light, x, y })
    }
  }
  return found
}
