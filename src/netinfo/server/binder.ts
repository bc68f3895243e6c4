/**
 * The binder's program (protocol.md §6): 200100001, version 1. It knows which domains this machine serves, by their tags,
 * and at which ports; it makes and destroys them through its host.
 */
import { XdrWriter, byteLengthOf } from '../../core/index.ts'
import { DirectoryError, STATUS } from '../../directory/index.ts'
import { BINDER, NETINFO, REGISTRATIONS_MAX } from '../codec.ts'
import type { Ports, Registration } from '../codec.ts'
import { BINDER_PROCEDURES, BINDER_PROGRAM, BINDER_VERSION } from '../programs.ts'
import type { BinderProcedure } from '../programs.ts'
import { BinderAuthority } from './binder-authority.ts'
import type { RootPassword } from './binder-authority.ts'
import { LoopbackCalls } from './loopback-calls.ts'
import type { RpcAnswer, RpcCall, RpcProgram } from './rpc-program.ts'
import { resolveTag } from './tag-aliases.ts'
import type { TagAlias } from './tag-aliases.ts'
import { systemTimers } from './timers.ts'
import type { GuardClock } from './wrong-passwords.ts'

/** What the binder has others do. A rejection with a `DirectoryError` is answered with its status, any other with SYSTEMERR. */
export interface BinderHost {
  /** Makes a domain whose master this machine is, and begins to serve it; its server registers when it answers. */
  readonly createMaster: (tag: string) => Promise<void>
  /** Makes an empty copy of another master's domain, and begins to serve it; the copying itself is not waited for. */
  readonly createClone: (tag: string, masterName: string, masterAddress: string, masterTag: string) => Promise<void>
  /** Ends the server of a tag and removes its data. */
  readonly destroy: (tag: string) => Promise<void>
  readonly rootPassword: RootPassword
  /** The aliases that the served domains declare; none where it is left out. */
  readonly aliases?: () => readonly TagAlias[]
}

export interface BinderOptions {
  /** Where the servers of this machine listen; the loopback when left out. */
  readonly serverAddress?: string
  /** For the time after a wrong password; the system's when left out. */
  readonly clock?: GuardClock
}

type Handler = (call: RpcCall, reply: XdrWriter) => RpcAnswer | Promise<RpcAnswer>

const PING_TIMEOUT_MS = 1000
const BIND_TIMEOUT_MS = 2000
const UDP_PROCEDURES: ReadonlySet<BinderProcedure> = new Set(['ping', 'getregister', 'listreg', 'bind'])
/** A tag is a word of `serves` and part of a file's name; 32 of this length still fit into a datagram (LISTREG). */
const TAG_BYTES_MAX = 240
/** Only root registers; more tags than this are a program gone wrong. */
const REGISTERED_MAX = 1024

export class Binder implements RpcProgram {
  readonly program = BINDER_PROGRAM
  readonly version = BINDER_VERSION
  readonly #host: BinderHost
  readonly #authority: BinderAuthority
  readonly #calls: LoopbackCalls
  readonly #registered = new Map<string, Ports>()
  /** The tags whose domains are being made. */
  readonly #beginning = new Set<string>()
  /** The servers that are being asked whether they live, by UDP port: who asks meanwhile shares the answer. */
  readonly #pings = new Map<number, Promise<boolean>>()
  readonly #handlers: readonly Handler[]

  constructor(host: BinderHost, options: BinderOptions = {}) {
    this.#host = host
    this.#authority = new BinderAuthority(host.rootPassword, options.clock ?? systemTimers(() => undefined))
    this.#calls = new LoopbackCalls(options.serverAddress)
    const handlers: Record<BinderProcedure, Handler> = {
      ping: () => 'done',
      register: (call, reply) => this.#answerRegister(call, reply),
      unregister: (call, reply) => this.#answerUnregister(call, reply),
      getregister: (call, reply) => this.#answerGetRegister(call, reply),
      listreg: (_, reply) => this.#answerList(reply),
      createmaster: (call, reply) => this.#answerCreateMaster(call, reply),
      createclone: (call, reply) => this.#answerCreateClone(call, reply),
      destroydomain: (call, reply) => this.#answerDestroy(call, reply),
      bind: (call) => this.#answerBind(call),
    }
    this.#handlers = BINDER_PROCEDURES.map((name) => handlers[name])
  }

  answer(call: RpcCall, reply: XdrWriter): RpcAnswer | Promise<RpcAnswer> {
    const { procedure } = call.header
    const [handler, name] = [this.#handlers[procedure], BINDER_PROCEDURES[procedure]]
    if (handler === undefined || name === undefined) return 'procUnavailable'
    if (call.peer.transport === 'udp' && !UDP_PROCEDURES.has(name)) return 'tooWeak'
    return handler(call, reply)
  }

  /** What is registered, in the order of registration. */
  registrations(): readonly Registration[] {
    return Array.from(this.#registered, ([tag, { udpPort, tcpPort }]) => ({ tag, udpPort, tcpPort }))
  }

  /** Registers a server, in place of another of the same tag. */
  register({ tag, udpPort, tcpPort }: Registration): void {
    this.#registered.set(tag, { udpPort, tcpPort })
  }

  /** Forgets a tag; to be called also when its server has died. */
  unregister(tag: string): void {
    this.#registered.delete(tag)
  }

  /** Gives up the calls to servers that are under way. */
  close(): void {
    this.#calls.close()
  }

  async #answerRegister(call: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const registration = BINDER.register.args.decode(call.args)
    return this.#asRoot(call, reply, () => {
      const isNew = !this.#registered.has(registration.tag)
      if (!isTag(registration.tag)) return STATUS.SYSTEMERR
      if (isNew && this.#registered.size >= REGISTERED_MAX) return STATUS.NOSPACE
      this.register(registration)
      return STATUS.OK
    })
  }

