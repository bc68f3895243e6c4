/** A domain's store as a handle, without a server: what `nicl -raw` works on. Everything is allowed, and nothing is hidden. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { PortolanError, messageOf, systemCode } from '../../core/index.ts'
import { DirectoryError, Domain, ROOT_OBJECT, STATUS, valuesOf } from '../../directory/index.ts'
import type { Caller, DirectoryObject, Id, Properties } from '../../directory/index.ts'
import { writeMethodsOver } from '../../netinfo/index.ts'
import type { DomainHandle, WriteMethods } from '../../netinfo/index.ts'
import { LmdbStore } from '../../store/index.ts'
import { objectOf, readPath } from './paths.ts'
import { NiclError } from './nicl-status.ts'

/** For the journal. */
const CALLER: Caller = { kind: 'superuser', name: 'root', from: 'local' }

/**
 * Opens the store in a file; a server may be using it at the same time.
 * @throws NiclError where there is none, or with `isNew` where there is one; ERR_PORTOLAN_STORE_UNREADABLE,
 * ERR_PORTOLAN_STORE_VERSION
 */
export async function openRawDomain(file: string, isNew: boolean): Promise<Domain> {
  refuseUnfit(file, isNew)
  try {
    return await Domain.open(LmdbStore.open(file), { tag: basename(file, extname(file)) })
  } catch (error) {
    // The file belongs to someone else, for example.
    throw systemCode(error) === undefined || error instanceof PortolanError
      ? error
      : new NiclError(`${file} cannot be opened: ${messageOf(error)}`)
  }
}

function refuseUnfit(file: string, isNew: boolean): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) throw new NiclError(`${file} is a folder: name the store in it, TAG.mdb`)
  if (isNew && found !== undefined) throw new NiclError(`${file} is there already: -c makes a new store`)
  if (!isNew && found === undefined) throw new NiclError(`${file} does not exist: -c makes a new store`)
  const folder = dirname(file)
  if (isNew && !existsSync(folder)) throw new NiclError(`there is no folder ${folder}`)
}

/** The store is not closed with the handle: whoever opened it does that. */
export function handleOf(domain: Domain): DomainHandle {
  const handle: DomainHandle = {
    server: { tag: domain.tag, address: '127.0.0.1' },
    ping: async () => {},
    statistics: refuse,
    ...readsOf(domain),
    ...writesOf(domain),
    rparent: () => Promise.reject(new DirectoryError(STATUS.NETROOT)),
    resync: refuse,
    crashed: refuse,
    master: () => Promise.resolve(handle),
    close: () => {},
  }
  return handle
}

function refuse(): Promise<never> {
  return Promise.reject(new DirectoryError(STATUS.BADOP))
}

function readAt(domain: Domain, object: number): { readonly id: Id; readonly properties: Properties } {
  const found = domain.read(object)
  if (found === undefined) throw new DirectoryError(STATUS.BADID)
  return found
}

type Reads = Pick<
  DomainHandle,
  | 'root'
  | 'self'
  | 'parent'
  | 'read'
  | 'children'
  | 'lookup'
  | 'lookupRead'
  | 'list'
  | 'listAll'
  | 'listProperties'
  | 'readProperty'
  | 'readValue'
  | 'readAll'
  | 'resolve'
>

function readsOf(domain: Domain): Reads {
  const read = async (object: number): Promise<{ readonly id: Id; readonly properties: Properties }> =>
    readAt(domain, object)
  const childrenOf = (object: number): readonly (readonly [object: number, properties: Properties])[] =>
    domain.childrenOf(object).map((child) => [child, readAt(domain, child).properties])
  const find = (object: number, key: string, value: string): readonly number[] => {
    const objects = domain.find(object, key, value)
    if (objects.length === 0) throw new DirectoryError(STATUS.NODIR)
    return objects
  }
  const valuesAt = (object: number, property: number): { readonly id: Id; readonly values: readonly string[] } => {
    const { id, properties } = readAt(domain, object)
    const values = properties[property]?.values
    if (values === undefined) throw new DirectoryError(STATUS.NOPROP)
    return { id, values }
  }
  return {
    root: async () => readAt(domain, ROOT_OBJECT).id,
    self: async (object) => readAt(domain, object).id,
    parent: async (object) => ({
      id: readAt(domain, object).id,
      parent: domain.parentOf(object) ?? ROOT_OBJECT,
    }),
    read,
    children: async (object) => ({ id: readAt(domain, object).id, objects: domain.childrenOf(object) }),
    lookup: async (object, key, value) => ({ id: readAt(domain, object).id, objects: find(object, key, value) }),
    lookupRead: async (object, key, value) => {
      const { id } = readAt(domain, object)
      const [first = ROOT_OBJECT] = find(object, key, value)
      return { id, properties: readAt(domain, first).properties }
    },
    list: async (object, key) => ({
      id: readAt(domain, object).id,
      entries: childrenOf(object).map(([child, properties]) => {
        const values = valuesOf(properties, key)
        return { object: child, values: values.length === 0 ? null : values }
      }),
    }),
    listAll: async (object) => ({
      id: readAt(domain, object).id,
      children: childrenOf(object).map(([, properties]) => properties),
    }),
    listProperties: async (object) => {
      const { id, properties } = readAt(domain, object)
      return { id, names: properties.map(({ name }) => name) }
    },
    readProperty: async (object, property) => valuesAt(object, property),
    readValue: async (object, property, at) => {
      const { id, values } = valuesAt(object, property)
      const value = values[at]
      if (value === undefined) throw new DirectoryError(STATUS.NONAME)
      return { id, value }
    },
    readAll: async (checksum) =>
      checksum === domain.checksum()
        ? null
        : { checksum: domain.checksum(), highestId: domain.highestId() + 1, objects: laterOf(domain) },
    resolve: async (path) => {
      const object = objectOf(path) ?? domain.findPath(readPath(path).map(({ key, value }) => [key, value] as const))
      if (object === undefined) throw new DirectoryError(STATUS.NODIR)
      return readAt(domain, object).id
    },
  }
}

async function* laterOf(domain: Domain): AsyncGenerator<DirectoryObject, void, undefined> {
  yield* domain.objects()
}

function writesOf(domain: Domain): WriteMethods {
  return writeMethodsOver(
    async (operation) => {
      const { id, child } = await domain.write(operation, CALLER)
      if (child === undefined) throw new DirectoryError(STATUS.SYSTEMERR)
      return { parent: id, child }
    },
    async (operation) => (await domain.write(operation, CALLER)).id,
  )
}
