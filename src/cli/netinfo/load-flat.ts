/** Puts the entries of a flat file into their directory, as niload does (tools.md §3). */
import { firstValue, valuesOf } from '../../directory/index.ts'
import type { Format, Id, Properties } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { createPath, findChildren } from './edit.ts'
import { doing } from './tool-exit.ts'

export interface LoadRules {
  /** Keep what the entries do not name, instead of replacing it. */
  readonly isMerging: boolean
  /** Told what was done, a line without its newline. */
  readonly tell: (line: string) => void
}

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
  let parent = await doing(`can't open directory ${directory}`, () => createPath(master, directory))
  const written = new Set<number>()
  for (const entry of entries) {
    const name = firstValue(entry, 'name') ?? ''
    parent = await doing(`can't load ${name} into ${directory}`, async () => {
      const { objects, id } = await findChildren(master, parent, { key: 'name', value: name })
      const object = await chooseEntry(master, objects, entry, written)
      if (object === null) return createEntry(master, id, entry, written)
      written.add(object)
      await (rules.isMerging ? mergeEntry(master, object, entry) : replaceEntry(master, object, entry))
      return id
    })
    rules.tell(`loaded ${name} into ${directory}`)
  }
}

async function createEntry(master: DomainHandle, id: Id, entry: Properties, written: Set<number>): Promise<Id> {
  const { child, parent } = await master.create(id, entry)
  written.add(child.object)
  return parent
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
