/** The tokens of a visitor's programs, and the form that makes one. */
import { html, raw } from 'hono/html'
import type { Token } from '../../auth/tokens.ts'
import type { View } from '../../i18n/view.ts'
import { SCOPES } from '../../visitor.ts'
import type { Markup } from '../layout.ts'
import type { AccountData } from './account-page.ts'
import { csrfField } from '../csrf-field.ts'
import { TOKEN_DAYS, TOKEN_LABEL_CHARS_MAX } from './forms.ts'

const USUAL_DAYS = 90

type Row = { readonly id: string; readonly token: Token }

export function tokensPart(view: View, data: AccountData): Markup {
  const { t } = view
  const { tokens, tokenError, visitor } = data
  return html`<section class="sheet" aria-labelledby="tokens">
    <h2 id="tokens">${t('account.tokens.title')}</h2>
    <p>${view.rich('account.tokens.lead', { code: (content) => `<code dir="ltr">${content}</code>` })}</p>
    ${tokens.length === 0 ? html`<p>${t('account.tokens.none')}</p>` : tokenTable(view, data, tokens, 'tokens')}
    <h3>${t('account.tokens.new')}</h3>
    ${tokenError === null ? '' : html`<p class="note" role="alert">${tokenError}</p>`}
    <form class="fields" method="post" action="${view.href('/account/tokens')}">
      ${csrfField(visitor)}
      <label for="label">${t('account.tokens.label')}</label>
      <input
        id="label"
        type="text"
        name="label"
        maxlength="${TOKEN_LABEL_CHARS_MAX}"
        autocomplete="off"
        dir="auto"
        aria-describedby="label-hint"
        required
      />
      <p class="faint" id="label-hint">${t('account.tokens.labelHint')}</p>
      <fieldset>
        <legend>${t('account.tokens.scopes')}</legend>
        ${SCOPES.filter((scope) => visitor.scopes.has(scope)).map(
          (scope) =>
            html`<label class="check"
              ><input type="checkbox" name="scopes" value="${scope}" ${scope === 'read' ? raw('checked') : ''} />
              <span>${t(`account.scope.${scope}`)}</span></label
            >`,
        )}
      </fieldset>
      <label for="days">${t('account.tokens.days')}</label>
      <select id="days" name="days">
        ${TOKEN_DAYS.map(
          (days) =>
            html`<option value="${days}" ${days === USUAL_DAYS ? raw('selected') : ''}>
              ${t('account.tokens.daysOption', { days })}
            </option>`,
        )}
      </select>
      <button class="main" type="submit">${t('account.tokens.make')}</button>
    </form>
  </section>`
}

/** For operators: those of all others, too. */
export function allTokensPart(view: View, data: AccountData): Markup {
  if (data.everybodysTokens === null || data.everybodysTokens.length === 0) return html``
  return html`<section class="sheet" aria-labelledby="everybody">
    <h2 id="everybody">${view.t('account.tokens.everybody')}</h2>
    ${tokenTable(view, data, data.everybodysTokens, 'everybody')}
  </section>`
}

function tokenTable(view: View, data: AccountData, rows: readonly Row[], labelledBy: string): Markup {
  const { t } = view
  const isAll = labelledBy === 'everybody'
  return html`<div class="wide" role="group" aria-labelledby="${labelledBy}" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">${t('account.tokens.label')}</th>
          ${isAll ? html`<th scope="col">${t('account.tokens.owner')}</th>` : ''}
          <th scope="col">${t('account.tokens.scopes')}</th>
          <th scope="col">${t('account.tokens.created')}</th>
          <th scope="col">${t('account.tokens.expires')}</th>
          <th scope="col">${t('account.tokens.used')}</th>
          <th scope="col">${t('account.sessions.action')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => tokenRow(view, data, row, isAll))}
      </tbody>
    </table>
  </div>`
}

function tokenRow(view: View, { visitor }: AccountData, { id, token }: Row, isAll: boolean): Markup {
  const { t } = view
  const used =
    token.usedMs === null
      ? t('account.tokens.never')
      : t('account.tokens.usedFrom', { time: view.moment(token.usedMs), address: token.usedFrom })
  return html`<tr>
    <td><bdi>${token.label}</bdi></td>
    ${isAll ? html`<td><bdi>${token.name}</bdi></td>` : ''}
    <td><span lang="en" dir="ltr">${token.scopes.join(', ')}</span></td>
    <td>${view.moment(token.createdMs)}</td>
    <td>${view.moment(token.expiresMs)}</td>
    <td>${used}</td>
    <td>
      <form method="post" action="${view.href('/account/tokens/revoke')}">
        ${csrfField(visitor)}<input type="hidden" name="id" value="${id}" />
        <button type="submit" aria-label="${t('account.tokens.revokeLabel', { label: token.label })}">
          ${t('account.tokens.revoke')}
        </button>
      </form>
    </td>
  </tr>`
}
