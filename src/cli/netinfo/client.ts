/** What the tools need of the client of NetInfo. */
import { domainNameOf, openDomain, openServer } from '../../netinfo/index.ts'

/** Opens domains; a test of a tool's own logic may bring another. */
export interface Client {
  readonly openDomain: typeof openDomain
  readonly openServer: typeof openServer
  readonly domainNameOf: typeof domainNameOf
}

export const CLIENT: Client = { openDomain, openServer, domainNameOf }
