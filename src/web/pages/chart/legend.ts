/** The legend, which is the filter too: a form that works without JavaScript. */
import { html } from 'hono/html'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import type { Layer } from './cell-code.ts'
import { GHOST_PORTS_MAX, LORE_PORTS_MAX } from './cells.ts'
import type { Counts } from './counts.ts'
import type { ChartOptions } from './options.ts'

const GROUPS = [
  ['status', ['assigned', 'unassigned', 'reserved']],
  ['history', ['lore', 'ghost']],
  ['machine', ['listening', 'declared', 'unexpected', 'missing']],
] as const satisfies readonly (readonly [string, readonly Layer[]])[]

export function legend(
  view: View,
  { transport, shown, port }: ChartOptions,
  counts: Counts,
  seesMachine: boolean,
): Markup {
  const { t } = view
  return html`<form id="chart-legend" class="chart-legend" action="${view.href('/chart')}">
    <h2>${t('chart.legend.title')}</h2>
    <input type="hidden" name="transport" value="${transport}" />
    ${port === null ? '' : html`<input type="hidden" name="port" value="${port}" />`}
    ${GROUPS.filter(([group]) => seesMachine || group !== 'machine').map(
      ([group, layers]) =>
        html`<fieldset>
          <legend>${t(`chart.legend.${group}`)}</legend>
          ${layers.map(
            (layer) =>
              html`<label class="layer">
                <input type="checkbox" name="show" value="${layer}" ${shown.has(layer) ? 'checked' : ''} />
                ${swatch(layer)}
                <span class="layer-name">${t(`chart.layer.${layer}`)}</span>
                <data class="layer-count" value="${counts[layer]}">${view.count(counts[layer])}</data>
              </label>`,
          )}
        </fieldset>`,
    )}
    <p class="faint">
      ${t('chart.legend.wide', { count: view.count(LORE_PORTS_MAX), ghosts: view.count(GHOST_PORTS_MAX) })}
    </p>
    <button type="submit" class="legend-apply">${t('chart.legend.apply')}</button>
  </form>`
}

/** As the square, the disc or the frame is drawn. */
function swatch(layer: Layer): Markup {
  return html`<svg class="swatch swatch-${layer}" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
    ${
      layer === 'listening' || layer === 'unexpected' || layer === 'missing' || layer === 'declared'
        ? html`<circle class="halo" cx="10" cy="10" r="8.5" /><circle class="disc" cx="10" cy="10" r="5" />
            <rect class="mark" x="3" y="3" width="14" height="14" />`
        : html`<rect class="fill" x="1" y="1" width="18" height="18" />`
    }
  </svg>`
}
