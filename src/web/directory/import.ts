/**
 * Bringing text into a domain: first what it would create and change, then doing it.
 *
 * A directory is the one that is there when its first name is; of several with one first name the first stands for the first.
 * Nothing is deleted. Importing is many writes; where one is refused in the middle, importing again goes on from there.
 */
import { createHash } from 'node:crypto'
import { LIMITS, PortolanError } from '../../core/index.ts'
import {
  FORMATS,
  MASK,
  ROOT_OBJECT,
  SECRET_NAME,
  firstValue,
  maskProperties,
  parseRaw,
  parseTreeJson,
  putTree,
  requireDirectoryAccess,
} from '../../directory/index.ts'
import type { Caller, Domain, FormatProblem, Properties, PutCounts, Tree } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { isSameProperties, requireMaster, withSecretsOf } from './desk.ts'
import { isTreeFormat } from './export.ts'
import { DeskError } from './failure.ts'
import { explaining, failureOf } from './outcome.ts'
import { nameOf, readJournalPath } from './paths.ts'

/** Whether what is there keeps the properties that the text does not have. */
export const IMPORT_MODES = ['merge', 'replace'] as const
export type ImportMode = (typeof IMPORT_MODES)[number]

export interface ImportRequest {
  /** `json`, `raw`, or the name of a flat format. */
  readonly format: string
  readonly text: string
  readonly mode: ImportMode
  /** Below which directory a tree is put; flat formats have a directory of their own. */
  readonly parent: number
}

export interface PlannedChange {
  readonly kind: 'create' | 'change'
  /** As the journal writes paths. */
  readonly path: string
  /** Masked; null for what is created. */
  readonly before: Properties | null
  /** Masked. */
  readonly after: Properties
}

export interface ImportPlan {
  readonly changes: readonly PlannedChange[]
  readonly created: number
  readonly changed: number
  readonly same: number
  /** Lines that were not understood; the rest was. */
  readonly problems: readonly FormatProblem[]
  /** Tells this plan from any other: what is done is what was shown. */
  readonly digest: string
}

interface FullPlan extends ImportPlan {
  readonly parent: number
  readonly trees: readonly Tree[]
  /** Directories in which something is created, or that change. */
  readonly touched: ReadonlySet<number>
}

/** What `/etc/passwd` says where the password is elsewhere (passwd(5)); it is no password to take over. */
const ELSEWHERE = 'x'

/**
 * What an import would do now.
 * @throws DeskError unreadable, tooMany, notFound
 */
export function planImport(domain: Domain, request: ImportRequest): ImportPlan {
  const { changes, created, changed, same, problems, digest } = planFully(domain, request)
  return { changes, created, changed, same, problems, digest }
}

/**
 * Imports, if that does what the plan of this digest said.
 * @returns the counts, or the plan as it is now where it is another one
 * @throws DeskError
 */
export async function applyImport(
  served: ServedDomain,
  request: ImportRequest,
  digest: string,
  caller: Caller,
): Promise<PutCounts | ImportPlan> {
  const domain = requireMaster(served)
  const plan = planFully(domain, request)
  if (plan.digest !== digest) return plan
  requireAccess(domain, plan.touched, caller)
  const counts = { created: 0, changed: 0 }
  await explaining(domain.pathOf(plan.parent), async () => {
    for (const tree of plan.trees) {
      try {
        const { created, changed } = await putTree(domain, plan.parent, tree, caller)
        counts.created += created
        counts.changed += changed
      } catch (error) {
        const cause = failureOf(error, domain.pathOf(plan.parent))
        if (cause === undefined) throw error
        throw new DeskError({ kind: 'partly', done: counts.created + counts.changed, cause })
      }
    }
  })
  return counts
}

function requireAccess(domain: Domain, touched: ReadonlySet<number>, caller: Caller): void {
  for (const object of touched) {
    try {
      requireDirectoryAccess(domain.read(object)?.properties ?? [], caller)
    } catch (error) {
      const failure = failureOf(error, domain.pathOf(object))
      throw failure === undefined ? error : new DeskError(failure)
    }
  }
}

interface ReadText {
  readonly parent: number
  readonly trees: readonly Tree[]
  /** A container that a flat format only names keeps what it has. */
  readonly containerDepth: number
  readonly problems: readonly FormatProblem[]
}

function readText({ format, text, parent }: ImportRequest): ReadText {
  try {
    if (isTreeFormat(format)) {
      const tree = format === 'json' ? parseTreeJson(text) : parseRaw(text)
      // The tree of a whole domain stands for its root, which has no name: its own properties are the server's.
      const trees = firstValue(tree.properties, 'name') === undefined ? tree.children : [tree]
      return { parent, trees, containerDepth: 0, problems: [] }
    }
    return readFlat(format, text)
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error
    throw new DeskError({ kind: 'unreadable', detail: [error.message, error.hint ?? ''].join(' ').trim() })
  }
}

