/** The page of one port: what it is for, what is on it here, who said it should be. */
import { html } from 'hono/html'
import { Footnotes } from '../../../answer/index.ts'
import type { PortReport } from '../../../answer/index.ts'
import { PORT_MAX, rangeOf } from '../../../registry/index.ts'
import type { Frame } from '../../frame.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup, Page } from '../layout.ts'
import { checkPart } from './check-part.ts'
import { declaredPart, herePart } from './here-part.ts'
import { helpfulPart } from './helpful-part.ts'
import { registryPart } from './registry-part.ts'
import { risksPart, sourcesPart, usesPart } from './uses-part.ts'

export interface PortFacts {
  readonly report: PortReport
  /** What the socket reader could not see, in English sentences. */
  readonly notes: readonly string[]
}

export function portPage(_frame: Frame, view: View, { report, notes }: PortFacts): Page {
  const { t } = view
  const { port } = report
  const names = namesOf(report)
  const number = view.digits(port)
  const footnotes = new Footnotes(true)
  // The parts that cite come first: the list of sources is made from what they have cited.
  const uses = usesPart(view, report, footnotes)
  const risks = risksPart(view, report)
  return {
    title:
      names.length === 0
        ? t('port.title', { port: number })
        : t('port.title.named', { port: number, names: names.join(', ') }),
    description: t('port.description', { port: number, status: statusWords(view, report) }),
    path: `/ports/${port}`,
    part: 'ports',
    main: html`${head(view, report)}
      <div class="port-grid">
        <div>${registryPart(view, report)}${uses}${risks}${sourcesPart(view, footnotes)}</div>
        <div>
          ${herePart(view, report, notes)}${declaredPart(view, report)}${checkPart(view, port)}${helpfulPart(view, port)}
        </div>
      </div>
      ${neighbours(view, port)}`,
  }
}

/** The names under which a port is known, the registry's before those it leaves out. */
function namesOf({ transports, unofficialUses }: PortReport): readonly string[] {
  const official = Object.values(transports).flatMap(({ names }) => names.slice(0, 1))
  return [...new Set([...official, ...unofficialUses.filter(isNarrow).map(({ name }) => name)])].slice(0, 3)
}

/** A use of a wide range says little of each of its ports. */
function isNarrow({ uses, category }: PortReport['unofficialUses'][number]): boolean {
  return category !== 'malware' && uses.some(({ ports }) => ports.some((each) => !each.includes('-')))
}

function statusWords(view: View, { transports }: PortReport): string {
  const statuses = new Set(Object.values(transports).map(({ status }) => status))
  return [...statuses].map((status) => view.t(`common.status.${status}`)).join(', ')
}

function head(view: View, report: PortReport): Markup {
  const { t } = view
  const { port, ghost } = report
  const range = rangeOf(port)
  const rangeName = t(`common.range.${range.name}`)
  const rangeText = t('port.range', {
    range: rangeName,
    first: view.digits(range.first),
    last: view.digits(range.last),
  })
  return html`<nav class="crumbs" aria-label="${t('port.breadcrumb.label')}">
      <ol>
        <li><a href="${view.href('/')}">${t('common.site.name')}</a></li>
        <li><a href="${view.href('/ports')}">${t('port.breadcrumb.ports')}</a></li>
        <li><a href="${view.href(`/ports?from=${range.first}`)}">${rangeName}</a></li>
        <li><span aria-current="page">${view.digits(port)}</span></li>
      </ol>
    </nav>
    <div class="port-head">
      <h1 class="numeral">${t('port.title', { port: view.digits(port) })}</h1>
      <p>${rangeText}${view.hasOwnDigits ? html` · <bdi lang="en">${t('port.latin', { port })}</bdi>` : ''}</p>
      ${ghost ? html`<p><strong class="ghost">${t('port.ghost.title')}</strong>: ${t('port.ghost.text')}</p>` : ''}
    </div>`
}

function neighbours(view: View, port: number): Markup {
  const { t } = view
  const link = (to: number, key: 'port.neighbours.previous' | 'port.neighbours.next', rel: string): Markup | '' =>
    to < 0 || to > PORT_MAX
      ? ''
      : html`<a rel="${rel}" href="${view.href(`/ports/${to}`)}">${t(key, { port: view.digits(to) })}</a>`
  return html`<nav class="neighbours" aria-label="${t('port.neighbours.title')}">
    ${link(port - 1, 'port.neighbours.previous', 'prev')}
    <a href="${view.href(`/chart?port=${port}`)}">${t('port.neighbours.chart')}</a>
    ${link(port + 1, 'port.neighbours.next', 'next')}
  </nav>`
}
