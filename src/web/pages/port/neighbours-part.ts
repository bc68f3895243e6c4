/** What is around a port: the nearest ports of which something is known, on a strip with this one in the middle; and the next numbers. */
import { html } from 'hono/html'
import { PORT_MAX } from '../../../registry/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import type { KnownPort } from './known-ports.ts'

/** On each side. */
export const NEIGHBOURS = 3
/** More names do not fit into a cell. */
const NAMES_SHOWN = 2

export interface Around {
  readonly before: readonly KnownPort[]
  readonly after: readonly KnownPort[]
}

export function neighboursPart(view: View, port: number, { before, after }: Around): Markup {
  const { t } = view
  return html`<nav class="sheet around" aria-labelledby="around">
    <h2 id="around">${t('port.neighbours.title')}</h2>
    <p class="faint">${t('port.neighbours.text')}</p>
    <ol class="strip">
      ${before.map((each) => cell(view, each))}
      <li class="this" aria-current="page">
        <b>${view.digits(port)}</b> <span class="faint">${t('port.neighbours.this')}</span>
      </li>
      ${after.map((each) => cell(view, each))}
    </ol>
    <p class="neighbours">
      ${step(view, port - 1, 'port.neighbours.previous', 'prev')}
      <a href="${view.href(`/chart?port=${port}`)}">${t('port.neighbours.chart')}</a>
      ${step(view, port + 1, 'port.neighbours.next', 'next')}
    </p>
  </nav>`
}

function cell(view: View, { port, answers, names }: KnownPort): Markup {
  const status = answers[0]?.status ?? 'unassigned'
  const shown = names.slice(0, NAMES_SHOWN).join(', ')
  return html`<li class="cell ${status}">
    <a href="${view.href(`/ports/${port}`)}"
      ><b>${view.digits(port)}</b> <bdi>${shown === '' ? view.t(`common.status.${status}`) : shown}</bdi></a
    >
  </li>`
}

function step(view: View, to: number, key: 'port.neighbours.previous' | 'port.neighbours.next', rel: string): Markup {
  return to < 0 || to > PORT_MAX
    ? html`<span></span>`
    : html`<a class="step ${rel}" rel="${rel}" href="${view.href(`/ports/${to}`)}"
        >${view.t(key, { port: view.digits(to) })}</a
      >`
}
