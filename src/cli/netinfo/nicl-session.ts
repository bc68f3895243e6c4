/** What the commands of nicl share: the domain, the current directory, and how much is to be said. */
import { printable } from '../../core/index.ts'
import { DirectoryError, ROOT_OBJECT, STATUS, firstValue } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { Context } from '../command.ts'
import { assertNoLoop, findChild } from './edit.ts'
import { NiclError } from './nicl-status.ts'
import { escapeName, objectOf, readPath } from './paths.ts'
import type { PathStep } from './paths.ts'
import type { Session } from './session.ts'

export interface NiclOptions {
  readonly isReadOnly: boolean
  /** 0, 1 (-v: each directory with its numbers) or 2 (-vv: also what is done). */
  readonly verbosity: number
  readonly isQuiet: boolean
  /** Whether to ask before a directory is deleted. */
  readonly isAsking: boolean
  readonly isBold: boolean
}

/** Opens the domain: anew, as someone else, for `auth`. */
export type Opener = (credentials: { readonly user?: string; readonly password?: string }) => Promise<OpenedDomain>

export interface OpenedDomain {
  readonly session: Session
  /** The store itself, in raw mode. */
  readonly raw: Domain | null
}

export class NiclSession {
  readonly context: Context
  readonly options: NiclOptions
  /** Whether commands come one after another, so that a current directory makes sense. */
  readonly isShell: boolean
  /** Whether a person types them. */
  readonly isInteractive: boolean
  /** The object number of the current directory. */
  current: number = ROOT_OBJECT
  /** Asks the person; null at the end of input. Who reads the commands from the terminal must read the answers too. */
  ask: (question: string) => Promise<string | null>
  /** Set by `quit`. */
  hasEnded = false
  /** How many scripts are running, one called by the other. */
  scriptDepth = 0
  readonly #open: Opener
  #opened: OpenedDomain
  #hasWritten = false

  constructor(
    context: Context,
    options: NiclOptions,
    kind: { readonly isShell: boolean; readonly isInteractive: boolean },
    opened: OpenedDomain,
    open: Opener,
  ) {
    this.context = context
    this.ask = context.ask
    this.options = options
    this.isShell = kind.isShell
    this.isInteractive = kind.isInteractive
    this.#opened = opened
    this.#open = open
  }

  get session(): Session {
    return this.#opened.session
  }

  get raw(): Domain | null {
    return this.#opened.raw
  }

  /** For reads: any server, but after a write the master, since a clone may lag behind. */
  async reader(): Promise<DomainHandle> {
    return this.#hasWritten ? this.session.master() : this.session.handle
  }

  /**
   * For writes, and the reads that they rest on.
   * @throws NiclError with -ro
   */
  async writer(): Promise<DomainHandle> {
    this.refuseReadOnly()
    this.#hasWritten = true
    return this.session.master()
  }

  /** @throws NiclError with -ro */
  refuseReadOnly(): void {
    if (this.options.isReadOnly) throw new NiclError('read-only, because of -ro: nothing was changed')
  }

  /** @throws ToolError when the domain cannot be opened as this user; the session stays as it was */
  async reopen(user: string, password: string): Promise<void> {
    const opened = await this.#open({ user, password })
    this.session.close()
    this.#opened = opened
    this.#hasWritten = false
  }

  async close(): Promise<void> {
    this.session.close()
    await this.raw?.close()
  }

  /** Says something on standard error. */
  note(text: string): void {
    this.context.err(`nicl: ${printable(text)}\n`)
  }

  /** Whether to go on: true unless -i was given and a person, who is there to be asked, says no. */
  async isConfirmed(question: string): Promise<boolean> {
    if (!this.options.isAsking || !this.isInteractive) return true
    const answer = await this.ask(`${printable(question)} [y/N] `)
    return answer !== null && /^y(es)?$/i.test(answer.trim())
  }

  /** @throws DirectoryError NODIR */
  async find(handle: DomainHandle, path: string): Promise<number> {
    return this.#walk(handle, path, () => Promise.reject(new DirectoryError(STATUS.NODIR)))
  }

  /** The directory at a path; what is missing is created. */
  async findOrCreate(master: DomainHandle, path: string): Promise<number> {
    return this.#walk(master, path, async (parent, { key, value }) => {
      const { child } = await master.create(await master.self(parent), [{ name: key, values: [value] }])
      return child.object
    })
  }

  /** From the root, or from the current directory where the path begins with no slash; `.` and `..` are as in file names. */
  async #walk(
    handle: DomainHandle,
    path: string,
    whenMissing: (parent: number, step: PathStep) => Promise<number>,
  ): Promise<number> {
    const object = objectOf(path)
    if (object !== null) return (await handle.self(object)).object
    let at = path.startsWith('/') ? ROOT_OBJECT : this.current
    for (const step of readPath(path)) {
      const isName = step.key === 'name'
      if (isName && step.value === '.') continue
      if (isName && step.value === '..') at = (await handle.parent(at)).parent
      else at = (await findChild(handle, at, step)) ?? (await whenMissing(at, step))
    }
    return at
  }

  /** The directories from one up to the root, that one first. */
  async wayUp(handle: DomainHandle, object: number): Promise<readonly number[]> {
    const way = [object]
    for (let at = object; at !== ROOT_OBJECT;) {
      at = (await handle.parent(at)).parent
      assertNoLoop(at, new Set(way))
      way.push(at)
    }
    return way
  }

  /** `/users/pia`: by first names, `dir:7` where a directory has none. */
  async pathOf(handle: DomainHandle, object: number): Promise<string> {
    const names: string[] = []
    for (const each of await this.wayUp(handle, object)) {
      if (each === ROOT_OBJECT) continue
      const name = firstValue((await handle.read(each)).properties, 'name')
      names.push(name === undefined ? `dir:${each}` : escapeName(name))
    }
    return `/${names.toReversed().join('/')}`
  }
}
