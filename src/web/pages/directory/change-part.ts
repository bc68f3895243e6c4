/** One entry of the journal: what was before and after, and the button that takes it back. */
import { html } from 'hono/html'
import type { JournalEntry, PropertyChange } from '../../../directory/index.ts'
import { kindOf } from '../../directory/journal-list.ts'
import type { UndoDesk } from '../../directory/undo.ts'
import type { View } from '../../i18n/view.ts'
import { csrfField } from '../csrf-field.ts'
import type { Markup } from '../layout.ts'
import { refusalText } from './failure-text.ts'
import { plain, valuesList } from './parts.ts'
import type { Site } from './place.ts'
import { directoryHref } from '../../directory/paths.ts'

/** More are told by their number: the page of a directory with a thousand properties is long enough. */
const CHANGES_SHOWN = 12
const VALUES_SHOWN = 8

export function changeWord(view: View, entry: JournalEntry): string {
  return view.t(`directory.change.${kindOf(entry)}`)
}

/** What an entry changed, property by property. */
export function changesList(view: View, { changes }: JournalEntry): Markup | '' {
  if (changes.length === 0) return ''
  const shown = changes.slice(0, CHANGES_SHOWN)
  return html`<dl class="changes">${shown.map((change) => changeItem(view, change))}</dl>
    ${
      changes.length > shown.length
        ? html`<p class="faint">${view.t('directory.change.more', { count: changes.length - shown.length })}</p>`
        : ''
    }`
}

function changeItem(view: View, { name, before, after }: PropertyChange): Markup {
  const { t } = view
  const side = (values: readonly string[] | null, key: 'before' | 'after'): Markup | '' =>
    values === null || (values.length === 0 && before !== null && after !== null)
      ? ''
      : html`<dd class="${key}">
          <span class="hidden">${t(`directory.change.${key}`)}: </span
          >${valuesList(view, name, values.slice(0, VALUES_SHOWN))}${
            values.length > VALUES_SHOWN
              ? html`<p class="faint">${t('directory.properties.more', { count: values.length - VALUES_SHOWN })}</p>`
              : ''
          }
        </dd>`
  return html`<dt>
      <code><bdi>${plain(name)}</bdi></code>
    </dt>
    ${side(before, 'before')}${side(after, 'after')}`
}

/** The form that takes an entry back, or why it cannot be; nothing for who may not write. */
export function undoPart(site: Site, undo: UndoDesk | null, entry: JournalEntry, back: string): Markup | '' {
  const { view } = site
  const { t } = view
  if (site.bar !== null || undo === null) return ''
  const plan = undo.plan(entry)
  if (plan.kind === 'refused') return html`<p class="faint">${refusalText(view, plan)}</p>`
  const losesSecret = plan.kind === 'create' && plan.losesSecret
  const label = t('directory.undo.label', { revision: view.digits(entry.revision), path: plain(entry.path) })
  return html`<form class="undo" method="post" action="${view.href(`${directoryHref(site.served.tag, [])}/journal`)}">
    ${csrfField(site.visitor)}
    <input type="hidden" name="revision[]" value="${entry.revision}" />
    <input type="hidden" name="back" value="${back}" />
    ${losesSecret ? html`<input type="hidden" name="lost" value="yes" />` : ''}
    <button type="submit" aria-label="${label}">
      ${t(losesSecret ? 'directory.undo.withoutPassword' : 'directory.undo.button')}
    </button>
    ${losesSecret ? html`<p class="faint">${t('directory.undo.withoutPasswordHint')}</p>` : ''}
  </form>`
}
