/** The page of the chart: the picture, its legend, what a square says, and the same in words. */
import { html } from 'hono/html'
import { PORT_MAX, TRANSPORTS } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup, Page } from '../layout.ts'
import { CELLS, SIDE } from './cell-code.ts'
import { countLayers } from './counts.ts'
import type { Counts } from './counts.ts'
import { islandData } from './island-data.ts'
import { legend } from './legend.ts'
import { chartQuery } from './options.ts'
import type { ChartOptions } from './options.ts'
import { chartTable } from './table.ts'

export interface ChartFacts {
  readonly options: ChartOptions
  /** One byte a port, with what is present. */
  readonly cells: Uint8Array
  /** Whether the visitor may see what is on this machine. */
  readonly seesMachine: boolean
}

export function chartPage(view: View, { options, cells, seesMachine }: ChartFacts): Page {
  const { t } = view
  const counts = countLayers(cells)
  return {
    title: t('chart.title'),
    description: t('chart.description', { first: view.digits(0), last: view.digits(PORT_MAX) }),
    path: '/chart',
    part: 'chart',
    head: html`<link rel="preload" href="/chart/cells.bin?transport=${options.transport}" as="fetch" crossorigin />`,
    islands: ['chart'],
    main: html`<h1>${t('chart.title')}</h1>
      <p class="chart-lead">${t('chart.lead', { count: view.count(CELLS), width: view.count(SIDE) })}</p>
      ${bar(view, options)}
      <div class="chart-layout">
        ${picture(view, options, counts, seesMachine)}
        <div class="chart-side">
          <section id="chart-panel" class="sheet chart-panel" hidden>
            <p class="faint">${t('chart.panel.empty')}</p>
          </section>
          ${legend(view, options, counts, seesMachine)}
          <details class="chart-keys">
            <summary>${t('chart.keys.title')}</summary>
            <p>${t('chart.keys.pointer')}</p>
            <p id="chart-help">${t('chart.canvas.help')}</p>
          </details>
        </div>
      </div>
      ${chartTable(view, cells, options.transport, seesMachine)}`,
  }
}

function bar(view: View, options: ChartOptions): Markup {
  const { t } = view
  const { transport, wanted, port } = options
  const query = chartQuery(options)
  const more = query === '' ? '?' : `${query}&`
  return html`<div class="chart-bar">
      <nav class="segments" aria-label="${t('chart.transport.label')}">
        ${TRANSPORTS.map(
          (each) =>
            html`<a
              href="${view.href(`/chart${chartQuery({ ...options, transport: each }, port === null ? '' : `port=${port}`)}`)}"
              aria-current="${each === transport ? 'page' : 'false'}"
              >${each.toUpperCase()}</a
            >`,
        )}
      </nav>
      <form id="chart-jump" class="chart-jump" action="${view.href('/chart')}">
        <input type="hidden" name="transport" value="${transport}" />
        <label for="chart-port">${t('chart.jump.label')}</label>
        <input
          id="chart-port"
          name="port"
          type="search"
          value="${wanted}"
          maxlength="80"
          autocomplete="off"
          dir="auto"
        />
        <button type="submit">${t('chart.jump.button')}</button>
      </form>
      <div class="segments" id="chart-zoom" role="group" aria-label="${t('chart.zoom.label')}" hidden>
        <button type="button" data-zoom="in" aria-label="${t('chart.zoom.in')}">+</button>
        <button type="button" data-zoom="out" aria-label="${t('chart.zoom.out')}">−</button>
        <button type="button" data-zoom="all">${t('chart.zoom.all')}</button>
      </div>
      <div class="chart-export">
        <span class="faint">${t('chart.export.title')}</span>
        <a id="chart-svg" href="${view.href(`/chart.svg${more}size=2048`)}" download="portolan-${transport}.svg"
          >${t('chart.export.svg')}</a
        >
        <button id="chart-png" type="button" hidden>${t('chart.export.png')}</button>
      </div>
    </div>
    ${
      wanted !== '' && port === null
        ? html`<p class="note" role="status">${t('chart.jump.unknown', { text: wanted })}</p>`
        : ''
    }`
}

function picture(view: View, options: ChartOptions, counts: Counts, seesMachine: boolean): Markup {
  const { t } = view
  const transport = options.transport.toUpperCase()
  const alt = t('chart.picture.alt', {
    transport,
    assigned: view.count(counts.assigned),
    reserved: view.count(counts.reserved),
    unassigned: view.count(counts.unassigned),
  })
  const light = view.href(`/chart.svg${chartQuery(options)}`)
  const dark = view.href(`/chart.svg${chartQuery(options, 'scheme=dark')}`)
  const image = html`<picture>
    <source media="(prefers-color-scheme: dark) and (not print)" srcset="${dark}" />
    <img src="${light}" alt="${alt}" width="1244" height="1242" />
  </picture>`
  return html`<figure
    class="chart"
    id="chart"
    dir="ltr"
    data-island="${JSON.stringify(islandData(view, options, seesMachine))}"
  >
    <div class="chart-sea" id="chart-sea"><noscript>${image}</noscript></div>
    <img class="chart-print" src="${light}" alt="" width="1244" height="1242" loading="lazy" />
    <figcaption dir="${view.language.direction}" lang="${view.language.tag}">
      <p id="chart-live" class="hidden" aria-live="polite"></p>
      <p id="chart-state" class="faint chart-state"></p>
    </figcaption>
  </figure>`
}
