/** Which texts can be a name or a value: those that stand for at most 65,535 bytes without NUL (protocol.md §2). */
import { byteLengthOf, bytesOf, textOf } from '../../core/index.ts'
import { MODEL_LIMITS } from '../model.ts'

/** Lone surrogates that stand for no byte: core/text.ts uses U+DC80 to U+DCFF. */
const FOREIGN_SURROGATE = /[\uD800-\uDC7F\uDD00-\uDFFF]/u

/** A UTF-16 unit is three bytes of UTF-8 at most. */
const SURELY_SHORT_CHARS = Math.floor(MODEL_LIMITS.stringBytes / 3)

/** Why a text can be no name or value, as the end of a sentence; undefined when it can. */
export function findTextFault(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a NUL byte'
  if (!text.isWellFormed() && FOREIGN_SURROGATE.test(text)) return 'holds half of a character'
  const isLong = text.length > SURELY_SHORT_CHARS && byteLengthOf(text) > MODEL_LIMITS.stringBytes
  return isLong ? `has more than ${MODEL_LIMITS.stringBytes} bytes` : undefined
}

/** The same bytes as the one text that `textOf` makes of them: parts that were joined may be a character together. */
export function unifyText(text: string): string {
  return text.isWellFormed() ? text : textOf(bytesOf(text))
}
