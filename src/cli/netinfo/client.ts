/** What the tools need of the client of NetInfo. */
import * as netinfo from '../../netinfo/index.ts'
import type { DomainHandle, OpenOptions } from '../../netinfo/index.ts'

/** Opens domains; a test of a tool's own logic may bring another. */
export interface Client {
  readonly openDomain: (name: string, options?: OpenOptions) => Promise<DomainHandle>
  readonly openServer: (host: string, tag: string, options?: OpenOptions) => Promise<DomainHandle>
  readonly domainNameOf: (handle: DomainHandle, options?: OpenOptions) => Promise<string>
}

export const CLIENT: Client = netinfo
