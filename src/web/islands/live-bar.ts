/** Whether the page is live, and the button that pauses it. */
import type { ListenerWords } from '../pages/listeners/listener-form.ts'

export class LiveBar {
  readonly #say: ListenerWords
  readonly #bar: HTMLElement | null = document.querySelector('.live-bar')
  readonly #state: HTMLElement | null = document.querySelector('.live-state')
  #isPaused: boolean = false
  #isLost: boolean = false

  constructor(say: ListenerWords, onResume: () => void) {
    this.#say = say
    const button = document.querySelector<HTMLButtonElement>('.live-pause')
    button?.addEventListener('click', () => {
      this.#isPaused = !this.#isPaused
      button.setAttribute('aria-pressed', String(this.#isPaused))
      button.textContent = this.#isPaused ? say.resume : say.pause
      this.#tell()
      if (!this.#isPaused) onResume()
    })
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  showLost(isLost: boolean): void {
    this.#isLost = isLost
    if (this.#bar !== null && !isLost) this.#bar.hidden = false
    this.#tell()
  }

  #tell(): void {
    if (this.#state !== null) this.#state.textContent = this.#isLost ? this.#say.lost : this.#say.live
    this.#bar?.classList.toggle('is-lost', this.#isLost)
    this.#bar?.classList.toggle('is-paused', this.#isPaused)
  }
}
