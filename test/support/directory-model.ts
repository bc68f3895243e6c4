/**
 * A domain as protocol.md §2, §5.1 and §8.3 describe one, as simply as it can be said: lists and scans, nothing stored, nothing
 * indexed. What src/directory does is held to it (test/domain-model.test.ts).
 */
import { DirectoryError, STATUS, isCryptValue } from '../../src/directory/index.ts'
import type { Caller, Id, Properties, Property, WriteOperation } from '../../src/directory/index.ts'

interface ModelDirectory {
  instance: number
  readonly parent: number
  children: number[]
  properties: Properties
}

export interface ModelResult {
  readonly id: Id
  readonly child?: Id
  readonly revision: number
}

const TWO_32 = 2 ** 32
/** What Portolan gives a number that a copy does not have: its former life may have reached any instance below. */
const AFTER_COPY = 0x3fff_ffff
const TARGET_GAP_MAX = 100_000
const NEVER_USED = -1

function refuse(status: number): never {
  throw new DirectoryError(status)
}

function cut(text: string): string {
  return text.split('\0', 1)[0] ?? ''
}

function clean(properties: Properties): Properties {
  return properties.map(({ name, values }) => ({ name: cut(name), values: values.map(cut) }))
}

export function firstOf(properties: Properties, name: string): readonly string[] | undefined {
  return properties.find((property) => property.name === name)?.values
}

export class DirectoryModel {
  directories: Map<number, ModelDirectory> = new Map([[0, { instance: 1, parent: 0, children: [], properties: [] }]])
  /** The last instance of each number that no directory has, up to `highest`. */
  free: Map<number, number> = new Map()
  highest = 0
  revision = 0

  idOf(object: number): Id {
    return { object, instance: this.directories.get(object)?.instance ?? 0 }
  }

  get checksum(): number {
    let sum = 0n
    for (const [object, { instance }] of this.directories) sum += BigInt(object + 1) * BigInt(instance)
    return Number(sum % BigInt(TWO_32))
  }

  apply(operation: WriteOperation, caller: Caller): ModelResult {
    const result = this.#apply(operation, caller)
    this.revision += 1
    return { ...result, revision: this.revision }
  }

  /** Taking a copy of itself: the numbers in use stay, what was known of the others is forgotten. */
  copy(): void {
    this.highest = Math.max(...this.directories.keys())
    this.free = new Map()
    for (let object = 0; object < this.highest; object += 1)
      if (!this.directories.has(object)) this.free.set(object, AFTER_COPY)
    this.revision += 1
  }

