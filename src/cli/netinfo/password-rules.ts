/** Which new passwords nipasswd takes (tools.md §9). */

const LENGTH_MIN = 5
const SECURE_LENGTH_MIN = 8
/** A shorter name stands in too many words to say anything. */
const NAME_LENGTH_MIN = 3
/** What the classic crypt(3) looks at; it passes the rest over. */
export const CRYPT_BYTES = 8

/**
 * Why a new password will not do; null when it will.
 * @param isSecure whether a domain on the way up has `secure_passwords` among its root's `security_options`
 */
export function findPasswordFault(password: string, user: string, isSecure: boolean): string | null {
  const { length } = Array.from(password)
  const least = isSecure ? SECURE_LENGTH_MIN : LENGTH_MIN
  if (length < least) return `the new password has ${length} characters and needs ${least}`
  if (!isSecure) return null
  const isNamed = user.length >= NAME_LENGTH_MIN && password.toLowerCase().includes(user.toLowerCase())
  if (isNamed) return 'the new password contains the name of the user'
  const kinds = [/\p{L}/u, /[^\p{L}]/u]
  return kinds.every((kind) => kind.test(password))
    ? null
    : 'the new password needs both letters and other characters than letters'
}
