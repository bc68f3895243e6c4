/** Why something was not done, in the reader's language. */
import { html } from 'hono/html'
import type { DeskFailure } from '../../directory/failure.ts'
import type { UndoRefused } from '../../directory/undo.ts'
import type { View } from '../../i18n/view.ts'
import { english } from '../english.ts'
import { escapeHtml } from '../escape.ts'
import type { Markup } from '../layout.ts'

export function failureText(view: View, failure: DeskFailure): Markup {
  const { t } = view
  switch (failure.kind) {
    case 'notFound':
    case 'denied':
    case 'locked':
      return html`${t(`directory.failed.${failure.kind}`, { path: failure.path })}`
    case 'clone':
      return html`${cloneText(view, failure.master)}`
    case 'stale':
      return html`${t(failure.current === null ? 'directory.failed.gone' : 'directory.failed.stale')}`
    case 'tooMany':
      return html`${t('directory.failed.tooMany', { count: view.count(failure.count), max: view.count(failure.max) })}`
    case 'countChanged':
      return html`${t('directory.failed.countChanged', { count: failure.count })}`
    case 'misplaced':
    case 'busy':
      return html`${t(`directory.failed.${failure.kind}`)}`
    case 'tooLarge':
      return html`${t('directory.failed.tooLarge')} (${english(view, failure.detail)})`
    case 'unreadable':
      return view.rich('directory.failed.unreadable', {}, { detail: failure.detail })
    case 'partly':
      return html`${t('directory.failed.partly', { done: failure.done })} ${failureText(view, failure.cause)}`
    case 'undo':
      break
  }
  return html`${refusalText(view, { ...failure, kind: 'refused' })}`
}

export function refusalText(view: View, { reason, by }: UndoRefused): string {
  if (reason === 'changedSince' && by !== null)
    return view.t('directory.undo.refused.changedSinceBy', { who: by.who, time: view.moment(by.timeMs) })
  return view.t(`directory.undo.refused.${reason}`)
}

export function cloneText(view: View, master: string | null): string {
  return master === null ? view.t('directory.access.cloneUnknown') : view.t('directory.access.clone', { master })
}

/** The tag `<link>` of a message as a link; `content` is HTML already. */
export function linkTo(href: string): { readonly link: (content: string) => string } {
  return { link: (content) => `<a href="${escapeHtml(href)}">${content}</a>` }
}
