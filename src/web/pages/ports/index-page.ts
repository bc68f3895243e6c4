/** All ports: the three ranges, and each block of them with what it holds. */
import { html } from 'hono/html'
import { PORT_MAX, PORT_RANGES } from '../../../registry/index.ts'
import type { PortRange, PortSpan } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup, Page } from '../layout.ts'
import type { KnownPorts, PortCounts } from '../port/known-ports.ts'
import { BLOCK_PORTS, blocksOf } from './blocks.ts'

/** The bar of a block is as wide as its ports are many. */
const BAR_HEIGHT = 10

export function indexPage(view: View, known: KnownPorts): Page {
  const { t } = view
  const ends = { first: view.digits(0), last: view.digits(PORT_MAX) }
  return {
    title: t('port.index.title'),
    description: t('port.index.description', ends),
    path: '/ports',
    part: 'ports',
    main: html`<h1>${t('port.index.title')}</h1>
      <p>${t('port.index.lead', { count: view.count(PORT_MAX + 1) })}</p>
      <ul class="ways">
        ${PORT_RANGES.map(({ name }) => html`<li><a href="#range-${name}">${t(`common.range.${name}`)}</a></li>`)}
      </ul>
      ${PORT_RANGES.map((range) => rangePart(view, range, known))}`,
  }
}

function rangePart(view: View, range: PortRange, known: KnownPorts): Markup {
  const { t } = view
  const name = t('port.index.range', {
    range: t(`common.range.${range.name}`),
    first: view.digits(range.first),
    last: view.digits(range.last),
  })
  return html`<section aria-labelledby="range-${range.name}">
    <h2 id="range-${range.name}">${name}</h2>
    <p>${t(`port.index.range.${range.name}`)}</p>
    <ol class="blocks">
      ${blocksOf(range).map((block) => blockPart(view, block, known.count(block.first, block.last)))}
    </ol>
  </section>`
}

function blockPart(view: View, { first, last }: PortSpan, counts: PortCounts): Markup {
  const { t } = view
  const { assigned, known } = counts
  return html`<li>
    <a href="${view.href(`/ports?from=${first}`)}">
      <b>${view.digits(first)}–${view.digits(last)}</b>
      <span>${t('port.index.assigned', { count: assigned })}</span>
      ${known === 0 ? '' : html`<span>${t('port.index.known', { count: known })}</span>`} ${bar(counts)}
    </a>
  </li>`
}

/** The words beside it say the same. */
function bar({ assigned, reserved, known }: PortCounts): Markup {
  return html`<svg viewBox="0 0 ${BLOCK_PORTS} ${BAR_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    <rect class="none" width="${BLOCK_PORTS}" height="${BAR_HEIGHT}" />
    <rect class="assigned" width="${assigned}" height="${BAR_HEIGHT}" />
    <rect class="reserved" x="${assigned}" width="${reserved}" height="${BAR_HEIGHT}" />
    <rect class="lore" x="${assigned + reserved}" width="${known}" height="${BAR_HEIGHT}" />
  </svg>`
}
