/** Prints directories as nicl does (tools.md §8). */
import type { Properties } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import type { NiclSession } from './nicl-session.ts'
import { propertyLines, show } from './show.ts'

const INDENT = '    '

/** All of a directory: its properties, and with -v its numbers before them. */
export async function showDirectory(session: NiclSession, handle: DomainHandle, object: number): Promise<void> {
  const { id, properties } = await handle.read(object)
  if (session.options.verbosity === 0) {
    show(session.context, propertyLines(properties))
    return
  }
  const { parent } = await handle.parent(object)
  const { objects } = await handle.children(object)
  const children = objects.length === 0 ? '0' : `${objects.length} (${objects.join(' ')})`
  show(
    session.context,
    `Record: ${object}   Version: ${versionOf(session, object)}   Serial: ${id.instance}\n` +
      `Parent: ${parent}\nChildren: ${children}\n` +
      headed(
        'Properties',
        properties.filter(({ name }) => !name.startsWith('_')),
      ) +
      headed(
        'Metaproperties',
        properties.filter(({ name }) => name.startsWith('_')),
      ),
  )
}

function headed(heading: string, properties: Properties): string {
  if (properties.length === 0) return ''
  const lines = properties.map((property) => `${INDENT}${propertyLines([property])}`)
  return `${heading}:\n${lines.join('')}`
}

/** The revision that changed a directory last. Only a store tells it, and only as far back as its journal goes. */
function versionOf({ raw }: NiclSession, object: number): string {
  if (raw === null) return '-'
  for (const entry of raw.journal({ isReverse: true })) if (entry.object === object) return String(entry.revision)
  return '-'
}
