/**
 * A domain in memory, as protocol.md §2, §5.1 and §8 describe one: what the logic of the NetInfo tools is tested on, with the
 * answers that a real server gives only when something is wrong with it.
 */
import { APPEND, DirectoryError, STATUS } from '../../src/directory/index.ts'
import type { Id, Properties, Tree } from '../../src/directory/index.ts'
import type { Binding, DomainHandle, OpenOptions } from '../../src/netinfo/index.ts'

interface Directory {
  instance: number
  properties: { name: string; values: string[] }[]
  parent: number
  children: number[]
}

type Method = Exclude<keyof DomainHandle, 'server' | 'close'>

export class MemoryDomain {
  readonly server: Binding
  readonly directories: Map<number, Directory> = new Map([
    [0, { instance: 1, properties: [], parent: 0, children: [] }],
  ])
  parent: Binding | null = null
  /** Answers that come instead of the right ones, each once. */
  readonly refusals: { readonly method: Method; readonly status: number }[] = []
  /** Every call that changes something, and who made it. */
  readonly writes: { readonly method: Method; readonly user: string | undefined; readonly at: 'master' | 'clone' }[] =
    []
  openHandles = 0

  constructor(server: Binding, tree: Tree = { properties: [], children: [] }) {
    this.server = server
    this.fill(0, tree)
  }

  fill(object: number, tree: Tree): void {
    this.at(object).properties = copyOf(tree.properties)
    for (const child of tree.children) this.fill(this.add(object, []).object, child)
  }

  at(object: number): Directory {
    const found = this.directories.get(object)
    if (found === undefined) throw new DirectoryError(STATUS.BADID)
    return found
  }

  idOf(object: number): Id {
    return { object, instance: this.at(object).instance }
  }

  add(parent: number, properties: Properties, where: number = APPEND): Id {
    let object = 0
    while (this.directories.has(object)) object += 1
    this.directories.set(object, { instance: 1, properties: copyOf(properties), parent, children: [] })
    this.at(parent).children.splice(where, 0, object)
    return this.idOf(object)
  }

  /** All of it, for comparing. */
  tree(object = 0): Tree {
    const { properties, children } = this.at(object)
    return { properties: copyOf(properties), children: children.map((child) => this.tree(child)) }
  }

  /** The first child on each step of a path of plain names. */
  find(path: string): number {
    return path
      .split('/')
      .filter((name) => name !== '')
      .reduce((object, name) => this.lookup(object, 'name', name)[0] ?? 0, 0)
  }

  lookup(object: number, key: string, value: string): number[] {
    const found = this.at(object).children.filter((child) =>
      this.at(child)
        .properties.find((property) => property.name === key)
        ?.values.includes(value),
    )
    if (found.length === 0) throw new DirectoryError(STATUS.NODIR)
    return found
  }

  propertiesOf(path: string): Properties {
    return this.at(this.find(path)).properties
  }

  handle(options: OpenOptions = {}, isMaster = true): DomainHandle {
    this.openHandles += 1
    return new MemoryHandle(this, options, isMaster)
  }
}

function copyOf(properties: Properties): { name: string; values: string[] }[] {
  return properties.map(({ name, values }) => ({ name, values: [...values] }))
}

class MemoryHandle implements DomainHandle {
  readonly #domain: MemoryDomain
  readonly #options: OpenOptions
  readonly #isMaster: boolean

  constructor(domain: MemoryDomain, options: OpenOptions, isMaster: boolean) {
    this.#domain = domain
    this.#options = options
    this.#isMaster = isMaster
  }

  get server(): Binding {
    return this.#domain.server
  }

