/** The arguments and results of the portmapper, version 2 (RFC 1833 §3), both ways. */
import { DecodeError } from '../core/index.ts'
import type { XdrReader } from '../core/index.ts'
import { NOTHING, WORD } from './codec-parts.ts'
import type { Codec, Procedure } from './codec-parts.ts'
import { PORTMAP_PROGRAM, PORTMAP_VERSION } from './programs.ts'

/** The largest UDP payload: more than any call or result that CALLIT carries. */
const CALLIT_BYTES_MAX = 65_507
/** A portmapper with more mappings than this is not one. */
const MAPPINGS_MAX = 65_536

/** The transports by their IP protocol numbers. */
export const PORTMAP_PROTOCOL = { tcp: 6, udp: 17 } as const

export interface Mapping {
  readonly program: number
  readonly version: number
  readonly protocol: number
  readonly port: number
}

/** A call that the portmapper makes on its own machine for the caller; there is no reply when it fails. */
export interface CallitArguments {
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly args: Buffer
}

export interface CallitResult {
  readonly port: number
  readonly result: Buffer
}

const MAPPING: Codec<Mapping> = {
  encode: (writer, { program, version, protocol, port }) => writer.u32(program).u32(version).u32(protocol).u32(port),
  decode: (reader) => ({
    program: reader.u32('mapping/program'),
    version: reader.u32('mapping/version'),
    protocol: reader.u32('mapping/protocol'),
    port: reader.u32('mapping/port'),
  }),
}
/** A linked list: before each element a 1, at the end a 0. */
const MAPPINGS: Codec<readonly Mapping[]> = {
  encode: (writer, mappings) => {
    for (const mapping of mappings) {
      writer.bool(true)
      MAPPING.encode(writer, mapping)
    }
    writer.bool(false)
  },
  decode: (reader) => {
    const mappings: Mapping[] = []
    while (reader.bool('mappings/has next')) {
      if (mappings.length === MAPPINGS_MAX)
        throw new DecodeError('mappings', reader.offset, `more than ${MAPPINGS_MAX} mappings`)
      mappings.push(MAPPING.decode(reader))
    }
    return mappings
  },
}
const CALLIT_ARGUMENTS: Codec<CallitArguments> = {
  encode: (writer, { program, version, procedure, args }) =>
    writer.u32(program).u32(version).u32(procedure).opaque(args),
  decode: (reader) => ({
    program: reader.u32('callit/program'),
    version: reader.u32('callit/version'),
    procedure: reader.u32('callit/procedure'),
    args: reader.opaque('callit/arguments', CALLIT_BYTES_MAX),
  }),
}
const CALLIT_RESULT: Codec<CallitResult> = {
  encode: (writer, { port, result }) => writer.u32(port).opaque(result),
  decode: (reader) => ({ port: reader.u32('callit/port'), result: reader.opaque('callit/result', CALLIT_BYTES_MAX) }),
}
const BOOLEAN: Codec<boolean> = {
  encode: (writer, value) => writer.bool(value),
  decode: (reader) => reader.bool('done'),
}
/** 0 where the program is not registered. */
const PORT: Codec<number> = {
  encode: (writer, port) => writer.u32(port),
  decode: (reader: XdrReader) => {
    const port = reader.u32('port')
    if (port > 65_535) throw new DecodeError('port', reader.offset - WORD, `${port} is no port`)
    return port
  },
}

function ofPortmap<A, R>(name: string, number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { program: PORTMAP_PROGRAM, version: PORTMAP_VERSION, number, name, args, result }
}

/** Program 100000 version 2; SET and UNSET tell whether they did it. GETPORT and UNSET do not look at the port given. */
export const PORTMAP = {
  ping: ofPortmap('null', 0, NOTHING, NOTHING),
  set: ofPortmap('set', 1, MAPPING, BOOLEAN),
  unset: ofPortmap('unset', 2, MAPPING, BOOLEAN),
  getport: ofPortmap('getport', 3, MAPPING, PORT),
  dump: ofPortmap('dump', 4, NOTHING, MAPPINGS),
  callit: ofPortmap('callit', 5, CALLIT_ARGUMENTS, CALLIT_RESULT),
} as const
