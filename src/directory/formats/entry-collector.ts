/** Gathers what a parser finds, and keeps each entry within the model's limits (protocol.md §2). */
import { LIMITS } from '../../core/index.ts'
import { MODEL_LIMITS } from '../model.ts'
import type { Properties, Property } from '../model.ts'
import { findTextFault, unifyText } from './byte-text.ts'
import type { FormatProblem, Parsed } from './format.ts'

function findFault(property: Property): string | undefined {
  if (property.values.length > MODEL_LIMITS.values) {
    return `${JSON.stringify(property.name.slice(0, 40))} has more than ${MODEL_LIMITS.values} values`
  }
  for (const text of [property.name, ...property.values]) {
    const fault = findTextFault(text)
    if (fault !== undefined) return `a name or value ${fault}`
  }
  return undefined
}

function isWellFormed({ name, values }: Property): boolean {
  return name.isWellFormed() && values.every((value) => value.isWellFormed())
}

function unifyProperty({ name, values }: Property): Property {
  return { name: unifyText(name), values: values.map(unifyText) }
}

export class EntryCollector {
  readonly #entries: Properties[] = []
  readonly #problems: FormatProblem[] = []
  #problemCount = 0
  #isFull = false

  /** Takes an entry, or says why it cannot be one. */
  add(line: number, properties: Properties): void {
    if (this.#isFull) return
    if (this.#entries.length === LIMITS.flatEntries) {
      this.#isFull = true
      this.report(line, `more than ${LIMITS.flatEntries} entries: the rest is left out`)
      return
    }
    const fault =
      properties.length > MODEL_LIMITS.properties
        ? `more than ${MODEL_LIMITS.properties} properties`
        : properties.map(findFault).find((found) => found !== undefined)
    if (fault !== undefined) {
      this.report(line, fault)
      return
    }
    this.#entries.push(properties.every(isWellFormed) ? properties : properties.map(unifyProperty))
  }

  report(line: number, message: string): void {
    this.#problemCount += 1
    if (this.#problems.length < LIMITS.flatProblems) this.#problems.push({ line, message })
  }

  finish(): Parsed {
    const unlisted = this.#problemCount - this.#problems.length
    const last = this.#problems.at(-1)
    if (unlisted > 0 && last !== undefined) {
      this.#problems.push({ line: last.line, message: `${unlisted} more problems are not listed` })
    }
    return { entries: this.#entries, problems: this.#problems }
  }
}
