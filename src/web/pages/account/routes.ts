/** `/sign-in`, `/sign-out` and `/account`. */
import * as v from 'valibot'
import { beginSession, endSession, sessionOf } from '../../auth/identify.ts'
import { hasScope } from '../../auth/policy.ts'
import { PASSWORD_CHARS_MIN, findPasswordFault, setPassword } from '../../auth/set-password.ts'
import { PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import type { FoundSession } from '../../auth/sessions.ts'
import { findAccount, operatorAccount } from '../../auth/accounts.ts'
import { TOKENS_OF_ACCOUNT_MAX } from '../../auth/tokens.ts'
import type { WebApp, WebContext } from '../../env.ts'
import { refuse } from '../../http/refusal.ts'
import { PRIVATE_PAGE, respond } from '../../http/respond.ts'
import type { RespondOptions } from '../../http/respond.ts'
import type { MessageKey } from '../../i18n/catalogue.ts'
import type { WebServices } from '../../services.ts'
import { renderPage } from '../layout.ts'
import type { Page } from '../layout.ts'
import { accountPage } from './account-page.ts'
import type { AccountData } from './account-page.ts'
import {
  TOKEN_LABEL_CHARS_MAX,
  idSchema,
  passwordSchema,
  readFields,
  signInSchema,
  tokenDaysSchema,
  tokenLabelSchema,
  tokenScopesSchema,
} from './forms.ts'
import { safeNext } from './next-path.ts'
import { oldLinkPage, signInPage } from './sign-in-page.ts'
import type { SignInForm } from './sign-in-page.ts'

/** Entries of the audit list on the page. */
const AUDIT_SHOWN = 100
/** After how many seconds to come back when too many passwords are being checked. */
const BUSY_SECONDS = 2
const DONE: Readonly<Record<string, MessageKey>> = {
  password: 'account.done.password',
  ended: 'account.done.ended',
  revoked: 'account.done.revoked',
}

export function addAccount(app: WebApp, services: WebServices): void {
  const { access } = services
  addSignIn(app, services)
  app.get('/account', async (c) => {
    const session = sessionOf(c, access)
    if (session === null) return askToSignIn(c)
    return show(c, services, 200, accountPage(c.get('view'), dataOf(c, services, session)))
  })
  addPassword(app, services)
  addSessions(app, services)
  addTokens(app, services)
}

function addSignIn(app: WebApp, services: WebServices): void {
  const { access } = services
  const form = (c: WebContext, status: Status, fields: Partial<SignInForm> = {}): Promise<Response> =>
    show(c, services, status, signInPage(c.get('view'), { error: null, name: '', next: null, ...fields }))
  app.get('/sign-in', async (c) => {
    const key = c.req.query('key')
    if (key !== undefined) return signInByLink(c, services, key)
    return form(c, 200, { next: safeNext(c.req.query('next')) })
  })
  app.post('/sign-in', async (c) => {
    const view = c.get('view')
    const { t } = view
    const read = v.safeParse(signInSchema, await readFields(c))
    if (!read.success) return form(c, 422, { error: t('account.signIn.wrong') })
    const { name, password } = read.output
    const next = safeNext(read.output.next)
    const client = access.reach.clientOf(c)
    const result = await access.signIn.check(name, password, client.key, client.address ?? 'local')
    if (result.kind === 'busy') return refuse(c, services, 'busy', { seconds: BUSY_SECONDS })
    if (result.kind === 'wrong') return form(c, 422, { error: t('account.signIn.wrong'), name, next })
    if (result.kind === 'wait') {
      const error = t('account.signIn.wait', { seconds: result.seconds })
      const answer = await form(c, 429, { error, name, next })
      answer.headers.set('retry-after', String(result.seconds))
      return answer
    }
    await beginSession(c, access, result.account)
    access.audit.note('sign-in', result.account.name, client.address ?? 'local')
    return c.redirect(next ?? view.href('/account'), 303)
  })
  app.post('/sign-out', async (c) => {
    const name = c.get('visitor')?.name
    await endSession(c, access)
    if (name !== undefined) access.audit.note('sign-out', name, addressOf(c, services))
    return c.redirect(c.get('view').href('/'), 303)
  })
}

async function signInByLink(c: WebContext, services: WebServices, key: string): Promise<Response> {
  const { access } = services
  const view = c.get('view')
  const { link } = access
  // A browser that looks ahead, or asks for the headers alone, does not use the link up.
  const isLook = c.req.method === 'HEAD' || c.req.header('sec-purpose') !== undefined
  if (isLook) return c.body(null, 503, { 'cache-control': 'no-store' })
  if (link === null || !link.redeem(key)) {
    // The same browser, once more.
    if (c.get('visitor') !== null) return c.redirect(view.href('/account'), 303)
    return show(c, services, 410, oldLinkPage(view))
  }
  await beginSession(c, access, operatorAccount(link.operator))
  access.audit.note('link-sign-in', link.operator, addressOf(c, services))
  // The key is not to stay in the address bar.
  return c.redirect(view.href('/account'), 303)
}

function addPassword(app: WebApp, services: WebServices): void {
  const { access, domains } = services
  app.post('/account/password', async (c) => {
    const session = sessionOf(c, access)
    const visitor = c.get('visitor')
    if (session === null || visitor === null) return askToSignIn(c)
    const view = c.get('view')
    const { t } = view
    const again = (passwordError: string, status: Status = 422): Promise<Response> =>
      show(c, services, status, accountPage(view, { ...dataOf(c, services, session), passwordError }))
    const limits = { least: view.count(PASSWORD_CHARS_MIN), most: view.count(PASSWORD_CHARS_MAX) }
    const read = v.safeParse(passwordSchema, await readFields(c))
    if (!read.success) return again(t('account.password.error.length', limits))
    const { current, new: fresh, again: repeated } = read.output
    const { name } = session.account
    const fault = findPasswordFault(name, fresh, repeated)
    if (fault === 'length') return again(t('account.password.error.length', limits))
    if (fault !== null) return again(t(`account.password.error.${fault}`))
    const client = access.reach.clientOf(c)
    const from = client.address ?? 'local'
    // Who found an open browser must not be able to take the account over.
    if (passwordStateOf(services, session) === 'change') {
      const checked = await access.signIn.check(name, current, client.key, from)
      if (checked.kind === 'busy') return refuse(c, services, 'busy', { seconds: BUSY_SECONDS })
      if (checked.kind === 'wait') return again(t('account.signIn.wait', { seconds: checked.seconds }), 429)
      if (checked.kind === 'wrong') return again(t('account.password.error.current'))
    }
    const result = await setPassword(domains, access.signIn, name, fresh, visitor.caller)
    if (result.kind === 'busy') return refuse(c, services, 'busy', { seconds: BUSY_SECONDS })
    if (result.kind === 'noUser') return again(view.t('account.password.error.refused', { reason: name }))
    if (result.kind === 'refused') return again(t('account.password.error.refused', { reason: result.reason }), 403)
    access.audit.note('password-set', name, from)
    // All sessions of the user ended with the old password; this browser begins a new one.
    const account = session.account.kind === 'operator' ? session.account : findAccount(domains, name)?.account
    if (account !== undefined) await beginSession(c, access, account)
    return c.redirect(view.href('/account?done=password'), 303)
  })
}

function addSessions(app: WebApp, services: WebServices): void {
  const { access } = services
  app.post('/account/sessions/end', async (c) => {
    const session = sessionOf(c, access)
    const view = c.get('view')
    if (session === null) return askToSignIn(c)
    const read = v.safeParse(idSchema, await readFields(c))
    const own = access.sessions.of(session.account)
    if (read.success && own.some(({ id }) => id === read.output.id)) {
      await access.sessions.end(read.output.id)
      access.audit.note('session-ended', session.account.name, addressOf(c, services))
    }
    return c.redirect(view.href('/account?done=ended'), 303)
  })
}

function addTokens(app: WebApp, services: WebServices): void {
  const { access } = services
  const { tokens, audit } = access
  app.post('/account/tokens', async (c) => {
    const session = sessionOf(c, access)
    const view = c.get('view')
    if (session === null) return askToSignIn(c)
    const again = (tokenError: string): Promise<Response> =>
      show(c, services, 422, accountPage(view, { ...dataOf(c, services, session), tokenError }))
    const body = await readFields(c)
    const label = v.safeParse(tokenLabelSchema, body['label'])
    const scopes = v.safeParse(tokenScopesSchema, body['scopes'])
    const days = v.safeParse(tokenDaysSchema, body['days'])
    if (!label.success) return again(view.t('account.tokens.error.label', { most: view.count(TOKEN_LABEL_CHARS_MAX) }))
    if (!scopes.success) return again(view.t('account.tokens.error.scopes'))
    if (!days.success) return again(view.t('account.tokens.error.days'))
    const asked = { label: label.output, scopes: scopes.output, days: days.output }
    const text = await tokens.make(session.account, asked)
    if (text === null) return again(view.t('account.tokens.error.many', { most: view.count(TOKENS_OF_ACCOUNT_MAX) }))
    audit.note('token-made', session.account.name, addressOf(c, services), asked.label)
    const newToken = { label: asked.label, text }
    return show(c, services, 200, accountPage(view, { ...dataOf(c, services, session), newToken }))
  })
  app.post('/account/tokens/revoke', async (c) => {
    const session = sessionOf(c, access)
    const view = c.get('view')
    if (session === null) return askToSignIn(c)
    const read = v.safeParse(idSchema, await readFields(c))
    const mine = hasScope(c, 'operate') ? tokens.all() : tokens.of(session.account)
    const found = read.success ? mine.find(({ id }) => id === read.output.id) : undefined
    if (found !== undefined) {
      await tokens.revoke(found.id)
      audit.note('token-revoked', session.account.name, addressOf(c, services), found.token.label)
    }
    return c.redirect(view.href('/account?done=revoked'), 303)
  })
}

/** Back to the account afterwards, in the same language. */
function askToSignIn(c: WebContext): Response {
  const view = c.get('view')
  return c.redirect(view.href(`/sign-in?next=${view.href('/account')}`), 303)
}

type Status = NonNullable<RespondOptions['status']>

async function show(c: WebContext, { frame }: WebServices, status: Status, page: Page): Promise<Response> {
  const document = await renderPage(frame, c.get('view'), page, c.get('visitor'))
  return respond(c, String(document), { ...PRIVATE_PAGE, status })
}

function dataOf(c: WebContext, services: WebServices, session: FoundSession): AccountData {
  const { access } = services
  const visitor = c.get('visitor')
  if (visitor === null) throw new Error('a session has a visitor')
  const { account } = session
  const own = access.tokens.of(account)
  const isOperator = hasScope(c, 'operate')
  const ownIds = new Set(own.map(({ id }) => id))
  return {
    visitor,
    isOperatorByLink: account.kind === 'operator',
    done: DONE[c.req.query('done') ?? ''] ?? null,
    passwordError: null,
    tokenError: null,
    newToken: null,
    password: passwordStateOf(services, session),
    sessions: access.sessions.of(account),
    sessionId: session.id,
    tokens: own,
    everybodysTokens: isOperator ? access.tokens.all().filter(({ id }) => !ownIds.has(id)) : null,
    audit: isOperator ? access.audit.newest(AUDIT_SHOWN) : null,
  }
}

/** The operator's link stands for a password that they may have forgotten: they set a new one without it. */
function passwordStateOf({ domains }: WebServices, { account }: FoundSession): AccountData['password'] {
  const main = domains.main()
  if (main !== undefined && !main.isMaster) return 'clone'
  const found = findAccount(domains, account.name)
  if (found === null) return 'noUser'
  return account.kind === 'operator' || found.stored === null ? 'set' : 'change'
}

function addressOf(c: WebContext, { access }: WebServices): string {
  return access.reach.clientOf(c).address ?? 'local'
}
