/** The commands of nicl that change directories (tools.md §8). */
import { ROOT_OBJECT, SECRET_NAME, MASK, DirectoryError, STATUS, firstValue } from '../../directory/index.ts'
import type { Properties, Tree } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { destroyTree } from './edit.ts'
import type { NiclSession } from './nicl-session.ts'
import { NiclError } from './nicl-status.ts'
import * as writes from './niutil-writes.ts'
import { readTree } from './read-tree.ts'
import { UsageError } from './tool-exit.ts'

type Operands = readonly string[]

/** Creates the path; with a key the property gets these very values. */
export async function create(session: NiclSession, operands: Operands): Promise<void> {
  const [path = '.', key, ...values] = operands
  const master = await session.writer()
  const object = await session.findOrCreate(master, path)
  if (key !== undefined) await writes.createProperty(session.session, false, [String(object), key, ...values])
}

export async function append(session: NiclSession, operands: Operands): Promise<void> {
  await writes.appendValues(session.session, false, await numbered(session, operands))
}

export async function merge(session: NiclSession, operands: Operands): Promise<void> {
  await writes.mergeValues(session.session, false, await numbered(session, operands))
}

export async function rename(session: NiclSession, operands: Operands): Promise<void> {
  await writes.renameProperty(session.session, false, await numbered(session, operands))
}

/** Operands whose path is a number, as the operations of niutil take them: they know no current directory. */
async function numbered(session: NiclSession, [path = '', ...rest]: Operands): Promise<Operands> {
  const object = await session.find(await session.writer(), path)
  return [String(object), ...rest]
}

/**
 * Inserts a value before the one at an index. The manual says that a missing property is created; the program refuses it, and
 * this one too: a misspelt key would otherwise go unseen.
 */
export async function insert(
  session: NiclSession,
  [path = '', key = '', value = '', at = '']: Operands,
): Promise<void> {
  if (!/^\d{1,9}$/.test(at)) throw new UsageError(`'${at}' is no index: values are counted from 0`)
  const master = await session.writer()
  const { names, id } = await master.listProperties(await session.find(master, path))
  const index = names.indexOf(key)
  if (index === -1) throw new DirectoryError(STATUS.NOPROP)
  await master.createValue(id, index, value, Number(at))
}

/** Deletes a directory with all below it; with a key the property; with values the first of each in the property. */
export async function remove(session: NiclSession, [path = '', key, ...values]: Operands): Promise<void> {
  const master = await session.writer()
  const object = await session.find(master, path)
  if (key === undefined) {
    await removeTree(session, master, object)
    return
  }
  const { names, id } = await master.listProperties(object)
  const index = names.indexOf(key)
  if (index === -1) throw new DirectoryError(STATUS.NOPROP)
  if (values.length === 0) {
    await master.destroyProperty(id, index)
    return
  }
  const left: (string | null)[] = [...(await master.readProperty(object, index)).values]
  let newest = id
  for (const value of values) {
    const at = left.indexOf(value)
    if (at === -1) continue
    newest = await master.destroyValue(newest, index, at)
    left.splice(at, 1)
  }
}

async function removeTree(session: NiclSession, master: DomainHandle, object: number): Promise<void> {
  if (object === ROOT_OBJECT) throw new NiclError('the root directory cannot be deleted')
  const path = await session.pathOf(master, object)
  if (!(await session.isConfirmed(`Delete ${path} and all below it?`))) return
  const isInside = (await session.wayUp(master, session.current)).includes(object)
  const { parent } = await master.parent(object)
  await destroyTree(master, object)
  if (isInside) session.current = parent
}

/** Copies a directory with all below it. */
export async function copy(session: NiclSession, [from = '', to = '']: Operands): Promise<void> {
  const master = await session.writer()
  const target = await session.find(master, to)
  const tree = await readTree(master, await session.find(master, from))
  if (session.raw === null && hidesSecret(tree))
    session.note('the server does not show passwords: the copy has `*` in place of them, with which no one can log in')
  await createTree(master, target, tree)
}

/** Over a server a move is a copy and a deletion. @throws NiclError where something would be lost */
export async function move(session: NiclSession, [from = '', to = '']: Operands): Promise<void> {
  const master = await session.writer()
  const source = await session.find(master, from)
  if (source === ROOT_OBJECT) throw new NiclError('the root directory cannot be moved')
  const target = await session.find(master, to)
  if ((await session.wayUp(master, target)).includes(source))
    throw new NiclError(`${to} is ${from} itself, or below it`)
  const tree = await readTree(master, source)
  if (session.raw === null && hidesSecret(tree))
    throw new NiclError(
      'the server does not show passwords, and moving would lose them: copy it, set the passwords anew, and delete it',
    )
  const isInside = (await session.wayUp(master, session.current)).includes(source)
  const moved = await createTree(master, target, tree)
  await destroyTree(master, source)
  if (isInside) session.current = moved
}

function hidesSecret({ properties, children }: Tree): boolean {
  return firstValue(properties, SECRET_NAME) === MASK || children.some((child) => hidesSecret(child))
}

/** @returns the object number of the new directory */
async function createTree(master: DomainHandle, parent: number, { properties, children }: Tree): Promise<number> {
  const { child } = await master.create(await master.self(parent), properties)
  for (const each of children) await createTree(master, child.object, each)
  return child.object
}

/** Creates a child of the current directory from groups of a key and its values, each led by the delimiter. */
export async function load(session: NiclSession, [delimiter = '', ...words]: Operands): Promise<void> {
  const properties = readGroups(delimiter, words)
  const master = await session.writer()
  await master.create(await master.self(session.current), properties)
}

function readGroups(delimiter: string, words: Operands): Properties {
  const groups: string[][] = [[]]
  for (const word of words) {
    if (word === delimiter) groups.push([])
    else groups.at(-1)?.push(word)
  }
  return groups.map(([name, ...values]) => {
    if (name === undefined) throw new UsageError(`'${delimiter}' is followed by no key`)
    return { name, values }
  })
}
