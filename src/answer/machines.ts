/**
 * What the directory declares for the machines that are probed: which entry of `/machines` an address belongs to, and which
 * declarations speak of it.
 *
 * A domain's `/services` speaks for the machines that it holds, and those of the domains below. A machine may also have
 * services of its own: entries under `/machines/NAME/services`, in the form of those in `/services`.
 */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { userDataFolder } from '../core/index.ts'
import type { Environment } from '../core/index.ts'
import type { Domain } from '../directory/index.ts'
import { isOwnAddress, readOwnAddresses } from '../probe/index.ts'
import { NO_DIRECTORY, readDeclared } from './declared.ts'
import type { Declaration, DeclaredBook, PortsAsked } from './declared.ts'

/** An address as the directory knows it. */
export interface Machine {
  /** `/machines/NAME`; null for this machine where its own domain has no entry of it. */
  readonly path: string | null
  readonly domain: string
  /** Entries that were made for this machine alone say that the port should answer on it. */
  readonly own: readonly OwnDeclaration[]
  /** Whether any declaration speaks of it: where none does, an open port is no surprise. */
  readonly hasDeclarations: boolean
  /** The lowest level whose `/services` speak of it. */
  readonly level: number
}

export interface OwnDeclaration extends Declaration {
  readonly ports: readonly number[]
}

export interface MachineBook {
  readonly declared: DeclaredBook
  /** Null for an address that the directory does not know. */
  readonly machineAt: (address: string, names: readonly string[]) => Machine | null
}

const NO_MACHINES: MachineBook = { declared: NO_DIRECTORY, machineAt: () => null }

/** Opens what the data folder has; `use` is called while it is open. */
export async function withMachines<Result>(
  ports: PortsAsked,
  env: Environment,
  use: (book: MachineBook) => Promise<Result> | Result,
): Promise<Result> {
  const declared = await readDeclared(ports, env)
  if (declared.domains.length === 0) return use(NO_MACHINES)
  const { DataFolder } = await import('../directory/index.ts')
  const folder = new DataFolder(join(userDataFolder(env), 'domains'))
  const domains: Domain[] = []
  try {
    // Those of this machine come first; the ones above are elsewhere, and named with their server.
    for (const tag of declared.domains) {
      if (!folder.tags().includes(tag)) break
      domains.push(await folder.openExisting(tag))
    }
    return await use(await machinesIn(declared, domains))
  } finally {
    for (const domain of domains) await domain.close()
  }
}

/** The machines that open domains know; those of this machine come first. */
export async function machinesIn(declared: DeclaredBook, domains: readonly Domain[]): Promise<MachineBook> {
  return new DomainMachines(declared, domains, await import('../directory/index.ts'))
}

class DomainMachines implements MachineBook {
  readonly declared: DeclaredBook
  readonly #domains: readonly Domain[]
  readonly #words: typeof import('../directory/index.ts')
  readonly #known: Map<string, Machine | null> = new Map()
  readonly #declaring: Map<number, boolean> = new Map()
  readonly #here: ReadonlySet<string> = readOwnAddresses()

  constructor(declared: DeclaredBook, domains: readonly Domain[], words: typeof import('../directory/index.ts')) {
    this.declared = declared
    this.#domains = domains
    this.#words = words
  }

  machineAt(address: string, names: readonly string[]): Machine | null {
    const known = this.#known.get(address)
    if (known !== undefined) return known
    const found = this.#find(address, names)
    this.#known.set(address, found)
    return found
  }

  #find(address: string, names: readonly string[]): Machine | null {
    const bare = address.replace(/%.*/, '')
    const isHere = isOwnAddress(address, this.#here)
    const asked = isHere ? [...names, hostname(), 'localhost'] : names
    for (const [level, domain] of this.#domains.entries()) {
      const machines = domain.findPath([['name', 'machines']])
      if (machines === undefined) continue
      const objects = new Set([
        ...domain.find(machines, 'ip_address', bare),
        ...asked.flatMap((name) => domain.find(machines, 'name', name)),
      ])
      if (objects.size > 0) return this.#machine(domain, isHere ? 0 : level, [...objects])
    }
    const [first] = this.#domains
    return isHere && first !== undefined ? this.#machine(first, 0, []) : null
  }

  /** Several entries may have one address: a master's own stands beside that of the machine that it runs on. */
  #machine(domain: Domain, level: number, objects: readonly number[]): Machine {
    const at = this.#domains.indexOf(domain)
    const entries = objects.map((object) => ({ object, own: this.#ownOf(domain, at, object) }))
    const own = entries.flatMap((each) => each.own)
    const best = entries.find((each) => each.own.length > 0) ?? entries[0]
    return {
      path: best === undefined ? null : domain.pathOf(best.object),
      domain: domain.tag,
      own,
      level,
      hasDeclarations: own.length > 0 || this.#domains.some((_, above) => above >= level && this.#declares(above)),
    }
  }

  #ownOf(domain: Domain, level: number, machine: number): OwnDeclaration[] {
    const services = domain.find(machine, 'name', 'services')[0]
    if (services === undefined) return []
    return domain.childrenOf(services).flatMap((object) => {
      const properties = domain.read(object)?.properties ?? []
      const entry = this.#words.readServiceEntry(properties)
      const ports = this.#words.valuesOf(properties, 'port').map(Number)
      if (entry === null) return []
      return [{ ...entry, ports, level, domain: domain.tag, server: null, path: domain.pathOf(object), by: null }]
    })
  }

  /** Whether a domain's `/services` hold anything but what the registry says. */
  #declares(level: number): boolean {
    let declares = this.#declaring.get(level)
    if (declares === undefined) {
      const domain = this.#domains[level]
      const services = domain?.findPath([['name', 'services']])
      declares =
        domain !== undefined &&
        services !== undefined &&
        domain
          .childrenOf(services)
          .some((object) => this.#words.readServiceEntry(domain.read(object)?.properties ?? []) !== null)
      this.#declaring.set(level, declares)
    }
    return declares
  }
}
