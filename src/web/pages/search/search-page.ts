/** `/search?q=`: what a query finds, by kind. */
import { html } from 'hono/html'
import { rangeOf } from '../../../registry/index.ts'
import type { PortSpan, SearchHit } from '../../../registry/index.ts'
import { namedHref } from '../../directory/paths.ts'
import type { View } from '../../i18n/view.ts'
import { loreText } from '../english.ts'
import type { Markup, Page } from '../layout.ts'
import { QUERY_CHARS_MAX, portOfHit } from './find.ts'
import type { Findings } from './find.ts'
import type { NamedEntry } from './directory-names.ts'

const EXAMPLES = ['973', 'ssh', '6000-6063', 'minecraft'] as const
/** Runs of ports that one hit names. */
const SPANS_SHOWN = 5

export function searchPage(view: View, findings: Findings | null): Page {
  const { t } = view
  const query = findings?.query ?? ''
  return {
    title: query === '' ? t('search.title') : t('search.title.query', { query: view.isolate(query) }),
    description: t('search.description'),
    path: '/search',
    part: 'search',
    isPrivate: query !== '',
    main: html`<h1>${t('search.title')}</h1>
      <form class="search-form" role="search" action="${view.href('/search')}">
        <label for="q">${t('search.label')}</label>
        <div>
          <input
            id="q"
            name="q"
            type="search"
            value="${query}"
            maxlength="${QUERY_CHARS_MAX}"
            dir="auto"
            autocomplete="off"
            data-suggest="${view.href('/search/suggest')}"
            data-suggest-label="${t('search.suggest.label')}"
          />
          <button class="main">${t('search.button')}</button>
        </div>
      </form>
      ${findings === null || query === '' ? empty(view) : found(view, findings)}`,
  }
}

function empty(view: View): Markup {
  return html`<p>${view.t('search.lead')}</p>
    <ul class="examples">
      ${EXAMPLES.map((each) => html`<li><a href="${view.href(`/search?q=${each}`)}" dir="ltr">${each}</a></li>`)}
    </ul>`
}

function found(view: View, findings: Findings): Markup {
  const { t } = view
  const { spans, services, lore, directory, query, isGuess, hasMore } = findings
  const count = spans.length + services.length + lore.length + directory.length
  if (count === 0)
    return html`<p role="status">${t('search.none', { query: view.isolate(query) })}</p>
      <p>${t('search.none.help')}</p>`
  return html`<p role="status">${t('search.count', { count })}${isGuess ? html` <b>${t('search.guess')}</b>` : ''}</p>
    ${group(
      view,
      'ports',
      spans.map((span) => spanHit(view, span)),
    )}
    ${group(
      view,
      'services',
      services.map((hit) => textHit(view, hit)),
    )}
    ${group(
      view,
      'lore',
      lore.map((hit) => textHit(view, hit)),
    )}
    ${group(
      view,
      'directory',
      directory.map((entry) => entryHit(view, entry)),
    )}
    ${hasMore ? html`<p class="faint">${t('search.more')}</p>` : ''}`
}

function group(view: View, name: 'ports' | 'services' | 'lore' | 'directory', hits: readonly Markup[]): Markup {
  if (hits.length === 0) return html``
  return html`<section class="sheet hits" aria-labelledby="g-${name}">
    <h2 id="g-${name}">${view.t(`search.group.${name}`)}</h2>
    <ul>
      ${hits.map((hit) => html`<li>${hit}</li>`)}
    </ul>
  </section>`
}

function spanHit(view: View, { first, last }: PortSpan): Markup {
  const { t } = view
  const numbers = { first: view.digits(first), last: view.digits(last) }
  if (first === last)
    return html`<a href="${view.href(`/ports/${first}`)}">${t('search.hit.port', { ports: numbers.first })}</a>
      <span class="faint">${t(`common.range.${rangeOf(first).name}`)}</span>`
  return html`<a href="${view.href(`/ports?from=${first}`)}">${t('search.port.range', numbers)}</a>`
}

function textHit(view: View, hit: SearchHit): Markup {
  const { t } = view
  const { name, description, ports, transports } = hit
  const texts = ports
    .slice(0, SPANS_SHOWN)
    .map(({ first, last }) => view.digits(first === last ? String(first) : `${first}–${last}`))
  const port = portOfHit(hit)
  const where =
    port === undefined
      ? t('search.hit.noPort')
      : t(ports.length === 1 && port.first === port.last ? 'search.hit.port' : 'search.hit.ports', {
          ports: view.items(texts) + (ports.length > SPANS_SHOWN ? ' …' : ''),
        })
  const title = html`<bdi>${name}</bdi>`
  return html`${port === undefined ? html`<b>${title}</b>` : html`<a href="${view.href(`/ports/${port.first}`)}">${title}</a>`}
    <span class="faint">${where} ${view.items(transports.map((each) => each.toUpperCase()))}</span><br />
    ${loreText(view, description)}`
}

function entryHit(view: View, { domain, path, names }: NamedEntry): Markup {
  return html`<a href="${view.href(namedHref(domain, path))}"><bdi>${names[0] ?? path}</bdi></a>
    <span class="faint">${view.t('search.hit.in', { path: view.isolate(`${domain}:${path}`) })}</span>`
}
