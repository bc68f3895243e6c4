/** NetInfo: the protocol, and the client that speaks it. */
export {
  BINDER,
  NETINFO,
  REGISTRATIONS_MAX,
  WRITE_PROCEDURES,
  decodeObject,
  decodeWrite,
  encodeObject,
  encodeWrite,
} from './codec.ts'
export type { Answer, Codec, Ports, Procedure, Registration } from './codec.ts'
export type { Binding, DomainHandle, ListEntry, OpenOptions } from './handle.ts'
