/** The fields of a form that was sent, within bounds. */
import type { WebContext } from '../../env.ts'
import type { Fields } from './draft.ts'

/** More than a directory of ten thousand properties sends. */
const FIELDS_MAX = 40_000

export interface SentForm {
  readonly fields: Fields
  /** All values of a name: boxes that were ticked. */
  readonly all: (name: string) => readonly string[]
  /** The bytes of a file that was chosen; null where none was. */
  readonly file: (name: string) => Promise<Uint8Array | null>
}

/** Null for what is no form. */
export async function readForm(c: WebContext): Promise<SentForm | null> {
  let form: FormData
  try {
    form = await c.req.formData()
  } catch {
    // Not a form, or a broken one: what a client sends is not to be trusted.
    return null
  }
  const fields = new Map<string, string>()
  let count = 0
  for (const [name, value] of form) {
    count += 1
    if (count > FIELDS_MAX) return null
    if (typeof value === 'string') fields.set(name, value)
  }
  return {
    fields,
    all: (name) => form.getAll(name).filter((value) => typeof value === 'string'),
    file: async (name) => {
      const value = form.get(name)
      return value === null || typeof value === 'string' || value.size === 0
        ? null
        : new Uint8Array(await value.arrayBuffer())
    },
  }
}
