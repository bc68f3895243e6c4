/**
 * What the directory declares of ports, from this machine's own domain up to the root: who said it, and at which level.
 *
 * The domains of the data folder are read where they lie; what is above them is asked of its server, within a short time, for a
 * look-up of a port must not wait for a network that is gone.
 */
import { hostname } from 'node:os'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PortolanError, messageOf, userDataFolder } from '../core/index.ts'
import type { Environment } from '../core/index.ts'
import type { DataFolder, Domain, ServiceDeclaration } from '../directory/index.ts'
import type { Binding, DomainHandle, OpenOptions } from '../netinfo/index.ts'

/** One entry of a directory that says that a port should be in use. */
export interface Declaration {
  /** 0 is this machine's own domain, each one above it has one more. */
  readonly level: number
  /** The domain's tag, and for one served elsewhere its server's address. */
  readonly domain: string
  readonly server: string | null
  readonly path: string
  readonly names: readonly string[]
  readonly protocols: readonly string[]
  readonly description: string | null
  /** Who wrote it last; null where that is not known here. */
  readonly by: { readonly who: string; readonly from: string; readonly time: string; readonly revision: number } | null
}

export interface DeclaredBook {
  /** The tags of the domains that were asked, the lowest first; empty where there is no directory here. */
  readonly domains: readonly string[]
  readonly forPort: (port: number) => readonly Declaration[]
  /** What could not be asked, in sentences. */
  readonly notes: readonly string[]
}

/** Ports that are asked about, none twice: a set of them, or what need not be one. */
export interface PortsAsked extends Iterable<number> {
  readonly size: number
}

const LOCAL_TAG = 'local'
/** For one call to a server above. */
const CALL_MS = 700
/** Ports that are asked of servers above, each with a call; of a wider range only the domains here are asked. */
const REMOTE_PORTS_MAX = 64

export const NO_DIRECTORY: DeclaredBook = { domains: [], forPort: () => [], notes: [] }

/**
 * Reads what is declared of some ports; nothing of it is loaded where there is no directory here.
 * @param options how the servers above are asked, each call within 700 ms
 */
export async function readDeclared(
  ports: PortsAsked,
  env: Environment,
  options: OpenOptions = {},
): Promise<DeclaredBook> {
  const path = join(userDataFolder(env), 'domains')
  if (!existsSync(path)) return NO_DIRECTORY
  const { DataFolder } = await import('../directory/index.ts')
  const folder = new DataFolder(path)
  if (folder.tags().length === 0) return NO_DIRECTORY
  const reader = new DeclaredReader(ports)
  let tag: string | null = folder.has(LOCAL_TAG) ? LOCAL_TAG : (folder.tags()[0] ?? null)
  let parent: Binding | null = null
  while (tag !== null && !reader.has(tag)) {
    try {
      parent = await reader.addFrom(folder, tag)
    } catch (error) {
      // What the registry and this machine say is worth telling without it.
      if (!(error instanceof PortolanError)) throw error
      reader.notes.push(`The domain ${tag} could not be read: ${error.message}`)
      return reader
    }
    tag = parent !== null && parent.address.startsWith('127.') && folder.has(parent.tag) ? parent.tag : null
  }
  if (parent !== null && tag === null) await reader.climb(parent, { readTimeoutMs: CALL_MS, ...options })
  return reader
}

/** The server of the parent that a domain names with its address: a broadcast is not for a quick question. */
function parentOf(domain: Domain): Binding | null {
  const machines = domain.findPath([['name', 'machines']])
  if (machines === undefined) return null
  for (const object of domain.childrenOf(machines)) {
    const properties = domain.read(object)?.properties ?? []
    const values = (name: string): readonly string[] => properties.find((each) => each.name === name)?.values ?? []
    const serves = values('serves').find((value) => value.startsWith('../'))
    const [address] = values('ip_address')
    if (serves !== undefined && address !== undefined && address !== '255.255.255.255')
      return { tag: serves.slice('../'.length), address }
  }
  return null
}

class DeclaredReader implements DeclaredBook {
  readonly domains: string[] = []
  readonly notes: string[] = []
  readonly #ports: PortsAsked
  readonly #found: Map<number, Declaration[]> = new Map()

  constructor(ports: PortsAsked) {
    this.#ports = ports
  }

  forPort(port: number): readonly Declaration[] {
    return this.#found.get(port) ?? []
  }

  has(domain: string): boolean {
    return this.domains.includes(domain)
  }

  /** Reads a domain of the data folder; the server of its parent. */
  async addFrom(folder: DataFolder, tag: string): Promise<Binding | null> {
    const domain = await folder.openExisting(tag)
    try {
      await this.#addDomain(domain)
      return parentOf(domain)
    } finally {
      await domain.close()
    }
  }

  async #addDomain(domain: Domain): Promise<void> {
    const { declarationsOn } = await import('../directory/index.ts')
    const level = this.domains.length
    this.domains.push(domain.tag)
    for (const port of this.#ports)
      for (const each of declarationsOn(domain, port)) this.#add(port, localDeclaration(each, level, domain.tag))
  }

  /** Asks the servers above, one after the other up to the root; where there is a circle, each of it once. */
  async climb(first: Binding, options: OpenOptions): Promise<void> {
    const { climb } = await import('../netinfo/index.ts')
    let asked = `The domain ${nameOf(first)}`
    try {
      for await (const { handle } of climb(options, first)) {
        const name = nameOf(handle.server)
        if (this.has(name)) return
        asked = `The domain ${name}`
        await this.#addRemote(handle, name)
        asked = `The domain above ${name}`
      }
    } catch (error) {
      this.notes.push(`${asked} could not be asked: ${messageOf(error)}.`)
    }
  }

  async #addRemote(handle: DomainHandle, name: string): Promise<void> {
    const { tag, address } = handle.server
    const { DirectoryError, STATUS, readServiceEntry } = await import('../directory/index.ts')
    const level = this.domains.length
    this.domains.push(name)
    const ports = this.#ports.size > REMOTE_PORTS_MAX ? [] : [...this.#ports]
    const orNone = (error: unknown): { readonly objects: readonly number[] } => {
      if (error instanceof DirectoryError && error.status === STATUS.NODIR) return { objects: [] }
      throw error
    }
    const services = await handle.lookup(0, 'name', 'services').catch(orNone)
    const [object] = services.objects
    if (object === undefined) return
    for (const port of ports) {
      const { objects } = await handle.lookup(object, 'port', String(port)).catch(orNone)
      for (const each of objects) {
        const entry = readServiceEntry((await handle.read(each)).properties)
        if (entry === null) continue
        const path = `/services/${entry.names[0] ?? `dir:${each}`}`
        this.#add(port, { ...entry, level, domain: tag, server: address, path, by: null })
      }
    }
  }

  #add(port: number, declaration: Declaration): void {
    const found = this.#found.get(port)
    if (found === undefined) this.#found.set(port, [declaration])
    else found.push(declaration)
  }
}

function nameOf({ tag, address }: Binding): string {
  return `${tag} at ${address}`
}

/** A declaration of a domain that is at hand. */
export function localDeclaration(
  { names, protocols, description, path, lastWrite }: ServiceDeclaration,
  level: number,
  domain: string,
): Declaration {
  const by =
    lastWrite === null
      ? null
      : {
          who: lastWrite.who,
          from: lastWrite.from === 'local' ? hostname() : lastWrite.from,
          time: new Date(lastWrite.timeMs).toISOString(),
          revision: lastWrite.revision,
        }
  return { level, domain, server: null, path, names, protocols, description, by }
}
