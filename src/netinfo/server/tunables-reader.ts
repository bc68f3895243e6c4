/** A domain's tunables as they are now, read again only when the domain has changed. */
import { rootProperties } from './domain-view.ts'
import type { DomainReads } from './domain-view.ts'
import { parseTunables } from './tunables.ts'
import type { Tunables } from './tunables.ts'

export function tunablesReader(domain: DomainReads): () => Tunables {
  let revision = domain.revision()
  let tunables = parseTunables(rootProperties(domain))
  return () => {
    const now = domain.revision()
    if (now !== revision) {
      revision = now
      tunables = parseTunables(rootProperties(domain))
    }
    return tunables
  }
}
