/** The arguments and results of the binder's procedures (protocol.md §6). */
import { DecodeError } from '../core/index.ts'
import type { XdrReader } from '../core/index.ts'
import {
  NOTHING,
  STRING,
  WORD,
  WORD_CODEC,
  answered,
  decodeAddress,
  decodeString,
  encodeAddress,
} from './codec-parts.ts'
import type { Codec, Procedure } from './codec-parts.ts'
import { BINDER_PROGRAM, BINDER_VERSION, binderProcedure } from './programs.ts'
import type { BinderProcedure } from './programs.ts'

/** LISTREG's array is limited so. */
export const REGISTRATIONS_MAX = 32

/** A server's ports as its binder knows them. */
export interface Ports {
  readonly udpPort: number
  readonly tcpPort: number
}

export interface Registration extends Ports {
  readonly tag: string
}

/** Asks whether the server of one tag on a host has a client as its child. */
export interface BinderBindArguments {
  readonly clientAddress: string
  readonly clientTag: string
  readonly serverTag: string
}

export interface CreateCloneArguments {
  readonly tag: string
  readonly masterName: string
  readonly masterAddress: string
  readonly masterTag: string
}

const PORTS: Codec<Ports> = {
  encode: (writer, { udpPort, tcpPort }) => writer.u32(udpPort).u32(tcpPort),
  decode: (reader) => ({ udpPort: decodePort(reader, 'udp port'), tcpPort: decodePort(reader, 'tcp port') }),
}
const REGISTRATION: Codec<Registration> = {
  encode: (writer, registration) => {
    writer.text(registration.tag)
    PORTS.encode(writer, registration)
  },
  decode: (reader) => ({ tag: decodeString(reader, 'registration/tag'), ...PORTS.decode(reader) }),
}
const REGISTRATIONS: Codec<readonly Registration[]> = {
  encode: (writer, registrations) => {
    writer.u32(registrations.length)
    for (const registration of registrations) REGISTRATION.encode(writer, registration)
  },
  decode: (reader) => {
    const count = reader.count('registrations', REGISTRATIONS_MAX, 3 * WORD)
    return Array.from({ length: count }, () => REGISTRATION.decode(reader))
  },
}
const BINDER_BIND: Codec<BinderBindArguments> = {
  encode: (writer, { clientAddress, clientTag, serverTag }) => {
    encodeAddress(writer, clientAddress)
    writer.text(clientTag).text(serverTag)
  },
  decode: (reader) => ({
    clientAddress: decodeAddress(reader, 'bind/client address'),
    clientTag: decodeString(reader, 'bind/client tag'),
    serverTag: decodeString(reader, 'bind/server tag'),
  }),
}
const CREATE_CLONE: Codec<CreateCloneArguments> = {
  encode: (writer, { tag, masterName, masterAddress, masterTag }) => {
    writer.text(tag).text(masterName)
    encodeAddress(writer, masterAddress)
    writer.text(masterTag)
  },
  decode: (reader) => ({
    tag: decodeString(reader, 'createclone/tag'),
    masterName: decodeString(reader, 'createclone/master name'),
    masterAddress: decodeAddress(reader, 'createclone/master address'),
    masterTag: decodeString(reader, 'createclone/master tag'),
  }),
}

/** Ports travel as whole words (protocol.md §1). */
function decodePort(reader: XdrReader, place: string): number {
  const port = reader.u32(place)
  if (port > 65_535) throw new DecodeError(place, reader.offset - WORD, `${port} is no port`)
  return port
}

function ofBinder<A, R>(name: BinderProcedure, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { program: BINDER_PROGRAM, version: BINDER_VERSION, number: binderProcedure(name), name, args, result }
}

/** Program 200100001 version 1 (protocol.md §6); where the result is a number, it is a bare status. */
export const BINDER = {
  ping: ofBinder('ping', NOTHING, NOTHING),
  register: ofBinder('register', REGISTRATION, WORD_CODEC),
  unregister: ofBinder('unregister', STRING, WORD_CODEC),
  getregister: ofBinder('getregister', STRING, answered(PORTS)),
  listreg: ofBinder('listreg', NOTHING, answered(REGISTRATIONS)),
  createmaster: ofBinder('createmaster', STRING, WORD_CODEC),
  createclone: ofBinder('createclone', CREATE_CLONE, WORD_CODEC),
  destroydomain: ofBinder('destroydomain', STRING, WORD_CODEC),
  bind: ofBinder('bind', BINDER_BIND, NOTHING),
} as const satisfies Record<BinderProcedure, { readonly number: number }>
