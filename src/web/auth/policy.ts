/** What a visitor may see and do, where that is not the directory's to say. */
import type { WebContext } from '../env.ts'
import type { WebServices } from '../services.ts'
import type { Scope } from '../visitor.ts'

export function hasScope(c: WebContext, scope: Scope): boolean {
  return c.get('visitor')?.scopes.has(scope) === true
}

/**
 * Whether a visitor may see the processes of this machine: everybody where only this machine's own users can ask, else who has
 * signed in. A command line may hold what is not for a network.
 */
export function mayReadMachine(c: WebContext, { access }: WebServices): boolean {
  return !access.reach.isOpen || hasScope(c, 'read')
}
