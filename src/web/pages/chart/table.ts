/** What the chart shows, in words and numbers: for who cannot see it, and for who would rather read. */
import { html } from 'hono/html'
import { PORT_RANGES } from '../../../registry/index.ts'
import type { Transport } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import { CELLS, MACHINE_LAYERS, SIDE } from './cell-code.ts'
import { countLayers, stretchesOf } from './counts.ts'
import type { Counts } from './counts.ts'

const COLUMNS = ['assigned', 'unassigned', 'reserved', 'lore', 'ghost', 'listening', 'declared'] as const

export function chartTable(view: View, cells: Uint8Array, transport: Transport, seesMachine: boolean): Markup {
  const { t } = view
  const columns = COLUMNS.filter((column) => seesMachine || !MACHINE_LAYERS.has(column))
  const span = (first: number, last: number): string =>
    t('chart.table.span', { first: view.digits(first), last: view.digits(last) })
  const values = (counts: Counts): Markup =>
    html`${columns.map((column) => html`<td>${view.count(counts[column])}</td>`)}`
  const heads = html`${columns.map((column) => html`<th scope="col">${t(`chart.table.${column}`)}</th>`)}`
  const stretches = stretchesOf(cells)
  return html`<details class="sheet chart-table" id="table">
    <summary><h2>${t('chart.table.title')}</h2></summary>
    <p>${t('chart.table.lead', { transport: transport.toUpperCase(), count: view.count(SIDE) })}</p>
    <section class="wide" tabindex="0" aria-labelledby="by-range">
      <table>
        <caption id="by-range">
          ${t('chart.table.ranges')}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t('chart.table.range')}</th>
            <th scope="col">${t('chart.table.ports')}</th>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${PORT_RANGES.map(
            ({ name, first, last }) =>
              html`<tr>
                <th scope="row"><a href="${view.href(`/ports?from=${first}`)}">${t(`chart.range.${name}`)}</a></th>
                <td>${span(first, last)}</td>
                ${values(countLayers(cells, first, last))}
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">${t('chart.table.total')}</th>
            <td>${span(0, CELLS - 1)}</td>
            ${values(countLayers(cells))}
          </tr>
        </tfoot>
      </table>
    </section>
    <section class="wide" tabindex="0" aria-labelledby="by-block">
      <table>
        <caption id="by-block">
          ${t('chart.table.blocks')}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t('chart.table.ports')}</th>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${stretches.map(
            ({ first, last, counts }) =>
              html`<tr>
                <th scope="row"><a href="${view.href(`/ports?from=${first}`)}">${span(first, last)}</a></th>
                ${values(counts)}
              </tr>`,
          )}
        </tbody>
      </table>
    </section>
  </details>`
}
