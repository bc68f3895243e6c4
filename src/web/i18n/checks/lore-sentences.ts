/** The sentences of the lore that are translated, by the file that they stand in. */
import type { Lore } from '../../../registry/index.ts'

/** By category, in the order of the entries; a sentence that several say stands in the first category of the alphabet that does. */
export function loreSentences(entries: readonly Lore[]): ReadonlyMap<string, readonly string[]> {
  const categories = Map.groupBy(entries, ({ category }) => category)
  const told = new Set<string>()
  return new Map(
    [...categories.keys()].toSorted().map((category) => {
      const sentences = (categories.get(category) ?? []).flatMap(sentencesOf).filter((each) => !told.has(each))
      for (const each of sentences) told.add(each)
      return [category, [...new Set(sentences)]]
    }),
  )
}

function sentencesOf({ summary, uses, era, history = [], security = [], successors = [] }: Lore): readonly string[] {
  return [
    summary.text,
    ...uses.map(({ text }) => text),
    ...(era?.text === undefined ? [] : [era.text]),
    ...[...history, ...security].map(({ text }) => text),
    ...successors.map(({ name }) => name),
  ]
}
