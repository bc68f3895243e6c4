/**
 * Moving a directory, with all below it, to another parent or to another place among its siblings.
 *
 * The protocol knows no move. All is made anew at its new place first, then the old is deleted as it was read; so nothing can be
 * lost, but others may see both for a moment, and the directories get other numbers. Where the old has changed meanwhile, or may
 * not be deleted, the new is taken away again.
 */
import { ROOT_OBJECT, createChildren } from '../../directory/index.ts'
import type { Caller, Domain } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { createDirectory, requireDirectory, requireMaster, requireSeen } from './desk.ts'
import type { CreateOptions, Seen, Written } from './desk.ts'
import { DeskError } from './failure.ts'
import { explaining } from './outcome.ts'
import { destroyAll, listTree, requireFewEnough } from './remove.ts'

export interface MoveTo {
  readonly parent: number
  /** The child before which it shall stand; at the end where it is null, or no child of that parent. */
  readonly before: number | null
}

/**
 * Moves a directory; its new number is in the answer.
 * @throws DeskError
 */
export async function moveTree(
  served: ServedDomain,
  object: number,
  to: MoveTo,
  seen: Seen,
  caller: Caller,
): Promise<Written> {
  const domain = requireMaster(served)
  requireDirectory(domain, to.parent)
  return explaining(domain.pathOf(object), async () => {
    if (object === ROOT_OBJECT || isWithin(domain, to.parent, object)) throw new DeskError({ kind: 'misplaced' })
    requireSeen(domain, object, seen)
    const old = listTree(domain, object)
    requireFewEnough(old.length)
    const made = await copyTop(served, domain, object, to, caller)
    try {
      await copyChildren(domain, object, made.object, caller)
      // The new one has raised the instance of its parent, which may be the old one's too.
      const fresh = old.map(({ id, parent }) => ({
        id,
        parent: id.object === object ? (domain.id(parent.object) ?? parent) : parent,
      }))
      const revision = await destroyAll(domain, fresh, caller)
      return { object: made.object, instance: domain.id(made.object)?.instance ?? made.instance, revision }
    } catch (error) {
      const isPartly = error instanceof DeskError && error.failure.kind === 'partly'
      // A part of the old is gone: what was made is then the only whole one.
      if (!isPartly) await destroyAll(domain, listTree(domain, made.object), caller)
      throw error
    }
  })
}

/** Whether a directory is another one, or below it. */
function isWithin(domain: Domain, object: number, top: number): boolean {
  for (let next: number | undefined = object; next !== undefined; next = domain.parentOf(next)) {
    if (next === top) return true
    if (next === ROOT_OBJECT) return false
  }
  return false
}

function copyTop(
  served: ServedDomain,
  domain: Domain,
  object: number,
  { parent, before }: MoveTo,
  caller: Caller,
): Promise<Written> {
  const where = before === null ? -1 : domain.childrenOf(parent).indexOf(before)
  const options: CreateOptions = where === -1 ? {} : { where }
  return createDirectory(served, parent, domain.read(object)?.properties ?? [], caller, options)
}

async function copyChildren(domain: Domain, from: number, to: number, caller: Caller): Promise<void> {
  const children = domain.childrenOf(from)
  if (children.length === 0) return
  const all = children.map((child) => domain.read(child)?.properties ?? [])
  const made = await createChildren(domain, to, all, caller)
  for (const [index, child] of children.entries()) {
    const copy = made[index]
    if (copy !== undefined) await copyChildren(domain, child, copy, caller)
  }
}
