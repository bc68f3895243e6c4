/** Asks open ports what they are, a few at a time, as they are found. */
import { readBanner } from '../../probe/index.ts'
import type { Banner, PortAnswer, ProbeTransport } from '../../probe/index.ts'
import type { BannerBook } from './make-report.ts'

/** Conversations at once; each holds a descriptor or two, and may wait for its peer. */
const AT_ONCE = 24
/** For the whole conversation with one port. */
const BANNER_MS = 6000

export interface BannerQueueOptions {
  readonly nameOf: (address: string) => string | null
  /** What the port is for, to be tried first. */
  readonly hintOf: (port: number, transport: ProbeTransport) => string | null
  readonly signal: AbortSignal
  readonly onBanner: (answer: PortAnswer, banner: Banner | null) => void
}

export class BannerQueue implements BannerBook {
  readonly #options: BannerQueueOptions
  readonly #found: Map<string, Banner> = new Map()
  readonly #waiting: PortAnswer[] = []
  #next: number = 0
  #running: number = 0
  #wake: (() => void) | null = null

  constructor(options: BannerQueueOptions) {
    this.#options = options
  }

  get done(): number {
    return this.#next - this.#running
  }

  get total(): number {
    return this.#waiting.length
  }

  bannerOf(host: string, transport: ProbeTransport, port: number): Banner | null {
    return this.#found.get(keyOf(host, transport, port)) ?? null
  }

  add(answer: PortAnswer): void {
    this.#waiting.push(answer)
    this.#start()
  }

  /** Resolves when all that were added have been asked. */
  async finish(): Promise<void> {
    while (this.#next < this.#waiting.length || this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #start(): void {
    while (this.#running < AT_ONCE) {
      const answer = this.#waiting[this.#next]
      if (answer === undefined) return
      this.#next += 1
      this.#running += 1
      void this.#ask(answer).finally(() => {
        this.#running -= 1
        this.#start()
        this.#wake?.()
      })
    }
  }

  async #ask(answer: PortAnswer): Promise<void> {
    const { nameOf, hintOf, signal, onBanner } = this.#options
    const { host: address, port, transport } = answer
    const banner = signal.aborted
      ? null
      : await readBanner(
          { address, port, transport, name: nameOf(address) },
          { timeoutMs: BANNER_MS, signal, hint: hintOf(port, transport) },
        )
    if (banner !== null) this.#found.set(keyOf(address, transport, port), banner)
    onBanner(answer, banner)
  }
}

function keyOf(host: string, transport: ProbeTransport, port: number): string {
  return `${host} ${transport} ${port}`
}
