/** The pages of ports that nobody listens on and nobody declares, as they are for who has no cookie. */
import { hash } from 'node:crypto'
import { raw } from 'hono/html'
import { NO_DIRECTORY, reportPort } from '../../../answer/index.ts'
import { TRANSPORTS } from '../../../registry/index.ts'
import { BoundedMap } from '../../bounded-map.ts'
import type { View } from '../../i18n/view.ts'
import type { WebServices } from '../../services.ts'
import { renderParts } from '../layout.ts'
import type { Page } from '../layout.ts'
import type { KnownPorts } from './known-ports.ts'
import { LearntPages } from './learnt-pages.ts'
import type { ReadyPage } from './learnt-pages.ts'
import { NEIGHBOURS } from './neighbours-part.ts'
import { portPage } from './port-page.ts'

/** Pages that are like no other: 8,000 ports have one. Of each only what is its own is kept, some 7 kB. */
const KEPT_MAX = 9000
const TAG_CHARS = 16
const NOBODY = { listeners: [], connections: [], notes: [] }

type QuietServices = Pick<WebServices, 'frame' | 'registry' | 'lore' | 'known'>

interface Kept {
  readonly tag: string
  /** All of it but the main part. */
  readonly page: Page
  readonly main: Buffer<ArrayBuffer>
  /** Of the whole page, in bytes. */
  readonly size: number
}

export class QuietPages {
  readonly #services: QuietServices
  readonly #known: KnownPorts
  readonly #learnt: LearntPages
  readonly #kept: BoundedMap<Kept> = new BoundedMap(KEPT_MAX)

  constructor(services: QuietServices) {
    const { registry, lore, known } = services
    this.#services = services
    this.#known = known
    this.#learnt = new LearntPages(registry, lore, this.#known, (view, port) => this.make(view, port))
  }

  of(view: View, port: number): ReadyPage {
    return this.#learnt.page(view, port) ?? this.#readyOf(view, port)
  }

  /** Makes a page anew. */
  make(view: View, port: number): string {
    const { before, main, after } = renderParts(this.#services.frame, view, this.#page(view, port))
    return before + main + after
  }

  #page(view: View, port: number): Page {
    const { frame, registry, lore } = this.#services
    const report = reportPort(port, TRANSPORTS, registry, lore, NOBODY, NO_DIRECTORY)
    const around = this.#known.around(port, NEIGHBOURS)
    return portPage(frame, view, { report, around, given: null, visitor: null })
  }

  #readyOf(view: View, port: number): ReadyPage {
    const { frame } = this.#services
    const key = `${view.language.tag} ${view.isNamed} ${port}`
    let kept = this.#kept.get(key)
    if (kept === undefined) {
      kept = this.#keep(view, port)
      this.#kept.set(key, kept)
    }
    const { tag, size, page, main } = kept
    return {
      tag,
      size,
      write: (target) => {
        const { before, after } = renderParts(frame, view, page)
        let at = target.write(before)
        at += main.copy(target, at)
        return at + target.write(after, at)
      },
    }
  }

  #keep(view: View, port: number): Kept {
    const page = this.#page(view, port)
    const { before, main, after } = renderParts(this.#services.frame, view, page)
    const whole = before + main + after
    return {
      tag: hash('sha256', whole, 'base64url').slice(0, TAG_CHARS),
      page: { ...page, main: raw('') },
      main: Buffer.from(main),
      size: Buffer.byteLength(whole),
    }
  }
}
