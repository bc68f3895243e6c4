/**
 * `npm run bench`: every claim about speed and memory, as a ratio against a peer measured in the same run.
 * The program is measured as it is installed: bundled, without its sources beside it.
 *
 *     npm run bench -- [start] [lookup] [listeners] [netinfo] [probe] [web] [--quick]
 *
 * Without a name, all are measured. --quick leaves out what takes minutes: domains of more than 10,000 users, scans of
 * 100,000 ports.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchLookup } from './lookup.ts'
import { isInstalled, measureMemory, measureTimes } from './measure.ts'
import type { Contestant } from './measure.ts'
import { benchNetinfo } from './netinfo.ts'
import { benchProbe } from './probe.ts'
import { benchWeb } from './web.ts'
import { renderRows } from './table.ts'
import type { Row } from './table.ts'

const ROUNDS = 41
const PROCESSES = 200
const SOCKETS_EACH = 50
const root = join(import.meta.dirname, '..')

/** A copy as npm would lay it out. */
function installCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'))
  for (const part of ['bin', 'dist', 'data', 'locales', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function benchStart(portolan: string): readonly Row[] {
  const ours: Contestant = { name: 'portolan', program: process.execPath, args: [portolan, '973', '--json'] }
  const bare: Contestant = { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] }
  const times = measureTimes([ours, bare], ROUNDS)
  const memory = measureMemory([ours, bare], 21)
  const row = (work: string, unit: Row['unit'], measured: readonly { median: number }[], aim: number): Row => {
    const [mine = { median: 0 }, theirs = { median: 0 }] = measured
    return { work, ours: mine.median, peer: bare.name, theirs: theirs.median, unit, aim }
  }
  return [
    row('portolan 973 --json, whole process', 'ms', times, 1.5),
    ...(memory === null ? [] : [row('the same, peak memory', 'kB', memory, 1.3)]),
  ]
}

async function benchListeners(portolan: string): Promise<readonly Row[]> {
  const holder = spawn(
    process.execPath,
    [join(import.meta.dirname, 'fixtures', 'hold-sockets.ts'), String(PROCESSES), String(SOCKETS_EACH)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve())
      holder.once('exit', () => reject(new Error('the sockets could not be opened')))
    })
    const ours: Contestant = { name: 'portolan', program: process.execPath, args: [portolan, 'listeners'] }
    const peers: readonly (Contestant & { readonly aim: number })[] = [
      { name: 'ss -tulnp', program: 'ss', args: ['-tulnp'], aim: 1.2 },
      { name: 'netstat -tulnp', program: 'netstat', args: ['-tulnp'], aim: 1 },
      { name: 'lsof -nP -i', program: 'lsof', args: ['-nP', '-i'], aim: 1 },
    ]
    const there = peers.filter((peer) => isInstalled(peer.program))
    const [mine, ...theirs] = measureTimes([ours, ...there], ROUNDS)
    return theirs.map((peer, index) => ({
      work: `portolan listeners, ${PROCESSES * SOCKETS_EACH} sockets in ${PROCESSES} processes`,
      ours: mine?.median ?? 0,
      peer: peer.name,
      theirs: peer.median,
      unit: 'ms',
      aim: there[index]?.aim ?? 1,
    }))
  } finally {
    holder.stdin.end()
  }
}

const PARTS = ['start', 'lookup', 'listeners', 'netinfo', 'probe', 'web'] as const
const asked = process.argv.slice(2)
const isQuick = asked.includes('--quick')
const named = asked.filter((word) => word !== '--quick')
const unknown = named.find((word) => !PARTS.some((part) => part === word))
if (unknown !== undefined) {
  console.error(`bench: '${unknown}' is none of ${PARTS.join(', ')}, --quick`)
  process.exit(2)
}
const isAsked = (part: (typeof PARTS)[number]): boolean => named.length === 0 || named.includes(part)

const folder = installCopy()
try {
  const portolan = join(folder, 'bin', 'portolan.cjs')
  const [loadBefore = 0] = loadavg()
  const rows = [
    ...(isAsked('start') ? benchStart(portolan) : []),
    ...(isAsked('lookup') ? benchLookup() : []),
    ...(isAsked('listeners') ? await benchListeners(portolan) : []),
  ]
  const netinfo = isAsked('netinfo') ? await benchNetinfo({ portolan, folder, isQuick }) : null
  const probe = isAsked('probe') ? await benchProbe({ portolan, folder, isQuick }) : []
  const web = isAsked('web') ? await benchWeb({ portolan, folder, isQuick }) : []
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadBefore.toFixed(2)} at the start`
  console.log(`Node ${process.version}, ${machine}`)
  if (rows.length > 0) console.log(`\nMedians of ${ROUNDS} rounds\n\n${renderRows(rows)}`)
  if (probe.length > 0) console.log(`\nThe probe\n\n${renderRows(probe)}`)
  if (web.length > 0) console.log(`\nThe pages\n\n${renderRows(web)}`)
  if (netinfo !== null) console.log(`\n${netinfo}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
