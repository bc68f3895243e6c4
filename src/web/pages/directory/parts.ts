/** Small pieces that several pages of the directory share. */
import { html, raw } from 'hono/html'
import { printable } from '../../../core/index.ts'
import { SECRET_NAME, firstValue } from '../../../directory/index.ts'
import { directoryHref } from '../../directory/paths.ts'
import type { PathStep } from '../../directory/paths.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import { signInHref } from '../sign-in-href.ts'
import { cloneText, linkTo } from './failure-text.ts'
import { shownName } from './place.ts'
import type { Site } from './place.ts'

/** Longer lists of values are cut on a page; an export has them whole. */
const VALUES_SHOWN = 100
const VALUE_CHARS_SHOWN = 2000

/** Text of the directory, harmless: it may be anything. */
export function plain(text: string): string {
  const cut = text.length > VALUE_CHARS_SHOWN ? `${text.slice(0, VALUE_CHARS_SHOWN)}…` : text
  return printable(cut.toWellFormed())
}

/** The crumbs down to a directory, and on to a page about it. */
export function crumbs(site: Site | null, view: View, steps: readonly PathStep[], page?: string): Markup {
  const { t } = view
  const links = [
    [view.href('/directory'), t('directory.title')],
    ...(site === null
      ? []
      : [
          [view.href(directoryHref(site.served.tag, [])), site.served.tag],
          ...steps.map((step, index) => [
            view.href(
              directoryHref(
                site.served.tag,
                steps.slice(0, index + 1).map(({ part }) => part),
              ),
            ),
            plain(shownName(view, step)),
          ]),
        ]),
  ] as const
  const last = links.length - 1
  return html`<nav class="crumbs" aria-label="${t('directory.crumbs.label')}">
    <ol>
      ${links.map(([href, name], index) =>
        index === last && page === undefined
          ? html`<li>
              <span aria-current="page"><bdi>${name}</bdi></span>
            </li>`
          : html`<li>
              <a href="${href}"><bdi>${name}</bdi></a>
            </li>`,
      )}
      ${page === undefined ? '' : html`<li><span aria-current="page">${page}</span></li>`}
    </ol>
  </nav>`
}

/** The pages of a domain besides its directories. */
export function domainNav({ view, served }: Site, current: 'root' | 'journal' | 'import' | 'export' | null): Markup {
  const { t } = view
  const link = (page: 'root' | 'journal' | 'import' | 'export'): Markup =>
    html`<li>
      <a
        href="${view.href(`${directoryHref(served.tag, [])}${page === 'root' ? '' : `/${page}`}`)}"
        ${page === current ? raw('aria-current="page"') : ''}
        >${t(`directory.nav.${page}`)}</a
      >
    </li>`
  return html`<nav class="domain-nav" aria-label="${t('directory.nav.label')}">
    <ul>
      ${(['root', 'journal', 'import', 'export'] as const).map(link)}
    </ul>
  </nav>`
}

/** The values of a property for a reader. */
export function valuesList(view: View, name: string, values: readonly string[]): Markup {
  const { t } = view
  if (name === SECRET_NAME && values.length > 0)
    return html`<span class="faint">${t('directory.properties.secret')}</span>`
  if (values.length === 0) return html`<span class="faint">${t('directory.properties.noValues')}</span>`
  const shown = values.slice(0, VALUES_SHOWN)
  const items = shown.map((value) =>
    value === ''
      ? html`<li><span class="faint">${t('directory.properties.emptyValue')}</span></li>`
      : html`<li><bdi>${plain(value)}</bdi></li>`,
  )
  return html`<ul class="values">
      ${items}
    </ul>
    ${
      values.length > shown.length
        ? html`<p class="faint">${t('directory.properties.more', { count: values.length - shown.length })}</p>`
        : ''
    }`
}

/** Why there are no buttons that write, and what helps; empty where there are. */
export function barNote({ view, bar, served }: Site, path: string): Markup | '' {
  if (bar === null) return ''
  if (bar === 'noScope') return html`<p>${view.t('directory.access.noScope')}</p>`
  if (bar === 'clone') {
    const master = firstValue(served.domain.read(0)?.properties ?? [], 'master') ?? null
    return html`<p>${cloneText(view, master)}</p>`
  }
  return html`<p>${view.rich('directory.access.signIn', linkTo(signInHref(view, path)))}</p>`
}

/** A link to an earlier or a later part of a list; its address keeps the filter. */
export function pageHref(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  )
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`
}

/** The tags `<name>` and `<place>` of a message as names of any script. */
export const NAMES: Readonly<Record<string, (content: string) => string>> = {
  name: (content) => `<bdi><b>${content}</b></bdi>`,
  place: (content) => `<bdi>${content}</bdi>`,
}

export interface PathField {
  /** Its name in the form, and its id. */
  readonly name: string
  readonly label: string
  readonly value: string
  readonly hint: string
  readonly isRequired?: boolean
}

/** A field with a label above it and a hint below. */
export function pathField({ name, label, value, hint, isRequired = false }: PathField): Markup {
  return html`<div class="row described">
    <label for="${name}">${label}</label>
    <input
      type="text"
      id="${name}"
      name="${name}"
      value="${value}"
      ${isRequired ? raw('required') : ''}
      dir="auto"
      spellcheck="false"
      aria-describedby="${name}-hint"
    />
    <p class="hint" id="${name}-hint">${hint}</p>
  </div>`
}
