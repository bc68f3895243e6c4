/** MongoDB (its manual, "MongoDB Wire Protocol"): `hello` and `buildInfo`, which it answers without a login, over OP_MSG. */
import type { Banner } from '../model.ts'
import { makeBanner, parseOrNull } from './banner-of.ts'
import { decodeBson, encodeBson } from './bson.ts'
import type { BsonValue } from './bson.ts'
import type { Conversation } from './conversation.ts'

const OP_MSG = 2013
const HEADER_BYTES = 16
/** Header, flags, and the kind of the first section. */
const BODY_AT = HEADER_BYTES + 4 + 1

type Document = ReadonlyMap<string, BsonValue>

export async function askMongodb(conversation: Conversation): Promise<Banner | null> {
  // `isMaster` is what servers before 4.4 know; later ones answer it, too.
  conversation.send(encodeMessage(1, { isMaster: 1, helloOk: true, $db: 'admin' }))
  const hello = parseMessage(await conversation.receive(isMessageWhole))
  if (hello === null) return null
  conversation.send(encodeMessage(2, { buildInfo: 1, $db: 'admin' }))
  return describeMongodb(hello, parseMessage(await conversation.receive(isMessageWhole)))
}

/** The banner of the answers to `hello` and to `buildInfo`, which may be missing. */
export function describeMongodb(hello: Document, build: Document | null): Banner | null {
  const wire = hello.get('maxWireVersion')
  if (typeof wire !== 'number' && typeof hello.get('ok') !== 'number') return null
  const version = build?.get('version')
  const isPrimary = hello.get('isWritablePrimary') ?? hello.get('ismaster')
  return makeBanner('mongodb', {
    product: 'MongoDB',
    version: typeof version === 'string' ? version : null,
    text: typeof version === 'string' ? `MongoDB ${version}` : 'MongoDB',
    details: {
      wire: typeof wire === 'number' ? String(wire) : null,
      set: textAt(hello, 'setName'),
      role: hello.get('msg') === 'isdbgrid' ? 'router' : isPrimary === true ? 'primary' : 'secondary',
    },
  })
}

function textAt(document: Document, name: string): string | null {
  const value = document.get(name)
  return typeof value === 'string' ? value : null
}

export function encodeMessage(request: number, fields: Readonly<Record<string, BsonValue>>): Buffer {
  const document = encodeBson(fields)
  const head = Buffer.alloc(BODY_AT)
  head.writeInt32LE(BODY_AT + document.length, 0)
  head.writeInt32LE(request, 4)
  head.writeInt32LE(OP_MSG, 12)
  return Buffer.concat([head, document])
}

/** The document of a message; null where the bytes are none. */
export function parseMessage(bytes: Buffer): Document | null {
  return parseOrNull(() => {
    const isMessage = bytes.readInt32LE(12) === OP_MSG && bytes.readUInt8(BODY_AT - 1) === 0
    return isMessage ? decodeBson(bytes.subarray(BODY_AT)) : null
  })
}

function isMessageWhole(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES && bytes.length >= bytes.readInt32LE(0)
}
