/** Setting one's own password. */
import { html } from 'hono/html'
import { PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import { PASSWORD_CHARS_MIN } from '../../auth/set-password.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import type { AccountData } from './account-page.ts'
import { csrfField } from '../csrf-field.ts'

export function passwordPart(view: View, { password, passwordError, visitor }: AccountData): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="password">
    <h2 id="password">${t('account.password.title')}</h2>
    ${passwordError === null ? '' : html`<p class="note" role="alert">${passwordError}</p>`}
    ${
      password === 'noUser'
        ? html`<p>
            ${view.rich('account.password.noUser', { b: (name) => `<b><bdi>${name}</bdi></b>` }, { name: visitor.name })}
          </p>`
        : password === 'clone'
          ? html`<p>${t('account.password.clone')}</p>`
          : passwordForm(view, visitor, password === 'change')
    }
  </section>`
}

function passwordForm(view: View, visitor: AccountData['visitor'], isChange: boolean): Markup {
  const { t } = view
  const limits = { least: view.count(PASSWORD_CHARS_MIN), most: view.count(PASSWORD_CHARS_MAX) }
  return html`<form class="fields" method="post" action="${view.href('/account/password')}">
    ${csrfField(visitor)}
    <input type="hidden" name="username" value="${visitor.name}" autocomplete="username" />
    ${
      isChange
        ? html`<label for="current">${t('account.password.current')}</label>
            <input
              id="current"
              name="current"
              type="password"
              autocomplete="current-password"
              maxlength="${PASSWORD_CHARS_MAX}"
              required
            />`
        : ''
    }
    <label for="new">${t('account.password.new')}</label>
    <input
      id="new"
      name="new"
      type="password"
      autocomplete="new-password"
      minlength="${PASSWORD_CHARS_MIN}"
      maxlength="${PASSWORD_CHARS_MAX}"
      aria-describedby="rule"
      required
    />
    <p class="faint" id="rule">${t('account.password.rule', limits)}</p>
    <label for="again">${t('account.password.again')}</label>
    <input
      id="again"
      name="again"
      type="password"
      autocomplete="new-password"
      maxlength="${PASSWORD_CHARS_MAX}"
      required
    />
    <p class="faint">${t('account.password.ends')}</p>
    <button class="main" type="submit">${isChange ? t('account.password.change') : t('account.password.set')}</button>
  </form>`
}
