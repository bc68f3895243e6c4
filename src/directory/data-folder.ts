/** The folder in which a machine keeps its domains: one store a domain, named for its tag. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PortolanError } from '../core/index.ts'
import { LmdbStore } from '../store/index.ts'
import { Domain } from './domain.ts'

const ENDING = '.mdb'
/** Where a restored or transferred file waits until it is whole. */
const TEMPORARY_ENDING = '.tmp'
/** A tag is a file's name here, and a word of `serves` in the protocol. */
const TAG_FORM = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/

export class DataFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** The tags of the domains that are kept here, in the order of their names. */
  tags(): readonly string[] {
    if (!existsSync(this.path)) return []
    return readdirSync(this.path)
      .filter((name) => name.endsWith(ENDING))
      .map((name) => name.slice(0, -ENDING.length))
      .filter((tag) => TAG_FORM.test(tag))
      .toSorted()
  }

  /** @throws ERR_PORTOLAN_TAG_INVALID */
  fileOf(tag: string): string {
    if (!TAG_FORM.test(tag))
      throw new PortolanError('ERR_PORTOLAN_TAG_INVALID', `'${tag}' cannot be the tag of a domain.`, {
        hint: 'A tag has up to 64 letters, digits, dots, dashes and underscores, and begins with none of the first two marks.',
      })
    return join(this.path, `${tag}${ENDING}`)
  }

  has(tag: string): boolean {
    return existsSync(this.fileOf(tag))
  }

  /**
   * Opens a domain; creates it, empty, where it is not there.
   * @throws ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION, ERR_PORTOLAN_TAG_INVALID
   */
  async open(tag: string): Promise<Domain> {
    const file = this.fileOf(tag)
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    return Domain.open(LmdbStore.open(file), { tag })
  }

  /**
   * Opens a domain that must be there.
   * @throws ERR_PORTOLAN_DOMAIN_MISSING, and what `open` throws
   */
  async openExisting(tag: string): Promise<Domain> {
    this.#requireDomain(tag)
    return this.open(tag)
  }

  /**
   * Opens a domain that is served from here by another thread, to read it.
   * @throws ERR_PORTOLAN_DOMAIN_MISSING, ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION
   */
  follow(tag: string): Domain {
    this.#requireDomain(tag)
    return Domain.follow(LmdbStore.open(this.fileOf(tag)), tag)
  }

  /** Removes a domain for good; it must be closed. */
  remove(tag: string): void {
    LmdbStore.remove(this.fileOf(tag))
  }

  /** Where a file is made whole before it takes the domain's place. */
  temporaryOf(tag: string): string {
    return `${this.fileOf(tag)}${TEMPORARY_ENDING}`
  }

  #requireDomain(tag: string): void {
    if (this.has(tag)) return
    const there = this.tags().join(', ')
    throw new PortolanError('ERR_PORTOLAN_DOMAIN_MISSING', `${this.path} holds no domain '${tag}'.`, {
      hint: there === '' ? "'portolan serve' makes one." : `It holds: ${there}.`,
    })
  }
}
