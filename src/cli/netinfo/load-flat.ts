/** Puts the entries of a flat file into their directory, as niload does (tools.md §3). */
import { STATUS, firstValue, valuesOf } from '../../directory/index.ts'
import type { Format, Properties } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { createPath, findChildren } from './edit.ts'
import { doing, isStatus } from './tool-exit.ts'

export interface LoadRules {
  /** Keep what the entries do not name, instead of replacing it. */
  readonly isMerging: boolean
  /** Told what was done, a line without its newline. */
  readonly tell: (line: string) => void
}

/** How often an entry is begun anew because another write came between. */
const ATTEMPTS_MAX = 10

/** What a server may show instead of a password, and what stands for none that fits: never worth keeping beside another. */
const HIDDEN = '*'

/**
 * Writes the entries one by one; the first that is refused ends it.
 * @throws ToolError that names the entry
 */
export async function loadEntries(
  master: DomainHandle,
  format: Format,
  entries: readonly Properties[],
  rules: LoadRules,
): Promise<void> {
  const { directory } = format
  const { object } = await doing(`can't open directory ${directory}`, () => createPath(master, directory))
  const written = new Set<number>()
  for (const entry of entries) {
    const name = firstValue(entry, 'name') ?? ''
    await doing(`can't load ${name} into ${directory}`, () => loadEntry(master, object, entry, written, rules))
    rules.tell(`loaded ${name} into ${directory}`)
  }
}

/** Others may write to the same directory meanwhile; then the entry is sought again, and written by the newest id. */
async function loadEntry(
  master: DomainHandle,
  parent: number,
  entry: Properties,
  written: Set<number>,
  { isMerging }: LoadRules,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const name = firstValue(entry, 'name') ?? ''
      const { objects, id } = await findChildren(master, await master.self(parent), { key: 'name', value: name })
      const object = await chooseEntry(master, objects, entry, written)
      if (object === null) written.add((await master.create(id, entry)).child.object)
      else {
        written.add(object)
        await (isMerging ? mergeEntry(master, object, entry) : replaceEntry(master, object, entry))
      }
      return
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isStatus(error, STATUS.STALE)) throw error
    }
  }
}

/**
 * The directory that an entry is put into: the first of its name. A service may have a name for two ports: it goes to the one of
 * its port, and never over one that the same file has just written.
 */
async function chooseEntry(
  master: DomainHandle,
  objects: readonly number[],
  entry: Properties,
  written: ReadonlySet<number>,
): Promise<number | null> {
  const [first = null] = objects
  const port = firstValue(entry, 'port')
  if (first === null || port === undefined) return first
  for (const object of objects) {
    const { properties } = await master.read(object)
    if (valuesOf(properties, 'port').includes(port)) return object
  }
  return objects.find((object) => !written.has(object)) ?? null
}

async function replaceEntry(master: DomainHandle, object: number, entry: Properties): Promise<void> {
  await master.write(await master.self(object), entry)
}

/** Property by property, and not as one list: what a server hides must not be written back as it was read. */
async function mergeEntry(master: DomainHandle, object: number, entry: Properties): Promise<void> {
  const { id, properties } = await master.read(object)
  let newest = id
  for (const { name, values } of entry) {
    const index = properties.findIndex((property) => property.name === name)
    const old = properties[index]?.values ?? []
    const merged = mergeValues(values, old)
    if (index === -1) newest = await master.createProperty(newest, { name, values })
    else if (!isSame(merged, old)) newest = await master.writeProperty(newest, index, merged)
  }
}

/** The new values, and after them those of the old that are not among them. */
export function mergeValues(values: readonly string[], old: readonly string[]): readonly string[] {
  return [...values, ...old.filter((value) => value !== HIDDEN && !values.includes(value))]
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index])
}
