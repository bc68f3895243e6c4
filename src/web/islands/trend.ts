/** Lines of the last minutes, drawn into an SVG: how many listeners there are, and how many connections. */

const POINTS_MAX = 240
const SVG = 'http://www.w3.org/2000/svg'

export class Trend {
  readonly #svg: SVGSVGElement
  readonly #series: Readonly<Record<'listeners' | 'connections', number[]>> = { listeners: [], connections: [] }

  constructor(svg: SVGSVGElement) {
    this.#svg = svg
  }

  add(listeners: number, connections: number): void {
    for (const [name, value] of [
      ['listeners', listeners],
      ['connections', connections],
    ] as const) {
      const values = this.#series[name]
      values.push(value)
      if (values.length > POINTS_MAX) values.shift()
      this.#line(name).setAttribute('points', pointsOf(values, 240, 40))
    }
  }

  #line(name: string): SVGPolylineElement {
    const known = this.#svg.querySelector<SVGPolylineElement>(`.${name}`)
    if (known !== null) return known
    const line = document.createElementNS(SVG, 'polyline')
    line.setAttribute('class', name)
    line.setAttribute('fill', 'none')
    line.setAttribute('stroke-width', '1.5')
    line.setAttribute('vector-effect', 'non-scaling-stroke')
    this.#svg.append(line)
    return line
  }
}

/** Values from left to right, the newest at the right edge; the highest of them at the top. */
export function pointsOf(values: readonly number[], width: number, height: number): string {
  const most = Math.max(1, ...values)
  const step = width / Math.max(values.length - 1, 1)
  return values
    .map((value, index) => `${(index * step).toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`)
    .join(' ')
}
