/** Reads words with the options of old: one dash, several letters, a value in the word that follows. */
import { UsageError } from './tool-exit.ts'

export interface WordRules {
  /** Options without a value, without their dash. */
  readonly flags: readonly string[]
  /** Options whose value is the next word. */
  readonly valued: readonly string[]
  /** After so many operands nothing is an option any more: a value may begin with a dash. */
  readonly operandsBeforeEnd: number
}

export interface Words {
  /** In the order in which they were given. */
  readonly flags: readonly string[]
  /** The last value of each. */
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/** @throws UsageError for an option that is not known, and for one without its value */
export function readWords(words: readonly string[], rules: WordRules): Words {
  const flags: string[] = []
  const values = new Map<string, string>()
  const operands: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const option = word.slice(1)
    if (operands.length >= rules.operandsBeforeEnd || !word.startsWith('-') || option === '') operands.push(word)
    else if (rules.flags.includes(option)) flags.push(option)
    else if (rules.valued.includes(option)) {
      index += 1
      const value = words[index]
      if (value === undefined) throw new UsageError(`${word} needs a value`)
      values.set(option, value)
    } else throw new UsageError(`unknown option ${word}`)
  }
  return { flags, values, operands }
}
