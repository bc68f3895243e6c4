/**
 * The desk at which a domain is read and changed, for pages and for the API alike.
 *
 * A change names what its caller has seen; where another wrote since, nothing is done, and the answer says who changed what.
 * The domain itself checks who may write. What takes several writes (deleting a tree, moving one, importing) stands in files of
 * its own, which say what of it is at once.
 */
import { APPEND, ROOT_OBJECT, STATUS, firstValue, requirePropertyAccess } from '../../directory/index.ts'
import type { Caller, Domain, Id, JournalEntry, Properties } from '../../directory/index.ts'
import { DirectoryError, SECRET_NAME, MASK } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { DeskError } from './failure.ts'
import { explaining, isStale } from './outcome.ts'
import { historyOf, readDirectory } from './read.ts'
import type { DeskDirectory } from './read.ts'

/** What a caller had before them when they decided. */
export interface Seen {
  readonly instance: number
  /** The domain's revision then, where it is known: it makes the account of what happened since exact. */
  readonly revision?: number
  /** The properties then, masked: when they still are the same, only the list of children has changed, and the write is done. */
  readonly properties?: Properties
}

export interface Written {
  readonly object: number
  readonly instance: number
  readonly revision: number
}

/** Changes since that are told one by one. */
const SINCE_MAX = 50
/** Another writer may be quicker this often in a row before the desk gives up. */
const TRIES_MAX = 20

/** @throws DeskError clone, where the writes of a domain are another server's to do */
export function requireMaster({ domain, isMaster }: ServedDomain): Domain {
  if (!isMaster) {
    const master = firstValue(domain.read(ROOT_OBJECT)?.properties ?? [], 'master') ?? null
    throw new DeskError({ kind: 'clone', master })
  }
  return domain
}

/** @throws DeskError notFound */
export function requireDirectory(domain: Domain, object: number): DeskDirectory {
  const found = readDirectory(domain, object)
  if (found === undefined) throw new DeskError({ kind: 'notFound', path: `dir:${object}` })
  return found
}

/** Whether two property lists are the same, in names, values and order. */
export function isSameProperties(a: Properties, b: Properties): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, values }, index) => {
      const other = b[index]
      return (
        other?.name === name &&
        other.values.length === values.length &&
        values.every((value, at) => value === other.values[at])
      )
    })
  )
}

/** What a caller needs to know when another was quicker. */
export function staleFailure(domain: Domain, object: number, seen: Seen): DeskError {
  const current = readDirectory(domain, object) ?? null
  return new DeskError({ kind: 'stale', current, since: entriesSince(domain, object, seen, current) })
}

function entriesSince(
  domain: Domain,
  object: number,
  { instance, revision }: Seen,
  current: DeskDirectory | null,
): readonly JournalEntry[] {
  if (current === null) {
    const last = domain.lastEntryOf(object)
    return last === undefined ? [] : [last]
  }
  const history = historyOf(domain, object, SINCE_MAX)
  if (revision !== undefined) return history.filter((entry) => entry.revision > revision)
  // Each change of the directory raised the instance by one; so did each child that came or went.
  return history.slice(0, Math.max(0, current.instance - instance))
}

/** @throws DeskError stale, where another wrote and more than the list of children is not as it was seen */
export function requireSeen(domain: Domain, object: number, seen: Seen): Id {
  const current = readDirectory(domain, object)
  if (current === undefined) throw staleFailure(domain, object, seen)
  const isAsSeen =
    current.instance === seen.instance ||
    (seen.properties !== undefined && isSameProperties(seen.properties, current.properties))
  if (!isAsSeen) throw staleFailure(domain, object, seen)
  return { object, instance: current.instance }
}

/**
 * Writes to a directory as it was seen; where only its children changed since, it is tried anew.
 * @throws DeskError
 */
async function writeAsSeen(
  domain: Domain,
  object: number,
  seen: Seen,
  write: (id: Id) => Promise<Written>,
): Promise<Written> {
  const path = domain.pathOf(object)
  return explaining(path, async () => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      try {
        return await write(requireSeen(domain, object, seen))
      } catch (error) {
        if (!isStale(error)) throw error
      }
    }
    throw new DeskError({ kind: 'busy' })
  })
}

