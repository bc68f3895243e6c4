/**
 * Deleting a directory with all below it.
 *
 * The protocol destroys one empty directory at a time, so this is many writes, the lowest first. They are asked for together,
 * up to a thousand in one batch on disk, each on the ids that the one before leaves: where anything below has changed since it
 * was counted, what is not yet gone stays, and the answer says how many went.
 */
import { LIMITS } from '../../core/index.ts'
import { DirectoryError, ROOT_OBJECT, STATUS, requireDirectoryAccess } from '../../directory/index.ts'
import type { Caller, Domain, Id, WriteOperation } from '../../directory/index.ts'
import type { ServedDomain } from '../live/served-domains.ts'
import { requireMaster, requireSeen, staleFailure } from './desk.ts'
import type { Seen } from './desk.ts'
import { DeskError } from './failure.ts'
import { explaining, failureOf, isStale } from './outcome.ts'

/** As many as one batch of a domain takes. */
const AT_ONCE = 1000

/** One directory of a tree, with what its parent was then. */
export interface Fallen {
  readonly id: Id
  readonly parent: Id
}

/** How many directories a tree has, itself included; no more than one over the limit. */
export function countTree(domain: Domain, object: number): number {
  return listTree(domain, object).length
}

/** The directories of a tree, each after all below it; no more than one over the limit. */
export function listTree(domain: Domain, top: number): readonly Fallen[] {
  const below: Fallen[] = []
  const ahead = [top]
  for (let object = ahead.pop(); object !== undefined; object = ahead.pop()) {
    const id = domain.id(object)
    const parent = domain.id(domain.parentOf(object) ?? ROOT_OBJECT)
    if (id === undefined || parent === undefined) continue
    below.push({ id, parent })
    if (below.length > LIMITS.webTreeDirectories) break
    const children = domain.childrenOf(object).slice(0, LIMITS.webTreeDirectories + 1)
    ahead.push(...children.toReversed())
  }
  return below.toReversed()
}

/** @throws DeskError tooMany */
export function requireFewEnough(count: number): void {
  if (count > LIMITS.webTreeDirectories) throw new DeskError({ kind: 'tooMany', count, max: LIMITS.webTreeDirectories })
}

/**
 * Deletes a directory and all below it.
 * @param expected how many directories the caller was told that go, itself included
 * @returns the domain's revision after it
 * @throws DeskError
 */
export async function removeTree(
  served: ServedDomain,
  object: number,
  expected: number,
  seen: Seen,
  caller: Caller,
): Promise<number> {
  const domain = requireMaster(served)
  const path = domain.pathOf(object)
  return explaining(path, () => {
    if (object === ROOT_OBJECT) throw new DeskError({ kind: 'misplaced' })
    requireSeen(domain, object, seen)
    const all = listTree(domain, object)
    requireFewEnough(all.length)
    if (all.length !== expected) throw new DeskError({ kind: 'countChanged', count: all.length })
    return destroyAll(domain, all, caller)
  })
}

/**
 * Destroys directories in their order, as they were when they were listed.
 * @throws DeskError, DirectoryError
 */
export async function destroyAll(domain: Domain, all: readonly Fallen[], caller: Caller): Promise<number> {
  requireAccessToParents(domain, all, caller)
  const operations = chainedDestroys(all)
  let done = 0
  let revision = domain.revision()
  for (let start = 0; start < operations.length; start += AT_ONCE) {
    const some = operations.slice(start, start + AT_ONCE)
    const results = await Promise.allSettled(some.map((operation) => domain.write(operation, caller)))
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') {
        done += 1
        ;({ revision } = result.value)
        continue
      }
      throw stopped(domain, some[index], done, result.reason)
    }
  }
  return revision
}

function stopped(domain: Domain, operation: WriteOperation | undefined, done: number, reason: unknown): unknown {
  const target = operation?.kind === 'destroy' ? operation.child : { object: ROOT_OBJECT, instance: 0 }
  const isLate = isStale(reason) || (reason instanceof DirectoryError && reason.status === STATUS.NOTEMPTY)
  const cause = isLate
    ? staleFailure(domain, target.object, target).failure
    : failureOf(reason, domain.pathOf(target.object))
  if (cause === undefined) return reason
  return new DeskError(done === 0 ? cause : { kind: 'partly', done, cause })
}

/** Nothing is done where something of it is not allowed. */
function requireAccessToParents(domain: Domain, all: readonly Fallen[], caller: Caller): void {
  for (const object of new Set(all.map(({ parent }) => parent.object))) {
    try {
      requireDirectoryAccess(domain.read(object)?.properties ?? [], caller)
    } catch (error) {
      const failure = failureOf(error, domain.pathOf(object))
      throw failure === undefined ? error : new DeskError(failure)
    }
  }
}

/** Each destroy raises its parent's instance by one, so that all ids are known before any is done. */
function chainedDestroys(all: readonly Fallen[]): readonly WriteOperation[] {
  const raised = new Map<number, number>()
  const now = ({ object, instance }: Id): Id => ({
    object,
    instance: (instance + (raised.get(object) ?? 0)) >>> 0,
  })
  return all.map(({ id, parent }) => {
    const operation = { kind: 'destroy', parent: now(parent), child: now(id) } as const
    raised.set(parent.object, (raised.get(parent.object) ?? 0) + 1)
    return operation
  })
}