  #refuse(method: Method): void {
    const index = this.#domain.refusals.findIndex((each) => each.method === method)
    const [refusal] = index === -1 ? [] : this.#domain.refusals.splice(index, 1)
    if (refusal !== undefined) throw new DirectoryError(refusal.status)
  }

  /** A read: refused when the test says so. */
  #read<T>(method: Method, work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.#refuse(method)
      return work()
    })
  }

  /** A write of one directory: refused by a clone, by a stale id, or when the test says so. */
  #write(method: Method, id: Id, work: (directory: Directory) => void): Promise<Id> {
    return Promise.resolve().then(() => {
      const at = this.#isMaster ? 'master' : 'clone'
      this.#domain.writes.push({ method, user: this.#options.user, at })
      this.#refuse(method)
      if (!this.#isMaster) throw new DirectoryError(STATUS.RDONLY)
      const directory = this.#domain.at(id.object)
      if (directory.instance !== id.instance) throw new DirectoryError(STATUS.STALE)
      work(directory)
      directory.instance += 1
      return this.#domain.idOf(id.object)
    })
  }

  #property(directory: Directory, index: number): { name: string; values: string[] } {
    const property = directory.properties[index]
    if (property === undefined) throw new DirectoryError(STATUS.NOPROP)
    return property
  }

  ping(): Promise<void> {
    return this.#read('ping', () => undefined)
  }

  statistics(): Promise<Properties> {
    return this.#read('statistics', () => [
      { name: 'checksum', values: ['42'] },
      { name: 'tag', values: [this.server.tag, this.#isMaster ? 'master' : 'clone'] },
    ])
  }

  root(): Promise<Id> {
    return this.#read('root', () => this.#domain.idOf(0))
  }

  self(object: number): Promise<Id> {
    return this.#read('self', () => this.#domain.idOf(object))
  }

  parent(object: number): ReturnType<DomainHandle['parent']> {
    return this.#read('parent', () => ({ parent: this.#domain.at(object).parent, id: this.#domain.idOf(object) }))
  }

  read(object: number): ReturnType<DomainHandle['read']> {
    return this.#read('read', () => ({
      id: this.#domain.idOf(object),
      properties: copyOf(this.#domain.at(object).properties),
    }))
  }

  children(object: number): ReturnType<DomainHandle['children']> {
    return this.#read('children', () => ({
      objects: [...this.#domain.at(object).children],
      id: this.#domain.idOf(object),
    }))
  }

  lookup(object: number, key: string, value: string): ReturnType<DomainHandle['lookup']> {
    return this.#read('lookup', () => ({
      objects: this.#domain.lookup(object, key, value),
      id: this.#domain.idOf(object),
    }))
  }

  lookupRead(object: number, key: string, value: string): ReturnType<DomainHandle['lookupRead']> {
    return this.#read('lookupRead', () => {
      const [first = 0] = this.#domain.lookup(object, key, value)
      return { id: this.#domain.idOf(object), properties: copyOf(this.#domain.at(first).properties) }
    })
  }

  list(object: number, key: string): ReturnType<DomainHandle['list']> {
    return this.#read('list', () => ({
      entries: this.#domain.at(object).children.map((child) => {
        const values = this.#domain.at(child).properties.find(({ name }) => name === key)?.values ?? []
        return { object: child, values: values.length === 0 ? null : [...values] }
      }),
      id: this.#domain.idOf(object),
    }))
  }

  listAll(object: number): ReturnType<DomainHandle['listAll']> {
    return this.#read('listAll', () => ({
      id: this.#domain.idOf(object),
      children: this.#domain.at(object).children.map((child) => copyOf(this.#domain.at(child).properties)),
    }))
  }

  listProperties(object: number): ReturnType<DomainHandle['listProperties']> {
    return this.#read('listProperties', () => ({
      names: this.#domain.at(object).properties.map(({ name }) => name),
      id: this.#domain.idOf(object),
    }))
  }

  readProperty(object: number, property: number): ReturnType<DomainHandle['readProperty']> {
    return this.#read('readProperty', () => ({
      values: [...this.#property(this.#domain.at(object), property).values],
      id: this.#domain.idOf(object),
    }))
  }

  readValue(object: number, property: number, value: number): ReturnType<DomainHandle['readValue']> {
    return this.#read('readValue', () => {
      const found = this.#property(this.#domain.at(object), property).values[value]
      if (found === undefined) throw new DirectoryError(STATUS.NONAME)
      return { value: found, id: this.#domain.idOf(object) }
    })
  }

  rparent(): Promise<Binding> {
    return this.#read('rparent', () => {
      if (this.#domain.parent === null) throw new DirectoryError(STATUS.NETROOT)
      return this.#domain.parent
    })
  }

  async create(parent: Id, properties: Properties, where: number = APPEND): ReturnType<DomainHandle['create']> {
    let child: Id = { object: 0, instance: 0 }
    const newest = await this.#write('create', parent, () => {
      child = this.#domain.add(parent.object, properties, where)
    })
    return { child, parent: newest }
  }

  destroy(parent: Id, child: Id): Promise<Id> {
    return this.#write('destroy', parent, (directory) => {
      const { instance, children } = this.#domain.at(child.object)
      if (instance !== child.instance) throw new DirectoryError(STATUS.STALE)
      if (children.length > 0) throw new DirectoryError(STATUS.NOTEMPTY)
      if (!directory.children.includes(child.object)) throw new DirectoryError(STATUS.UNRELATED)
      directory.children.splice(directory.children.indexOf(child.object), 1)
      this.#domain.directories.delete(child.object)
    })
  }

  write(id: Id, properties: Properties): Promise<Id> {
    return this.#write('write', id, (directory) => {
      directory.properties = copyOf(properties)
    })
  }

  createProperty(id: Id, { name, values }: Properties[number], where: number = APPEND): Promise<Id> {
    return this.#write('createProperty', id, ({ properties }) => {
      properties.splice(where, 0, { name, values: [...values] })
    })
  }

  destroyProperty(id: Id, property: number): Promise<Id> {
    return this.#write('destroyProperty', id, (directory) => {
      this.#property(directory, property)
      directory.properties.splice(property, 1)
    })
  }

  writeProperty(id: Id, property: number, values: readonly string[]): Promise<Id> {
    return this.#write('writeProperty', id, (directory) => {
      this.#property(directory, property).values = [...values]
    })
  }

  renameProperty(id: Id, property: number, name: string): Promise<Id> {
    return this.#write('renameProperty', id, (directory) => {
      this.#property(directory, property).name = name
    })
  }

  createValue(id: Id, property: number, value: string, where: number = APPEND): Promise<Id> {
    return this.#write('createValue', id, (directory) => {
      this.#property(directory, property).values.splice(where, 0, value)
    })
  }

  destroyValue(id: Id, property: number, index: number): Promise<Id> {
    return this.#write('destroyValue', id, (directory) => {
      const { values } = this.#property(directory, property)
      if (values[index] === undefined) throw new DirectoryError(STATUS.NONAME)
      values.splice(index, 1)
    })
  }

  writeValue(id: Id, property: number, index: number, value: string): Promise<Id> {
    return this.#write('writeValue', id, (directory) => {
      const { values } = this.#property(directory, property)
      if (values[index] === undefined) throw new DirectoryError(STATUS.NONAME)
      values[index] = value
    })
  }

  resync(): Promise<void> {
    this.#domain.writes.push({ method: 'resync', user: this.#options.user, at: this.#isMaster ? 'master' : 'clone' })
    return this.#read('resync', () => undefined)
  }

  crashed(): Promise<void> {
    return this.#read('crashed', () => undefined)
  }

  readAll(): Promise<null> {
    return this.#read('readAll', () => null)
  }

  resolve(path: string): Promise<Id> {
    return this.#read('resolve', () => {
      if (/^\d+$/.test(path)) return this.#domain.idOf(Number(path))
      let object = 0
      for (const part of path.match(/(?:\\.|[^/\\])+/gs) ?? []) {
        const [, key = 'name', value = ''] = /^(?:((?:\\.|[^=\\])*)=)?(.*)$/s.exec(part) ?? []
        const plain = (text: string): string => text.replaceAll(/\\(.)/gs, '$1')
        object = this.#domain.lookup(object, plain(key), plain(value))[0] ?? 0
      }
      return this.#domain.idOf(object)
    })
  }

  master(): Promise<DomainHandle> {
    return this.#read('master', () => (this.#isMaster ? this : this.#domain.handle(this.#options)))
  }

  close(): void {
    this.#domain.openHandles -= 1
  }
}
