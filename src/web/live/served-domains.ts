/** The domains that this server has open, as the pages see them: what NetInfo serves, or what a data folder holds. */
import { localDeclaration } from '../../answer/index.ts'
import type { Declaration, DeclaredBook } from '../../answer/index.ts'
import { declarationsOn } from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'

export interface ServedDomain {
  readonly tag: string
  readonly domain: Domain
  /** False for a clone: its writes are its master's to do. */
  readonly isMaster: boolean
}

/** Asked each time: domains come and go while a server runs. */
export interface ServedDomains {
  /** The domain of this machine, whose users may sign in. */
  readonly main: () => ServedDomain | undefined
  readonly get: (tag: string) => ServedDomain | undefined
  /** The main domain first. */
  readonly all: () => readonly ServedDomain[]
}

/** What the open domains declare of ports; each question is answered from the store as it is now. */
export function declaredIn(domains: ServedDomains): DeclaredBook {
  return {
    get domains() {
      return domains.all().map(({ tag }) => tag)
    },
    notes: [],
    forPort(port): readonly Declaration[] {
      return domains
        .all()
        .flatMap(({ domain, tag }, level) =>
          declarationsOn(domain, port).map((each) => localDeclaration(each, level, tag)),
        )
    },
  }
}
