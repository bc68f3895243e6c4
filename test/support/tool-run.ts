/** Runs a NetInfo tool in this process: on domains in memory, with what it reads and what it prints as text. */
import { DirectoryError, STATUS } from '../../src/directory/index.ts'
import type { Properties, Tree } from '../../src/directory/index.ts'
import type { DomainHandle, OpenOptions } from '../../src/netinfo/index.ts'
import type { Context } from '../../src/cli/command.ts'
import type { Client } from '../../src/cli/netinfo/client.ts'
import { makeStyle } from '../../src/cli/style.ts'
import { MemoryDomain } from './memory-domain.ts'

export interface ToolRun {
  readonly status: number
  readonly out: string
  readonly err: string
  /** What was asked for. */
  readonly questions: readonly string[]
}

export interface ToolInput {
  readonly input?: string | Uint8Array
  /** What is typed where a password is asked for; after the last, the input ends. */
  readonly secrets?: readonly string[]
  readonly isOutTerminal?: boolean
  readonly env?: Readonly<Record<string, string>>
}

/** Runs one tool with a context of its own. */
export async function runTool(
  tool: (context: Context) => Promise<number>,
  { input = '', secrets = [], isOutTerminal = false, env = {} }: ToolInput = {},
): Promise<ToolRun> {
  let [out, err] = ['', '']
  const questions: string[] = []
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  const answers = [...secrets]
  const status = await tool({
    out: (text) => (out += text),
    err: (text) => (err += text),
    env,
    style: makeStyle({ colour: false, columns: null }),
    isOutTerminal,
    isInTerminal: () => Promise.resolve(false),
    readInput: () => Buffer.from(bytes).toString('utf8'),
    readInputBytes: () => bytes,
    ask: () => Promise.resolve(null),
    askSecret: (question) => {
      questions.push(question)
      return Promise.resolve(answers.shift() ?? null)
    },
    signal: new AbortController().signal,
  })
  return { status, out, err, questions }
}

export interface Opening {
  readonly name: string
  readonly options: OpenOptions
}

/** Opens domains in memory, by their names and by `address/tag`. */
export class MemoryClient implements Client {
  readonly openings: Opening[] = []
  readonly #domains: ReadonlyMap<string, MemoryDomain>
  readonly #isMaster: boolean

  /** With `isMaster` false every server that is opened is a clone. */
  constructor(domains: Readonly<Record<string, MemoryDomain>>, isMaster = true) {
    this.#domains = new Map(Object.entries(domains))
    this.#isMaster = isMaster
  }

  openDomain(name: string, options: OpenOptions = {}): Promise<DomainHandle> {
    this.openings.push({ name, options })
    const [, start = '', above = ''] = /^(.*?)((?:\/\.\.)*)$/.exec(name) ?? []
    let domain = this.#domains.get(start === '' ? '/' : start.replace(/^(.*)@(.*)$/, '$2/$1'))
    for (let level = 0; level < above.length / '/..'.length && domain !== undefined; level += 1) {
      if (domain.parent === null) return Promise.reject(new DirectoryError(STATUS.NETROOT))
      domain = this.#domains.get(`${domain.parent.address}/${domain.parent.tag}`)
    }
    return domain === undefined
      ? Promise.reject(new DirectoryError(STATUS.FAILED))
      : Promise.resolve(domain.handle(options, this.#isMaster))
  }

  openServer(host: string, tag: string, options: OpenOptions = {}): Promise<DomainHandle> {
    return this.openDomain(`${host}/${tag}`, options)
  }

  domainNameOf(): Promise<string> {
    return Promise.resolve('/ada')
  }
}

/** A tool, and the domain that it works on. */
export interface ToolOnDomain {
  readonly domain: MemoryDomain
  readonly client: MemoryClient
  readonly run: (words: readonly string[], input?: ToolInput) => Promise<ToolRun>
}

/** A tool on a domain in memory that is `.`, `/` and `127.0.0.1/network`; with `isMaster` false a clone serves it. */
export function toolOnDomain(
  tool: (words: readonly string[], context: Context, client: Client) => Promise<number>,
  { isMaster = true, tree = SAMPLE_TREE }: { readonly isMaster?: boolean; readonly tree?: Tree } = {},
): ToolOnDomain {
  const domain = new MemoryDomain({ tag: 'network', address: '127.0.0.1' }, tree)
  const client = new MemoryClient({ '.': domain, '/': domain, '127.0.0.1/network': domain }, isMaster)
  return { domain, client, run: (words, input) => runTool((context) => tool(words, context, client), input) }
}

/** A small domain of many kinds: users, groups, machines, services, mounts and a printer. */
export const SAMPLE_TREE: Tree = {
  properties: [{ name: 'master', values: ['ada/network'] }],
  children: [
    directory('users', [
      entry({
        name: ['pia'],
        passwd: ['Xy0fakefakefk'],
        uid: ['530'],
        gid: ['20'],
        realname: ['Pia Holm'],
        home: ['/home/pia'],
        shell: ['/bin/csh'],
        _writers_passwd: ['pia'],
      }),
      entry({ name: ['jon'], uid: ['531'], gid: ['20'] }),
    ]),
    directory('groups', [
      entry({ name: ['staff'], passwd: [''], gid: ['20'], users: ['pia', 'jon'] }),
      entry({ name: ['wheel'], gid: ['0'], users: [] }),
    ]),
    directory('machines', [
      entry({ name: ['localhost'], ip_address: ['127.0.0.1'] }),
      entry({ name: ['ada', 'ada.example'], ip_address: ['192.168.1.5'], serves: ['./network'] }),
      entry({ en_address: ['0:0:f:0:7:5a'] }),
    ]),
    directory('services', [entry({ name: ['finger'], port: ['79'], protocol: ['tcp'] })]),
    directory('networks', [entry({ name: ['lab-net', 'lab'], address: ['192.168.1'] })]),
    directory('protocols', [entry({ name: ['tcp', 'TCP'], number: ['6'] })]),
    directory('rpcs', [entry({ name: ['portmapper', 'portmap', 'sunrpc'], number: ['100000'] })]),
    directory('aliases', [entry({ name: ['crew'], members: ['pia', 'jon', 'mail-archive'] })]),
    directory('mounts', [entry({ name: ['ada:/export'], dir: ['/Net/ada'], opts: ['rw', 'bg', 'soft'] })]),
    directory('printers', [
      entry({ name: ['inky', 'laser'], rm: ['ada'], rp: ['inky'], mx: ['#0'], sd: ['/usr/spool/inky'] }),
    ]),
  ],
}

function directory(name: string, children: readonly Tree[]): Tree {
  return { properties: [{ name: 'name', values: [name] }], children }
}

/** A leaf with these properties, in this order. */
export function entry(properties: Readonly<Record<string, readonly string[]>>): Tree {
  return { properties: propertiesOf(properties), children: [] }
}

export function propertiesOf(properties: Readonly<Record<string, readonly string[]>>): Properties {
  return Object.entries(properties).map(([name, values]) => ({ name, values }))
}
