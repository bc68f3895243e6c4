/** What the square under the pointer or the keys says: in a panel for the eye, in one line for a screen reader. */
import { CELL_STATUSES, SIDE, isIn, statusOf } from '../pages/chart/cell-code.ts'
import type { IslandData } from '../pages/chart/island-form.ts'
import { localDigits } from './chart-drawing.ts'
import type { NameBook } from './chart-names.ts'
import type { ChartState } from './chart-state.ts'

/** Whoever passes over squares wants none of their rows. */
const REST_MS = 60
/** A screen reader is told when the keys rest, in ms. */
const TOLD_MS = 250

interface Fact {
  readonly term: string
  readonly values: readonly string[]
}

export interface PanelOptions {
  readonly panel: HTMLElement
  readonly live: HTMLElement
  readonly state: ChartState
  readonly names: NameBook
  readonly data: IslandData
}

export class Panel {
  readonly #options: PanelOptions
  #resting = 0
  #telling = 0
  #told = ''

  constructor(options: PanelOptions) {
    this.#options = options
    options.panel.hidden = false
  }

  /** After the square has changed, or something has come that it says. */
  update(): void {
    const { state } = this.#options
    const port = state.subject
    if (port === null) return
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => this.#ask(port), REST_MS)
    this.#show(port)
    if (state.hover === null) this.#tellSoon(port)
  }

  #ask(port: number): void {
    this.#options.names.askForRow(Math.floor(port / SIDE))
    if (this.#isPresent(port)) this.#options.names.presentOn(port)
  }

  #isPresent(port: number): boolean {
    const cell = this.#options.state.cell(port)
    return isIn(cell, 'listening') || isIn(cell, 'declared')
  }

  #show(port: number): void {
    const { panel, data, state } = this.#options
    const title = document.createElement('h2')
    title.textContent = this.#title(port)
    const list = document.createElement('dl')
    for (const { term, values } of this.#factsOf(port)) {
      const head = document.createElement('dt')
      head.textContent = term
      list.append(head, valueElement(values))
    }
    list.querySelector('dd')?.classList.add(statusOf(state.cell(port)))
    const link = document.createElement('a')
    link.href = `${data.pages}${port}`
    link.textContent = data.words.open.replace('{port}', localDigits(port, data))
    panel.replaceChildren(title, list, link)
  }

  /** Told once the reader has stopped, and again only where it is another word. */
  #tellSoon(port: number): void {
    clearTimeout(this.#telling)
    this.#telling = setTimeout(() => {
      const facts = this.#factsOf(port).map(({ term, values }) => `${term}: ${values.join(', ')}`)
      const told = [this.#title(port), ...facts].join('. ')
      if (told === this.#told) return
      this.#told = told
      this.#options.live.textContent = told
    }, TOLD_MS)
  }

  #title(port: number): string {
    const { data } = this.#options
    return data.words.title.replace('{port}', localDigits(port, data))
  }

  #factsOf(port: number): readonly Fact[] {
    const { state, names, data } = this.#options
    const { words, statuses, transport } = data
    const cell = state.cell(port)
    const known = names.namesOf(port)
    const { services = {}, lore = [] } = known ?? {}
    const named = services[transport] ?? []
    const hasNone = known !== undefined && named.length === 0 && lore.length === 0
    const status = statuses[CELL_STATUSES.indexOf(statusOf(cell))] ?? ''
    const uses = lore.map(({ name, state: end }) => (end === 'current' ? name : words[end].replace('{name}', name)))
    return [
      { term: words.status, values: [status] },
      { term: words.service, values: hasNone ? [words.none] : named },
      { term: words.lore, values: [...(isIn(cell, 'ghost') ? [words.ghost] : []), ...uses] },
      ...this.#presentFacts(port),
    ].filter(({ values }) => values.length > 0)
  }

  #presentFacts(port: number): readonly Fact[] {
    if (!this.#isPresent(port)) return []
    const { names, data } = this.#options
    const { words, transport } = data
    const { listeners = [], declared = [] } = names.presentOn(port) ?? {}
    return [
      {
        term: words.here,
        values: listeners
          .filter((each) => each.transport === transport)
          .map(({ process, address }) =>
            (process === null ? words.unseen : words.listener.replace('{process}', () => process)).replace(
              '{address}',
              () => address,
            ),
          ),
      },
      {
        term: words.declared,
        values: declared
          .filter(({ protocols }) => protocols.length === 0 || protocols.includes(transport))
          .map(({ domain, names: all }) =>
            words.entry.replace('{domain}', () => domain).replace('{names}', () => all.join(', ')),
          ),
      },
    ]
  }
}

function valueElement(texts: readonly string[]): HTMLElement {
  const value = document.createElement('dd')
  for (const [index, text] of texts.entries()) {
    const isolated = document.createElement('bdi')
    isolated.textContent = text
    if (index > 0) value.append(' · ')
    value.append(isolated)
  }
  return value
}
