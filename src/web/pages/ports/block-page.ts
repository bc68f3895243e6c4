/** The ports of one block, each with its status and its names. */
import { html } from 'hono/html'
import { rangeOf } from '../../../registry/index.ts'
import type { PortSpan } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup, Page } from '../layout.ts'
import type { KnownPort, KnownPorts } from '../port/known-ports.ts'
import { BLOCK_PORTS, blocksBeside } from './blocks.ts'

export function blockPage(view: View, block: PortSpan, known: KnownPorts): Page {
  const { t } = view
  const title = t('port.index.page', spanValues(view, block))
  const range = rangeOf(block.first)
  return {
    title,
    description: t('port.index.page.description', spanValues(view, block)),
    path: `/ports?from=${block.first}`,
    part: 'ports',
    main: html`<nav class="crumbs" aria-label="${t('port.breadcrumb.label')}">
        <ol>
          <li><a href="${view.href('/')}">${t('common.site.name')}</a></li>
          <li><a href="${view.href('/ports')}">${t('port.breadcrumb.ports')}</a></li>
          <li><span>${t(`common.range.${range.name}`)}</span></li>
          <li><span aria-current="page">${view.digits(block.first)}–${view.digits(block.last)}</span></li>
        </ol>
      </nav>
      <h1>${title}</h1>
      ${waysOn(view, block)}
      <table class="block">
        <thead>
          <tr>
            <th scope="col">${t('port.index.port')}</th>
            <th scope="col">${t('port.index.status')}</th>
            <th scope="col">${t('port.index.names')}</th>
          </tr>
        </thead>
        <tbody>
          ${Array.from({ length: BLOCK_PORTS }, (_, index) => portRow(view, known.brief(block.first + index)))}
        </tbody>
      </table>
      ${waysOn(view, block)}`,
  }
}

function portRow(view: View, { port, answers, names }: KnownPort): Markup {
  // Where a transport has the port for something, that it is unassigned on the others goes without saying.
  const told = answers.length === 1 ? answers : answers.filter(({ status }) => status !== 'unassigned')
  return html`<tr>
    <th scope="row"><a href="${view.href(`/ports/${port}`)}">${view.digits(port)}</a></th>
    <td>
      ${told.map(
        ({ status, transports }) =>
          html`<span class="${status}">${view.t(`common.status.${status}`)}</span>${
              answers.length === 1
                ? ''
                : html` <span class="faint">${view.items(transports.map((each) => each.toUpperCase()))}</span>`
            } `,
      )}
    </td>
    <td>${names.map((name, index) => html`${index === 0 ? '' : view.language.comma}<bdi>${name}</bdi>`)}</td>
  </tr>`
}

function waysOn(view: View, block: PortSpan): Markup {
  const { before, after } = blocksBeside(block)
  return html`<div class="neighbours">
    ${before === null ? html`<span></span>` : wayTo(view, before, 'prev')}
    <a href="${view.href('/ports')}">${view.t('port.index.title')}</a>
    ${after === null ? html`<span></span>` : wayTo(view, after, 'next')}
  </div>`
}

function wayTo(view: View, block: PortSpan, rel: 'prev' | 'next'): Markup {
  const key = rel === 'prev' ? 'port.index.previous' : 'port.index.next'
  return html`<a class="step ${rel}" rel="${rel}" href="${view.href(`/ports?from=${block.first}`)}"
    >${view.t(key, spanValues(view, block))}</a
  >`
}

function spanValues(view: View, { first, last }: PortSpan): { readonly first: string; readonly last: string } {
  return { first: view.digits(first), last: view.digits(last) }
}
