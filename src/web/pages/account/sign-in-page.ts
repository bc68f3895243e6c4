/** `/sign-in`: name and password; what went wrong; and what to do without a password. */
import { html } from 'hono/html'
import { NAME_CHARS_MAX, PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import type { View } from '../../i18n/view.ts'
import type { Page } from '../layout.ts'

export interface SignInForm {
  /** A sentence that tells what was wrong with the last try. */
  readonly error: string | null
  readonly name: string
  /** Where to go afterwards; a path of ours. */
  readonly next: string | null
}

export function signInPage(view: View, form: SignInForm): Page {
  const { t } = view
  const { error, name, next } = form
  const main = html`<div class="sign-in">
    <h1>${t('account.signIn.title')}</h1>
    <p>${t('account.signIn.lead')}</p>
    ${error === null ? '' : html`<p class="note" role="alert">${error}</p>`}
    <form class="sheet fields" method="post" action="${view.href('/sign-in')}">
      <label for="name">${t('account.signIn.name')}</label>
      <input
        id="name"
        type="text"
        name="name"
        value="${name}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        dir="auto"
        maxlength="${NAME_CHARS_MAX}"
        required
      />
      <label for="password">${t('account.signIn.password')}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        maxlength="${PASSWORD_CHARS_MAX}"
        required
      />
      ${next === null ? '' : html`<input type="hidden" name="next" value="${next}" />`}
      <button class="main" type="submit">${t('account.signIn.button')}</button>
    </form>
    <details>
      <summary>${t('account.signIn.help.title')}</summary>
      <p>${t('account.signIn.help.link')}</p>
      <p>${t('account.signIn.help.user')}</p>
    </details>
  </div>`
  return {
    title: t('account.signIn.title'),
    description: t('account.signIn.description'),
    path: '/sign-in',
    part: 'account',
    main,
    isPrivate: true,
  }
}

/** What a link shows that is used, too old, or not ours. */
export function oldLinkPage(view: View): Page {
  const { t } = view
  const main = html`<h1>${t('account.link.title')}</h1>
    <p>${t('account.link.text')}</p>
    <p><a href="${view.href('/sign-in')}">${t('account.signIn.title')}</a></p>`
  return {
    title: t('account.link.title'),
    description: t('account.link.text'),
    path: '/sign-in',
    part: 'account',
    main,
    isPrivate: true,
  }
}
