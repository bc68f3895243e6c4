/** Calls of both programs of NetInfo, right and wrong, by a seeded generator: the same seed makes the same bytes. */
import { XdrWriter } from '../../src/core/index.ts'
import {
  BINDER_PROCEDURES,
  BINDER_PROGRAM,
  BINDER_VERSION,
  NETINFO_PROCEDURES,
  NETINFO_PROGRAM,
  NETINFO_VERSION,
} from '../../src/netinfo/programs.ts'
import type { BinderProcedure, NetInfoProcedure } from '../../src/netinfo/programs.ts'
import { fragmentMark } from '../../src/netinfo/record-mark.ts'
import { callBytes } from '../support/rpc-calls.ts'

/** A directory that is there, so that a write to it may succeed. */
export interface KnownId {
  readonly object: number
  readonly instance: number
}

/** Numbers by xorshift (Marsaglia 2003, 32 bits). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0 || 1
    for (let turn = 0; turn < 8; turn += 1) this.below(1)
  }

  /** From 0 up to, and without, a number. */
  below(end: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % end
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }
}

type Part = 'id' | 'word' | 'text' | 'texts' | 'property' | 'properties' | 'target' | 'address'

const ID_AND_INDEX: readonly Part[] = ['id', 'word']
const NETINFO_FORMS: Readonly<Record<NetInfoProcedure, readonly Part[]>> = {
  ping: [],
  statistics: [],
  root: [],
  self: ['id'],
  parent: ['id'],
  create: ['id', 'properties', 'word', 'target'],
  destroy: ['id', 'id'],
  read: ['id'],
  write: ['id', 'properties'],
  children: ['id'],
  lookup: ['id', 'text', 'text'],
  list: ['id', 'text'],
  createprop: ['id', 'property', 'word'],
  destroyprop: ID_AND_INDEX,
  readprop: ID_AND_INDEX,
  writeprop: ['id', 'word', 'texts'],
  renameprop: ['id', 'word', 'text'],
  listprops: ['id'],
  createname: ['id', 'word', 'text', 'word'],
  destroyname: ['id', 'word', 'word'],
  readname: ['id', 'word', 'word'],
  writename: ['id', 'word', 'word', 'text'],
  rparent: [],
  listall: ['id'],
  bind: ['text', 'address'],
  readall: ['word'],
  crashed: ['word'],
  resync: [],
  lookupread: ['id', 'text', 'text'],
}
const BINDER_FORMS: Readonly<Record<BinderProcedure, readonly Part[]>> = {
  ping: [],
  register: ['text', 'word', 'word'],
  unregister: ['text'],
  getregister: ['text'],
  listreg: [],
  createmaster: ['text'],
  createclone: ['text', 'text', 'address', 'text'],
  destroydomain: ['text'],
  bind: ['address', 'text', 'text'],
}
type Texts = readonly [string, ...string[]]
/** `users` is not among them: another directory of that name would hide root. */
const TEXTS: Texts = ['name', 'passwd', 'x', 'network', '*', '', 'a', '../x', 'Łódź', '_writers']
/** The tag that is served is not among them: root may destroy it, and there would be nothing left to fuzz. */
const TAGS: Texts = ['name', 'a', 'b', '', '../x', 'Łódź', '_']
const WORDS: readonly [number, ...number[]] = [0, 1, 2, 3, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 65_536]
/** The most that goes into one call, so that most of a run is many calls and not long ones. */
const LONG_TEXT_BYTES = 70_000
/** READALL and STATISTICS are answered at length: they come less often, or little else would. */
const RARE = 20

/** A call of one of the programs; about half of them are right in every byte, and most of the others in their header. */
export function makeCall(dice: Dice, program: 'netinfo' | 'binder', ids: readonly KnownId[], xid: number): Buffer {
  const isNetInfo = program === 'netinfo'
  const procedure = dice.isOneIn(40) ? dice.pick(WORDS) : dice.below(isNetInfo ? 29 : 9)
  const forms = isNetInfo
    ? NETINFO_FORMS[NETINFO_PROCEDURES[procedure] ?? 'ping']
    : BINDER_FORMS[BINDER_PROCEDURES[procedure] ?? 'ping']
  const isHeavy = isNetInfo && (procedure === 25 || procedure === 1) && !dice.isOneIn(RARE)
  const args = new XdrWriter()
  for (const part of forms) writePart(args, dice, part, ids, isNetInfo ? TEXTS : TAGS)
  const isUnix = dice.isOneIn(2)
  const call = callBytes({
    xid,
    program: isNetInfo ? NETINFO_PROGRAM : BINDER_PROGRAM,
    version: isNetInfo ? NETINFO_VERSION : BINDER_VERSION,
    procedure: isHeavy ? 0 : procedure,
    args: args.view,
    ...(isUnix ? { flavor: 1, credential: credentialOf(dice) } : {}),
  })
  return dice.isOneIn(2) ? call : mutated(dice, call, call.length - args.length)
}

