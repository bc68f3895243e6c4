/** The page of one port: what it is for, what is on it here, who said it should be. */
import { html, raw } from 'hono/html'
import { Footnotes } from '../../../answer/index.ts'
import type { PortReport } from '../../../answer/index.ts'
import { rangeOf } from '../../../registry/index.ts'
import type { Verdict } from '../../feedback/verdict.ts'
import type { Frame } from '../../frame.ts'
import type { View } from '../../i18n/view.ts'
import type { Visitor } from '../../visitor.ts'
import { CARD_HEIGHT, CARD_WIDTH } from '../../preview/card.ts'
import { compact } from '../compact.ts'
import type { Markup, Page } from '../layout.ts'
import { structuredData } from '../structured-data.ts'
import type { Crumb } from '../structured-data.ts'
import { checkPart } from './check-part.ts'
import { helpfulPart } from './helpful-part.ts'
import { hiddenPart, livePart } from './here-part.ts'
import { neighboursPart } from './neighbours-part.ts'
import type { Around } from './neighbours-part.ts'
import { descriptionOf, knownAs, statusWords, titleOf } from './port-names.ts'
import type { KnownAs } from './port-names.ts'
import { registryPart } from './registry-part.ts'
import { risksPart } from './risks-part.ts'
import { sourcesPart, usesPart } from './uses-part.ts'

export interface PortFacts {
  readonly report: PortReport
  readonly around: Around
  /** What the visitor said of the page before. */
  readonly given: Verdict | null
  readonly visitor: Visitor | null
  /** False for who may not know what is on this machine; the report is then to be without it. */
  readonly seesMachine?: boolean
}

export function portPage(frame: Frame, view: View, facts: PortFacts): Page {
  const { report, around, given, visitor, seesMachine = true } = facts
  const { port } = report
  const known = knownAs(report)
  const footnotes = new Footnotes(true)
  // The parts that cite come first: the list of sources is made from what they have cited.
  const uses = usesPart(view, report, footnotes, Number(frame.source.asOf.slice(0, 4)))
  const risks = risksPart(view, report, footnotes)
  const title = titleOf(view, port, known)
  const description = descriptionOf(view, report, known)
  const path = `/ports/${port}`
  return {
    title,
    description,
    path,
    part: 'ports',
    head: structuredData(frame, view, {
      title,
      description,
      path,
      crumbs: [...crumbsTo(view, port), { name: view.digits(port), path }],
      image: {
        path: `${path}/preview.png`,
        width: CARD_WIDTH,
        height: CARD_HEIGHT,
        alt: view.t('port.preview.alt', { port: view.digits(port), status: statusWords(view, report) }),
      },
      asOf: frame.source.asOf,
    }),
    islands: ['port'],
    main: raw(
      compact(
        html`${head(view, report, known)}
          <div class="port-grid">
            <div>${registryPart(view, report)}${uses}${risks}${sourcesPart(view, footnotes)}</div>
            <div>
              ${
                seesMachine
                  ? html`<div data-live="${view.href(`${path}/here`)}" aria-live="polite">
                      ${livePart(view, report)}
                    </div>`
                  : hiddenPart(view)
              }
              ${checkPart(view, port)}${helpfulPart(view, port, given, visitor)}
            </div>
          </div>
          ${neighboursPart(view, port, around)}`,
      ),
    ),
  }
}

/** The pages above a port's. */
function crumbsTo(view: View, port: number): readonly Crumb[] {
  const range = rangeOf(port)
  return [
    { name: view.t('common.site.name'), path: '/' },
    { name: view.t('port.breadcrumb.ports'), path: '/ports' },
    { name: view.t(`common.range.${range.name}`), path: `/ports?from=${range.first}` },
  ]
}

function head(view: View, report: PortReport, { names, until }: KnownAs): Markup {
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
        ${crumbsTo(view, port).map(({ name, path }) => html`<li><a href="${view.href(path)}">${name}</a></li>`)}
        <li><span aria-current="page">${view.digits(port)}</span></li>
      </ol>
    </nav>
    <div class="port-head">
      <h1>
        <span class="numeral">${t('port.title', { port: view.digits(port) })}</span>
        ${names.length === 0 ? '' : html`<span class="known-as">${namesText(view, names, until)}</span>`}
      </h1>
      <p>${rangeText}${view.hasOwnDigits ? html` · <bdi>${t('port.latin', { port })}</bdi>` : ''}</p>
      ${ghost ? html`<p><strong class="ghost">${t('port.ghost.title')}</strong>: ${ghostText(view, names, until)}</p>` : ''}
    </div>`
}

function namesText(view: View, names: readonly string[], until: string | null): Markup {
  const list = view.list(names)
  if (until === null) return html`${list}`
  return html`<bdi>${list}</bdi>
    <span class="era-end">${view.t('port.uses.until', { until: view.digits(until) })}</span>`
}

function ghostText(view: View, names: readonly string[], until: string | null): string {
  if (until === null) return view.t('port.ghost.text')
  return view.t('port.ghost.until', { names: view.list(names), year: view.digits(until) })
}
