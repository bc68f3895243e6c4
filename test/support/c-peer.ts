/** The RPC client of test/peers, as a process that calls when it is told to. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { bytesOf, textOf } from '../../src/core/index.ts'
import type { Id, Properties } from '../../src/directory/index.ts'
import { BINDER_PROGRAM, BINDER_VERSION, NETINFO_PROGRAM, NETINFO_VERSION } from '../../src/netinfo/programs.ts'
import { atEnd } from './at-end.ts'
import { compilePeer } from './compile-peer.ts'

/** libtirpc's `clnt_stat`: how a call can end without a result. */
export const STAT = {
  cantDecodeResult: 2,
  timedOut: 5,
  rpcVersionMismatch: 6,
  authError: 7,
  programUnavailable: 8,
  programVersionMismatch: 9,
  procedureUnavailable: 10,
  garbageArguments: 11,
  systemError: 12,
} as const

export type Answer = Readonly<Record<string, unknown>>

export interface Opening {
  readonly port: number
  readonly transport?: 'tcp' | 'udp'
  readonly address?: string
  readonly program?: number
  readonly version?: number
  /** Whether to call from a reserved port, which root alone may do. */
  readonly isReserved?: boolean
}

/** An argument: a number, a string, or what is made of such. A list needs its count before it. */
export type Word = number | string | Id | readonly Word[]

export class CPeer {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  #rest: string = ''
  #errors: string = ''
  #wake: (() => void) | null = null

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8')
    child.stdout?.on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n')
      this.#rest = lines.pop() ?? ''
      this.#lines.push(...lines)
      if (lines.length > 0) this.#wake?.()
    })
    child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()))
    // It may have ended before all that it was told: `close` says so.
    child.stdin?.on('error', () => undefined)
    child.on('close', () => this.#wake?.())
  }

  /** Starts it; null where the test has been skipped. */
  static start(context: Pick<TestContext, 'after' | 'skip'>): CPeer | null {
    const program = compilePeer(context)
    if (program === null) return null
    const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'pipe'] })
    atEnd(context, async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    })
    return new CPeer(child)
  }

  async openNetInfo(opening: Opening): Promise<void> {
    await this.open({ program: NETINFO_PROGRAM, version: NETINFO_VERSION, ...opening })
  }

  async openBinder(opening: Opening): Promise<void> {
    await this.open({ program: BINDER_PROGRAM, version: BINDER_VERSION, ...opening })
  }

  async open(opening: Opening): Promise<void> {
    const { port, transport = 'tcp', address = '127.0.0.1', program = 0, version = 0, isReserved = false } = opening
    await this.#tell(`open ${transport} ${address} ${port} ${program} ${version} ${isReserved ? 'reserved' : 'any'}`)
  }

  /** Calls without credentials from now on. */
  async beNobody(): Promise<void> {
    await this.#tell('none')
  }

  /** Calls with AUTH_UNIX from now on: the password inverted in the machine name (protocol.md §8.2). */
  async beUser(uid: number, password: string): Promise<void> {
    const inverted = bytesOf(password).map((byte) => byte ^ 0xff)
    await this.#tell(`unix x${Buffer.from(inverted).toString('hex')} ${uid}`)
  }

  /** Calls a procedure of the domain's server by its stub; the result's fields, without its bytes. */
  async netinfo(procedure: string, ...words: readonly Word[]): Promise<Answer> {
    const { wire: _, ...answer } = await this.netinfoWithWire(procedure, ...words)
    return answer
  }

  /** With `wire`, the result as libtirpc would have sent it. */
  netinfoWithWire(procedure: string, ...words: readonly Word[]): Promise<Answer> {
    return this.#tell(['call netinfo', procedure, ...words.map((word) => written(word))].join(' '))
  }

  async binder(procedure: string, ...words: readonly Word[]): Promise<Answer> {
    const { wire: _, ...answer } = await this.binderWithWire(procedure, ...words)
    return answer
  }

  binderWithWire(procedure: string, ...words: readonly Word[]): Promise<Answer> {
    return this.#tell(['call binder', procedure, ...words.map((word) => written(word))].join(' '))
  }

  /** Calls a procedure by its number, with any bytes for arguments; what a result holds is not told. */
  async raw(procedure: number, args: Uint8Array = Buffer.alloc(0)): Promise<Answer> {
    return this.#tell(`raw ${procedure} x${Buffer.from(args).toString('hex')}`)
  }

  async #tell(line: string): Promise<Answer> {
    this.#child.stdin?.write(`${line}\n`)
    for (;;) {
      const answer = this.#lines.shift()
      if (answer !== undefined) return asAnswer(JSON.parse(answer))
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`the peer ended: ${this.#errors}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** A property list as arguments: its count, then each. */
export function listed(properties: Properties): readonly Word[] {
  return [properties.length, ...properties.map(({ name, values }) => [name, values.length, ...values])]
}

function written(word: Word): string {
  if (typeof word === 'number') return String(word)
  if (typeof word === 'string') return `x${bytesOf(word).toString('hex')}`
  if ('object' in word) return `${word.object} ${word.instance}`
  return word.map((each) => written(each)).join(' ')
}

function asAnswer(value: unknown): Answer {
  const whole = withText(value)
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) throw new Error('no answer')
  return Object.fromEntries(Object.entries(whole))
}

/** Its strings have one character a byte; ours are text. */
function withText(value: unknown): unknown {
  if (typeof value === 'string') return textOf(Buffer.from(value, 'latin1'))
  if (Array.isArray(value)) return value.map((each) => withText(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withText(each)]))
}
