/**
 * Servers of NetInfo for tests of its client: trees that a test writes down, answered read by read from the protocol's
 * description, behind one binder. Writes are only noted. The client's agreement with the real server is
 * test/netinfo-client.test.ts.
 */
import type { TestContext } from 'node:test'
import type { XdrReader, XdrWriter } from '../../src/core/index.ts'
import { STATUS, findProperty, valuesOf } from '../../src/directory/index.ts'
import type { Id, Properties } from '../../src/directory/index.ts'
import { BINDER, NETINFO } from '../../src/netinfo/codec.ts'
import type { Codec } from '../../src/netinfo/codec.ts'
import type { Binding } from '../../src/netinfo/index.ts'
import { BINDER_PROGRAM } from '../../src/netinfo/programs.ts'
import type { UnixCredential } from '../../src/netinfo/rpc-message.ts'
import { startResponder } from './rpc-responder.ts'
import type { Responder } from './rpc-responder.ts'

export interface Tree {
  readonly properties: Readonly<Record<string, readonly string[]>>
  readonly children?: readonly Tree[]
}

export interface Scripted {
  readonly tree: Tree
  readonly statistics?: Readonly<Record<string, readonly string[]>>
  /** A status, or a parent; NETROOT when left out. */
  readonly parent?: Binding | number
  /** Asked before each call; false leaves it without an answer. */
  readonly isAnswering?: () => boolean
}

export interface Site {
  /** Of the binder, over UDP and TCP. */
  readonly binderPort: number
  readonly server: (tag: string) => Responder
  /** Every write: at which server, which procedure, with which credential. */
  readonly writes: readonly { readonly tag: string; readonly procedure: number; readonly unix: UnixCredential | null }[]
}

interface Directory {
  readonly id: Id
  readonly properties: Properties
  readonly children: Directory[]
}

/** Starts a server for each tag, all of them at 127.0.0.1. */
export async function startSite(context: TestContext, domains: Readonly<Record<string, Scripted>>): Promise<Site> {
  const writes: { tag: string; procedure: number; unix: UnixCredential | null }[] = []
  const servers = new Map<string, Responder>()
  for (const [tag, scripted] of Object.entries(domains)) {
    const directories: Directory[] = []
    number(scripted.tree, directories)
    const responder = await startResponder(context, ({ header, args }, results) => {
      if (scripted.isAnswering?.() === false) return false
      if (answerRead(scripted, directories, header.procedure, args, results)) return true
      writes.push({ tag, procedure: header.procedure, unix: header.unix })
      NETINFO.write.result.encode(results, { status: STATUS.OK, value: { object: 1, instance: 2 } })
      return true
    })
    servers.set(tag, responder)
  }
  const binder = await startResponder(context, ({ header, args }, results) => {
    if (header.program !== BINDER_PROGRAM || header.procedure !== BINDER.getregister.number) return false
    const port = servers.get(BINDER.getregister.args.decode(args))?.port
    const value = port === undefined ? null : { udpPort: port, tcpPort: port }
    BINDER.getregister.result.encode(results, { status: value === null ? STATUS.NOTAG : STATUS.OK, value })
    return true
  })
  return {
    binderPort: binder.port,
    writes,
    server: (tag) => {
      const server = servers.get(tag)
      if (server === undefined) throw new Error(`no server ${tag}`)
      return server
    },
  }
}

function number({ properties, children = [] }: Tree, into: Directory[]): Directory {
  const directory: Directory = {
    id: { object: into.length, instance: 1 },
    properties: listOf(properties),
    children: [],
  }
  into.push(directory)
  for (const child of children) directory.children.push(number(child, into))
  return directory
}

function listOf(record: Readonly<Record<string, readonly string[]>>): Properties {
  return Object.entries(record).map(([name, values]) => ({ name, values }))
}

function answerRead(
  scripted: Scripted,
  directories: readonly Directory[],
  procedure: number,
  args: XdrReader,
  results: XdrWriter,
): boolean {
  const found = (id: Id): Directory | undefined => directories[id.object]
  const hits = ({ id, key, value }: { id: Id; key: string; value: string }): Directory[] =>
    (found(id)?.children ?? []).filter(({ properties }) => valuesOf(properties, key).includes(value))
  const answer = <T>(codec: Codec<{ status: number; value: T | null }>, value: T | undefined): boolean => {
    const status = value === undefined ? STATUS.NODIR : STATUS.OK
    codec.encode(results, { status, value: value ?? null })
    return true
  }
  switch (procedure) {
    case NETINFO.ping.number:
      return true
    case NETINFO.statistics.number:
      NETINFO.statistics.result.encode(results, listOf(scripted.statistics ?? {}))
      return true
    case NETINFO.root.number:
      return answer(NETINFO.root.result, directories[0]?.id)
    case NETINFO.self.number:
      return answer(NETINFO.self.result, found(NETINFO.self.args.decode(args))?.id)
    case NETINFO.read.number:
      return answer(NETINFO.read.result, found(NETINFO.read.args.decode(args)))
    case NETINFO.lookup.number: {
      const query = NETINFO.lookup.args.decode(args)
      const objects = hits(query).map(({ id }) => id.object)
      return answer(NETINFO.lookup.result, objects.length === 0 ? undefined : { objects, id: query.id })
    }
    case NETINFO.lookupread.number:
      return answer(NETINFO.lookupread.result, hits(NETINFO.lookupread.args.decode(args))[0])
    case NETINFO.list.number: {
      const { id, key } = NETINFO.list.args.decode(args)
      const entries = (found(id)?.children ?? []).map((child) => ({
        object: child.id.object,
        values: findProperty(child.properties, key)?.values ?? null,
      }))
      return answer(NETINFO.list.result, { entries, id })
    }
    case NETINFO.rparent.number: {
      const { parent = STATUS.NETROOT } = scripted
      NETINFO.rparent.result.encode(
        results,
        typeof parent === 'number' ? { status: parent, value: null } : { status: STATUS.OK, value: parent },
      )
      return true
    }
    default:
      return false
  }
}
