import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { rgb, svgOf } from './drawing.ts'
import type { Drawing, Shape } from './drawing.ts'
import { pngOf } from './png.ts'
import { rasterOf } from './raster.ts'

const WHITE = rgb('#ffffff')
const BLACK = rgb('#000000')
const RED = rgb('#ff0000')

function drawing(...shapes: readonly Shape[]): Drawing {
  return { width: 20, height: 10, ground: WHITE, shapes }
}

/** The pixels as red components: 255 white, 0 black. */
function redsOf(made: Drawing): readonly (readonly number[])[] {
  const { width, height, pixels, palette } = rasterOf(made)
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => palette[pixels[y * width + x] ?? 0]?.red ?? -1),
  )
}

test('a filled box covers its pixels, half of those that it half covers, and no other', () => {
  const box: Shape = { kind: 'filled', corners: [2, 2, 5.5, 2, 5.5, 4, 2, 4], colour: BLACK }
  const reds = redsOf(drawing(box))
  assert.deepEqual(reds[3]?.slice(0, 7), [255, 255, 0, 0, 0, 119, 255])
  assert.ok(reds[4]?.every((red) => red === 255))
  assert.ok(reds[1]?.every((red) => red === 255))
})

test('a line covers as much as it is wide, and has round ends', () => {
  const line: Shape = { kind: 'lines', strokes: [[5, 5, 15, 5]], width: 4, colour: BLACK }
  const reds = redsOf(drawing(line))
  const column = reds.map((row) => row[10] ?? 255)
  assert.deepEqual(column, [255, 255, 255, 0, 0, 0, 0, 255, 255, 255])
  const row = reds[4] ?? []
  assert.equal(row[0], 255)
  assert.equal(row[4], 0)
  assert.ok((row[16] ?? 0) < 255)
  assert.equal(row[18], 255)
})

test('what is drawn later lies above', () => {
  const corners = [0, 0, 20, 0, 20, 10, 0, 10]
  const reds = redsOf(drawing({ kind: 'filled', corners, colour: BLACK }, { kind: 'filled', corners, colour: RED }))
  assert.ok(reds.every((row) => row.every((red) => red === 255)))
})

test('whatever is drawn, wherever, every pixel has a colour of the palette', () => {
  const coordinate = fc.double({ min: -50, max: 70, noNaN: true })
  const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 6 }).map((each) => each.flat())
  const shape: fc.Arbitrary<Shape> = fc.oneof(
    fc.record({ kind: fc.constant('filled'), corners: points, colour: fc.constantFrom(BLACK, RED) }),
    fc.record({
      kind: fc.constant('lines'),
      strokes: fc.array(points, { maxLength: 3 }),
      width: fc.double({ min: 0.5, max: 20, noNaN: true }),
      colour: fc.constantFrom(BLACK, RED),
    }),
  )
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 4 }), (shapes) => {
      const { pixels, palette } = rasterOf(drawing(...shapes))
      assert.equal(pixels.length, 200)
      assert.ok(pixels.every((each) => each < palette.length))
    }),
  )
})

test('a PNG holds the pixels, and every chunk its checksum', async () => {
  const made = rasterOf(drawing({ kind: 'filled', corners: [2, 2, 6, 2, 6, 4], colour: RED }))
  const png = await pngOf(made)
  const chunks = new Map<string, Buffer>()
  assert.equal(png.subarray(1, 4).toString(), 'PNG')
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)), type)
    chunks.set(type, png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  assert.deepEqual([...chunks.keys()], ['IHDR', 'PLTE', 'IDAT', 'IEND'])
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  assert.equal(rows.length, 10 * 21)
  for (let y = 0; y < 10; y += 1) {
    assert.equal(rows[y * 21], 0)
    assert.deepEqual(rows.subarray(y * 21 + 1, (y + 1) * 21), made.pixels.subarray(y * 20, (y + 1) * 20))
  }
})

test('the SVG has the same shapes', () => {
  const svg = svgOf(
    drawing(
      { kind: 'filled', corners: [0, 0, 4.25, 0, 4, 4], colour: RED },
      { kind: 'lines', strokes: [[1, 1, 2, 2]], width: 2, colour: BLACK },
    ),
    '973',
  )
  assert.match(svg, /<path d="M0 0L4\.3 0L4 4z" fill="#ff0000"\/>/)
  assert.match(svg, /<path d="M1 1L2 2" fill="none" stroke="#000000" stroke-width="2"/)
})
