/** Reads a recorded file of test/corpus/listeners. */
import { readFileSync } from 'node:fs'

export function listenersCorpus(name: string): string {
  return readFileSync(new URL(`../corpus/listeners/${name}`, import.meta.url), 'utf8')
}
