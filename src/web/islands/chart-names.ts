/** Names of ports, asked of the server a row at a time, and what is on a port now, asked when somebody looks at it. */
import * as v from 'valibot'
import { SIDE } from '../pages/chart/cell-code.ts'
import { presentSchema, rowSchema } from '../pages/chart/island-form.ts'
import type { CellNames, CellPresent, RowNames } from '../pages/chart/island-form.ts'

/** Before what could not be had is asked for again, in ms. */
const AGAIN_MS = 5000

export class NameBook {
  readonly #rows: Map<number, RowNames | null> = new Map()
  readonly #present: Map<number, CellPresent | null> = new Map()
  readonly #onNews: () => void

  /** @param onNews called when what was asked for has come */
  constructor(onNews: () => void) {
    this.#onNews = onNews
  }

  /** What is known of a port's names; undefined until they have come. */
  namesOf(port: number): CellNames | undefined {
    const row = this.#rows.get(Math.floor(port / SIDE)) ?? undefined
    return row === undefined ? undefined : (row[port] ?? {})
  }

  /** One name for a square: the registry's, else the lore's after a tilde. */
  labelOf(port: number, transport: string): string {
    const { services = {}, lore = [] } = this.namesOf(port) ?? {}
    const [service] = services[transport] ?? []
    const [use] = lore
    return service ?? (use === undefined ? '' : `~${use.name}`)
  }

  /** Sees to it that the names of a row come, once. */
  askForRow(row: number): void {
    if (this.#rows.has(row)) return
    this.#rows.set(row, null)
    void ask(`/chart/rows/${row}.json`, rowSchema).then((names) => {
      if (names === null) setTimeout(() => this.#rows.delete(row), AGAIN_MS)
      else this.#rows.set(row, names)
      this.#onNews()
    })
  }

  /** What is on a port, undefined until it has come; asked for once between two changes. */
  presentOn(port: number): CellPresent | undefined {
    if (!this.#present.has(port)) this.#askForPresent(port)
    return this.#present.get(port) ?? undefined
  }

  /** What is present has changed: it is asked for anew. */
  forgetPresent(): void {
    this.#present.clear()
  }

  #askForPresent(port: number): void {
    this.#present.set(port, null)
    void ask(`/chart/here/${port}.json`, presentSchema).then((present) => {
      if (present === null) setTimeout(() => this.#present.delete(port), AGAIN_MS)
      else this.#present.set(port, present)
      this.#onNews()
    })
  }
}

/** Null where the server is away, or does not answer as it should. */
async function ask<Schema extends v.GenericSchema>(
  address: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | null> {
  try {
    const response = await fetch(address)
    return response.ok ? v.parse(schema, await response.json()) : null
  } catch {
    return null
  }
}
