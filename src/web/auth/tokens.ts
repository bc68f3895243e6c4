/**
 * Tokens for programs: `ptl_`, 64 hexadecimal digits, and eight of a checksum (CRC-32), by which a scanner of secrets tells one
 * from other text without asking. They are shown once; only the SHA-256 is kept.
 *
 * A token may do what it was made for and its maker may do now, whichever is less; it ends with its maker's entry in /users.
 */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import * as v from 'valibot'
import type { Store } from '../../store/index.ts'
import type { ServedDomains } from '../live/served-domains.ts'
import { SCOPES } from '../visitor.ts'
import type { Scope } from '../visitor.ts'
import { WebTable } from '../web-store.ts'
import { findAccount, operatorAccount } from './accounts.ts'
import type { Account } from './accounts.ts'
import { digestOf } from './secrets.ts'

const tokenSchema = v.object({
  label: v.string(),
  kind: v.picklist(['user', 'operator']),
  name: v.string(),
  identity: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  createdMs: v.number(),
  expiresMs: v.number(),
  usedMs: v.nullable(v.number()),
  usedFrom: v.string(),
})

export type Token = v.InferOutput<typeof tokenSchema>

export interface FoundToken {
  readonly id: string
  readonly token: Token
  readonly account: Account
  readonly scopes: ReadonlySet<Scope>
}

export interface TokensOptions {
  readonly store: Store
  readonly domains: ServedDomains
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

export interface NewToken {
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly days: number
}

const PREFIX = 'ptl_'
const SECRET_BYTES = 32
const CHECKSUM_DIGITS = 8
const FORM = /^ptl_[0-9a-f]{72}$/
const DAY_MS = 24 * 60 * 60_000
/** The last use is written at most once in this time. */
const USED_STEP_MS = 60_000
/** Of one account, so that nobody fills the store. */
export const TOKENS_OF_ACCOUNT_MAX = 50

/** A token that nobody else has. */
export function newToken(): string {
  const secret = randomBytes(SECRET_BYTES).toString('hex')
  return `${PREFIX}${secret}${checksumOf(secret)}`
}

/** Whether a text can be a token at all: its form and its checksum. */
export function isToken(text: string): boolean {
  if (!FORM.test(text)) return false
  const secret = text.slice(PREFIX.length, -CHECKSUM_DIGITS)
  return checksumOf(secret) === text.slice(-CHECKSUM_DIGITS)
}

export class Tokens {
  readonly #options: TokensOptions
  readonly #table: WebTable<Token>

  constructor(options: TokensOptions) {
    this.#options = options
    this.#table = new WebTable(options.store, 'token/', tokenSchema)
  }

  /** @returns the token, to be shown this once; null where the account has too many */
  async make(account: Account, { label, scopes, days }: NewToken): Promise<string | null> {
    if (this.of(account).length >= TOKENS_OF_ACCOUNT_MAX) return null
    const { kind, name, identity } = account
    const nowMs = this.#options.now()
    const text = newToken()
    await this.#table.put(digestOf(text), {
      label,
      kind,
      name,
      identity,
      scopes: scopes.filter((scope) => account.scopes.has(scope)),
      createdMs: nowMs,
      expiresMs: nowMs + days * DAY_MS,
      usedMs: null,
      usedFrom: '',
    })
    return text
  }

  /** The token of a text, if it is still good; its use is noted. */
  find(text: string, address: string): FoundToken | null {
    if (!isToken(text)) return null
    const id = digestOf(text)
    const token = this.#table.get(id)
    const account = token === undefined ? null : this.#accountOf(token)
    if (token === undefined || account === null) return null
    const nowMs = this.#options.now()
    if (token.usedMs === null || nowMs - token.usedMs >= USED_STEP_MS)
      this.#table.replace(id, (each) => ({ ...each, usedMs: nowMs, usedFrom: address })).catch(this.#options.onError)
    return { id, token, account, scopes: new Set(token.scopes.filter((scope) => account.scopes.has(scope))) }
  }

  /** The good tokens of an account, the newest first. */
  of({ kind, name, identity }: Account): readonly { readonly id: string; readonly token: Token }[] {
    return this.all().filter(({ token }) => token.kind === kind && token.name === name && token.identity === identity)
  }

  /** The good tokens of everybody, the newest first. */
  all(): readonly { readonly id: string; readonly token: Token }[] {
    return [...this.#table.all()]
      .filter(([, token]) => this.#accountOf(token) !== null)
      .map(([id, token]) => ({ id, token }))
      .toSorted((a, b) => b.token.createdMs - a.token.createdMs)
  }

  async revoke(id: string): Promise<void> {
    await this.#table.remove([id])
  }

  /** Forgets those that are over. */
  async sweep(): Promise<void> {
    const over = [...this.#table.all()].filter(([, token]) => this.#accountOf(token) === null)
    await this.#table.remove(over.map(([id]) => id))
  }

  #accountOf({ kind, name, identity, expiresMs }: Token): Account | null {
    if (this.#options.now() >= expiresMs) return null
    if (kind === 'operator') return operatorAccount(name)
    const account = findAccount(this.#options.domains, name)?.account
    return account?.identity === identity ? account : null
  }
}

function checksumOf(secret: string): string {
  return crc32(secret).toString(16).padStart(CHECKSUM_DIGITS, '0')
}
