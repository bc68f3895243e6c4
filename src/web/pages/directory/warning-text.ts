/** A warning of an entry in the reader's language. */
import type { EntryWarning } from '../../../directory/index.ts'
import type { View } from '../../i18n/view.ts'
import { PORT_MAX } from '../../../registry/index.ts'
import { plain } from './parts.ts'

const SHOWN_CHARS = 60

export function warningText(view: View, warning: EntryWarning): string {
  const { t } = view
  switch (warning.kind) {
    case 'noPassword':
    case 'printcapName':
      return t(`directory.warning.${warning.kind}`)
    case 'more':
      return t('directory.warning.more', { count: warning.count })
    case 'onlyFirst':
      return t('directory.warning.onlyFirst', { name: shown(warning.name), count: warning.count })
    case 'differ':
      return t('directory.warning.differ', { name: warning.name, other: warning.other })
    case 'repeatedProperty':
    case 'required':
    case 'repeatedValue':
    case 'emptyValue':
      return t(`directory.warning.${warning.kind}`, { name: shown(warning.name) })
    case 'notPort': {
      const values = { name: shown(warning.name), value: shown(warning.value) }
      return t('directory.warning.notPort', { ...values, first: view.digits(0), last: view.digits(PORT_MAX) })
    }
    default:
      return t(`directory.warning.${warning.kind}`, {
        name: shown(warning.name),
        value: shown(warning.value),
        ...('form' in warning ? { form: warning.form } : {}),
        ...('canonical' in warning ? { canonical: warning.canonical } : {}),
      })
  }
}

function shown(value: string): string {
  return plain(value.length > SHOWN_CHARS ? `${value.slice(0, SHOWN_CHARS).toWellFormed()}…` : value)
}
