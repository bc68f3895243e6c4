/** The operations of niutil that change a domain (tools.md §1). Each may be begun anew when the master was busy. */
import { DirectoryError, STATUS } from '../../directory/index.ts'
import type { Id } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { createPath, destroyTree, readAt } from './edit.ts'
import type { Session } from './session.ts'
import { TOOL_EXIT, ToolError } from './tool-exit.ts'

type Operands = readonly string[]

interface Place {
  readonly id: Id
  /** -1 where there is no such property. */
  readonly index: number
  readonly values: readonly string[]
}

async function findPlace(master: DomainHandle, path: string, key: string): Promise<Place> {
  const { id, properties } = await readAt(master, path)
  const index = properties.findIndex(({ name }) => name === key)
  return { id, index, values: properties[index]?.values ?? [] }
}

export async function create(session: Session, isPatient: boolean, [path = '']: Operands): Promise<void> {
  await session.write(isPatient, (master) => createPath(master, path))
}

export async function destroy(session: Session, isPatient: boolean, [path = '']: Operands): Promise<void> {
  await session.write(isPatient, async (master) => {
    const { object } = await master.resolve(path)
    await destroyTree(master, object)
  })
}

export async function createProperty(session: Session, isPatient: boolean, operands: Operands): Promise<void> {
  const [path = '', key = '', ...values] = operands
  await session.write(isPatient, async (master) => {
    const { id, index } = await findPlace(master, path, key)
    if (index === -1) await master.createProperty(id, { name: key, values })
    else await master.writeProperty(id, index, values)
  })
}

/**
 * Value by value, and not as one list with the old: what a server hides (a password) must not be written back as it was read.
 * A busy master is waited for even without -R, as the original does.
 */
export async function appendValues(session: Session, _: boolean, operands: Operands): Promise<void> {
  const [path = '', key = '', ...values] = operands
  for (const value of values) await session.write(true, (master) => insertValue(master, path, key, value))
}

/** The values of the input that are new count once. */
export async function mergeValues(session: Session, isPatient: boolean, operands: Operands): Promise<void> {
  const [path = '', key = '', ...values] = operands
  for (const value of new Set(values)) {
    await session.write(isPatient, async (master) => {
      const place = await findPlace(master, path, key)
      if (!place.values.includes(value)) await insertAt(master, place, key, value)
    })
  }
}

/** @throws ToolError 3 for an index that is no number */
export async function insertOne(session: Session, isPatient: boolean, operands: Operands): Promise<void> {
  const [path = '', key = '', value = '', index = ''] = operands
  const where = readIndex(index)
  await session.write(isPatient, (master) => insertValue(master, path, key, value, where))
}

async function insertValue(
  master: DomainHandle,
  path: string,
  key: string,
  value: string,
  where?: number,
): Promise<void> {
  await insertAt(master, await findPlace(master, path, key), key, value, where)
}

/** A position beyond the last value appends (protocol.md §2.3). */
async function insertAt(
  master: DomainHandle,
  { id, index }: Place,
  key: string,
  value: string,
  where?: number,
): Promise<void> {
  if (index === -1) await master.createProperty(id, { name: key, values: [value] })
  else await master.createValue(id, index, value, where)
}

/** From the last to the first, so that the positions of those to come stay as they are. */
export async function destroyProperties(session: Session, isPatient: boolean, operands: Operands): Promise<void> {
  const [path = '', ...keys] = operands
  await session.write(isPatient, async (master) => {
    const { id, properties } = await readAt(master, path)
    let newest = id
    for (const [index, { name }] of [...properties.entries()].toReversed())
      if (keys.includes(name)) newest = await master.destroyProperty(newest, index)
  })
}

export async function destroyValues(session: Session, isPatient: boolean, operands: Operands): Promise<void> {
  const [path = '', key = '', ...unwanted] = operands
  await session.write(isPatient, async (master) => {
    const place = await findPlace(master, path, key)
    let newest = place.id
    for (const [at, value] of [...place.values.entries()].toReversed())
      if (unwanted.includes(value)) newest = await master.destroyValue(newest, place.index, at)
  })
}

export async function renameProperty(session: Session, isPatient: boolean, operands: Operands): Promise<void> {
  const [path = '', from = '', to = ''] = operands
  await session.write(isPatient, async (master) => {
    const { id, index } = await findPlace(master, path, from)
    if (index === -1) throw new DirectoryError(STATUS.NOPROP)
    await master.renameProperty(id, index, to)
  })
}

const INDEX_MAX = 0xffff_fffe

/** @throws ToolError 3 */
export function readIndex(text: string): number {
  if (!/^\d+$/.test(text)) throw new ToolError(TOOL_EXIT.badIndex, `'${text}' is no index: values are counted from 0`)
  return Math.min(Number(text), INDEX_MAX)
}