  /** What readers see of a directory. */
  visible(object: number): Properties {
    const { properties } = this.directories.get(object) ?? refuse(STATUS.NODIR)
    return properties.map(({ name, values }) => ({ name, values: this.#shown(name, values) }))
  }

  /** LOOKUP by a scan, on what `see` gives of each child. */
  lookup(parent: number, key: string, value: string, see: (object: number) => Properties): number[] {
    const { children } = this.directories.get(parent) ?? refuse(STATUS.NODIR)
    return children.filter((child) => firstOf(see(child), cut(key))?.includes(cut(value)) === true)
  }

  #shown(name: string, values: readonly string[]): readonly string[] {
    if (name !== 'passwd' || values.length === 0) return values
    const isServing = ['YES', 'yes', 'Yes', 'Y', 'y', '1'].includes(
      firstOf(this.directories.get(0)?.properties ?? [], 'serve_crypt')?.[0] ?? '',
    )
    const isOld = values.every((value) => isCryptValue(value) || !value.startsWith('$'))
    return isServing && isOld ? values : ['*']
  }

  #apply(operation: WriteOperation, caller: Caller): Omit<ModelResult, 'revision'> {
    if (operation.kind === 'create') return this.#create(operation, caller)
    if (operation.kind === 'destroy') return this.#destroy(operation, caller)
    const directory = this.#fresh(operation.id)
    directory.properties = this.#changed(directory.properties, operation, caller)
    return { id: this.#raise(operation.id.object) }
  }

  #changed(
    before: Properties,
    operation: Exclude<WriteOperation, { readonly kind: 'create' | 'destroy' }>,
    caller: Caller,
  ): Properties {
    const isClient = caller.isMaster !== true
    if (operation.kind === 'write') {
      this.#mayChangeAll(before, caller)
      const secrets = before.filter(({ name }) => name === 'passwd')
      return clean(operation.properties).map((property) => {
        if (property.name !== 'passwd') return property
        const old = secrets.shift()?.values ?? []
        return isClient && isMask(property.values) && old.length > 0 ? { name: 'passwd', values: old } : property
      })
    }
    if (operation.kind === 'createProperty') {
      this.#mayChangeAll(before, caller)
      return put(before, operation.where, clean([operation.property])[0] ?? operation.property)
    }
    const { index } = operation
    const property: Property = before[index] ?? refuse(STATUS.NOPROP)
    const isSecret = property.name === 'passwd' && isClient
    const replaced = (name: string, values: readonly string[]): Properties =>
      before.map((each, at) => (at === index ? { name, values } : each))
    if (operation.kind === 'destroyProperty') {
      this.#mayChangeAll(before, caller)
      return before.filter((_, at) => at !== index)
    }
    if (operation.kind === 'renameProperty') {
      this.#mayChangeAll(before, caller)
      const name = cut(operation.name)
      return replaced(name, isSecret && name !== 'passwd' && property.values.length > 0 ? ['*'] : property.values)
    }
    if ('at' in operation && property.values[operation.at] === undefined) refuse(STATUS.NONAME)
    this.#mayChangeValues(before, property.name, caller, operation.kind === 'writeProperty')
    if (operation.kind === 'writeProperty') {
      const values = operation.values.map(cut)
      return replaced(
        property.name,
        isSecret && isMask(values) && property.values.length > 0 ? property.values : values,
      )
    }
    if (operation.kind === 'createValue')
      return replaced(property.name, put(property.values, operation.where, cut(operation.value)))
    if (operation.kind === 'destroyValue')
      return replaced(
        property.name,
        property.values.filter((_, at) => at !== operation.at),
      )
    const value = cut(operation.value)
    if (isSecret && value === '*') return before
    return replaced(
      property.name,
      property.values.map((old, at) => (at === operation.at ? value : old)),
    )
  }

  #create(
    { parent, properties, where, target }: Extract<WriteOperation, { readonly kind: 'create' }>,
    caller: Caller,
  ): Omit<ModelResult, 'revision'> {
    const above = this.#fresh(parent)
    this.#mayChangeAll(above.properties, caller)
    const lowest = Math.min(...this.free.keys())
    const free =
      lowest === Number.POSITIVE_INFINITY
        ? { object: this.highest + 1, instance: 0 }
        : { object: lowest, instance: ((this.free.get(lowest) ?? 0) + 1) % TWO_32 }
    const child = target ?? free
    if (this.directories.has(child.object)) refuse(STATUS.ALIVE)
    if (child.object > this.highest + TARGET_GAP_MAX) refuse(STATUS.NOSPACE)
    for (let skipped = this.highest + 1; skipped < child.object; skipped += 1) this.free.set(skipped, NEVER_USED)
    this.free.delete(child.object)
    this.highest = Math.max(this.highest, child.object)
    this.directories.set(child.object, {
      instance: child.instance,
      parent: parent.object,
      children: [],
      properties: clean(properties),
    })
    above.children = [...put(above.children, where, child.object)]
    return { id: this.#raise(parent.object), child }
  }

  #destroy(
    { parent, child }: Extract<WriteOperation, { readonly kind: 'destroy' }>,
    caller: Caller,
  ): Omit<ModelResult, 'revision'> {
    const above = this.#fresh(parent)
    this.#mayChangeAll(above.properties, caller)
    const below = this.#fresh(child)
    if (below.children.length > 0) refuse(STATUS.NOTEMPTY)
    if (!above.children.includes(child.object)) refuse(STATUS.UNRELATED)
    above.children = above.children.filter((each) => each !== child.object)
    this.directories.delete(child.object)
    this.free.set(child.object, child.instance)
    return { id: this.#raise(parent.object) }
  }

  #fresh(id: Id): ModelDirectory {
    const found = this.directories.get(id.object) ?? refuse(STATUS.NODIR)
    if (found.instance !== id.instance) refuse(STATUS.STALE)
    return found
  }

  #raise(object: number): Id {
    const found = this.directories.get(object) ?? refuse(STATUS.NODIR)
    found.instance = (found.instance + 1) % TWO_32
    return { object, instance: found.instance }
  }

  #mayChangeAll(properties: Properties, caller: Caller): void {
    if (firstOf(properties, '_locked') !== undefined) refuse(STATUS.RDONLY)
    if (!isAllowed(properties, '_writers', caller)) refuse(STATUS.PERM)
  }

  #mayChangeValues(properties: Properties, name: string, caller: Caller, isWhole: boolean): void {
    const isLocked = firstOf(properties, '_locked') !== undefined
    if (isLocked && isWhole) refuse(STATUS.RDONLY)
    const isAllowedAll = !isLocked && isAllowed(properties, '_writers', caller)
    if (isAllowedAll || isAllowed(properties, `_writers_${name}`, caller)) return
    refuse(isLocked ? STATUS.RDONLY : STATUS.PERM)
  }
}

function isMask(values: readonly string[]): boolean {
  return values.length === 1 && values[0] === '*'
}

function put<T>(list: readonly T[], where: number, item: T): readonly T[] {
  return [...list.slice(0, where), item, ...list.slice(where)]
}

function isAllowed(properties: Properties, list: string, { kind, name }: Caller): boolean {
  const writers = firstOf(properties, list) ?? []
  return kind === 'superuser' || writers.includes('*') || (kind === 'user' && writers.includes(name))
}
