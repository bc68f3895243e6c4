/** The first page: ask of a port, see all of them, see what is here, and read on. */
import { html, raw } from 'hono/html'
import type { Source } from '../../../registry/index.ts'
import { directoryHref } from '../../directory/paths.ts'
import type { View } from '../../i18n/view.ts'
import { CELLS } from '../chart/cell-code.ts'
import type { Counts } from '../chart/counts.ts'
import { loreText } from '../english.ts'
import type { Markup, Page } from '../layout.ts'
import type { PortHere } from './here.ts'
import { FIRST_LOOK } from './looks.ts'
import type { Look } from './looks.ts'

export interface HomeFacts {
  /** Of TCP. */
  readonly counts: Counts
  readonly source: Source
  readonly loreCount: number
  /** The first of them; null where the visitor may not see what listens here. */
  readonly here: readonly PortHere[] | null
  readonly hereCount: number
  readonly looks: readonly Look[]
  /** Their tags; null where the visitor may not see them. */
  readonly domains: readonly string[] | null
  readonly declaredCount: number
}

const EXAMPLES = ['973', 'ssh', '6000-6063', 'minecraft'] as const

export function homePage(view: View, facts: HomeFacts): Page {
  const { t } = view
  return {
    title: t('common.site.name'),
    description: t('chart.home.lead'),
    path: '/',
    part: 'none',
    main: html`<div class="home-top">
        <div class="home-ask">
          <h1>${t('chart.home.title')}</h1>
          <p class="home-lead">${t('chart.home.lead')}</p>
          ${askForm(view)}
        </div>
        ${chartPicture(view)}
      </div>
      <div class="home-grid">
        ${facts.here === null ? '' : herePart(view, facts.here, facts.hereCount)} ${looksPart(view, facts.looks)}
        ${directoryPart(view, facts)} ${registryPart(view, facts)}
      </div>`,
  }
}

function askForm(view: View): Markup {
  const { t } = view
  return html`<form class="home-find" role="search" action="${view.href('/search')}">
      <label for="ask">${t('chart.home.find.label')}</label>
      <div>
        <input
          id="ask"
          name="q"
          type="search"
          placeholder="${t('chart.home.find.placeholder')}"
          autocomplete="off"
          maxlength="200"
          dir="auto"
        />
        <button type="submit" class="main">${t('chart.home.find.button')}</button>
      </div>
    </form>
    <p class="faint home-examples">
      ${t('chart.home.find.examples')}
      ${EXAMPLES.map(
        (each) => html`<a href="${view.href(`/search?q=${encodeURIComponent(each)}`)}"><bdi>${each}</bdi></a> `,
      )}
    </p>`
}

function chartPicture(view: View): Markup {
  const { t } = view
  return html`<figure class="home-chart">
    <a href="${view.href('/chart')}">
      <picture>
        <source
          media="(prefers-color-scheme: dark) and (not print)"
          srcset="${view.href('/chart.svg?plain&size=512&scheme=dark')}"
        />
        <img
          src="${view.href('/chart.svg?plain&size=512')}"
          alt="${t('chart.home.chart.alt')}"
          width="512"
          height="512"
        />
      </picture>
    </a>
    <figcaption>
      ${t('chart.home.chart.title')} · <a href="${view.href('/chart')}">${t('chart.home.chart.open')}</a>
    </figcaption>
  </figure>`
}

function herePart(view: View, here: readonly PortHere[], count: number): Markup {
  const { t } = view
  return html`<section class="sheet home-here" aria-labelledby="here">
    <h2 id="here">${t('chart.home.here.title')}</h2>
    ${
      here.length === 0
        ? html`<p>${t('chart.home.here.none')}</p>`
        : html`<div class="wide">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t('chart.home.here.port')}</th>
                    <th scope="col">${t('chart.home.here.for')}</th>
                    <th scope="col">${t('chart.home.here.process')}</th>
                    <th scope="col">${t('chart.home.here.reach')}</th>
                  </tr>
                </thead>
                <tbody>
                  ${here.map((each) => hereRow(view, each))}
                </tbody>
              </table>
            </div>
            <p><a href="${view.href('/listeners')}">${t('chart.home.here.all', { count })}</a></p>`
    }
  </section>`
}

function hereRow(view: View, { port, transport, label, process, reach }: PortHere): Markup {
  const { t } = view
  return html`<tr>
    <th scope="row">
      <a href="${view.href(`/ports/${port}`)}">${view.digits(port)}</a>
      <span class="faint">${transport.toUpperCase()}</span>
    </th>
    <td>
      ${label === '' ? html`<span class="faint">${t('chart.home.here.unknown')}</span>` : html`<bdi>${label}</bdi>`}
    </td>
    <td>
      ${process === null ? html`<span class="faint">${t('chart.home.here.unseen')}</span>` : html`<bdi>${process}</bdi>`}
    </td>
    <td>${t(`chart.home.here.reach.${reach}`)}</td>
  </tr>`
}

function looksPart(view: View, looks: readonly Look[]): Markup {
  const { t } = view
  return html`<section class="sheet home-looks" aria-labelledby="looks">
    <h2 id="looks">${t('chart.home.look.title')}</h2>
    <p>${t('chart.home.look.lead', { port: view.digits(FIRST_LOOK.port) })}</p>
    <ul>
      ${looks.map(
        ({ port, lore }) =>
          html`<li>
            <a class="look" href="${view.href(`/ports/${port}`)}"
              ><b>${view.digits(port)}</b> <bdi>${lore.name}</bdi></a
            >
            ${lore.era?.until === undefined ? '' : html`<span class="faint">${t('chart.home.look.until', { until: view.date(lore.era.until) })}</span>`}
            <p>${loreText(view, lore.summary.text)}</p>
          </li>`,
      )}
    </ul>
  </section>`
}

function directoryPart(view: View, { domains, declaredCount }: HomeFacts): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="directory">
    <h2 id="directory">${t('chart.home.directory.title')}</h2>
    <p>${t('chart.home.directory.lead')}</p>
    ${
      domains === null
        ? raw('')
        : html`<p>
              ${t('chart.home.directory.domains', { count: domains.length })}
              ${t('chart.home.directory.declared', { count: declaredCount })}
            </p>
            <ul class="home-domains">
              ${domains.map(
                (tag) =>
                  html`<li>
                    <a href="${view.href(directoryHref(tag, []))}"><bdi>${tag}</bdi></a>
                  </li>`,
              )}
            </ul>`
    }
    <p><a href="${view.href('/directory')}">${t('chart.home.directory.open')}</a></p>
  </section>`
}

function registryPart(view: View, { counts, source, loreCount }: HomeFacts): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="registry">
    <h2 id="registry">${t('chart.home.registry.title')}</h2>
    <p>
      ${t('chart.home.registry.lead', {
        total: view.count(CELLS),
        transport: 'TCP',
        assigned: view.count(counts.assigned),
        reserved: view.count(counts.reserved),
        unassigned: view.count(counts.unassigned),
      })}
    </p>
    <p>${t('chart.home.registry.lore', { count: loreCount })}</p>
    <p class="faint">${t('chart.home.registry.source', { source: source.id, date: view.date(source.asOf) })}</p>
  </section>`
}
