/** Where somebody is signed in, with a button to end each. */
import { html } from 'hono/html'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'
import type { AccountData } from './account-page.ts'
import { csrfField } from '../csrf-field.ts'

export function sessionsPart(view: View, data: AccountData): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="sessions">
    <h2 id="sessions">${t('account.sessions.title')}</h2>
    <p>${t('account.sessions.lead')}</p>
    <div class="wide" role="group" aria-labelledby="sessions" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('account.sessions.browser')}</th>
            <th scope="col">${t('account.sessions.address')}</th>
            <th scope="col">${t('account.sessions.begun')}</th>
            <th scope="col">${t('account.sessions.seen')}</th>
            <th scope="col">${t('account.sessions.action')}</th>
          </tr>
        </thead>
        <tbody>
          ${data.sessions.map((each) => sessionRow(view, data, each))}
        </tbody>
      </table>
    </div>
  </section>`
}

function sessionRow(view: View, data: AccountData, { id, session }: AccountData['sessions'][number]): Markup {
  const { t } = view
  const begun = view.moment(session.createdMs)
  return html`<tr>
    <td>
      <bdi>${session.agent === '' ? t('account.sessions.unknown') : session.agent}</bdi>
      ${id === data.sessionId ? html`<span class="badge">${t('account.sessions.this')}</span>` : ''}
    </td>
    <td><bdi>${session.address}</bdi></td>
    <td>${begun}</td>
    <td>${view.moment(session.seenMs)}</td>
    <td>
      <form method="post" action="${view.href('/account/sessions/end')}">
        ${csrfField(data.visitor)}<input type="hidden" name="id" value="${id}" />
        <button type="submit" aria-label="${t('account.sessions.endLabel', { address: session.address, time: begun })}">
          ${t('account.sessions.end')}
        </button>
      </form>
    </td>
  </tr>`
}
