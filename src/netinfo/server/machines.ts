/**
 * The servers that a domain's `/machines` names (protocol.md §7.1): `./T` serves this domain under tag T, `../T` its parent.
 *
 * There is no index by the form of a value, and `/machines` may hold 100,000 entries: so they are read once, and kept up
 * to date from the writes. A write that this cannot follow, or a copy that replaced the domain, makes it read them again.
 */
import { ROOT_OBJECT, firstValue, valuesOf } from '../../directory/index.ts'
import type { Properties, WriteOperation, WriteResult } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import type { DomainView } from './domain-view.ts'

/** One value of `serves`: the name of a domain as this one sees it, and the tag that it is served under. */
export interface Serves {
  readonly domain: string
  readonly tag: string
}

/** An entry of `/machines` that serves this domain or its parent. */
export interface ServerMachine {
  readonly object: number
  /** Undefined where the entry has no name. */
  readonly name: string | undefined
  readonly addresses: readonly string[]
  readonly serves: readonly Serves[]
}

/** Reads a value of `serves`: what stands before the first `/` is the domain; null where there is none. */
export function parseServes(value: string): Serves | null {
  const slash = value.indexOf('/')
  return slash === -1 ? null : { domain: value.slice(0, slash), tag: value.slice(slash + 1) }
}

export class Machines {
  readonly #domain: DomainView
  readonly #stop: () => void
  /** Null until they are read, and when they must be read again. */
  #servers: Map<number, ServerMachine> | null = null
  #parent: number | undefined
  /** The newest revision that the map accounts for. */
  #revision = 0
  #version = 0

  constructor(domain: DomainView) {
    this.#domain = domain
    this.#stop = domain.onWrite((operation, result) => this.#follow(operation, result))
  }

  /** Changes whenever a server is added, changed or removed. */
  get version(): number {
    this.#load()
    return this.#version
  }

  /** Every server of this domain: first address and tag of each `./T`. */
  servers(): readonly ServerMachine[] {
    return this.#serving('.')
  }

  /** Every server of the parent. */
  parentServers(): readonly ServerMachine[] {
    return this.#serving('..')
  }

  /** The object number of `/machines`. */
  directory(): number | undefined {
    this.#load()
    return this.#parent
  }

  /** The addresses of a machine, by its name; empty where it is not listed. */
  addressesOf(host: string): readonly string[] {
    const parent = this.directory()
    const [object] = parent === undefined ? [] : this.#domain.find(parent, 'name', host)
    const properties = object === undefined ? [] : (this.#domain.read(object)?.properties ?? [])
    return valuesOf(properties, 'ip_address')
  }

  close(): void {
    this.#stop()
  }

  #serving(domain: string): readonly ServerMachine[] {
    return [...this.#load().values()].filter(({ serves }) => serves.some((value) => value.domain === domain))
  }

  #load(): Map<number, ServerMachine> {
    if (this.#servers !== null && this.#revision >= this.#domain.revision()) return this.#servers
    const servers = new Map<number, ServerMachine>()
    this.#revision = this.#domain.revision()
    this.#parent = this.#domain.findPath([['name', 'machines']])
    for (const object of this.#parent === undefined ? [] : this.#domain.childrenOf(this.#parent)) {
      const server = this.#serverAt(object)
      if (server !== undefined) servers.set(object, server)
    }
    this.#servers = servers
    this.#version += 1
    return servers
  }

  #serverAt(object: number): ServerMachine | undefined {
    const properties = this.#domain.read(object)?.properties
    return properties === undefined ? undefined : serverOf(object, properties)
  }

  #follow(operation: WriteOperation, result: WriteResult): void {
    // What was read already showed a write of no newer revision.
    if (this.#servers === null || result.revision <= this.#revision) return
    // A gap in the revisions is a change that no listener was told of.
    const isFollowed = this.#revision === result.revision - 1
    this.#revision = result.revision
    if (!isFollowed) this.#servers = null
    else if (operation.kind === 'create') this.#followChild(operation.parent.object, result.child?.object)
    else if (operation.kind === 'destroy') this.#followChild(operation.parent.object, operation.child.object)
    else if (operation.id.object === ROOT_OBJECT || operation.id.object === this.#parent) this.#servers = null
    else {
      const parent = this.#domain.parentOf(operation.id.object)
      // Another directory may just have got the name of `/machines`, or lost it.
      if (parent === ROOT_OBJECT) this.#servers = null
      else this.#followChild(parent, operation.id.object)
    }
  }

  #followChild(parent: number | undefined, object: number | undefined): void {
    if (parent === ROOT_OBJECT) this.#servers = null
    if (this.#servers === null || object === undefined || parent !== this.#parent) return
    const server = this.#serverAt(object)
    if (server === undefined && !this.#servers.has(object)) return
    if (server === undefined) this.#servers.delete(object)
    else this.#servers.set(object, server)
    this.#version += 1
  }
}

/** The addresses and tags at which a machine serves `domain` (`.` or `..`), by its first address. */
export function bindingsOf(machine: ServerMachine, domain: '.' | '..'): Binding[] {
  const [address] = machine.addresses
  if (address === undefined) return []
  return machine.serves.filter((value) => value.domain === domain).map(({ tag }) => ({ tag, address }))
}

function serverOf(object: number, properties: Properties): ServerMachine | undefined {
  const serves = valuesOf(properties, 'serves').flatMap((value) => {
    const parsed = parseServes(value)
    return parsed !== null && (parsed.domain === '.' || parsed.domain === '..') ? [parsed] : []
  })
  if (serves.length === 0) return undefined
  return { object, name: firstValue(properties, 'name'), addresses: valuesOf(properties, 'ip_address'), serves }
}