function readFlat(name: string, text: string): ReadText {
  const format = FORMATS.get(name)
  if (format === undefined) throw new DeskError({ kind: 'unreadable', detail: name })
  const { entries, problems } = format.parse(text)
  const names = readJournalPath(format.directory)
  const containers = format.holds === 'children' ? names : names.slice(0, -1)
  const named = (part: string): Properties => [{ name: 'name', values: [part] }]
  const leaves: readonly Tree[] =
    format.holds === 'children'
      ? entries.map((entry) => ({ properties: withoutElsewhere(entry), children: [] }))
      : entries.slice(0, 1).map((entry) => ({
          properties: [...named(names.at(-1) ?? ''), ...entry.filter((property) => property.name !== 'name')],
          children: [],
        }))
  const trees = containers.reduceRight<readonly Tree[]>(
    (children, part) => [{ properties: named(part), children }],
    leaves,
  )
  return { parent: ROOT_OBJECT, trees, containerDepth: containers.length, problems }
}

function withoutElsewhere(entry: Properties): Properties {
  return entry.map((property) =>
    property.name === SECRET_NAME && property.values[0] === ELSEWHERE
      ? { name: SECRET_NAME, values: [MASK] }
      : property,
  )
}

function planFully(domain: Domain, request: ImportRequest): FullPlan {
  const { parent, trees, containerDepth, problems } = readText(request)
  if (domain.id(parent) === undefined) throw new DeskError({ kind: 'notFound', path: `dir:${parent}` })
  const planner = new Planner(domain, request.mode)
  const planned = planner.planChildren(parent, trees, containerDepth)
  const { changes, same } = planner
  const created = changes.filter(({ kind }) => kind === 'create').length
  return {
    changes,
    created,
    changed: changes.length - created,
    same,
    problems,
    digest: createHash('sha256').update(JSON.stringify(changes)).digest('base64url'),
    parent,
    trees: planned,
    touched: planner.touched,
  }
}

class Planner {
  readonly changes: PlannedChange[] = []
  readonly touched: Set<number> = new Set()
  same = 0
  #count = 0
  readonly #domain: Domain
  readonly #mode: ImportMode

  constructor(domain: Domain, mode: ImportMode) {
    this.#domain = domain
    this.#mode = mode
  }

  /** The trees as they are to be put below a directory that is there. */
  planChildren(parent: number, trees: readonly Tree[], containerDepth: number): readonly Tree[] {
    const path = this.#domain.pathOf(parent)
    const used = new Set<number>()
    return trees.map((tree) => {
      const name = firstValue(tree.properties, 'name')
      const found = name === undefined ? undefined : this.#find(parent, name, used)
      if (found !== undefined) {
        used.add(found)
        return this.#planOver(found, tree, containerDepth)
      }
      this.touched.add(parent)
      return this.#planNew(path, tree)
    })
  }

  #find(parent: number, name: string, used: ReadonlySet<number>): number | undefined {
    return this.#domain
      .find(parent, 'name', name)
      .find((object) => !used.has(object) && nameOf(this.#domain, object) === name)
  }

  #planOver(object: number, tree: Tree, containerDepth: number): Tree {
    this.#take()
    const before = this.#domain.read(object)?.properties ?? []
    const after = containerDepth > 0 ? before : this.#propertiesAfter(before, tree.properties)
    if (isSameProperties(before, after)) this.same += 1
    else {
      const path = this.#domain.pathOf(object)
      this.touched.add(object)
      this.changes.push({ kind: 'change', path, before: maskProperties(before), after: maskProperties(after) })
    }
    return { properties: after, children: this.planChildren(object, tree.children, Math.max(0, containerDepth - 1)) }
  }

  #propertiesAfter(before: Properties, given: Properties): Properties {
    const after = withSecretsOf(before, given)
    if (this.#mode === 'replace') return after
    const names = new Set(after.map(({ name }) => name))
    const firsts = new Map(after.toReversed().map((property) => [property.name, property]))
    const old = new Set(before.map(({ name }) => name))
    // What both have stands where it stood; of a name that is there twice, the text has the first.
    const kept = before.flatMap((property) => {
      if (!names.has(property.name)) return [property]
      const replacement = firsts.get(property.name)
      firsts.delete(property.name)
      return replacement === undefined ? [] : [replacement]
    })
    return [...kept, ...after.filter(({ name }) => !old.has(name))]
  }

  #planNew(parentPath: string, tree: Tree): Tree {
    this.#take()
    const name = firstValue(tree.properties, 'name')
    const part = name === undefined ? '…' : name.replaceAll(/[\\/=]/g, String.raw`\$&`)
    const path = `${parentPath === '/' ? '' : parentPath}/${part}`
    this.changes.push({ kind: 'create', path, before: null, after: maskProperties(tree.properties) })
    return { properties: tree.properties, children: tree.children.map((child) => this.#planNew(path, child)) }
  }

  #take(): void {
    this.#count += 1
    if (this.#count > LIMITS.webTreeDirectories)
      throw new DeskError({ kind: 'tooMany', count: this.#count, max: LIMITS.webTreeDirectories })
  }
}