/**
 * Replaces all properties of a directory. A masked password stands for the one that is there.
 * @throws DeskError
 */
export function writeProperties(
  served: ServedDomain,
  object: number,
  properties: Properties,
  seen: Seen,
  caller: Caller,
): Promise<Written> {
  const domain = requireMaster(served)
  return writeAsSeen(domain, object, seen, async (id) => {
    const { id: now, revision } = await domain.write({ kind: 'write', id, properties }, caller)
    return { object, instance: now.instance, revision }
  })
}

/**
 * Replaces the values of single properties, for who may write these and not the whole directory (`_writers_NAME`). They become one
 * batch, and either the first is refused or all are done; a property that is not there any more is passed over.
 * @throws DeskError
 */
export function writeValues(
  served: ServedDomain,
  object: number,
  changes: Properties,
  seen: Seen,
  caller: Caller,
): Promise<Written> {
  const domain = requireMaster(served)
  return writeAsSeen(domain, object, seen, async (id) => {
    const properties = domain.read(object)?.properties ?? []
    const operations = changes.flatMap(({ name, values }) => {
      const index = properties.findIndex((property) => property.name === name)
      return index === -1 ? [] : [{ index, values, name }]
    })
    for (const { name } of operations) requirePropertyAccess(properties, name, caller, true)
    // Each raises the instance by one, so that all ids are known before any is done.
    const results = await Promise.all(
      operations.map(({ index, values }, at) =>
        domain.write(
          { kind: 'writeProperty', id: { object, instance: (id.instance + at) >>> 0 }, index, values },
          caller,
        ),
      ),
    )
    const last = results.at(-1)
    return { object, instance: last?.id.instance ?? id.instance, revision: last?.revision ?? domain.revision() }
  })
}

/**
 * Gives a directory another first name; its other names stay.
 * @throws DeskError
 */
export function renameDirectory(
  served: ServedDomain,
  object: number,
  name: string,
  seen: Seen,
  caller: Caller,
): Promise<Written> {
  const domain = requireMaster(served)
  return writeAsSeen(domain, object, seen, async (id) => {
    const properties = domain.read(object)?.properties ?? []
    const index = properties.findIndex((property) => property.name === 'name')
    const hasValue = (properties[index]?.values.length ?? 0) > 0
    const { id: now, revision } = await domain.write(
      index === -1
        ? { kind: 'createProperty', id, property: { name: 'name', values: [name] }, where: 0 }
        : hasValue
          ? { kind: 'writeValue', id, index, at: 0, value: name }
          : { kind: 'writeProperty', id, index, values: [name] },
      caller,
    )
    return { object, instance: now.instance, revision }
  })
}

export interface CreateOptions {
  /** The place among the other children; at the end where it is missing. */
  readonly where?: number
  /** Of the parent, where it matters that nothing else came or went there. */
  readonly seen?: Seen
}

/**
 * Makes a directory below another.
 * @throws DeskError
 */
export async function createDirectory(
  served: ServedDomain,
  parent: number,
  properties: Properties,
  caller: Caller,
  { where = APPEND, seen }: CreateOptions = {},
): Promise<Written> {
  const domain = requireMaster(served)
  return explaining(domain.pathOf(parent), async () => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const id = seen === undefined ? domain.id(parent) : requireSeen(domain, parent, seen)
      if (id === undefined) throw new DirectoryError(STATUS.NODIR)
      try {
        const { child, revision } = await domain.write({ kind: 'create', parent: id, properties, where }, caller)
        return { object: child?.object ?? ROOT_OBJECT, instance: child?.instance ?? 0, revision }
      } catch (error) {
        if (!isStale(error)) throw error
      }
    }
    throw new DeskError({ kind: 'busy' })
  })
}

/** A list in which a masked password is the one of another list: what a masked reading, written back, means. */
export function withSecretsOf(real: Properties, masked: Properties): Properties {
  const secrets = real.filter(({ name }) => name === SECRET_NAME).values()
  return masked.map((property) => {
    if (property.name !== SECRET_NAME) return property
    const own = secrets.next().value
    const isMask = property.values.length === 1 && property.values[0] === MASK
    return isMask && own !== undefined && own.values.length > 0 ? own : property
  })
}
