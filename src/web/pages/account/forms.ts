/** What the forms of the account send. */
import * as v from 'valibot'
import type { WebContext } from '../../env.ts'
import { NAME_CHARS_MAX, PASSWORD_CHARS_MAX } from '../../auth/sign-in.ts'
import { SCOPES } from '../../visitor.ts'

export const TOKEN_LABEL_CHARS_MAX = 80
export const TOKEN_DAYS = [1, 7, 30, 90, 365] as const

const password = v.pipe(v.string(), v.maxLength(PASSWORD_CHARS_MAX))

export const signInSchema = v.object({
  name: v.pipe(v.string(), v.maxLength(NAME_CHARS_MAX)),
  password,
  next: v.optional(v.string()),
})

export const passwordSchema = v.object({ current: v.optional(password, ''), new: password, again: password })

/** A SHA-256 in base64url. */
export const idSchema = v.object({ id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)) })

export const tokenLabelSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(TOKEN_LABEL_CHARS_MAX))
const scope = v.picklist(SCOPES)
export const tokenScopesSchema = v.union([
  v.pipe(v.array(scope), v.minLength(1), v.maxLength(SCOPES.length)),
  v.pipe(
    scope,
    v.transform((one) => [one]),
  ),
])
export const tokenDaysSchema = v.pipe(v.string(), v.transform(Number), v.picklist(TOKEN_DAYS))

/** The fields of a form, lists where one is sent more than once; none where the body is no form at all. */
export async function readFields(c: WebContext): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await c.req.parseBody({ all: true })
  } catch {
    return {}
  }
}
