/**
 * Compiles the RPC client of test/peers with rpcgen, a C compiler and libtirpc, once for the same sources: the program is kept in
 * the system's folder for temporary files, under the hash of what it is made of.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { requirePeers, requireThat } from './peers.ts'

const SOURCES = join(import.meta.dirname, '../peers')
const INCLUDE = '/usr/include/tirpc'
const PROTOCOLS = ['netinfo', 'binder']
const PROGRAM_FILES = [
  'main.c',
  'words.c',
  'netinfo-arguments.c',
  'netinfo-results.c',
  'netinfo-calls.c',
  'binder-calls.c',
]
const HEADERS = ['peer.h', 'netinfo-forms.h']
const FILES = [...PROGRAM_FILES, ...HEADERS, ...PROTOCOLS.map((name) => `${name}.x`)]
/** What rpcgen makes of each protocol; `-M` has the stubs say how a call ended. */
const GENERATED = [
  ['-h', '.h'],
  ['-c', '-xdr.c'],
  ['-l', '-stubs.c'],
] as const
const FLAGS = ['-O1', '-Wall', '-Wextra', '-Werror', '-Wno-cast-function-type', '-Wno-unused-variable']

/** The program's path; null where the test has been skipped, for there is nothing to compile it with. */
export function compilePeer(context: Pick<TestContext, 'skip'>): string | null {
  if (!requirePeers(context, 'cc', 'rpcgen')) return null
  if (!requireThat(context, existsSync(`${INCLUDE}/rpc/rpc.h`), "libtirpc's headers")) return null
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, ...FILES.map((name) => sourceOf(name))]))
  const folder = cacheFolder()
  const program = join(folder, hash.digest('hex').slice(0, 32))
  if (!existsSync(program)) compile(folder, program)
  return program
}

function sourceOf(name: string): string {
  return readFileSync(join(SOURCES, name), 'utf8')
}

/** A folder that nobody else can have put a program into. */
function cacheFolder(): string {
  const uid = process.getuid?.() ?? 0
  const folder = join(tmpdir(), `portolan-peer-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  const isOurs = found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0
  return isOurs ? folder : mkdtempSync(`${folder}-`)
}

function compile(folder: string, program: string): void {
  const workshop = mkdtempSync(join(folder, 'compile-'))
  try {
    for (const name of PROTOCOLS)
      for (const [option, ending] of GENERATED) {
        const output = join(workshop, name + ending)
        // It names its input's path in what it writes, so it is run where the input is.
        run('rpcgen', ['-C', '-M', option, '-o', output, `${name}.x`])
      }
    const generated = PROTOCOLS.flatMap((name) => [`${name}-xdr.c`, `${name}-stubs.c`])
    const sources = [...PROGRAM_FILES, ...generated.map((name) => join(workshop, name))]
    const made = join(workshop, 'peer')
    run('cc', [...FLAGS, '-I', INCLUDE, '-I', workshop, '-I', '.', '-o', made, ...sources, '-ltirpc'])
    // Whoever compiles at the same time puts the same program there.
    renameSync(made, program)
  } finally {
    rmSync(workshop, { recursive: true })
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { cwd: SOURCES, encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr}`)
}