/** A credential of AUTH_UNIX, mostly root's, who has no password. Others are unknown: a wrong password is answered late, on purpose. */
function credentialOf(dice: Dice): Buffer {
  const writer = new XdrWriter().u32(dice.pick(WORDS)).opaque(dice.bytes(dice.below(20)))
  writer.u32(dice.pick([0, 0, 0, 4711, 0xffff_fffe])).u32(0)
  const gids = dice.below(4)
  writer.u32(gids)
  for (let gid = 0; gid < gids; gid += 1) writer.u32(gid)
  return writer.toBytes()
}

function writePart(to: XdrWriter, dice: Dice, part: Part, ids: readonly KnownId[], texts: Texts): void {
  switch (part) {
    case 'id': {
      const known = dice.isOneIn(10) ? undefined : ids[dice.below(Math.max(ids.length, 1))]
      to.u32(known?.object ?? dice.pick(WORDS)).u32(known?.instance ?? dice.pick(WORDS))
      return
    }
    case 'word':
      to.u32(dice.isOneIn(2) ? dice.below(4) : dice.pick(WORDS))
      return
    case 'text':
      writeText(to, dice, texts)
      return
    case 'texts':
      writeTexts(to, dice, texts)
      return
    case 'property':
      writeText(to, dice, texts)
      writeTexts(to, dice, texts)
      return
    case 'properties': {
      const count = dice.below(5)
      to.u32(count)
      for (let each = 0; each < count; each += 1) writePart(to, dice, 'property', ids, texts)
      return
    }
    case 'target': {
      const isThere = dice.isOneIn(4)
      to.bool(isThere)
      if (isThere) writePart(to, dice, 'id', ids, texts)
      return
    }
    case 'address':
      to.raw(Buffer.from([127, 0, 0, dice.below(3)]))
  }
}

function writeText(to: XdrWriter, dice: Dice, texts: Texts): void {
  if (dice.isOneIn(2000)) to.opaque(Buffer.alloc(dice.below(LONG_TEXT_BYTES), 0x61))
  else if (dice.isOneIn(8)) to.opaque(dice.bytes(dice.below(12)))
  else to.text(dice.pick(texts))
}

function writeTexts(to: XdrWriter, dice: Dice, texts: Texts): void {
  const count = dice.below(4)
  to.u32(count)
  for (let each = 0; each < count; each += 1) writeText(to, dice, texts)
}

/** Edits of bytes, of words where counts stand, cuts and repetitions. A broken header ends the connection, so it is rare. */
function mutated(dice: Dice, call: Buffer, argsAt: number): Buffer {
  let bytes = call
  const from = dice.isOneIn(100) ? 0 : argsAt
  for (let edit = dice.below(4); edit >= 0; edit -= 1) {
    const at = from + dice.below(Math.max(bytes.length - from, 1))
    const kind = dice.below(6)
    if (kind === 0) bytes = bytes.subarray(0, at)
    else if (kind === 1) bytes = Buffer.concat([bytes, bytes.subarray(at, at + dice.below(64))])
    else if (kind === 2) bytes = Buffer.concat([bytes, dice.bytes(dice.below(16))])
    else if (kind === 3 && bytes.length >= 4) {
      bytes = Buffer.from(bytes)
      bytes.writeUInt32BE(dice.pick(WORDS), Math.max(0, Math.min(at & ~3, bytes.length - 4)))
    } else if (at < bytes.length) {
      bytes = Buffer.from(bytes)
      bytes[at] = dice.below(256)
    }
  }
  return bytes
}

/** A message as fragments: mostly one, sometimes many or empty ones, at times with a mark that lies. */
export function makeRecord(dice: Dice, message: Buffer): Buffer {
  const cuts = dice.isOneIn(4) ? Array.from({ length: dice.below(5) }, () => dice.below(message.length + 1)) : []
  const places = [0, ...cuts.toSorted((one, other) => one - other), message.length]
  const writer = new XdrWriter()
  for (let index = 1; index < places.length; index += 1) {
    const fragment = message.subarray(places[index - 1], places[index])
    const mark = fragmentMark(fragment.length, index === places.length - 1)
    writer.u32(dice.isOneIn(1000) ? dice.pick(WORDS) : mark).raw(fragment)
  }
  return writer.toBytes()
}
