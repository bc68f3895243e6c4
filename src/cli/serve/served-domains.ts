/** The domains of a running site as the web sees them. */
import type { Site } from '../../netinfo/index.ts'
import type { ServedDomain, ServedDomains } from '../../web/index.ts'

export function servedDomains(site: Site, mainTag: string): ServedDomains {
  const get = (tag: string): ServedDomain | undefined => {
    const server = site.domains.get(tag)
    if (server === undefined) return undefined
    return { tag, domain: server.domain, isMaster: server.services.replication.role.kind === 'master' }
  }
  return {
    main: () => get(mainTag),
    get,
    all: () =>
      site.domains.servers
        .map(({ tag }) => tag)
        .toSorted((a, b) => Number(b === mainTag) - Number(a === mainTag) || (a < b ? -1 : 1))
        .flatMap((tag) => get(tag) ?? []),
  }
}
