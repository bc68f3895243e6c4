/**
 * Lines of points: what cards are drawn from. A short notation draws them:
 *
 *     M x y                    begins a line
 *     L x y                    goes on straight
 *     A x y rx ry from to      goes on along an ellipse around x y; degrees, 0 to the right, 90 down; backwards where `to` is less
 */

/** Points as x, y, x, y …; always two or more. */
export type Stroke = readonly number[]

/** No corner of an arc is seen at this, in degrees, in the largest digits. */
const ARC_STEP = 7.5
const ARGUMENTS: Readonly<Record<string, number>> = { M: 2, L: 2, A: 6 }

/** @throws Error for what is not in the notation: it is ours alone */
export function readStrokes(text: string): readonly Stroke[] {
  const strokes: number[][] = []
  const words = text.split(' ')
  for (let at = 0; at < words.length;) {
    const command = words[at] ?? ''
    const count = ARGUMENTS[command]
    const numbers = words.slice(at + 1, at + 1 + (count ?? 0)).map(Number)
    if (count === undefined || numbers.length !== count || numbers.some((each) => Number.isNaN(each)))
      throw new Error(`'${text}' is no drawing, at word ${at}`)
    at += 1 + count
    const points = command === 'A' ? arcPoints(numbers) : numbers
    const last = strokes.at(-1)
    if (command === 'M' || last === undefined) strokes.push([...points])
    else last.push(...points)
  }
  return strokes
}

function arcPoints([x = 0, y = 0, rx = 0, ry = 0, from = 0, to = 0]: readonly number[]): number[] {
  const steps = Math.max(1, Math.ceil(Math.abs(to - from) / ARC_STEP))
  return Array.from({ length: steps + 1 }, (_, step) => {
    const angle = ((from + ((to - from) * step) / steps) * Math.PI) / 180
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)]
  }).flat()
}

/** Sets strokes elsewhere: `scale` first, then the way to x, y. */
export function placeStrokes(strokes: readonly Stroke[], x: number, y: number, scale: number): readonly Stroke[] {
  return strokes.map((stroke) => stroke.map((each, index) => each * scale + (index % 2 === 0 ? x : y)))
}
