/** `/directory`: the domains of this server. */
import { html } from 'hono/html'
import { directoryHref } from '../../directory/paths.ts'
import { listChildren } from '../../directory/read.ts'
import type { View } from '../../i18n/view.ts'
import type { ServedDomain, ServedDomains } from '../../live/served-domains.ts'
import type { Markup, Page } from '../layout.ts'
import { crumbs, plain } from './parts.ts'

/** The first directories of a domain, as links. */
const SHOWN = 16

export function domainsPage(view: View, domains: ServedDomains, mayReadJournal: boolean): Page {
  const { t } = view
  const all = domains.all()
  const main = domains.main()?.tag
  return {
    title: t('directory.title'),
    description: t('directory.description'),
    path: '/directory',
    part: 'directory',
    main: html`${crumbs(null, view, [])}
      <h1>${t('directory.title')}</h1>
      <p>${t('directory.lead')}</p>
      <section aria-labelledby="domains">
        <h2 id="domains">${t('directory.domains.title')}</h2>
        ${all.length === 0 ? html`<p>${t('directory.domains.none')}</p>` : ''}
        <div class="domains">${all.map((each) => card(view, each, each.tag === main, mayReadJournal))}</div>
      </section>`,
  }
}

function card(view: View, { tag, domain, isMaster }: ServedDomain, isMain: boolean, mayReadJournal: boolean): Markup {
  const { t } = view
  const [last] = mayReadJournal ? domain.journal({ isReverse: true, limit: 1 }) : []
  const { rows } = listChildren(domain, 0, { limit: SHOWN })
  return html`<article class="sheet">
    <h3>
      <a href="${view.href(directoryHref(tag, []))}"><bdi>${tag}</bdi></a>
    </h3>
    <p>
      <span class="badge">${t(isMaster ? 'directory.domains.master' : 'directory.domains.clone')}</span>
      ${isMain ? html`<span class="badge">${t('directory.domains.main')}</span>` : ''}
    </p>
    <p>${t('directory.domains.directories', { count: domain.about().count })}</p>
    ${
      last === undefined
        ? ''
        : html`<p class="faint">
            ${t('directory.domains.changed', { who: plain(last.who), time: view.moment(last.timeMs) })}
          </p>`
    }
    <ul class="chips">
      ${rows.map(
        ({ name, part }) =>
          html`<li>
            <a href="${view.href(directoryHref(tag, [part]))}"><bdi>${plain(name ?? part)}</bdi></a>
          </li>`,
      )}
    </ul>
  </article>`
}
