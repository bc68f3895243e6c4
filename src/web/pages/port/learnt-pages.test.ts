/** A page that was learnt is the page that would have been made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PORT_MAX, openLore, openRegistry } from '../../../registry/index.ts'
import { Assets } from '../../assets.ts'
import type { Frame } from '../../frame.ts'
import { languageOf } from '../../i18n/languages.ts'
import { Views } from '../../i18n/view.ts'
import { KnownPorts } from './known-ports.ts'
import { LearntPages } from './learnt-pages.ts'
import { QuietPages } from './quiet-pages.ts'

const { registry } = openRegistry()
const lore = openLore()
const known = new KnownPorts(registry, lore)
const views = new Views()
const frame: Frame = {
  origin: 'http://127.0.0.1:9730',
  version: '0',
  source: registry.lookup(0, 'tcp').source,
  assets: Assets.open(),
}
const target = Buffer.alloc(256 * 1024)

function textOf(page: { readonly write: (to: typeof target) => number; readonly size: number }): string {
  const bytes = page.write(target)
  assert.ok(bytes <= page.size)
  return target.toString('utf8', 0, bytes)
}

/** Every step-th port, and those around the ends of the ranges. */
function portsOf(step: number): readonly number[] {
  const edges = [0, 1, 1022, 1023, 1024, 1025, 49_150, 49_151, 49_152, 49_153, PORT_MAX - 1, PORT_MAX]
  return [...edges, ...Array.from({ length: Math.ceil(PORT_MAX / step) }, (_, index) => index * step)]
}

for (const [tag, isNamed, step] of [
  ['en', false, 11],
  ['bn', true, 97],
  ['ar', true, 101],
  ['ja', true, 103],
] as const) {
  test(`in ${tag} the quick page of a port is the one that is made anew`, () => {
    const pages = new QuietPages({ frame, registry, lore, known })
    const view = views.of(languageOf(tag), isNamed)
    for (const port of portsOf(step)) {
      assert.equal(textOf(pages.of(view, port)), pages.make(view, port), `port ${port}`)
      assert.equal(textOf(pages.of(view, port)), pages.make(view, port), `port ${port}, again`)
    }
  })
}

test('most ports have a page that is learnt, and each has a tag of its own', () => {
  const pages = new QuietPages({ frame, registry, lore, known })
  const view = views.of(languageOf('en'), false)
  const learnt = new LearntPages(registry, lore, known, (of, port) => pages.make(of, port))
  const tags = Array.from({ length: PORT_MAX + 1 }, (_, port) => learnt.page(view, port)?.tag).filter(
    (tag) => tag !== undefined,
  )
  assert.ok(tags.length > 50_000, `${tags.length} were learnt`)
  assert.equal(new Set(tags).size, tags.length)
})

test('a gap whose pages differ in more than the numbers is not learnt', () => {
  const view = views.of(languageOf('en'), false)
  const learnt = new LearntPages(
    registry,
    lore,
    known,
    (_, port) => `<p>${port} is ${port % 2 === 0 ? 'even' : 'odd'}</p>`,
  )
  assert.equal(learnt.page(view, 50_123), null)
})
