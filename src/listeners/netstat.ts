/**
 * Reads `netstat -ano` of Windows in any of its languages.
 *
 *       Proto  Local Address          Foreign Address        State           PID
 *       TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1044
 *       UDP    [::]:5353              *:*                                    2588
 *
 * Headings and states are translated (`ABHÖREN`, `À L'ÉCOUTE`, …) and may hold spaces, so neither is relied on: a TCP socket
 * listens when its foreign port is 0; the pid is the last word; what stands between is the state.
 */
import { parseEndpoint } from './endpoint.ts'
import { stateName } from './lsof.ts'
import type { SocketTransport } from './model.ts'

export interface NetstatRow {
  readonly transport: SocketTransport
  readonly address: string
  readonly port: number
  readonly remote: { readonly address: string; readonly port: number } | null
  readonly state: string
  /** Null for what Windows counts under pid 0: the socket has left its process. */
  readonly pid: number | null
}

/** States of the German Windows, the one that translates them all; others keep the English words or are shown as they are. */
const TRANSLATED: Readonly<Record<string, string>> = {
  hergestellt: 'established',
  wartend: 'time-wait',
  schliessen_warten: 'close-wait',
  syn_gesendet: 'syn-sent',
  syn_empfangen: 'syn-received',
  fin_warten_1: 'fin-wait-1',
  fin_warten_2: 'fin-wait-2',
  schliessend: 'closing',
  zuletzt_ack: 'last-ack',
}

/** The sockets in the output; lines of another form are passed over. */
export function parseNetstat(text: string): NetstatRow[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const words = line.trim().split(/\s+/)
    const transport = words[0] === 'TCP' ? 'tcp' : words[0] === 'UDP' ? 'udp' : null
    const pidText = words.at(-1) ?? ''
    const local = parseEndpoint(words[1] ?? '')
    if (transport === null || words.length < 4 || local === null || !/^\d{1,10}$/.test(pidText)) return []
    const foreign = parseEndpoint(words[2] ?? '')
    const remote = foreign === null || foreign.port === 0 ? null : foreign
    const word = words.slice(3, -1).join('_')
    const state =
      remote === null ? 'listen' : word === '' ? 'established' : (TRANSLATED[word.toLowerCase()] ?? stateName(word))
    const pid = Number(pidText)
    return [{ transport, address: local.address, port: local.port, remote, state, pid: pid === 0 ? null : pid }]
  })
}