  async #answerUnregister(call: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const tag = BINDER.unregister.args.decode(call.args)
    return this.#asRoot(call, reply, () => {
      this.unregister(tag)
      return STATUS.OK
    })
  }

  async #answerGetRegister({ args, peer }: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const ports = this.#portsOf(BINDER.getregister.args.decode(args), peer.address)
    const status = ports === undefined ? STATUS.NOTAG : (await this.#isAlive(ports)) ? STATUS.OK : STATUS.NORESPONSE
    BINDER.getregister.result.encode(reply, {
      status,
      value: status === STATUS.OK && ports !== undefined ? ports : null,
    })
    return 'done'
  }

  /** The first 32: the protocol has no room for more (protocol.md §15.10). */
  #answerList(reply: XdrWriter): RpcAnswer {
    const value = this.registrations().slice(0, REGISTRATIONS_MAX)
    BINDER.listreg.result.encode(reply, { status: STATUS.OK, value })
    return 'done'
  }

  async #answerCreateMaster(call: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const tag = BINDER.createmaster.args.decode(call.args)
    return this.#asRoot(call, reply, () => this.#create(tag, () => this.#host.createMaster(tag)))
  }

  async #answerCreateClone(call: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const { tag, masterName, masterAddress, masterTag } = BINDER.createclone.args.decode(call.args)
    const create = (): Promise<void> => this.#host.createClone(tag, masterName, masterAddress, masterTag)
    return this.#asRoot(call, reply, () => this.#create(tag, create))
  }

  async #answerDestroy(call: RpcCall, reply: XdrWriter): Promise<RpcAnswer> {
    const tag = BINDER.destroydomain.args.decode(call.args)
    return this.#asRoot(call, reply, async () => {
      if (!this.#registered.has(tag)) return STATUS.NOTAG
      this.unregister(tag)
      return statusOf(() => this.#host.destroy(tag))
    })
  }

  /** Yes is an empty reply; no is SYSTEM_ERR, as in line A. Through a portmapper, which is silent then, both lines are alike. */
  async #answerBind({ args }: RpcCall): Promise<RpcAnswer> {
    const { clientAddress, clientTag, serverTag } = BINDER.bind.args.decode(args)
    const ports = this.#portsOf(serverTag, clientAddress)
    if (ports === undefined) return 'systemError'
    const { program, version, number: procedure, args: codec } = NETINFO.bind
    const target = { port: ports.udpPort, program, version, procedure }
    const writer = new XdrWriter()
    codec.encode(writer, { tag: clientTag, address: clientAddress })
    const results = await this.#calls.call(target, writer.view, BIND_TIMEOUT_MS)
    return results === null ? 'systemError' : 'done'
  }

  async #create(tag: string, make: () => Promise<void>): Promise<number> {
    if (this.#registered.has(tag) || this.#beginning.has(tag)) return STATUS.DUPTAG
    if (!isTag(tag)) return STATUS.SYSTEMERR
    this.#beginning.add(tag)
    try {
      return await statusOf(make)
    } finally {
      this.#beginning.delete(tag)
    }
  }

  async #asRoot(call: RpcCall, reply: XdrWriter, act: () => number | Promise<number>): Promise<RpcAnswer> {
    const status = await this.#authority.check(call)
    reply.u32(status === STATUS.OK ? await act() : status)
    return 'done'
  }

  #portsOf(tag: string, client: string): Ports | undefined {
    return this.#registered.get(resolveTag(tag, client, this.#host.aliases?.() ?? []))
  }

  #isAlive({ udpPort }: Ports): Promise<boolean> {
    const running = this.#pings.get(udpPort)
    if (running !== undefined) return running
    const asked = this.#ping(udpPort)
    this.#pings.set(udpPort, asked)
    return asked
  }

  async #ping(port: number): Promise<boolean> {
    const { program, version, number: procedure } = NETINFO.ping
    try {
      const target = { port, program, version, procedure }
      return (await this.#calls.call(target, new Uint8Array(), PING_TIMEOUT_MS)) !== null
    } finally {
      this.#pings.delete(port)
    }
  }
}

function isTag(tag: string): boolean {
  return tag !== '' && !tag.includes('/') && !tag.includes('\0') && byteLengthOf(tag) <= TAG_BYTES_MAX
}

async function statusOf(act: () => Promise<void>): Promise<number> {
  try {
    await act()
    return STATUS.OK
  } catch (error) {
    return error instanceof DirectoryError && error.status < STATUS.FAILED ? error.status : STATUS.SYSTEMERR
  }
}
