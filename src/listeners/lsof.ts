/**
 * Reads the output of `lsof -nP -F` (lsof(8), "OUTPUT FOR OTHER PROGRAMS"): one field a line, its first character says
 * which. A process set (p, c, R, L) is followed by a file set for each of its sockets (f, t, P, n, T).
 */
import { parseEndpoint } from './endpoint.ts'
import { unescapeBytes } from './escapes.ts'
import type { SocketTransport } from './model.ts'

/** The fields to ask lsof for. */
export const LSOF_FIELDS = 'pcRLftPnT'

export interface LsofSocket {
  readonly pid: number
  readonly parent: number | null
  readonly name: string
  readonly user: string | null
  readonly transport: SocketTransport
  readonly address: string
  readonly port: number
  readonly remote: { readonly address: string; readonly port: number } | null
  /** Lower case, in the words of RFC 9293; `listen` also for a UDP socket without a peer. */
  readonly state: string
}

/** lsof's words for states (from the BSD and Linux kernels) where they differ from RFC 9293's. */
const STATES: Readonly<Record<string, string>> = {
  fin_wait1: 'fin-wait-1',
  fin_wait2: 'fin-wait-2',
  fin_wait_1: 'fin-wait-1',
  fin_wait_2: 'fin-wait-2',
  syn_recv: 'syn-received',
  syn_rcvd: 'syn-received',
  close: 'closed',
}

/** The state's name in the words of RFC 9293, from any of the systems' spellings. */
export function stateName(word: string): string {
  const lower = word.toLowerCase()
  return STATES[lower] ?? lower.replaceAll('_', '-')
}

interface ProcessFields {
  readonly pid: number
  readonly parent: number | null
  readonly name: string
  readonly user: string | null
}

/** The sockets of TCP and UDP in the output; what is not bound to a port, and lines of another form, are passed over. */
export function parseLsof(text: string): LsofSocket[] {
  return processSets(text).flatMap((lines) => {
    const firstFile = lines.findIndex((line) => line.startsWith('f'))
    const owner = ownerOf(firstFile === -1 ? lines : lines.slice(0, firstFile))
    if (owner === null || firstFile === -1) return []
    return split(lines.slice(firstFile), 'f').flatMap((file) => socketOf(owner, fieldsOf(file)) ?? [])
  })
}

function processSets(text: string): string[][] {
  return split(text.split('\n'), 'p')
}

/** Cuts lines into sets that each begin with a line of the letter given; what stands before the first is dropped. */
function split(lines: readonly string[], letter: string): string[][] {
  const sets: string[][] = []
  for (const line of lines) {
    if (line.startsWith(letter)) sets.push([line])
    else sets.at(-1)?.push(line)
  }
  return sets
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [letter = '', value] = [line[0], line.slice(1)]
    if (letter !== 'T') fields.set(letter, value)
    else if (value.startsWith('ST=')) fields.set('T', value.slice(3)) // the other T fields are the sizes of queues
  }
  return fields
}

function ownerOf(lines: readonly string[]): ProcessFields | null {
  const fields = fieldsOf(lines)
  const pid = fields.get('p') ?? ''
  const parent = fields.get('R') ?? ''
  if (!/^[1-9]\d{0,9}$/.test(pid)) return null
  return {
    pid: Number(pid),
    parent: /^\d{1,10}$/.test(parent) ? Number(parent) : null,
    name: unescapeBytes(fields.get('c') ?? ''),
    user: fields.get('L') ?? null,
  }
}

function socketOf(owner: ProcessFields, file: ReadonlyMap<string, string>): LsofSocket | null {
  const protocol = file.get('P')
  if (protocol !== 'TCP' && protocol !== 'UDP') return null
  const [localText = '', remoteText] = (file.get('n') ?? '').split('->')
  const local = parseEndpoint(localText)
  if (local === null) return null
  const remote = remoteText === undefined ? null : parseEndpoint(remoteText)
  const word = file.get('T')
  const transport = protocol === 'TCP' ? 'tcp' : 'udp'
  const state =
    word === undefined ? (transport === 'udp' && remote === null ? 'listen' : 'established') : stateName(word)
  const address = local.address === '*' ? (file.get('t') === 'IPv6' ? '::' : '0.0.0.0') : local.address
  return {
    ...owner,
    transport,
    address,
    port: local.port,
    remote,
    state: transport === 'udp' && remote === null ? 'listen' : state,
  }
}
