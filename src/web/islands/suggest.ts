/** Suggestions below a search field while somebody types: the combobox of the ARIA Authoring Practices, with a list popup. */

interface Suggestion {
  readonly text: string
  readonly detail: string
  readonly href: string
}

/** For another letter to come before the server is asked, in ms. */
const PAUSE_MS = 80
/** Answers kept: who goes back a letter asks nobody. */
const KEPT_MAX = 50

let count = 0

/** Adds suggestions to every field that names where to ask for them. */
export function addSuggestions(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLInputElement>('input[data-suggest]')) Suggest.addTo(field)
}

class Suggest {
  readonly #field: HTMLInputElement
  readonly #list: HTMLUListElement
  readonly #kept: Map<string, readonly Suggestion[]> = new Map()
  #options: readonly HTMLLIElement[] = []
  #shown: readonly Suggestion[] = []
  #active: number = -1
  #timer: number = 0
  #asking: AbortController | null = null

  private constructor(field: HTMLInputElement) {
    this.#field = field
    count += 1
    this.#list = document.createElement('ul')
    this.#list.id = `suggestions-${count}`
    this.#list.className = 'suggestions'
    this.#list.setAttribute('role', 'listbox')
    this.#list.setAttribute('aria-label', field.dataset['suggestLabel'] ?? '')
    this.#list.hidden = true
    const place = document.createElement('span')
    place.className = 'suggest'
    field.replaceWith(place)
    place.append(field, this.#list)
    field.setAttribute('role', 'combobox')
    field.setAttribute('aria-autocomplete', 'list')
    field.setAttribute('aria-controls', this.#list.id)
    field.setAttribute('aria-expanded', 'false')
    field.addEventListener('input', () => this.#later())
    field.addEventListener('keydown', (event) => this.#onKey(event))
    field.addEventListener('blur', () => this.#close())
    this.#list.addEventListener('pointerdown', (event) => {
      // The field keeps the focus, so that the list stays until the click has gone where it leads.
      event.preventDefault()
    })
    this.#list.addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('li') : null
      if (option !== null) this.#go(this.#options.indexOf(option))
    })
  }

  static addTo(field: HTMLInputElement): Suggest {
    return new Suggest(field)
  }

  #later(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), PAUSE_MS)
  }

  async #ask(): Promise<void> {
    const query = this.#field.value.trim()
    this.#asking?.abort()
    if (query === '') {
      this.#close()
      return
    }
    const known = this.#kept.get(query)
    if (known !== undefined) {
      this.#show(known)
      return
    }
    const asking = new AbortController()
    this.#asking = asking
    try {
      const address = `${this.#field.dataset['suggest'] ?? ''}?q=${encodeURIComponent(query)}`
      const answer = await fetch(address, { signal: asking.signal })
      const suggestions = answer.ok ? suggestionsIn(await answer.json()) : []
      if (asking.signal.aborted) return
      if (this.#kept.size >= KEPT_MAX) this.#kept.clear()
      this.#kept.set(query, suggestions)
      this.#show(suggestions)
    } catch {
      // Another letter came, or the server is gone: the form still works.
      if (!asking.signal.aborted) this.#close()
    }
  }

  #show(suggestions: readonly Suggestion[]): void {
    this.#shown = suggestions
    this.#active = -1
    this.#field.removeAttribute('aria-activedescendant')
    this.#options = suggestions.map(({ text, detail }, index) => {
      const option = document.createElement('li')
      option.id = `${this.#list.id}-${index}`
      option.setAttribute('role', 'option')
      option.setAttribute('aria-selected', 'false')
      const name = document.createElement('bdi')
      name.textContent = text
      const more = document.createElement('span')
      more.className = 'faint'
      more.textContent = detail
      option.append(name, ' ', more)
      return option
    })
    this.#list.replaceChildren(...this.#options)
    const isOpen = suggestions.length > 0 && document.activeElement === this.#field
    this.#list.hidden = !isOpen
    this.#field.setAttribute('aria-expanded', String(isOpen))
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#list.hidden = true
    this.#active = -1
    this.#field.setAttribute('aria-expanded', 'false')
    this.#field.removeAttribute('aria-activedescendant')
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !this.#list.hidden) {
      event.preventDefault()
      this.#close()
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && this.#options.length > 0) {
      event.preventDefault()
      this.#list.hidden = false
      this.#field.setAttribute('aria-expanded', 'true')
      this.#move(event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Enter' && this.#active >= 0) {
      event.preventDefault()
      this.#go(this.#active)
    }
  }

  /** Through the list, and past its ends back to what was typed. */
  #move(step: number): void {
    const places = this.#options.length + 1
    this.#active = ((this.#active + 1 + step + places) % places) - 1
    for (const [index, option] of this.#options.entries())
      option.setAttribute('aria-selected', String(index === this.#active))
    const option = this.#options[this.#active]
    if (option === undefined) this.#field.removeAttribute('aria-activedescendant')
    else this.#field.setAttribute('aria-activedescendant', option.id)
  }

  #go(index: number): void {
    const suggestion = this.#shown[index]
    if (suggestion !== undefined) location.assign(suggestion.href)
  }
}

/** Only paths of this site are gone to. */
function suggestionsIn(value: unknown): readonly Suggestion[] {
  if (!Array.isArray(value)) return []
  return value.filter(
    (each): each is Suggestion =>
      typeof each === 'object' &&
      each !== null &&
      'text' in each &&
      typeof each.text === 'string' &&
      'detail' in each &&
      typeof each.detail === 'string' &&
      'href' in each &&
      typeof each.href === 'string' &&
      /^\/(?!\/)/.test(each.href),
  )
}
