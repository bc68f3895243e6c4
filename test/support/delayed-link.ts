/** A slow cable between two machines of a network of namespaces (test/peers/delayed-link.c). */
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'
import { end, lineOf } from './namespaces.ts'
import type { Machine } from './namespaces.ts'
import { tempFolder } from './temp-folder.ts'

const SOURCE = join(import.meta.dirname, '../peers/delayed-link.c')
const INTERFACE = 'slow'

/** An end of the cable: a machine, and its address there (`10.81.0.1/24`). */
export interface CableEnd {
  readonly machine: Machine
  readonly address: string
}

/** Lays the cable, over which a packet takes so many ms each way. It needs root, a C compiler and /dev/net/tun. */
export async function layDelayedLink(
  context: TestContext,
  ends: readonly [CableEnd, CableEnd],
  ms: number,
): Promise<void> {
  const program = join(tempFolder(context), 'delayed-link')
  run('cc', '-O1', '-Wall', '-Wextra', '-Werror', '-o', program, SOURCE)
  const names = ends.map(({ machine }) => machine.through.at(-1) ?? '')
  const relay = spawn(program, [...names, INTERFACE, String(ms)], { stdio: ['ignore', 'pipe', 'inherit'] })
  atEnd(context, () => end(relay, 'SIGKILL'))
  await lineOf(relay)
  for (const { machine, address } of ends) {
    run(...machine.through, 'ip', 'addr', 'add', address, 'dev', INTERFACE)
    run(...machine.through, 'ip', 'link', 'set', INTERFACE, 'up')
  }
}

function run(program: string = '', ...words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`)
}
