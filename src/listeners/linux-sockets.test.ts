import assert from 'node:assert/strict'
import { endianness } from 'node:os'
import { test } from 'node:test'
import { parseSocketTable } from './linux-sockets.ts'
import type { SocketRow } from './linux-sockets.ts'

interface Line {
  readonly port: number
  readonly remotePort: number
  /** As the kernel counts them: 1 established, 6 time-wait, 10 listen. */
  readonly state: number
  readonly inode: number
}

const hex = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0')

/** A table as tcp4_seq_show writes it, all on 127.0.0.1; the first column counts the lines. */
function tableOf(lines: readonly Line[]): string {
  const loopback = endianness() === 'LE' ? '0100007F' : '7F000001'
  const rows = lines.map(({ port, remotePort, state, inode }, slot) => {
    const ends = `${loopback}:${hex(port, 4)} ${loopback}:${hex(remotePort, 4)} ${hex(state, 2)}`
    return `${String(slot).padStart(4)}: ${ends} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0`
  })
  return ['  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid', ...rows, ''].join('\n')
}

function parse(lines: readonly Line[]): readonly SocketRow[] {
  const rows: SocketRow[] = []
  parseSocketTable(tableOf(lines), { transport: 'tcp', namespace: null, connections: true }, rows)
  return rows
}

const ESTABLISHED: Line = { port: 80, remotePort: 40_000, state: 1, inode: 7 }
const WAITING: Line = { port: 80, remotePort: 40_001, state: 6, inode: 0 }
const LISTENING: Line = { port: 80, remotePort: 0, state: 10, inode: 8 }

test('a socket that the kernel wrote twice in a row is one, though its state changed between the two', () => {
  const rows = parse([ESTABLISHED, { ...ESTABLISHED, state: 8 }, WAITING, WAITING, LISTENING, LISTENING])
  assert.deepEqual(
    rows.map(({ state, inode }) => [state, inode]),
    [
      ['established', 7],
      ['time-wait', 0],
      ['listen', 8],
    ],
  )
})

test('sockets that share a port, or have left their processes, stay apart', () => {
  const lines = [LISTENING, { ...LISTENING, inode: 9 }, WAITING, { ...WAITING, remotePort: 40_002 }]
  assert.deepEqual(
    parse(lines).map(({ port, remotePort, inode }) => [port, remotePort, inode]),
    lines.map(({ port, remotePort, inode }) => [port, remotePort, inode]),
  )
})
