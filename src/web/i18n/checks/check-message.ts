/** Whether a message says what the English one does, with all its values and tags, and in the form of its language. */
import type { Language } from '../languages.ts'
import { readingsOf } from './readings.ts'
import type { Choice, Reading } from './readings.ts'
import { endOf, styleProblems } from './text-style.ts'

/** Counts of ports and of sockets end below this; the plural of a million (of Spanish, French) is not asked for. */
const COUNT_MAX = 1200

/** What is wrong with a message of a language, each in a few words; English itself is compared with itself. */
export function messageProblems(message: string, english: string, language: Language): readonly string[] {
  const readings = tryReadings(message, language.tag)
  if (typeof readings === 'string') return [`it is ill-formed: ${readings}`]
  const models = tryReadings(english, 'en')
  // What is wrong with the English one is told of the English one.
  if (typeof models === 'string') return []
  return [
    ...new Set([
      ...readings.flatMap(({ text }) => styleProblems(text, language)),
      ...branchProblems(readings, models, language.tag),
      ...readings.flatMap((reading) => differences(reading, modelOf(reading, models))),
    ]),
  ]
}

/** Whether there is anything to translate in it: a letter outside values and tags. */
export function hasWords(message: string): boolean {
  const readings = tryReadings(message, 'en')
  return typeof readings === 'string' || readings.some(({ text }) => /\p{L}/u.test(text))
}

function tryReadings(message: string, tag: string): readonly Reading[] | string {
  try {
    return readingsOf(message, tag)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The English reading that a reading translates: of the same selections; a plural has other categories, and is read as `other`. */
function modelOf({ choices }: Reading, models: readonly Reading[]): Reading | undefined {
  const selected = choices.filter(({ kind }) => kind === 'select')
  return models.find((model) =>
    model.choices.every(({ kind, argument, branch }) =>
      kind === 'select'
        ? selected.some((each) => each.argument === argument && each.branch === branch)
        : branch === 'other',
    ),
  )
}

function differences(reading: Reading, model: Reading | undefined): readonly string[] {
  if (model === undefined) return ['it chooses by other values than the English one']
  const { values, tags, text } = reading
  return [
    ...listProblem('values', values, model.values),
    ...listProblem('tags', tags, model.tags),
    // One word alone may be an abbreviation: `No.` is `№` in Russian.
    ...(endOf(text) === endOf(model.text) || !model.text.includes(' ')
      ? []
      : [`it ends with ${endOf(text)}, the English one with ${endOf(model.text)}`]),
    ...(reading.choices.length > 0 && model.hasNumber && !reading.hasNumber && !mayLackNumber(reading)
      ? [`the number # is missing in ${branchesOf(reading)}`]
      : []),
  ]
}

function listProblem(what: string, own: readonly string[], model: readonly string[]): readonly string[] {
  const [ownText, modelText] = [own.join(', '), model.join(', ')]
  return ownText === modelText ? [] : [`its ${what} are ${ownText || 'none'}, the English ones ${modelText || 'none'}`]
}

/** A category of one number alone (`=0`, or Arabic's two) may be words: “two connections” needs no 2. */
function mayLackNumber({ choices }: Reading): boolean {
  return choices.some(
    ({ branch }) => branch.startsWith('=') || branch === 'zero' || branch === 'one' || branch === 'two',
  )
}

function branchesOf({ choices }: Reading): string {
  return choices.map(({ argument, branch }) => `${argument}: ${branch}`).join(', ')
}

function branchProblems(readings: readonly Reading[], models: readonly Reading[], tag: string): readonly string[] {
  const own = branchesByArgument(readings)
  const english = branchesByArgument(models)
  return [...own].flatMap(([argument, { kind, branches }]) => {
    const wanted =
      kind === 'select' ? new Set(english.get(argument)?.branches ?? []) : categoriesOf(tag, kind, COUNT_MAX)
    const possible =
      kind === 'select' ? wanted : new Set(new Intl.PluralRules(tag, { type: kind }).resolvedOptions().pluralCategories)
    const missing = [...wanted].filter((each) => !branches.has(each))
    const needless = [...branches].filter((each) => !possible.has(each) && !each.startsWith('='))
    const problems = missing
      .map((each) => `${argument} lacks the case ${each}`)
      .concat(needless.map((each) => `${argument} has the case ${each}, which ${tag} does not have`))
    return kind === 'select' ? problems : problems.concat(manyNumbersProblems(readings, argument, tag, kind))
  })
}

/** Russian's `one` is also 21 and 101: without its number it would say something false. */
function manyNumbersProblems(
  readings: readonly Reading[],
  argument: string,
  tag: string,
  kind: 'cardinal' | 'ordinal',
): readonly string[] {
  const rules = new Intl.PluralRules(tag, { type: kind })
  return readings.flatMap((reading) => {
    const branch = reading.choices.find((each) => each.argument === argument)?.branch ?? 'other'
    if (reading.hasNumber || !['zero', 'one', 'two'].includes(branch)) return []
    const numbers = countsUpTo(COUNT_MAX).filter((count) => rules.select(count) === branch)
    return numbers.length > 1 && readings.some(({ hasNumber }) => hasNumber)
      ? [`${argument}: ${branch} stands for ${numbers.slice(0, 3).join(', ')}…, and needs #`]
      : []
  })
}

function branchesByArgument(
  readings: readonly Reading[],
): ReadonlyMap<string, { readonly kind: Choice['kind']; readonly branches: ReadonlySet<string> }> {
  const all = readings.flatMap(({ choices }) => choices)
  return new Map(
    all.map(({ argument, kind }) => [
      argument,
      { kind, branches: new Set(all.filter((each) => each.argument === argument).map(({ branch }) => branch)) },
    ]),
  )
}

function categoriesOf(tag: string, kind: 'cardinal' | 'ordinal', max: number): ReadonlySet<string> {
  const rules = new Intl.PluralRules(tag, { type: kind })
  return new Set(['other', ...countsUpTo(max).map((count) => rules.select(count))])
}

function countsUpTo(max: number): readonly number[] {
  return Array.from({ length: max + 1 }, (_, count) => count)
}
