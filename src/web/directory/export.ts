/** Directories as text, in every format there is; passwords are written as `*`. */
import { LIMITS } from '../../core/index.ts'
import { FORMATS, dumpRaw, formatTreeJson, maskProperties } from '../../directory/index.ts'
import type { Domain, Format, Properties, Tree } from '../../directory/index.ts'
import { DeskError } from './failure.ts'
import { readJournalPath, resolveParts } from './paths.ts'

export const TREE_FORMATS = ['json', 'raw'] as const
export type TreeFormat = (typeof TREE_FORMATS)[number]

export interface Exported {
  readonly text: string
  /** A name for the file: `network-users.json`. */
  readonly fileName: string
  readonly type: string
}

export function isTreeFormat(name: string): name is TreeFormat {
  return name === 'json' || name === 'raw'
}

/** The names of all formats, those of whole trees first. */
export function formatNames(): readonly string[] {
  return [...TREE_FORMATS, ...FORMATS.keys()]
}

/**
 * A directory with all below it.
 * @throws DeskError notFound, tooMany; PortolanError for a tree that the format does not hold
 */
export function exportTree(domain: Domain, object: number, format: TreeFormat): Exported {
  const tree = treeOf(domain, object, { count: 0 })
  if (tree === null) throw new DeskError({ kind: 'notFound', path: `dir:${object}` })
  const text = format === 'json' ? formatTreeJson(tree) : dumpRaw(tree)
  const type = format === 'json' ? 'application/json' : 'text/plain; charset=utf-8'
  return { text, type, fileName: fileName(domain, domain.pathOf(object), format === 'json' ? 'json' : 'nidump') }
}

/**
 * The entries of a format's directory as its flat file; an empty file where there is no such directory.
 * @throws DeskError tooMany
 */
export function exportFlat(domain: Domain, format: Format): Exported {
  const object = resolveParts(domain, readJournalPath(format.directory))
  const entries = object === undefined ? [] : entriesOf(domain, object, format)
  return {
    text: format.dump(entries),
    type: 'text/plain; charset=utf-8',
    fileName: fileName(domain, '/', format.name),
  }
}

function entriesOf(domain: Domain, object: number, format: Format): readonly Properties[] {
  const objects = format.holds === 'itself' ? [object] : domain.childrenOf(object)
  requireExportable(objects.length)
  return objects.map((each) => maskProperties(domain.read(each)?.properties ?? []))
}

function requireExportable(count: number): void {
  if (count > LIMITS.webExportDirectories)
    throw new DeskError({ kind: 'tooMany', count, max: LIMITS.webExportDirectories })
}

function treeOf(domain: Domain, object: number, read: { count: number }): Tree | null {
  const found = domain.read(object)
  if (found === undefined) return null
  read.count += 1
  requireExportable(read.count)
  const children = domain.childrenOf(object).flatMap((child) => treeOf(domain, child, read) ?? [])
  return { properties: maskProperties(found.properties), children }
}

/** Letters, digits and dots of the domain and the path: a file's name on any system. */
function fileName({ tag }: Domain, path: string, ending: string): string {
  const words = [tag, ...readJournalPath(path)].map((part) => part.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40))
  return `${words.filter((word) => word !== '').join('-')}.${ending}`
}
