/**
 * Judges a copy of a domain as it comes in (protocol.md §9), before it replaces anything.
 *
 * A whole copy is a tree in pre-order: each directory is the next child of one that came before, none is missing, and the
 * checksum of all is what the master announced. It must name its master, and not this server, which has just asked another one. And
 * its passwords must be real: Portolan hides them from whom the domain does not list, and from whom cannot prove to be a server. Such a copy
 * has the checksum of the real data; taken, it would pass for whole, until this server becomes the master and nobody can log in.
 */
import { MASK, MODEL_LIMITS, ROOT_OBJECT, SECRET_NAME, firstValue, valuesOf } from '../../directory/index.ts'
import type { DirectoryObject, Properties } from '../../directory/index.ts'
import { parseServes } from './machines.ts'
import type { IncomingCopy } from './replica-connection.ts'
import type { OwnServer } from './server-role.ts'
import { parseServerName } from './tunables.ts'

/** A copy that must not replace what this server has. */
export class CopyRefused extends Error {
  override readonly name: string = 'CopyRefused'
}

/** The children of a directory that are still to come. */
interface Level {
  readonly parent: number
  readonly children: readonly number[]
  next: number
}

/**
 * Passes the directories on, and throws at the end, or before, what makes the copy unfit.
 * @param isProven whether it was asked for from a reserved port, which is what proves a server
 * @throws CopyRefused
 */
export async function* checkCopy(
  copy: IncomingCopy,
  own: OwnServer,
  isProven: boolean,
): AsyncGenerator<DirectoryObject, void, undefined> {
  const order = new OrderCheck()
  const master = new MasterCheck(own)
  const secrets = new SecretsCheck(isProven)
  let checksum = 0
  for await (const object of copy.objects) {
    order.take(object)
    master.take(object)
    secrets.take(object)
    checksum = addToChecksum(checksum, object)
    yield object
  }
  order.finish()
  master.finish()
  secrets.finish(master.isListed)
  if (checksum !== copy.checksum)
    throw new CopyRefused(`its checksum is ${checksum} and the master announced ${copy.checksum}`)
}

/** Σ (object + 1) × instance, modulo 2³² (protocol.md §2.2). */
export function addToChecksum(checksum: number, { id }: Pick<DirectoryObject, 'id'>): number {
  return (checksum + Math.imul(id.object + 1, id.instance)) >>> 0
}

class OrderCheck {
  readonly #levels: Level[] = []
  readonly #seen = new Set<number>()

  take({ id: { object }, parent, children }: DirectoryObject): void {
    if (this.#seen.size === 0) {
      if (object !== ROOT_OBJECT || parent !== ROOT_OBJECT) throw new CopyRefused(`it begins with directory ${object}`)
    } else this.#takeChild(object, parent)
    if (this.#seen.has(object)) throw new CopyRefused(`directory ${object} comes twice`)
    if (this.#seen.size >= MODEL_LIMITS.ids) throw new CopyRefused(`it has more than ${MODEL_LIMITS.ids} directories`)
    this.#seen.add(object)
    this.#levels.push({ parent: object, children, next: 0 })
  }

  finish(): void {
    this.#leaveWhole()
    const level = this.#levels.at(-1)
    if (level !== undefined) throw new CopyRefused(`directory ${level.children[level.next]} is missing`)
    if (this.#seen.size <= 1) throw new CopyRefused('it is empty')
  }

  #takeChild(object: number, parent: number): void {
    this.#leaveWhole()
    const level = this.#levels.at(-1)
    const expected = level?.children[level.next]
    if (level === undefined || object !== expected || parent !== level.parent)
      throw new CopyRefused(`directory ${object} of ${parent} comes where ${expected ?? 'nothing'} should`)
    level.next += 1
  }

  /** Leaves the directories whose children have all come. */
  #leaveWhole(): void {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      if (level.next < level.children.length) return
      this.#levels.pop()
    }
  }
}

/** Follows the copy's `master` to its host's first address. */
class MasterCheck {
  readonly #own: OwnServer
  #master: ReturnType<typeof parseServerName> = null
  #machines: number | null = null
  #host: number | null = null
  #isListed = false

  constructor(own: OwnServer) {
    this.#own = own
  }

  take({ id: { object }, properties, parent }: DirectoryObject): void {
    if (object === ROOT_OBJECT) {
      this.#master = parseServerName(firstValue(properties, 'master'))
      return
    }
    const names = valuesOf(properties, 'name')
    if (parent === this.#machines && isServerHere(properties, this.#own)) this.#isListed = true
    if (this.#machines === null && parent === ROOT_OBJECT && names.includes('machines')) this.#machines = object
    if (this.#master === null || this.#host !== null) return
    if (parent !== this.#machines || !names.includes(this.#master.host)) return
    this.#host = object
    const address = firstValue(properties, 'ip_address')
    if (address !== undefined && this.#own.isOwnAddress(address) && this.#master.tag === this.#own.tag)
      throw new CopyRefused('it names this server as the master')
  }

  /** True where `/machines` lists this server among those of the domain. */
  get isListed(): boolean {
    return this.#isListed
  }

  finish(): void {
    if (this.#master === null) throw new CopyRefused('it does not name its master')
  }
}

/** Looks whether passwords may have been hidden. */
class SecretsCheck {
  readonly #isProven: boolean
  #hasMask = false

  constructor(isProven: boolean) {
    this.#isProven = isProven
  }

  take({ properties }: DirectoryObject): void {
    // An account without login has the same value, and a real copy may well hold some.
    if (this.#hasMask) return
    const values = valuesOf(properties, SECRET_NAME)
    this.#hasMask = values.length === 1 && values[0] === MASK
  }

  finish(isListed: boolean): void {
    if (!this.#hasMask || (this.#isProven && isListed)) return
    throw new CopyRefused(
      isListed
        ? 'its passwords are hidden: a clone must run as root, to ask from a reserved port'
        : 'its passwords are hidden: /machines at the master does not list this server among those of the domain',
    )
  }
}

function isServerHere(properties: Properties, { tag, isOwnAddress }: OwnServer): boolean {
  const isOfDomain = valuesOf(properties, 'serves').some((value) => {
    const serves = parseServes(value)
    return serves?.domain === '.' && serves.tag === tag
  })
  return isOfDomain && valuesOf(properties, 'ip_address').some(isOwnAddress)
}
