/** NetInfo: the protocol, and the client that speaks it. */
export {
  bindThroughPortmapper,
  callUdp,
  climb,
  connectBinding,
  connectServer,
  domainNameOf,
  enumerateUp,
  escapePath,
  findAllUp,
  findUp,
  formatPath,
  getPort,
  getRegister,
  openBinder,
  openDomain,
  openServer,
  parsePath,
  RpcError,
  setMapping,
  unsetMapping,
  writeMethodsOver,
} from './client/index.ts'
export type {
  BindCandidate,
  BinderHandle,
  Found,
  Path,
  PathComponent,
  ReadAllAnswer,
  RpcFailure,
  ServerConnection,
  ServerOptions,
  WriteMethods,
} from './client/index.ts'
export { BINDER, NETINFO, WRITE_PROCEDURES } from './codec.ts'
export type { Answer, Codec, Ports, Procedure, Registration } from './codec.ts'
export type { Binding, DomainHandle, ListEntry, OpenOptions } from './handle.ts'
export type { ListenAt } from './server/domain-set.ts'
export type { ReplicationEvent } from './server/replica-connection.ts'
export { Site } from './server/site.ts'
export type { Announced, SiteOptions } from './server/site.ts'
export { canSharePorts, defaultWorkers } from './server/workers.ts'
