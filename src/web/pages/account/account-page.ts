/** `/account`: who one is here, the password, sessions, tokens; for operators also what happened. */
import { html } from 'hono/html'
import type { AuditEntry } from '../../auth/audit.ts'
import type { Session } from '../../auth/sessions.ts'
import type { Token } from '../../auth/tokens.ts'
import type { View } from '../../i18n/view.ts'
import type { MessageKey } from '../../i18n/catalogue.ts'
import { SCOPES } from '../../visitor.ts'
import type { Visitor } from '../../visitor.ts'
import type { Markup, Page } from '../layout.ts'
import { auditPart } from './audit-part.ts'
import { csrfField } from '../csrf-field.ts'
import { passwordPart } from './password-part.ts'
import { sessionsPart } from './sessions-part.ts'
import { allTokensPart, tokensPart } from './tokens-part.ts'

export interface AccountData {
  readonly visitor: Visitor
  readonly isOperatorByLink: boolean
  /** What was done just now, or what was wrong. */
  readonly done: MessageKey | null
  readonly passwordError: string | null
  readonly tokenError: string | null
  /** The token that was made just now, shown once. */
  readonly newToken: { readonly label: string; readonly text: string } | null
  /** Whether a password can be set here, and whether there is one that must be told first. */
  readonly password: 'set' | 'change' | 'noUser' | 'clone'
  readonly sessions: readonly { readonly id: string; readonly session: Session }[]
  readonly sessionId: string | null
  readonly tokens: readonly { readonly id: string; readonly token: Token }[]
  /** Null for who is no operator. */
  readonly everybodysTokens: readonly { readonly id: string; readonly token: Token }[] | null
  readonly audit: readonly AuditEntry[] | null
}

export function accountPage(view: View, data: AccountData): Page {
  const { t } = view
  const { visitor, done } = data
  const main = html`<h1>${t('account.title')}</h1>
    ${done === null ? '' : html`<p class="note" role="status">${t(done)}</p>`}
    <p>
      ${view.rich('account.hello', { b: (name) => `<b><bdi>${name}</bdi></b>` }, { name: visitor.name })}
      ${data.isOperatorByLink ? t('account.operator') : ''}
    </p>
    <form class="sign-out" method="post" action="${view.href('/sign-out')}">
      ${csrfField(visitor)}<button type="submit">${t('account.signOut.button')}</button>
    </form>
    ${newTokenPart(view, data)} ${scopesPart(view, visitor)} ${passwordPart(view, data)} ${sessionsPart(view, data)}
    ${tokensPart(view, data)} ${allTokensPart(view, data)} ${data.audit === null ? '' : auditPart(view, data.audit)}`
  return {
    title: t('account.title'),
    description: t('account.description'),
    path: '/account',
    part: 'account',
    main,
    isPrivate: true,
  }
}

function scopesPart(view: View, visitor: Visitor): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="may">
    <h2 id="may">${t('account.may.title')}</h2>
    <ul>
      ${SCOPES.filter((scope) => visitor.scopes.has(scope)).map((scope) => html`<li>${t(`account.scope.${scope}`)}</li>`)}
    </ul>
  </section>`
}

function newTokenPart({ t }: View, { newToken }: AccountData): Markup {
  if (newToken === null) return html``
  return html`<section class="note" aria-labelledby="made" role="status">
    <h2 id="made">${t('account.tokens.made.title')}</h2>
    <p>${t('account.tokens.made.text')}</p>
    <p class="secret" data-copy="${t('port.check.copy')}" data-copied="${t('port.check.copied')}">
      <code dir="ltr" aria-label="${t('account.tokens.made.label', { label: newToken.label })}">${newToken.text}</code>
    </p>
  </section>`
}
