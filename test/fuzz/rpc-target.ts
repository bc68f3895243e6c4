/** The server that is attacked, in a process of its own, and a client that behaves, measured beside. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XdrReader, XdrWriter } from '../../src/core/index.ts'
import type { Id } from '../../src/directory/index.ts'
import { NETINFO } from '../../src/netinfo/codec.ts'
import type { Procedure } from '../../src/netinfo/codec.ts'
import type { FromServer, ToServer } from '../fixtures/netinfo-server.ts'
import { RawClient, callBytes, recordOf, replyParts } from '../support/rpc-calls.ts'

const FIXTURE = join(import.meta.dirname, '../fixtures/netinfo-server.ts')

export interface Ports {
  readonly tcpPort: number
  readonly udpPort: number
  readonly binderPort: number
}

export class Target {
  readonly ports: Ports
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(ports: Ports, child: ChildProcess, folder: string) {
    this.ports = ports
    this.#child = child
    this.#folder = folder
  }

  /** Starts the server, with so many threads beside its main one. */
  static async start(workers = 0): Promise<Target> {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-rpc-fuzz-'))
    const child = fork(FIXTURE, [folder, String(workers)], { execArgv: ['--expose-gc'] })
    const ready = await heard(child, 'ready')
    return new Target(ready, child, folder)
  }

  /** What the server holds after it has collected its garbage, and what went wrong in it so far. */
  async look(): Promise<Extract<FromServer, { readonly kind: 'look' }>> {
    this.#tell('look')
    return heard(this.#child, 'look')
  }

  /** Ends the server. @returns what is wrong with its domain */
  async end(): Promise<readonly string[]> {
    try {
      this.#tell('end')
      const { problems } = await heard(this.#child, 'end')
      if (this.#child.exitCode === null) await once(this.#child, 'exit')
      assert.equal(this.#child.exitCode, 0)
      return problems
    } finally {
      this.#child.kill('SIGKILL')
      rmSync(this.#folder, { recursive: true, force: true })
    }
  }

  #tell(message: ToServer): void {
    this.#child.send(message)
  }
}

/** The next message of a kind; an error where the process ends without it. */
function heard<Kind extends FromServer['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<FromServer, { readonly kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromServer): void => {
      if (!isKind(message, kind)) return
      child.off('message', hear)
      child.off('exit', fail)
      resolve(message)
    }
    const fail = (code: number | null, signal: string | null): void => {
      child.off('message', hear)
      reject(new Error(`the server ended (${code ?? signal}) before it said '${kind}'`))
    }
    child.on('message', hear)
    child.once('exit', fail)
  })
}

function isKind<Kind extends FromServer['kind']>(
  message: FromServer,
  kind: Kind,
): message is Extract<FromServer, { readonly kind: Kind }> {
  return message.kind === kind
}

/** Asks one question by our own codec. */
export async function ask<A, R>(client: RawClient, procedure: Procedure<A, R>, args: A): Promise<R> {
  const writer = new XdrWriter()
  procedure.args.encode(writer, args)
  const { program, version, number } = procedure
  client.send(recordOf(callBytes({ xid: 1, program, version, procedure: number, args: writer.view })))
  const reply = await client.receive()
  if (reply === null) throw new Error(`the server closed the connection instead of answering ${procedure.name}`)
  const { outcome, rest } = replyParts(reply)
  assert.equal(outcome.kind, 'success')
  return procedure.result.decode(new XdrReader(rest))
}

export interface Latencies {
  readonly calls: number
  /** In milliseconds. */
  readonly medianMs: number
  readonly p99Ms: number
  readonly worstMs: number
}

/** A client that asks one question after the other, and knows the answers. */
export class GoodClient {
  readonly #client: RawClient
  readonly #users: Id
  readonly #answer: string
  #latencies: number[] = []
  #running: Promise<void> | null = null
  #isEnding = false

  private constructor(client: RawClient, users: Id, answer: string) {
    this.#client = client
    this.#users = users
    this.#answer = answer
  }

  static async connect({ tcpPort }: Ports): Promise<GoodClient> {
    const client = await RawClient.connect(tcpPort)
    const root = { object: 0, instance: 0 }
    const { value } = await ask(client, NETINFO.lookup, { id: root, key: 'name', value: 'users' })
    const [object] = value?.objects ?? []
    assert.ok(object !== undefined)
    const { value: users } = await ask(client, NETINFO.self, { object, instance: 0 })
    assert.ok(users !== null)
    const answer = await ask(client, NETINFO.lookupread, { id: users, key: 'name', value: 'pia' })
    return new GoodClient(client, users, JSON.stringify(answer))
  }

  /** Begins to ask without end. */
  start(): void {
    this.#latencies = []
    this.#isEnding = false
    this.#running = this.#askOn()
    // An error is told by `stop`.
    this.#running.catch(() => undefined)
  }

  /** @throws when an answer was wrong or missing */
  async stop(): Promise<Latencies> {
    this.#isEnding = true
    await this.#running
    const sorted = this.#latencies.toSorted((one, other) => one - other)
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
    return { calls: sorted.length, medianMs: at(0.5), p99Ms: at(0.99), worstMs: at(1) }
  }

  close(): void {
    this.#client.close()
  }

  async #askOn(): Promise<void> {
    while (!this.#isEnding) {
      const startMs = performance.now()
      assert.equal(JSON.stringify(await this.#ask()), this.#answer)
      this.#latencies.push(performance.now() - startMs)
    }
  }

  async #ask(): Promise<unknown> {
    return ask(this.#client, NETINFO.lookupread, { id: this.#users, key: 'name', value: 'pia' })
  }
}
